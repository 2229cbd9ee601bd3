"""Owns the form in which a one-to-one is planned: what it proposes, what was typed, and both texts after a clash."""

from datetime import timedelta

from pipeline.cycle.agenda import BARE_STEPS, Moment, agenda, length_told, propose
from pipeline.cycle.causes import MARKS
from pipeline.cycle.focus import open_focuses
from pipeline.cycle.session_templates import Shelf, shelf
from pipeline.cycle.sessions import SessionState
from pipeline.domain.base import Value
from pipeline.domain.cycle.sessions import AgendaClip, SessionPlan
from pipeline.domain.session_template import SessionTemplate
from pipeline.errors import FilmroomError, UsageError
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import happened_to
from pipeline.review.cycle.sessions.forms import PlanForm, form_of, moment_told
from pipeline.review.cycle.sessions.moments import (
    MOST_CALLS,
    CallChoice,
    call_choices,
    moments_for,
    named_or_latest,
)
from pipeline.review.cycle.sessions.values import FieldView
from pipeline.review.cycle.sessions.view import NATURES, PARTS
from pipeline.review.drafts.parts import lines
from pipeline.review.guards import Entry
from pipeline.reviewing.standing import state_of

USUAL = "tactical"
"""The template of a plan for which none is named."""

_BLANK_ROWS = 2
_MOST_OTHERS = 8
_HOUR = 9


class ClipRow(Value):
    """A clip in the form, as it was typed; one without `call` is blank, one without `part` left out.

    `told` names its call, `used` is whether the plan plays it.
    """

    call: str = ""
    told: str = ""
    start: str = ""
    end: str = ""
    part: str = ""
    title: str = ""
    talk: str = "2"

    @property
    def used(self) -> bool:
        """Whether the plan plays it."""
        return bool(self.part)


class TheirPart(Value):
    """A part of the plan that somebody else has saved otherwise than it was typed."""

    title: str
    text: str


class Option(Value):
    """One choice of a list."""

    id: str
    title: str
    told: str = ""


class PlanFormView(Value):
    """The form; `session` is absent for a new one. `theirs` are the parts that stand otherwise by now, after a clash;
    `by` saved them. `problem` and `hint` say why what was typed is not saved yet. `agenda_told` is the sum of the plan
    as it was last laid out, `steps_s` the seconds of the template's own steps.
    """

    session: str | None
    form: PlanForm
    rows: tuple[ClipRow, ...]
    calls: tuple[CallChoice, ...]
    templates: tuple[Option, ...]
    template: Option | None
    problems: tuple[str, ...]
    natures: tuple[Option, ...]
    causes: tuple[Option, ...]
    focuses: tuple[Option, ...]
    fields: tuple[FieldView, ...]
    steps_s: float
    steps_told: str
    agenda_told: str
    fits: bool
    theirs: tuple[TheirPart, ...] = ()
    by: str = ""
    problem: str = ""
    hint: str = ""


class ProposalView(Value):
    """An agenda that fits, from what was approved and what the rep commented: clips in order, and the sum in words."""

    template: str
    minutes: int
    clips: tuple[AgendaClip, ...]
    told: str
    fits: bool


def proposal_view(entry: Entry, template: str = "", call: str | None = None) -> ProposalView:
    """The proposed clips of a new plan. Raises: NotFoundError for no such template, UsageError."""
    known = shelf(entry.room.config.coaching.templates)
    outline, minutes = _outline(entry, known, template)
    moments = moments_for(entry, named_or_latest(call_choices(entry), call))
    clips = propose(moments, outline.steps, minutes)
    found = agenda(outline.steps, clips, minutes)
    return ProposalView(template=outline.id, minutes=minutes, clips=clips, told=found.told, fits=found.fits)


def new_form(entry: Entry, template: str = "", call: str | None = None) -> PlanFormView:
    """The form for a new one-to-one, with an agenda that fits. Raises: NotFoundError, UsageError."""
    known = shelf(entry.room.config.coaching.templates)
    outline, minutes = _outline(entry, known, template)
    choices = call_choices(entry)
    clips = propose(moments_for(entry, named_or_latest(choices, call)), outline.steps, minutes)
    positive, question = _words(entry, clips)
    begins = (entry.room.now() + timedelta(days=1)).replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    focus = next((state.id for state in open_focuses(happened_to(entry, entry.whose.id))), None)
    plan = SessionPlan(
        coach=entry.viewer.user.id,
        starts_at=begins,
        minutes=minutes,
        template=outline.id,
        nature=outline.nature,
        clips=clips,
        positive=positive,
        question=question,
        focus=focus,
        outline=outline,
    )
    return form_view(entry, form_of(plan, 0), outline, call=call)


def form_view(
    entry: Entry,
    form: PlanForm,
    outline: SessionTemplate | None,
    *,
    session: str | None = None,
    call: str | None = None,
) -> PlanFormView:
    """The form over what was typed, with moments that are not in it yet offered below."""
    known, choices = shelf(entry.room.config.coaching.templates), call_choices(entry)
    offered = moments_for(entry, named_or_latest(choices, call))
    rows = _rows(form, offered, choices)
    steps = outline.steps if outline else BARE_STEPS
    told, fits = _sum(form, outline)
    steps_ms = agenda(steps, (), 0).total_ms
    typed = dict(zip(form.field_id, form.field_text, strict=False))
    return PlanFormView(
        session=session,
        form=form.model_copy(update=_in_utc(form)),
        rows=rows,
        calls=tuple(reversed([c for c in choices.values() if c.sound and not c.sealed][-MOST_CALLS:])),
        templates=tuple(Option(id=t.id, title=visible(t.title), told=visible(t.about)) for t in known.templates),
        template=Option(id=outline.id, title=visible(outline.title), told=visible(outline.about)) if outline else None,
        problems=tuple(visible(problem) for problem in known.problems),
        natures=tuple(Option(id=name, title=words, told=means) for name, (words, means) in NATURES.items()),
        causes=tuple(Option(id=name, title=words) for name, words in MARKS.items()),
        focuses=tuple(
            Option(id=state.id, title=visible(state.title))
            for state in open_focuses(happened_to(entry, entry.whose.id))
        ),
        fields=tuple(
            FieldView(
                id=field.id, title=visible(field.title), hint=visible(field.hint), text=lines(typed.get(field.id, ""))
            )
            for field in (outline.fields if outline else ())
        ),
        steps_s=steps_ms / 1000,
        steps_told=length_told(steps_ms),
        agenda_told=told,
        fits=fits,
    )


def clashing(view: PlanFormView, theirs: SessionState, by: str) -> PlanFormView:
    """The form after somebody else saved: what was typed, what stands, and the number that a save must name by now."""
    mine, stands = view.form, form_of(theirs.plan, theirs.number_of_plan)
    parts: list[tuple[str, str, str]] = []
    for name, title in _TITLES.items():
        my, their = (lines(str(getattr(form, name))).strip() for form in (mine, stands))
        parts.append((title, my, their))
    parts.append(("Clips", _clips_told(mine), _clips_told(stands)))
    names = dict.fromkeys((*mine.field_id, *stands.field_id))
    texts = [dict(zip(form.field_id, form.field_text, strict=False)) for form in (mine, stands)]
    for name in names:
        parts.append((name.replace("_", " ").capitalize(), texts[0].get(name, ""), texts[1].get(name, "")))
    return view.model_copy(
        update={
            "form": mine.model_copy(update={"seen": theirs.number_of_plan}),
            "theirs": tuple(TheirPart(title=t, text=their or "(empty)") for t, my, their in parts if my != their),
            "by": by,
        }
    )


def refused(view: PlanFormView, error: FilmroomError) -> PlanFormView:
    """The form with why it was not saved."""
    return view.model_copy(update={"problem": error.message, "hint": error.hint})


_TITLES = {
    "starts_at": "Day and time (UTC)",
    "minutes": "Minutes",
    "template": "Session template",
    "nature": "Strategic or tactical",
    "purpose": "Purpose",
    "reason": "Reason",
    "positive": "The positive",
    "question": "One thing to change, as a question",
    "cause": "Ability or motivation",
    "focus": "Focus",
}


def _clips_told(form: PlanForm) -> str:
    rows = zip(form.clip_part, form.clip_start, form.clip_end, form.clip_title, form.clip_talk, strict=False)
    return "\n".join(
        f"{PARTS[part]}: {start} to {end}, {visible(title)}, {talk} min of talk"
        for part, start, end, title, talk in rows
        if part in PARTS
    )


def _outline(entry: Entry, known: Shelf, template: str) -> tuple[SessionTemplate, int]:
    outline = known.get(template or USUAL)
    return outline, entry.room.config.coaching.minutes if outline.nature == "tactical" else outline.minutes


def _words(entry: Entry, clips: tuple[AgendaClip, ...]) -> tuple[str, str]:
    """The approved words beside the proposed moments: what worked, and the one thing to change as a question."""
    found = {"positive": "", "improvement": ""}
    for clip in clips:
        if clip.part in found:
            feedback = state_of(entry.room.workspace, clip.call).feedback
            found[clip.part] = feedback.strength if clip.part == "positive" else next(iter(feedback.questions), "")
    return found["positive"], found["improvement"]


def _rows(form: PlanForm, offered: tuple[Moment, ...], choices: dict[str, CallChoice]) -> tuple[ClipRow, ...]:
    columns = (form.clip_call, form.clip_start, form.clip_end, form.clip_part, form.clip_title, form.clip_talk)
    typed = [
        _row(choices, ClipRow(call=call, start=start, end=end, part=part, title=title, talk=talk))
        for call, start, end, part, title, talk in zip(*columns, strict=False)
        if call or title.strip() or start.strip()
    ]
    there = {(row.call, row.start, row.end) for row in typed}
    others = [
        _row(
            choices,
            ClipRow(
                call=moment.call,
                start=moment_told(moment.span.start),
                end=moment_told(moment.span.end),
                title=moment.title,
            ),
        )
        for moment in offered
        if (moment.call, moment_told(moment.span.start), moment_told(moment.span.end)) not in there
    ]
    return (*typed, *others[:_MOST_OTHERS], *(ClipRow() for _ in range(_BLANK_ROWS)))


def _row(choices: dict[str, CallChoice], row: ClipRow) -> ClipRow:
    call = choices.get(row.call)
    return row.model_copy(update={"told": call.told if call else "", "title": visible(row.title)})


def _sum(form: PlanForm, outline: SessionTemplate | None) -> tuple[str, bool]:
    """Whether the agenda fits as it was typed, where it can be read."""
    try:
        minutes = int(form.minutes)
        found = agenda(outline.steps if outline else BARE_STEPS, form.clips(), minutes)
    except (ValueError, UsageError):
        return "", True
    return f"{length_told(found.total_ms)} of {minutes} min: {found.told}", found.fits


def _in_utc(form: PlanForm) -> dict[str, object]:
    """The start in UTC, where it can be read: what the form shows before any script puts it into the reader's zone."""
    try:
        return {"starts_at": f"{form.when():%Y-%m-%dT%H:%M}", "zone": 0}
    except UsageError:
        return {}
