"""Owns where a behaviour is looked for, and the moments that called for it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipeline.domain.assessment import MissedMoment, Observation, Quote
from pipeline.domain.normal import WordRun, normal_turn, normal_words
from pipeline.domain.recording import Role
from pipeline.domain.rubric import Behaviour, Opportunity, Part
from pipeline.domain.speech import Conversation, Turn

PART_SHARE = 0.2
PART_MIN_S = 60.0
PART_MIN_WORDS = 150
"""The opening and the closing are a fifth of the call, at least 60 s (without times: what is said in 60 s), and never
more than half of it: in a call of 40 s, what is said after 10 s is no goodbye."""

LINE_WORDS = 30
"""Words of the sentence around a phrase that are quoted at most, to each side."""


def turns_looked_at(conversation: Conversation, *, role: Role, part: Part = Part.ANY) -> tuple[Turn, ...]:
    """The turns of a role that can show something: no backchannels, in that part of the call only, in order of time.

    A turn belongs to the opening when it starts there, to the closing when it ends there.
    """
    turns = tuple(turn for turn in conversation.turns if turn.role == role and not turn.backchannel)
    if part is Part.ANY:
        return turns
    inside = _turns_in_part(conversation, part)
    return tuple(turn for turn in turns if turn.id in inside)


def _turns_in_part(conversation: Conversation, part: Part) -> set[str]:
    """Ids of the part's turns; without times the place of a turn is counted in words."""
    timed = [(turn, turn.span.start, turn.span.end) for turn in conversation.turns if turn.span is not None]
    length, at_least = conversation.duration, PART_MIN_S
    if len(timed) < len(conversation.turns):
        timed, length, at_least = _by_words(conversation), 0.0, float(PART_MIN_WORDS)
    length = max([length, *(end for _, _, end in timed)])
    edge = min(max(length * PART_SHARE, at_least), length / 2)
    if part is Part.OPENING:
        return {turn.id for turn, start, _ in timed if start < edge}
    return {turn.id for turn, _, end in timed if end > length - edge}


def _by_words(conversation: Conversation) -> list[tuple[Turn, float, float]]:
    placed, n_words = [], 0
    for turn in conversation.turns:
        placed.append((turn, float(n_words), float(n_words + len(turn.words))))
        n_words += len(turn.words)
    return placed


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a behaviour was called for: the sentence that did, and the turns in which it could have followed."""

    line: MissedMoment
    phrase: WordRun
    answers: tuple[str, ...]

    def is_taken_by(self, observations: Iterable[Observation]) -> bool:
        """Whether one of these observations follows within the moment's turns."""
        here = self.line.quote.turn_id
        return any(
            o.quote.turn_id in self.answers or (o.quote.turn_id == here and o.quote.first_word > self.phrase.last)
            for o in observations
        )


def moments(conversation: Conversation, behaviour: Behaviour) -> tuple[Moment, ...]:
    """What called for the behaviour, at most once a turn (its first phrase), in order of time.

    Phrases are compared as whole normal words; words that may be invented call for nothing. A moment after which the
    behaviour's role has no turn any more is none: nobody could have answered it. Empty without an opportunity rule.
    """
    rule = behaviour.opportunity
    if rule is None:
        return ()
    answering = [i for i, turn in enumerate(conversation.turns) if turn.role == behaviour.role and not turn.backchannel]
    found: list[Moment] = []
    for at, turn in enumerate(conversation.turns):
        phrase = _first_phrase(turn, rule)
        if phrase is None:
            continue
        following = [conversation.turns[i].id for i in answering if i > at][: rule.within_turns]
        if following:
            found.append(Moment(_line(conversation, turn, phrase), phrase, tuple(following)))
    return tuple(found)


def missed(moments_: Iterable[Moment], observations: Collection[Observation]) -> tuple[MissedMoment, ...]:
    """The lines of the moments that none of the observations answers."""
    return tuple(moment.line for moment in moments_ if not moment.is_taken_by(observations))


def _first_phrase(turn: Turn, rule: Opportunity) -> WordRun | None:
    if turn.role != rule.role or turn.backchannel:
        return None
    normal = normal_turn(turn)
    runs = [run for phrase in rule.phrases for run in normal.runs_of(normal_words(phrase))]
    sound = [run for run in runs if not any(w.unreliable for w in turn.words[run.first : run.last + 1])]
    return min(sound, key=lambda run: (run.first, -run.last), default=None)


def _line(conversation: Conversation, turn: Turn, phrase: WordRun) -> MissedMoment:
    """The sentence around the phrase, as far as its words are sound."""
    first, last = phrase.first, phrase.last
    while first > max(0, phrase.first - LINE_WORDS) and not (
        _ends_sentence(turn.words[first - 1].text) or turn.words[first - 1].unreliable
    ):
        first -= 1
    while last < min(len(turn.words) - 1, phrase.last + LINE_WORDS) and not (
        _ends_sentence(turn.words[last].text) or turn.words[last + 1].unreliable
    ):
        last += 1
    quote = Quote(turn_id=turn.id, first_word=first, last_word=last)
    return MissedMoment(quote=quote, text=quote.text(conversation), span=quote.span(conversation), role=turn.role)


def _ends_sentence(word: str) -> bool:
    return word.rstrip("\"')]”’").endswith((".", "?", "!", "…"))
