"""Owns verification: which of a reader's claims stand, decided by looking the words up and by nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.domain.assessment import (
    Claim,
    Observation,
    Quote,
    Reading,
    RejectedClaim,
    RejectionReason,
    Unread,
    Verification,
)
from pipeline.domain.normal import NormalTurn, WordRun, content_words, normal_turn, normal_words
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Behaviour, Rubric
from pipeline.domain.speech import Conversation, Turn

_INVENTED = "the words that were given for it were not spoken"
MIN_WORDS = 3
"""Normal words a quote needs, one of them no function word: "Tell me more" is enough, "and then you" is not."""


def verify(
    *,
    claims: Iterable[Claim],
    conversation: Conversation,
    rubric: Rubric,
    openings: Iterable[Opening] | None = None,
) -> Verification:
    """The observations that stand, in order of time with ids o001, o002, ...; and every refused claim with one reason.

    A claim stands when its normal words (`pipeline.domain.normal`) are found one after another in the turn it names,
    that turn belongs to the behaviour's role, and no word of it may have been invented by the recogniser. The reason
    is the first that applies:

    1. unknown_behaviour: not in the rubric, or one that a measure decides, so that no reader has a say in it.
    2. too_short: fewer than `MIN_WORDS` words, or function words only, or the turn is a backchannel.
    3. wrong_speaker: the named turn holds the words and is not of the behaviour's role; or it does not hold them, and
       of all other turns only such of other roles do.
    4. not_found: the named turn does not exist or does not hold the words.
    5. ambiguous: they stand there more than once, and `first_word` is not where one of those runs starts. Where they
       stand once, a wrong `first_word` does no harm.
    6. unreliable_words: a word of the run is flagged.
    7. out_of_place: the run shares no word with a place of the behaviour's opening. Without `openings`, each behaviour
       may show anywhere.

    Claims of one behaviour that overlap are one observation: the strongest, then the longest, then the earliest.
    """
    text = _Text.of(conversation)
    places = None if openings is None else {opening.behaviour: opening.places for opening in openings}
    found: list[_Found] = []
    rejected: list[RejectedClaim] = []
    for claim in claims:
        outcome = _look_up(claim, text, rubric)
        if isinstance(outcome, _Found) and places is not None and not _is_in(places.get(claim.behaviour, ()), outcome):
            outcome = "out_of_place"
        if isinstance(outcome, _Found):
            found.append(outcome)
        else:
            rejected.append(RejectedClaim(claim=claim, reason=outcome))
    order = {behaviour.id: i for i, behaviour in enumerate(rubric.behaviours)}
    kept = sorted(_merged(found), key=lambda f: (text.order[f.turn.id], f.run.first, f.run.last, order[f.behaviour.id]))
    return Verification(
        observations=tuple(_observation(i, f, conversation, rubric) for i, f in enumerate(kept, start=1)),
        rejected=tuple(rejected),
    )


def invented(reading: Reading, verification: Verification) -> tuple[Unread, ...]:
    """The behaviours for which a reader only gave words that nobody said: it looked, and nothing can be made of it.

    Without this they would count as not shown, and a draft could say that nothing was found.
    """
    judged = {observation.behaviour for observation in verification.observations}
    judged |= {unread.behaviour for unread in reading.unread}
    named = dict.fromkeys(r.claim.behaviour for r in verification.rejected if r.reason == "not_found")
    return tuple(Unread(behaviour=name, reason=_INVENTED) for name in named if name not in judged)


@dataclass(frozen=True, slots=True)
class _Found:
    behaviour: Behaviour
    turn: Turn
    run: WordRun
    strength: float


@dataclass(frozen=True, slots=True)
class _Text:
    """A conversation prepared for looking words up."""

    turns: dict[str, Turn]
    normal: dict[str, NormalTurn]
    order: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, conversation: Conversation) -> "_Text":
        turns = {turn.id: turn for turn in conversation.turns}
        normal = {turn.id: normal_turn(turn) for turn in conversation.turns}
        return cls(turns, normal, {turn_id: i for i, turn_id in enumerate(turns)})

    def roles_saying(self, words: tuple[str, ...]) -> set[str]:
        return {self.turns[turn_id].role for turn_id, normal in self.normal.items() if normal.runs_of(words)}


def _look_up(claim: Claim, text: _Text, rubric: Rubric) -> _Found | RejectionReason:
    behaviour = rubric.behaviour(claim.behaviour)
    if behaviour is None or behaviour.measure is not None:
        return "unknown_behaviour"
    words = normal_words(claim.quote)
    turn = text.turns.get(claim.turn_id)
    if len(words) < MIN_WORDS or not content_words(words) or (turn is not None and turn.backchannel):
        return "too_short"
    runs = text.normal[turn.id].runs_of(words) if turn is not None else ()
    if turn is None or not runs:
        roles = text.roles_saying(words)
        return "wrong_speaker" if roles and behaviour.role not in roles else "not_found"
    return _stands(claim, runs, turn, behaviour)


def _stands(claim: Claim, runs: tuple[WordRun, ...], turn: Turn, behaviour: Behaviour) -> _Found | RejectionReason:
    if turn.role != behaviour.role:
        return "wrong_speaker"
    run = runs[0] if len(runs) == 1 else _pointed_at(runs, claim, turn)
    if run is None:
        return "ambiguous"
    if any(word.unreliable for word in turn.words[run.first : run.last + 1]):
        return "unreliable_words"
    return _Found(behaviour, turn, run, claim.strength)


def _is_in(places: Iterable[Quote], found: _Found) -> bool:
    return any(
        place.turn_id == found.turn.id and found.run.overlaps(WordRun(place.first_word, place.last_word))
        for place in places
    )


def _pointed_at(runs: tuple[WordRun, ...], claim: Claim, turn: Turn) -> WordRun | None:
    """The run that starts at the claim's first word; punctuation standing alone before it is skipped."""
    first = claim.first_word
    if first is None:
        return None
    while first < len(turn.words) and not normal_words(turn.words[first].text):
        first += 1
    return next((run for run in runs if run.first == first), None)


def _merged(found: Iterable[_Found]) -> list[_Found]:
    kept: list[_Found] = []
    for candidate in sorted(found, key=lambda f: (-f.strength, f.run.first - f.run.last, f.run.first)):
        if not any(_same_moment(candidate, other) for other in kept):
            kept.append(candidate)
    return kept


def _same_moment(a: _Found, b: _Found) -> bool:
    return a.behaviour.id == b.behaviour.id and a.turn.id == b.turn.id and a.run.overlaps(b.run)


def _observation(number: int, found: _Found, conversation: Conversation, rubric: Rubric) -> Observation:
    capability = rubric.capability_of(found.behaviour.id)
    assert capability is not None  # the behaviour came from this rubric
    quote = Quote(turn_id=found.turn.id, first_word=found.run.first, last_word=found.run.last)
    return Observation(
        id=f"o{number:03}",
        capability=capability.id,
        behaviour=found.behaviour.id,
        kind=found.behaviour.polarity,
        role=found.turn.role,
        quote=quote,
        text=quote.text(conversation),
        span=quote.span(conversation),
        strength=found.strength,
    )
