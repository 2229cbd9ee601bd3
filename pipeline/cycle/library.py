"""Owns the library of best moments: what a coach may propose, and that only what its rep lets be heard is shown.

Nothing of a call is kept here: a clip names an observation, whose words and time are looked up each time it is shown.
So a clip that is withdrawn is gone wherever it was shown, at once.
"""

from typing import Literal

from pydantic import AwareDatetime

from pipeline.domain.assessment import Observation
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.library import ClipConsented, ClipDeclined, ClipProposed, ClipWithdrawn
from pipeline.domain.cycle.rep_first import AppealDecided
from pipeline.domain.rubric import Polarity
from pipeline.domain.span import Span
from pipeline.errors import NotFoundError, UsageError

PAD_S = 0.5
"""Seconds that are played before and after the words: a voice that begins at once is cut off by many players."""

ClipStanding = Literal["proposed", "shown", "declined", "withdrawn"]
"""proposed: the featured rep has not answered; shown: they let the team hear it; declined: they would rather not;
withdrawn: it was taken back or out. Only what is shown is seen or heard by anybody but the rep and those above."""

_MAY: dict[str, tuple[ClipStanding, ...]] = {
    "clip_consented": ("proposed",),
    "clip_declined": ("proposed",),
    "clip_withdrawn": ("proposed", "shown"),
}
_BECOMES: dict[str, ClipStanding] = {
    "clip_consented": "shown",
    "clip_declined": "declined",
    "clip_withdrawn": "withdrawn",
}


class ClipState(Value):
    """A clip by now: "k" and the number of the event that proposed it, who proposed it, and its last change.

    `changed_by` and `changed_at` are of the proposal while nobody answered; `reason` is that of a withdrawal.
    """

    id: str
    proposed: ClipProposed
    author: str
    at: AwareDatetime
    state: ClipStanding = "proposed"
    changed_by: str
    changed_at: AwareDatetime
    reason: str = ""


def clips(history: History) -> tuple[ClipState, ...]:
    """Every clip that features this person, in the order in which they were proposed, those that are gone too."""
    found: dict[str, ClipState] = {}
    for event in history:
        what = event.what
        if isinstance(what, ClipProposed):
            found[f"k{event.number}"] = ClipState(
                id=f"k{event.number}",
                proposed=what,
                author=event.author,
                at=event.at,
                changed_by=event.author,
                changed_at=event.at,
            )
        elif isinstance(what, ClipConsented | ClipDeclined | ClipWithdrawn):
            state = found.get(what.clip)
            if state is not None and state.state in _MAY[what.kind]:
                found[what.clip] = _changed(state, event, _BECOMES[what.kind], getattr(what, "reason", ""))
        elif isinstance(what, AppealDecided) and what.upheld:
            found |= {c.id: c for c in _struck(tuple(found.values()), event, what)}
    return tuple(found.values())


def shown_clips(history: History) -> tuple[ClipState, ...]:
    """The clips that the team may hear now."""
    return tuple(clip for clip in clips(history) if clip.state == "shown")


def clip_of(history: History, clip: str) -> ClipState:
    """The clip of this id. Raises: NotFoundError."""
    for state in clips(history):
        if state.id == clip:
            return state
    raise NotFoundError(f"there is no clip {clip} here", hint="open the page again")


def propose(
    history: History,
    clip: ClipProposed,
    observation: Observation | None,
    *,
    live: bool,
    approved: int | None,
    person: str,
) -> ClipProposed:
    """The clip as it is to be proposed.

    `observation` is what the call's record number `clip.record` has under the id; `approved` is the number of the
    record whose feedback is approved, None for none; `live`: the call was one with a customer, no rehearsal and no
    one-to-one. Raises: UsageError where one of these speaks against it, or the rep said no to this moment before.
    """
    if not live:
        raise UsageError("only calls with customers go into the library", hint="choose a moment of such a call")
    if approved is None or approved != clip.record:
        raise UsageError("the feedback of this reading is not approved", hint="approve it first")
    if observation is None or observation.behaviour != clip.behaviour or observation.capability != clip.capability:
        raise UsageError("the call has no such observation", hint="open the call again and choose from its scorecard")
    if observation.kind is not Polarity.EFFECTIVE:
        raise UsageError("this moment shows what works against the goal", hint="choose a moment of what works")
    if (clip.call, clip.record, clip.observation) in _no_longer_standing(history):
        raise UsageError("this observation no longer stands: the rep was right about it", hint="choose another moment")
    same = [
        state
        for state in clips(history)
        if (state.proposed.call, state.proposed.record, state.proposed.observation)
        == (clip.call, clip.record, clip.observation)
    ]
    if any(state.state in ("proposed", "shown") for state in same):
        raise UsageError("this moment is in the library, or waits for the rep's consent", hint="leave it as it is")
    if any(state.state == "declined" or state.changed_by == person for state in same):
        raise UsageError("the rep would rather not have this moment heard", hint="leave it, or choose another one")
    return clip


def consent(history: History, clip: str) -> ClipConsented | None:
    """The featured rep's consent; None where it stands already. Raises: UsageError, NotFoundError."""
    if clip_of(history, clip).state == "shown":
        return None
    _require(history, clip, "clip_consented")
    return ClipConsented(clip=clip)


def decline(history: History, clip: str) -> ClipDeclined | None:
    """The featured rep's no; None where it was said already. Raises: UsageError, NotFoundError."""
    if clip_of(history, clip).state == "declined":
        return None
    _require(history, clip, "clip_declined")
    return ClipDeclined(clip=clip)


def withdraw(history: History, clip: str, reason: str = "") -> ClipWithdrawn | None:
    """The end of a clip, by its rep at any time or by a coach; None where it is gone. Raises: NotFoundError."""
    if clip_of(history, clip).state in ("declined", "withdrawn"):
        return None
    return ClipWithdrawn(clip=clip, reason=reason)


def stretch(span: Span, duration: float) -> Span:
    """What is played of a recording of this length: the words and `PAD_S` before and after, never beyond its ends."""
    end = min(duration, span.end + PAD_S) if duration > 0 else span.end + PAD_S
    start = max(0.0, span.start - PAD_S)
    return Span(start=start, end=max(start, end))


def _no_longer_standing(history: History) -> set[tuple[str, int, str]]:
    """Call, record and id of each observation whose last decision found the rep right."""
    decided = {
        (event.what.call, event.what.record, event.what.observation): event.what.upheld
        for event in history
        if isinstance(event.what, AppealDecided)
    }
    return {which for which, upheld in decided.items() if upheld}


def _require(history: History, clip: str, kind: str) -> None:
    state = clip_of(history, clip).state
    if state not in _MAY[kind]:
        words = {"shown": "it is shown already", "declined": "it was declined", "withdrawn": "it was withdrawn"}
        raise UsageError(f"this clip waits for no answer: {words.get(state, state)}", hint="open the page again")


def _changed(state: ClipState, event: Happened, becomes: ClipStanding, reason: str) -> ClipState:
    return state.model_copy(
        update={"state": becomes, "changed_by": event.author, "changed_at": event.at, "reason": reason}
    )


def _struck(known: tuple[ClipState, ...], event: Happened, appeal: AppealDecided) -> tuple[ClipState, ...]:
    """The clips of an observation that no longer stands, since the rep was right about it: withdrawn by that."""
    return tuple(
        _changed(state, event, "withdrawn", "the observation no longer stands")
        for state in known
        if state.state in ("proposed", "shown")
        and (state.proposed.call, state.proposed.record, state.proposed.observation)
        == (appeal.call, appeal.record, appeal.observation)
    )
