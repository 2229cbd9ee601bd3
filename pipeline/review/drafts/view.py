"""Owns the draft of a call as its page and the API show it: to who coaches the rep all of it, to the rep what was
approved."""

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.coaching import Factor
from pipeline.domain.result import CallResult
from pipeline.domain.review import PARTS, Feedback, ReviewState, changed_parts, feedback_of, part_text
from pipeline.export.moments import Moments, looked_up
from pipeline.export.untrusted import visible
from pipeline.review.call.seeing import seal
from pipeline.review.cycle.first.observations import struck_notes
from pipeline.review.drafts.differences import Piece, differences
from pipeline.review.drafts.hearing import listening_of
from pipeline.review.drafts.history import HistoryLine, history_lines, names_of
from pipeline.review.drafts.parts import (
    TITLES,
    Hear,
    PartView,
    StepView,
    hears,
    lines,
    part_views,
    plain_part,
    step_views,
)
from pipeline.review.guards import Entry
from pipeline.review.rereads import RereadState
from pipeline.review.seals import rep_of
from pipeline.reviewing.acts import MIN_OVERRIDE_WORDS
from pipeline.reviewing.cited import cited, to_hear
from pipeline.reviewing.notes import notes
from pipeline.reviewing.standing import Standing, state_of, state_of_reading

_STANDING: dict[ReviewState, tuple[str, str]] = {
    "waiting": ("Draft", "info"),
    "edited": ("Draft, edited", "info"),
    "sent_back": ("Sent back to be read again", "warning"),
    "approved": ("Approved", "good"),
}


def standing_words(state: ReviewState) -> tuple[str, str]:
    """Where the review of a call stands, in the words that who coaches it reads, and the tone in which to say it."""
    return _STANDING[state]


class Choice(Value):
    """A behaviour of the ranking: what it is, and the factors whose product ranks it. `first` is the draft's own."""

    behaviour: str
    name: str
    capability: str
    chosen: bool
    first: bool
    rank_value: float
    factors: tuple[Factor, ...]


class PartDifference(Value):
    """A part in which a newer reading's draft differs from the words by now."""

    part: str
    title: str
    diff: tuple[Piece, ...]


class NewReading(Value):
    """A reading of the call that came after the one under review: its record, when, and what its draft would change."""

    record: int
    at: AwareDatetime
    parts: tuple[PartDifference, ...]


class Approval(Value):
    """Who approved the feedback, and when."""

    by: str
    at: AwareDatetime


class DraftView(Value):
    """The draft beside its call.

    `number` and `record` are what a form sends back as what it was made from. `coach` is whether the viewer coaches the
    rep; a rep gets only what was approved: no original wording, no ranking, no history. `basis_*` name capability and
    behaviour. `moments` are those that the feedback rests on, `unheard` those that an approval still asks for; `sound`
    is whether any can be played. `struck` tells of moments that no longer stand, by `ref`: who found that, and when.
    `reading` tells of one that was sent back how far reading it again is. `focus` is where a coach makes the
    improvement of approved feedback the rep's focus, `plan` where a one-to-one about the call is planned; empty where
    there is none, or where no user is the rep.
    """

    call: str
    coach: bool
    state: ReviewState
    number: int
    record: int
    approved: Approval | None
    feedback: Feedback
    original: Feedback | None
    parts: tuple[PartView, ...]
    steps: tuple[StepView, ...]
    basis_strength: str
    basis_improvement: str
    moments: tuple[Hear, ...]
    unheard: tuple[Hear, ...] = ()
    sound: bool
    listening: float
    override_words: int = MIN_OVERRIDE_WORDS
    choices: tuple[Choice, ...] = ()
    newer: NewReading | None = None
    history: tuple[HistoryLine, ...] = ()
    struck: dict[str, str] = Field(default_factory=dict)
    reading: RereadState | None = None
    focus: str = ""
    plan: str = ""

    @property
    def standing(self) -> tuple[str, str]:
        """Where the review stands, in words, and the tone in which to say it."""
        return standing_words(self.state)

    def part(self, name: str) -> PartView:
        """The part of this name."""
        return next(part for part in self.parts if part.part == name)


def draft_view(entry: Entry) -> DraftView | None:
    """The draft of the call of the path, as far as the viewer may see it.

    None for a rep before it is approved, and for everybody while the call is sealed.
    """
    if seal(entry) is not None:
        return None
    standing = state_of(entry.room.workspace, entry.call)
    if entry.sight != "coach" and (standing.state != "approved" or entry.sight != "own"):
        return None
    result = entry.room.result(entry.room.workspace.calls.get(entry.call, standing.record))
    moments = looked_up(result)
    return _for_coach(entry, standing, result, moments) if entry.sight == "coach" else _for_rep(entry, standing, result)


def _for_rep(entry: Entry, standing: Standing, result: CallResult) -> DraftView:
    found = _hears(entry, standing, result)
    return _common(entry, standing, result, looked_up(result)).model_copy(
        update={
            "parts": tuple(plain_part(standing.feedback, part, found) for part in PARTS),
            "moments": found,
        }
    )


def _for_coach(entry: Entry, standing: Standing, result: CallResult, moments: Moments) -> DraftView:
    history = entry.room.workspace.reviews.all(entry.call)
    names = names_of(entry.room.people, history)
    found = _hears(entry, standing, result)
    required = entry.room.config.review.listening
    return _common(entry, standing, result, moments).model_copy(
        update={
            "coach": True,
            "original": feedback_of(standing.first),
            "parts": part_views(
                standing, history, notes=notes(standing, result.conversation), moments=found, names=names
            ),
            "moments": found,
            "unheard": tuple(moment for moment in found if not moment.enough),
            "choices": _choices(standing, moments),
            "newer": _newer(entry, standing),
            "reading": entry.room.rereads.state(entry.call) if standing.state == "sent_back" else None,
            "history": history_lines(history, names, moments, required=required),
            "focus": _led_to(entry, standing, "focus") if standing.draft.improvement else "",
            "plan": _led_to(entry, standing, "one-to-ones/new"),
        }
    )


def _common(entry: Entry, standing: Standing, result: CallResult, moments: Moments) -> DraftView:
    review = standing.review
    names = names_of(entry.room.people, (review,) if review else ())
    strength, improvement = standing.first.strength, standing.draft.improvement
    return DraftView(
        call=entry.call,
        coach=False,
        state=standing.state,
        number=standing.number,
        record=standing.record,
        approved=Approval(by=names[review.author], at=review.at) if review and review.state == "approved" else None,
        feedback=standing.feedback,
        original=None,
        parts=(),
        steps=step_views(standing.feedback.activity, result),
        basis_strength=_basis(moments, strength.capability, strength.behaviour) if strength else "",
        basis_improvement=_basis(moments, improvement.capability, improvement.behaviour) if improvement else "",
        moments=(),
        sound=bool(to_hear(standing, result)),
        listening=entry.room.config.review.listening,
        struck=struck_notes(entry.room, entry.call, standing.record),
    )


def _led_to(entry: Entry, standing: Standing, place: str) -> str:
    rep = rep_of(entry.room, entry.call)
    return "" if rep is None or standing.state != "approved" else f"/people/{rep.id}/{place}?call={entry.call}"


def _basis(moments: Moments, capability: str, behaviour: str) -> str:
    return f"{moments.capability(capability)}: {moments.behaviour(behaviour)}"


def _hears(entry: Entry, standing: Standing, result: CallResult) -> tuple[Hear, ...]:
    listening = listening_of(entry)
    heard = listening.of(to_hear(standing, result))
    return hears(cited(standing, result), heard, result, required=listening.required)


def _choices(standing: Standing, moments: Moments) -> tuple[Choice, ...]:
    first = standing.first.improvement.behaviour if standing.first.improvement else None
    return tuple(
        Choice(
            behaviour=candidate.behaviour,
            name=moments.behaviour(candidate.behaviour),
            capability=moments.capability(candidate.capability),
            chosen=candidate.behaviour == standing.improvement,
            first=candidate.behaviour == first,
            rank_value=candidate.rank_value,
            factors=tuple(factor.model_copy(update={"why": visible(factor.why)}) for factor in candidate.factors),
        )
        for candidate in standing.first.ranking
    )


def _newer(entry: Entry, standing: Standing) -> NewReading | None:
    if not standing.read_again:
        return None
    workspace = entry.room.workspace
    coming = state_of_reading(workspace, entry.call, standing.newest)
    return NewReading(
        record=standing.newest,
        at=workspace.calls.get(entry.call, standing.newest).at,
        parts=tuple(
            PartDifference(
                part=part,
                title=TITLES[part],
                diff=differences(lines(part_text(standing.feedback, part)), lines(part_text(coming.own, part))),
            )
            for part in changed_parts(standing.feedback, coming.own)
        ),
    )
