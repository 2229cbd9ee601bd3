"""Owns a focus as its page shows it: squares for the calls, k of n in words, steps, praise, days to look again."""

from collections.abc import Callable
from datetime import date

from pydantic import AwareDatetime

from pipeline.cycle.focus import FocusState, Relapse, Showing, Showings, StepState, showings
from pipeline.cycle.follow_ups import FollowUp, FollowUpState
from pipeline.domain.base import Value
from pipeline.domain.cycle.focus import Cause, StepStatus
from pipeline.export.untrusted import visible
from pipeline.review.cycle.focus.known import Known
from pipeline.review.cycle.focus.praise import PraiseDraft, PraiseView, praise_drafts, praise_given

WHO = {"rep": "Rep", "manager": "Manager", "both": "Both together"}
OWN_WHO = {"rep": "You", "manager": "Your manager", "both": "Both together"}


class SquareView(Value):
    """A call of the strip. `state` is its square, `words` what came of it; it takes a place where `counts`."""

    call: str
    link: str
    at: AwareDatetime
    customer: str
    state: str
    words: str
    counts: bool


class StepView(Value):
    """A step, who does it by when, and how far it is, as somebody marked it."""

    n: int
    text: str
    who: str
    by: date | None
    status: StepStatus
    note: str
    marked_by: str
    marked_at: AwareDatetime | None


class LookView(Value):
    """A day to look again, how it stands today, and what was said when somebody looked."""

    on: date
    state: FollowUpState
    done_on: date | None
    by: str
    said: str


class FocusCard(Value):
    """A focus in full. `told` says k of n in words, `rest` what it still takes; `to_come` are places without a call.

    `cause`, `drafts` and `reason` of a second are the coach's: None or empty for the rep.
    """

    id: str
    title: str
    capability: str
    why: str
    rubric: str
    behaviour: str
    avoid: bool
    opened_at: AwareDatetime
    since: AwareDatetime
    opened_by: str
    second: bool
    reason: str
    cause: Cause | None
    call: str | None
    squares: tuple[SquareView, ...]
    to_come: int
    n_shown: int
    n_counted: int
    shown: int
    of: int
    met: bool
    told: str
    rest: str
    steps: tuple[StepView, ...]
    look: LookView | None
    looked: tuple[LookView, ...]
    praise: tuple[PraiseView, ...]
    drafts: tuple[PraiseDraft, ...]


class PastFocus(Value):
    """A focus that ended: as a habit since then, or set aside and why; `left` is when a relapse was last left."""

    id: str
    title: str
    capability: str
    opened_at: AwareDatetime
    ended_at: AwareDatetime
    ended_by: str
    habit: bool
    reason: str
    n_praised: int
    left_at: AwareDatetime | None
    left_by: str


class RelapseView(Value):
    """A habit that shows too seldom again, what was looked at, and whether the viewer may take it up again as it is.

    `beside` is the open focus that it would stand beside: then it takes a reason, and a coach.
    """

    focus: str
    call: str
    title: str
    told: str
    squares: tuple[SquareView, ...]
    beside: str
    may_reopen: bool


def look_view(look: FollowUp, today: date, name: Callable[[str], str]) -> LookView:
    """A day to look again as it stands today; `name` gives the name that belongs to an id."""
    return LookView(
        on=look.on,
        state=look.state(today),
        done_on=look.done_on,
        by=name(look.done_by) if look.done_by else "",
        said=visible(look.said),
    )


def focus_card(known: Known, state: FocusState, looks: tuple[FollowUp, ...]) -> FocusCard:
    """An open focus as the viewer sees it."""
    found, coach = showings(state, known.calls), known.entry.sight == "coach"
    named = known.of_rubric(state.opened.rubric, state.opened.behaviour)
    today = known.entry.room.now().date()
    mine = tuple(look_view(look, today, known.name) for look in looks if look.what == state.id)
    return FocusCard(
        id=state.id,
        title=visible(state.title),
        capability=visible(named[0].name if named else state.opened.capability.replace("_", " ")),
        why=visible(named[0].goal) if named else "",
        rubric=state.opened.rubric,
        behaviour=state.opened.behaviour,
        avoid=state.wanted != "shown",
        opened_at=state.at,
        since=state.since,
        opened_by=known.name(state.author),
        second=state.opened.second,
        reason=visible(state.opened.reason) if coach else "",
        cause=state.opened.cause if coach else None,
        call=state.opened.call,
        squares=_squares(known, state, found),
        to_come=max(0, found.of - found.n_counted),
        n_shown=found.n_shown,
        n_counted=found.n_counted,
        shown=found.shown,
        of=found.of,
        met=found.met,
        told=told(state, found),
        rest=_rest(state, found),
        steps=tuple(_step(known, n, step) for n, step in enumerate(state.steps)),
        look=next((look for look in mine if look.done_on is None), None),
        looked=tuple(look for look in mine if look.done_on is not None),
        praise=tuple(praise_given(known, each) for each in reversed(state.praise)),
        drafts=praise_drafts(known, state) if coach else (),
    )


def past_focus(known: Known, state: FocusState) -> PastFocus:
    """A focus that ended."""
    assert state.closed is not None
    named = known.of_rubric(state.opened.rubric, state.opened.behaviour)
    left = next((a for a in reversed(state.answers) if a.choice == "left" and a.at >= state.closed.at), None)
    return PastFocus(
        id=state.id,
        title=visible(state.title),
        capability=visible(named[0].name if named else state.opened.capability.replace("_", " ")),
        opened_at=state.at,
        ended_at=state.closed.at,
        ended_by=known.name(state.closed.author),
        habit=state.is_habit,
        reason=visible(state.closed.reason),
        n_praised=len(state.praise),
        left_at=left.at if left else None,
        left_by=known.name(left.author) if left else "",
    )


def relapse_view(known: Known, relapse: Relapse, beside: FocusState | None) -> RelapseView:
    """What is offered where a habit shows too seldom again."""
    return RelapseView(
        focus=relapse.focus.id,
        call=relapse.call,
        title=visible(relapse.focus.title),
        told=told(relapse.focus, relapse.showings),
        squares=_squares(known, relapse.focus, relapse.showings),
        beside=visible(beside.title) if beside else "",
        may_reopen=beside is None or known.entry.sight == "coach",
    )


def told(state: FocusState, found: Showings) -> str:
    """How often it came out as wanted, as a sentence."""
    came = "Shown" if state.wanted == "shown" else "Left out"
    if not found.n_counted:
        return "No call yet that could show it"
    last = "1 call" if found.n_counted == 1 else f"the last {found.n_counted} calls"
    return f"{came} in {found.n_shown} of {last}"


def _rest(state: FocusState, found: Showings) -> str:
    came = "shown" if state.wanted == "shown" else "left out"
    rule = f"{found.shown} of the last {found.of}"
    if found.met:
        return f"A habit takes {rule}, and that is what it came to."
    return f"It is a habit once it was {came} in {rule}."


def _squares(known: Known, state: FocusState, found: Showings) -> tuple[SquareView, ...]:
    customers = {call.call: call.customer for call in known.calls}
    return tuple(_square(each, state, customers.get(each.call)) for each in found.looked_at)


def _square(each: Showing, state: FocusState, customer: str | None) -> SquareView:
    words = {
        "shown": "shown",
        "not_shown": "not shown" if state.wanted == "shown" else "left out",
        "no_opportunity": "no chance",
        "unread": "not read",
    }
    kinds = {True: "wanted", False: "other", None: "none"}
    return SquareView(
        call=each.call,
        link=f"/calls/{each.call}",
        at=each.at,
        customer=visible(customer or ""),
        state=kinds[each.wanted],
        words=words[each.state],
        counts=each.wanted is not None,
    )


def _step(known: Known, n: int, state: StepState) -> StepView:
    return StepView(
        n=n,
        text=visible(state.step.text),
        who=(OWN_WHO if known.entry.sight == "own" else WHO)[state.step.who],
        by=state.step.by,
        status=state.status,
        note=visible(state.note),
        marked_by=known.name(state.author) if state.at else "",
        marked_at=state.at,
    )
