"""Owns the form that opens a focus: which behaviours there are to choose from, and what is filled in from a call."""

from datetime import date, timedelta

from pydantic import AwareDatetime

from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.review import Feedback
from pipeline.domain.rubric import Polarity
from pipeline.errors import NotFoundError
from pipeline.export.untrusted import visible
from pipeline.review.cycle.focus.forms import N_STEPS, OpenForm
from pipeline.review.cycle.focus.known import Known
from pipeline.review.guards import Entry
from pipeline.reviewing.standing import state_of
from pipeline.stages.draft import FOLLOW_UP_DAYS, working_day


class BehaviourChoice(Value):
    """A behaviour to choose; one to `avoid` works against the goal and is to be left out."""

    value: str
    text: str
    avoid: bool


class CapabilityChoices(Value):
    """The behaviours of one capability, under its name and its rubric's title."""

    rubric: str
    capability: str
    behaviours: tuple[BehaviourChoice, ...]


class StepRow(Value):
    """A row for a step; empty where there is none yet."""

    text: str = ""
    who: str = "rep"
    by: str = ""


class Opening(Value):
    """The form as it stands: chosen and typed, or filled in from a call.

    `seen_in` names the call it comes from and when it was; `beside` is the focus that is open already: another is then
    a second, by choice and with a reason; `full` is whether two are open, so that there is no form at all.
    """

    choices: tuple[CapabilityChoices, ...]
    chosen: str = ""
    steps: tuple[StepRow, ...]
    shown: int
    of: int
    follow_up: str
    cause: str = ""
    call: str = ""
    seen_in: str = ""
    seen_at: AwareDatetime | None = None
    beside: str = ""
    full: bool = False
    second: bool = False
    reason: str = ""


def opening(known: Known, *, call: str = "", typed: OpenForm | None = None) -> Opening:
    """The form: with what was typed, else from the improvement of this call, else with one that nothing was chosen in.

    Raises: NotFoundError for a call that is not this person's, or whose coaching is closed.
    """
    standing = [state for state in known.focuses if state.is_open]
    coaching = known.entry.room.config.coaching
    bare = Opening(
        choices=_choices(known),
        steps=_rows(()),
        shown=coaching.shown,
        of=coaching.of,
        follow_up=_in_a_week(known.entry.room.now().date()).isoformat(),
        beside=visible(standing[0].title) if standing else "",
        full=len(standing) > 1,
    )
    if typed is not None:
        return bare.model_copy(update=_typed(typed) | _named(known, typed.call))
    return bare if not call else bare.model_copy(update=_of_call(known, call) | _named(known, call))


def improvement_of(entry: Entry, call: str) -> tuple[str | None, Feedback]:
    """The behaviour that a call's draft or feedback is about by now, and its words."""
    standing = state_of(entry.room.workspace, call)
    return standing.improvement, standing.feedback


def _choices(known: Known) -> tuple[CapabilityChoices, ...]:
    return tuple(
        CapabilityChoices(
            rubric=visible(rubric.title),
            capability=visible(capability.name),
            behaviours=tuple(
                BehaviourChoice(
                    value=f"{name}/{behaviour.id}",
                    text=visible(behaviour.text),
                    avoid=behaviour.polarity is Polarity.INEFFECTIVE,
                )
                for behaviour in capability.behaviours
            ),
        )
        for name, rubric in known.rubrics.items()
        for capability in rubric.capabilities
    )


def _of_call(known: Known, call: str) -> dict[str, object]:
    past = known.own_call(call)
    if call in known.sealed:
        raise NotFoundError("the coaching of this call is not open yet", hint="its rep goes first")
    behaviour, feedback = improvement_of(known.entry, call)
    found: dict[str, object] = {"steps": _rows(feedback.activity)}
    if behaviour is not None and known.of_rubric(past.rubric, behaviour) is not None:
        found["chosen"] = f"{past.rubric}/{behaviour}"
    today = known.entry.room.now().date()
    if feedback.follow_up is not None and feedback.follow_up > today:
        found["follow_up"] = feedback.follow_up.isoformat()
    return found


def _named(known: Known, call: str) -> dict[str, object]:
    past: PastCall | None = next((each for each in known.every_call if each.call == call), None)
    if past is None:
        return {}
    return {"call": past.call, "seen_in": visible(past.customer or "") or "this call", "seen_at": past.at}


def _typed(form: OpenForm) -> dict[str, object]:
    rows = zip(form.step_text, form.step_who, form.step_by, strict=False)
    steps = tuple(StepRow(text=visible(text), who=who, by=by) for text, who, by in rows)
    return {
        "chosen": form.what,
        "steps": steps or _rows(()),
        "shown": form.shown,
        "of": form.of,
        "follow_up": form.follow_up,
        "cause": form.cause,
        "second": form.second,
        "reason": form.reason,
    }


def _rows(steps: tuple[ActivityStep, ...]) -> tuple[StepRow, ...]:
    filled = [StepRow(text=visible(s.text), who=s.who, by=s.by.isoformat() if s.by else "") for s in steps[:N_STEPS]]
    empty = max(1, 3 - len(filled)) if len(filled) < N_STEPS else 0
    return (*filled, *[StepRow()] * empty)


def _in_a_week(today: date) -> date:
    return working_day(today + timedelta(days=FOLLOW_UP_DAYS))
