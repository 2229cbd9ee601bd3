"""Owns the forms of a one-to-one: their fields as people type them, and what they mean."""

import re
from datetime import UTC, date, datetime, timedelta

from pydantic import Field, ValidationError

from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.sessions import AGENDA_PARTS, AgendaClip, SessionHeld, SessionPlan
from pipeline.domain.session_template import SessionTemplate
from pipeline.domain.span import Span
from pipeline.errors import UsageError
from pipeline.review.call.comments import moment_given
from pipeline.review.drafts.parts import lines

_MOST = 20_000
_REF = re.compile(r"^[a-z]\d{1,6}$")


class PlanForm(Value):
    """The plan as a form has it. Clips and fields are lists of equal length, a place for each; a clip without a part is
    left out. `starts_at` is in the zone that is `zone` minutes ahead of UTC: 0 where no script runs.

    `seen` is the number of the plan's event that the form was made from.
    """

    csrf: str = ""
    seen: int = Field(default=0, ge=0)
    starts_at: str = Field(default="", max_length=40)
    zone: int = Field(default=0, ge=-24 * 60, le=24 * 60)
    minutes: str = Field(default="", max_length=10)
    template: str = Field(default="", max_length=60)
    nature: str = Field(default="", max_length=20)
    purpose: str = Field(default="", max_length=_MOST)
    reason: str = Field(default="", max_length=_MOST)
    positive: str = Field(default="", max_length=_MOST)
    question: str = Field(default="", max_length=_MOST)
    cause: str = Field(default="", max_length=20)
    focus: str = Field(default="", max_length=10)
    clip_call: list[str] = Field(default_factory=list, max_length=60)
    clip_start: list[str] = Field(default_factory=list, max_length=60)
    clip_end: list[str] = Field(default_factory=list, max_length=60)
    clip_part: list[str] = Field(default_factory=list, max_length=60)
    clip_title: list[str] = Field(default_factory=list, max_length=60)
    clip_talk: list[str] = Field(default_factory=list, max_length=60)
    field_id: list[str] = Field(default_factory=list, max_length=40)
    field_text: list[str] = Field(default_factory=list, max_length=40)

    def plan(self, coach: str, outline: SessionTemplate | None, importance: str = "") -> SessionPlan:
        """The plan that the form says. Raises: UsageError that names the field that is off."""
        if len(self.field_id) != len(self.field_text):
            raise _not_whole()
        texts = dict(zip(self.field_id, (lines(t).strip() for t in self.field_text), strict=True))
        asked = {field.id for field in outline.fields} if outline else set(texts)
        if self.focus and not _REF.match(self.focus):
            raise UsageError("there is no such focus", hint="choose one of the list, or none")
        try:
            return SessionPlan.model_validate(
                {
                    "coach": coach,
                    "starts_at": self.when(),
                    "minutes": _whole(self.minutes, "Minutes"),
                    "template": outline.id if outline else "",
                    "nature": self.nature or None,
                    "purpose": lines(self.purpose).strip(),
                    "reason": lines(self.reason).strip(),
                    "importance": importance,
                    "clips": self.clips(),
                    "positive": lines(self.positive).strip(),
                    "question": lines(self.question).strip(),
                    "cause": self.cause or None,
                    "focus": self.focus or None,
                    "fields": {name: text for name, text in texts.items() if text and name in asked},
                    "outline": outline,
                }
            )
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{where}: {first['msg']}", hint="put this field right and save again") from error

    def when(self) -> datetime:
        """The start, in UTC. Raises: UsageError."""
        try:
            found = datetime.fromisoformat(self.starts_at.strip())
            local = found if found.tzinfo else found.replace(tzinfo=UTC) - timedelta(minutes=self.zone)
            return local.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise UsageError("the day and time are missing or cannot be read", hint="write 2026-03-10T09:00") from error

    def clips(self) -> tuple[AgendaClip, ...]:
        """The clips that have a part. Raises: UsageError."""
        columns = (
            self.clip_call, self.clip_start, self.clip_end, self.clip_part, self.clip_title, self.clip_talk,
        )  # fmt: skip
        if len({len(column) for column in columns}) > 1:
            raise _not_whole()
        rows = zip(*columns, strict=True)
        return tuple(_clip(*row) for row in rows if row[3])


class ImportanceForm(Value):
    """Why it matters to the rep."""

    csrf: str = ""
    text: str = Field(default="", max_length=_MOST)


class CancelForm(Value):
    """Why it does not take place."""

    csrf: str = ""
    reason: str = Field(default="", max_length=_MOST)


class RecordedForm(Value):
    """The recording of the one-to-one."""

    csrf: str = ""
    call: str = Field(default="", max_length=80)


class TrustForm(Value):
    """A private reading."""

    csrf: str = ""
    level: str = Field(default="", max_length=20)
    note: str = Field(default="", max_length=_MOST)


class HoldForm(Value):
    """What was agreed: three fields for each step."""

    csrf: str = ""
    step_text: list[str] = Field(default_factory=list, max_length=20)
    step_who: list[str] = Field(default_factory=list, max_length=20)
    step_by: list[str] = Field(default_factory=list, max_length=20)
    follow_up: str = Field(default="", max_length=40)
    rep_said: str = Field(default="", max_length=_MOST)
    notes: str = Field(default="", max_length=_MOST)

    def held(self, session: str) -> SessionHeld:
        """The event that the form says. Raises: UsageError."""
        if not len(self.step_text) == len(self.step_who) == len(self.step_by):
            raise _not_whole()
        steps = [
            ActivityStep.model_validate({"text": shown, "who": who, "by": _day(by, "By when")})
            for text, who, by in zip(self.step_text, self.step_who, self.step_by, strict=True)
            if (shown := lines(text).replace("\n", " ").strip()) and _is_somebody(who)
        ]
        return SessionHeld(
            session=session,
            steps=tuple(steps),
            follow_up=_day(self.follow_up, "Look at it again"),
            rep_said=lines(self.rep_said).strip(),
            notes=lines(self.notes).strip(),
        )


def form_of(plan: SessionPlan, seen: int) -> PlanForm:
    """The form over a plan that stands; its start is in UTC."""
    fields = plan.outline.fields if plan.outline else ()
    names = [field.id for field in fields] or list(plan.fields)
    return PlanForm(
        seen=seen,
        starts_at=f"{plan.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M}",
        minutes=str(plan.minutes) if plan.minutes else "",
        template=plan.template,
        nature=plan.nature or "",
        purpose=lines(plan.purpose),
        reason=lines(plan.reason),
        positive=lines(plan.positive),
        question=lines(plan.question),
        cause=plan.cause or "",
        focus=plan.focus or "",
        clip_call=[clip.call for clip in plan.clips],
        clip_start=[moment_told(clip.span.start) for clip in plan.clips],
        clip_end=[moment_told(clip.span.end) for clip in plan.clips],
        clip_part=[clip.part for clip in plan.clips],
        clip_title=[lines(clip.title) for clip in plan.clips],
        clip_talk=[f"{clip.talk:g}" for clip in plan.clips],
        field_id=names,
        field_text=[lines(plan.fields.get(name, "")) for name in names],
    )


def moment_told(seconds: float) -> str:
    """A moment as it can be typed: 1:05, 1:05.25; to the millisecond."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    fraction = f".{milliseconds:03d}".rstrip("0") if milliseconds else ""
    return f"{minutes}:{rest:02d}{fraction}"


def _clip(call: str, start: str, end: str, part: str, title: str, talk: str) -> AgendaClip:
    if part not in AGENDA_PARTS:
        raise UsageError(f"a clip is for no {part[:40]!r}", hint=f"choose {', '.join(AGENDA_PARTS)}")
    if not call:
        raise UsageError("a clip is of no call", hint="choose its call, or leave the clip out")
    begins, ends = moment_given(start), moment_given(end)
    if begins is None or ends is None or ends <= begins:
        raise UsageError(f"a clip from {start[:20]!r} to {end[:20]!r} has no length", hint="write where it ends: 2:45")
    try:
        minutes = float(talk.strip().replace(",", ".") or 0)
        return AgendaClip.model_validate(
            {
                "call": call,
                "span": Span(start=begins, end=ends),
                "part": part,
                "title": lines(title).replace("\n", " ").strip(),
                "talk": minutes,
            }
        )
    except ValueError as error:
        raise UsageError("a clip cannot be read", hint="talk is a number of minutes; titles are short") from error


def _is_somebody(who: str) -> bool:
    if who not in ("rep", "manager", "both"):
        raise UsageError(f"nobody is called {who[:40]!r} in a step", hint="a step is for rep, manager or both")
    return True


def _whole(text: str, title: str) -> int:
    if not text.strip():
        return 0
    if not text.strip().isdecimal():
        raise UsageError(f"{title}: {text!r} is no whole number", hint="write how many minutes it has, such as 20")
    return int(text)


def _day(text: str, title: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise UsageError(f"{title}: {text[:40]!r} is no date", hint="write it as 2026-11-30") from error


def _not_whole() -> UsageError:
    return UsageError("the form is not whole", hint="open it again and send it from there")
