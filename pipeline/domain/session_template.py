"""A session template: the steps of a one-to-one in a team's own process, their minutes and questions, its fields."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from pipeline.domain.base import Value

SessionNature = Literal["strategic", "tactical"]
"""tactical: about calls, what was said and what to say next time; strategic: about the person's work and where they
want to go, away from any one call."""

StepPart = Literal["rep", "positive", "improvement", "practice", "agree", "other"]
"""What a step is for. rep: the rep's own view; positive: what worked; improvement: the one thing to change; practice:
trying it at once; agree: who does what by when, and the day to look again; other: anything else."""

_ORDER: tuple[StepPart, ...] = ("rep", "positive", "improvement", "practice", "agree")

Title = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class SessionStep(Value):
    """One step; `minutes` are its own, and the clips that are played in it come on top of them."""

    title: Title
    part: StepPart
    minutes: float = Field(ge=0, le=240)
    questions: tuple[Text, ...] = Field(default=(), max_length=12)
    note: str = Field(default="", max_length=1000)


class SessionField(Value):
    """Something that this kind of one-to-one writes down, for both to read: its name, title, and what belongs there."""

    id: Name
    title: Title
    hint: str = Field(default="", max_length=400)


class SessionTemplate(Value):
    """A kind of one-to-one, as a file has it.

    The rep's view is its first step among those about calls; then the positive, one improvement at the most, practice,
    what is agreed. Steps of part `other` may stand anywhere. `minutes` are those a new plan begins with.
    """

    id: Name
    version: int = Field(ge=1)
    title: Title
    about: Text
    nature: SessionNature | None = None
    minutes: int = Field(ge=5, le=240)
    steps: tuple[SessionStep, ...] = Field(min_length=1, max_length=20)
    fields: tuple[SessionField, ...] = Field(default=(), max_length=20)

    @model_validator(mode="after")
    def _rep_first_and_one_improvement(self) -> "SessionTemplate":
        parts = [step.part for step in self.steps if step.part != "other"]
        if "rep" not in parts:
            raise ValueError("there is no step of part `rep`: the rep's own view is heard before anybody else's")
        if parts != sorted(parts, key=_ORDER.index):
            raise ValueError(f"the steps are not in the order {', '.join(_ORDER)}")
        if parts.count("improvement") > 1:
            raise ValueError("there is more than one step of part `improvement`: one thing at a time")
        return self

    @model_validator(mode="after")
    def _steps_fit(self) -> "SessionTemplate":
        asked = sum(round(step.minutes * 60_000) for step in self.steps)
        if asked > self.minutes * 60_000:
            raise ValueError(f"the steps ask for {asked / 60_000:g} minutes, and the one-to-one has {self.minutes}")
        return self

    @model_validator(mode="after")
    def _fields_are_told_apart(self) -> "SessionTemplate":
        ids = [field.id for field in self.fields]
        if twice := next((name for name in ids if ids.count(name) > 1), None):
            raise ValueError(f"two fields have the id {twice}")
        return self
