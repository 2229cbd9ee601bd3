"""Owns the form in which a draft is edited: its fields, and what they mean."""

from datetime import date
from typing import Literal

from pydantic import Field, ValidationError

from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.review import MOST_TEXT, PARTS, Feedback, FeedbackPart, part_text, with_parts
from pipeline.errors import UsageError
from pipeline.review.drafts.parts import TITLES, lines
from pipeline.reviewing.standing import Seen

_WHO = ("rep", "manager", "both")


class Act(Value):
    """What every form about a draft carries: the token of its session, and what it was made from.

    `filters` are those of the inbox that its page was opened from.
    """

    csrf: str = ""
    after: int = Field(ge=0)
    record: int = Field(ge=1)
    filters: str = Field(default="", max_length=2000)

    @property
    def seen(self) -> Seen:
        """What its author had before them."""
        return Seen(after=self.after, record=self.record)


class ReasonForm(Act):
    """A form with a reason."""

    reason: str = Field(default="", max_length=MOST_TEXT)


class ApproveForm(Act):
    """An approval; `then` is where to go from there."""

    override: str = Field(default="", max_length=MOST_TEXT)
    then: Literal["stay", "next"] = "stay"


class KeepForm(Act):
    """What takes the place of words that a person wrote: of each part, whose words are to stay; empty where nobody was
    asked."""

    keep_strength: Literal["", "mine", "new"] = ""
    keep_facts: Literal["", "mine", "new"] = ""
    keep_improvement: Literal["", "mine", "new"] = ""
    keep_questions: Literal["", "mine", "new"] = ""
    keep_activity: Literal["", "mine", "new"] = ""
    keep_practice: Literal["", "mine", "new"] = ""
    keep_follow_up: Literal["", "mine", "new"] = ""

    @property
    def keep(self) -> dict[FeedbackPart, Literal["mine", "new"]]:
        """Whose words stay, of the parts for which it was said."""
        said = {part: getattr(self, f"keep_{part}") for part in PARTS}
        return {part: whose for part, whose in said.items() if whose}


class ChoiceForm(KeepForm):
    """Another improvement."""

    behaviour: str = Field(default="", max_length=200)


class ReadingForm(KeepForm):
    """A newer reading."""

    reading: int = Field(ge=1)


class EditForm(Act):
    """The words of a draft: a text for each part, a question on each line, three fields for each step.

    `take` names the parts of which the words that stand are to stay, whatever the form has.
    """

    strength: str = ""
    facts: str = ""
    improvement: str = ""
    questions: str = ""
    practice: str = ""
    follow_up: str = ""
    step_text: list[str] = Field(default_factory=list)
    step_who: list[str] = Field(default_factory=list)
    step_by: list[str] = Field(default_factory=list)
    reason_strength: str = ""
    reason_facts: str = ""
    reason_improvement: str = ""
    reason_questions: str = ""
    reason_activity: str = ""
    reason_practice: str = ""
    reason_follow_up: str = ""
    take: list[FeedbackPart] = Field(default_factory=list)

    @property
    def reasons(self) -> dict[FeedbackPart, str]:
        """Why each part was changed, where it was said."""
        said = {part: lines(getattr(self, f"reason_{part}")).strip() for part in PARTS}
        return {part: reason[:MOST_TEXT] for part, reason in said.items() if reason}

    def feedback(self) -> Feedback:
        """The words of the form. Raises: UsageError for a date that is none, or a text that is too long."""
        try:
            return tidy(
                Feedback(
                    strength=self.strength,
                    facts=self.facts,
                    improvement=self.improvement,
                    questions=tuple(self.questions.splitlines()),
                    activity=self._steps(),
                    practice=self.practice,
                    follow_up=_date(self.follow_up, TITLES["follow_up"]),
                )
            )
        except ValidationError as error:
            first = error.errors()[0]
            part = TITLES.get(first["loc"][0] if first["loc"] else "", "A part")  # type: ignore[call-overload]
            raise UsageError(
                f"{part}: {first['msg']}", hint=f"a part has {MOST_TEXT:,} characters at most, and 50 rows"
            ) from error

    def _steps(self) -> tuple[ActivityStep, ...]:
        if not len(self.step_text) == len(self.step_who) == len(self.step_by):
            raise UsageError("a step of the activity is not whole", hint="open the form again and send it from there")
        found = []
        for text, who, by in zip(self.step_text, self.step_who, self.step_by, strict=True):
            if who not in _WHO:
                raise UsageError(f"nobody is called {who!r} in a step", hint="a step is for rep, manager or both")
            if text.strip():
                found.append(ActivityStep(text=text, who=who, by=_date(by, TITLES["activity"])))
        return tuple(found)


def tidy(feedback: Feedback) -> Feedback:
    """The feedback without what no eye sees, and without empty questions and steps."""
    return Feedback(
        strength=lines(feedback.strength).strip(),
        facts=lines(feedback.facts).strip(),
        improvement=lines(feedback.improvement).strip(),
        questions=tuple(shown for question in feedback.questions if (shown := lines(question).strip())),
        activity=tuple(
            step.model_copy(update={"text": shown})
            for step in feedback.activity
            if (shown := lines(step.text).replace("\n", " ").strip())
        ),
        practice=lines(feedback.practice).strip(),
        follow_up=feedback.follow_up,
    )


def kept(before: Feedback, typed: Feedback) -> Feedback:
    """What was typed; parts that read as before are as they were, to the last invisible character."""
    return with_parts(typed, before, [part for part in PARTS if _read(before, part) == _read(typed, part)])


def _read(feedback: Feedback, part: FeedbackPart) -> str:
    return lines(part_text(feedback, part)).strip()


def _date(text: str, title: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise UsageError(f"{title}: {text[:40]!r} is no date", hint="write it as 2026-11-30") from error
