"""Owns what is done with a focus, by forms and by programs: the rule decides, the event is kept, the trail tells."""

from pipeline.cycle import focus_acts
from pipeline.domain.cycle.events import Event, History
from pipeline.domain.cycle.focus import (
    FocusClosed,
    FocusOpened,
    FollowedUp,
    PraiseGiven,
    RelapseAnswered,
    StepMarked,
)
from pipeline.errors import UsageError
from pipeline.review.cycle.acting import act
from pipeline.review.cycle.focus.forms import CloseBody, LookedBody, OpenBody, PraiseBody, RelapseBody, StepBody
from pipeline.review.cycle.focus.known import Known
from pipeline.review.guards import Entry


def open_focus(entry: Entry, body: OpenBody) -> int:
    """The number of the opening. Raises: UsageError as the rule, and for a behaviour that no call was read for."""
    known = Known(entry)
    named = known.of_rubric(body.rubric, body.behaviour)
    if named is None:
        raise UsageError(
            "choose the behaviour that the focus is about", hint="it is one of those that the rep's calls are read for"
        )
    call = known.own_call(body.call).call if body.call else None
    capability, behaviour = named
    team = entry.room.config.coaching
    shown, of = body.shown or min(team.shown, body.of or team.of), body.of or max(team.of, body.shown or 0)
    if shown > of:
        raise UsageError(f"it cannot show in {shown} of the last {of} calls", hint="make the second number the larger")
    opened = FocusOpened(
        rubric=body.rubric,
        capability=capability.id,
        behaviour=behaviour.id,
        shown=shown,
        of=of,
        steps=body.steps,
        follow_up=body.follow_up,
        cause=body.cause,
        call=call,
        second=body.second,
        reason=body.reason.strip(),
        text=behaviour.text[:500],
        polarity=behaviour.polarity,
    )
    return act(entry, entry.whose.id, lambda history: focus_acts.open_focus(history, opened), call=call)


def mark_step(entry: Entry, focus: str, body: StepBody) -> int:
    """The number of the mark, 0 where it changed nothing. Raises: as the rule."""

    def decide(history: History) -> Event | None:
        state = focus_acts.find_focus(history, focus)
        noted = state.steps[body.step].note if body.step < len(state.steps) else ""
        note = noted if body.note is None else body.note.strip()
        return focus_acts.mark_step(history, StepMarked(focus=focus, step=body.step, status=body.status, note=note))

    return act(entry, entry.whose.id, decide)


def give_praise(entry: Entry, focus: str, body: PraiseBody) -> int:
    """The number of the praise. Raises: as the rule; UsageError for words that are not the call's."""
    known = Known(entry)
    call = known.own_call(body.call).call
    behaviour = focus_acts.find_focus(known.history, focus).opened.behaviour
    if body.observation:
        room = entry.room
        result = room.result(room.workspace.calls.get(call, body.record))
        cited = next((o for o in result.observations if o.id == body.observation), None)
        if cited is None or cited.behaviour != behaviour:
            raise UsageError("these words do not show the behaviour of the focus", hint="praise what the call shows")
    text = body.text.strip()
    if not text:
        raise UsageError("there are no words in this praise", hint="write what was good, and in which words it showed")
    wanted = PraiseGiven(focus=focus, call=call, record=body.record, observation=body.observation, text=text)
    return act(entry, entry.whose.id, lambda history: focus_acts.give_praise(history, known.calls, wanted), call=call)


def close_focus(entry: Entry, focus: str, body: CloseBody) -> int:
    """The number of the end. Raises: as the rule."""
    calls, wanted = Known(entry).calls, FocusClosed(focus=focus, how=body.how, reason=body.reason.strip())
    return act(entry, entry.whose.id, lambda history: focus_acts.close_focus(history, calls, wanted))


def answer_relapse(entry: Entry, focus: str, body: RelapseBody) -> int:
    """The number of the answer. Raises: as the rule."""
    known = Known(entry)
    call, coach = known.own_call(body.call).call, entry.sight == "coach"
    wanted = RelapseAnswered(focus=focus, call=call, choice=body.choice, note=body.note.strip())
    return act(
        entry,
        entry.whose.id,
        lambda history: focus_acts.answer_relapse(history, known.calls, wanted, by_coach=coach),
    )


def look_again(entry: Entry, focus: str, body: LookedBody) -> int:
    """The number of the look. Raises: as the rule."""
    now, wanted = entry.room.now(), FollowedUp(what=focus, text=body.text.strip(), again=body.again)

    def decide(history: History) -> Event | None:
        focus_acts.find_focus(history, focus)
        return focus_acts.follow_up(history, wanted, now=now)

    return act(entry, entry.whose.id, decide)
