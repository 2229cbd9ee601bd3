"""A rubric: the capabilities a team assesses, each with a goal, observable behaviours and a rule for its level."""

import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.domain.base import Value
from pipeline.domain.metrics import MetricName
from pipeline.domain.recording import Role, Sha256, Stage

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
Prose = Annotated[str, StringConstraints(min_length=3, strip_whitespace=True)]


def _broken(message: str, *, field: str, value: str | int | None = None, fix: str = "") -> PydanticCustomError:
    """A rule between fields that does not hold; tells the field, and the value in it, that a person changes."""
    context = {"message": message, "field": field, "value": value, "fix": fix}
    return PydanticCustomError("rubric_rule", "{message}", context)


class Polarity(StrEnum):
    """effective: helps the capability's goal; ineffective: works against it, and counts as a gap when shown."""

    EFFECTIVE = "effective"
    INEFFECTIVE = "ineffective"


class Form(StrEnum):
    """What kind of utterance can show a behaviour: a question, a statement, or either."""

    QUESTION = "question"
    STATEMENT = "statement"
    ANY = "any"


class Part(StrEnum):
    """Where in the call a behaviour is looked for: opening and closing are its first and last fifth, at least
    60 s and at most half of it."""

    OPENING = "opening"
    CLOSING = "closing"
    ANY = "any"


class Opportunity(Value):
    """When a behaviour applies: only after somebody says one of these phrases, and within so many turns of the rep.

    Phrases are compared as whole normalised words. Without a match the verdict is no_opportunity.
    """

    role: Role = "customer"
    phrases: tuple[Prose, ...] = Field(min_length=1)
    within_turns: int = Field(default=3, ge=1, le=20)


class MeasureRule(Value):
    """A behaviour decided by a measure alone: shown when low <= value <= high. A ratio is from 0 to 1."""

    name: MetricName
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.low is None and self.high is None:
            raise _broken("a measure rule needs low, high or both", field="name")
        for field, bound in (("low", self.low), ("high", self.high)):
            if self.name.endswith("_ratio") and bound is not None and not 0 <= bound <= 1:
                raise _broken(f"{self.name} is from 0 to 1, so {bound:g} per cent is {bound / 100:g}", field=field)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise _broken(f"low {self.low:g} is above high {self.high:g}", field="low")
        return self


class Coaching(Value):
    """What the draft may say when this behaviour is the improvement: written by people, chosen by code.

    `gap` is the neutral sentence for a behaviour that was not shown (for an ineffective one: that was shown),
    `questions` are for the manager to ask, `steps` make the activity, `practice` is the rehearsal.
    """

    gap: Prose
    questions: tuple[Prose, ...] = Field(min_length=1, max_length=4)
    steps: tuple[Prose, ...] = Field(min_length=2, max_length=5)
    practice: Prose


class Behaviour(Value):
    """One thing a recording can show. Decided by a reader from examples, or by a measure."""

    id: Identifier
    text: Prose
    polarity: Polarity = Polarity.EFFECTIVE
    role: Role = "rep"
    form: Form = Form.ANY
    part: Part = Part.ANY
    examples: tuple[Prose, ...] = ()
    counterexamples: tuple[Prose, ...] = ()
    opportunity: Opportunity | None = None
    measure: MeasureRule | None = None
    praise: Prose
    coaching: Coaching

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        if self.measure is None and len(self.examples) < 2:
            raise _broken(f"behaviour {self.id} needs at least two examples, or a measure", field="examples")
        for field in ("examples", "counterexamples", "opportunity"):
            if self.measure is not None and getattr(self, field):
                raise _broken(f"behaviour {self.id} is decided by a measure, so it takes no {field}", field=field)
        return self


class Needs(Value):
    """The condition of a level: at least so many of the capability's effective behaviours shown, all of the effective
    ones in `all`, and none of the ineffective ones in `none`. So more of what helps never lowers a level.
    """

    at_least: int = Field(default=0, ge=0)
    all: tuple[Identifier, ...] = ()
    none: tuple[Identifier, ...] = ()


class Level(Value):
    """A level from 1 (lowest) to 5, the anchor text that describes it, and what it needs."""

    level: int = Field(ge=1, le=5)
    anchor: Prose
    needs: Needs = Needs()


class Capability(Value):
    """Something the team wants its reps to be able to do. `goal` is what it brings about, as against technique."""

    id: Identifier
    name: Prose
    goal: Prose
    weight: int = Field(default=3, ge=1, le=5)
    behaviours: tuple[Behaviour, ...] = Field(min_length=2, max_length=8)
    levels: tuple[Level, ...] = Field(min_length=2, max_length=5)

    @model_validator(mode="after")
    def _levels_rise(self) -> Self:
        numbers = [level.level for level in self.levels]
        if numbers != list(range(1, len(numbers) + 1)):
            raise _broken(f"levels of {self.id} must be 1, 2, 3, ... in order, not {numbers}", field="levels")
        known = {b.id for b in self.behaviours}
        named = {name for level in self.levels for name in level.needs.all + level.needs.none}
        if named - known:
            strangers = sorted(named - known)
            message = f"levels of {self.id} name behaviours it does not have: {', '.join(strangers)}"
            raise _broken(message, field="levels", value=strangers[0])
        n_effective = sum(b.polarity is Polarity.EFFECTIVE for b in self.behaviours)
        for level in reversed(self.levels):
            if (asked := level.needs.at_least) > n_effective:
                told = f"level {level.level} of {self.id} needs {asked} effective behaviours, and it has {n_effective}"
                raise _broken(told, field="at_least", value=asked)
        for field, wrong in (("all", Polarity.INEFFECTIVE), ("none", Polarity.EFFECTIVE)):
            self._refuse(field, wrong)
        if self.levels[0].needs != Needs():
            raise _broken(
                f"level 1 of {self.id} must need nothing, so that every read call has a level", field="levels"
            )
        return self

    def _refuse(self, field: str, wrong: Polarity) -> None:
        """Keeps a level from asking for what works against the goal, or from forbidding what helps it."""
        of_kind = {b.id for b in self.behaviours if b.polarity is wrong}
        named = [name for level in self.levels for name in getattr(level.needs, field) if name in of_kind]
        if named:
            does, other = ("asks for", "none") if field == "all" else ("forbids", "all")
            message = f"a level of {self.id} {does} {named[0]}, which is {wrong}"
            raise _broken(f"{message}: name it under `{other}`, or leave it out", field=field, value=named[0])


_NAMED = re.compile(r"\b(rep|customer|manager|call)\b", re.IGNORECASE)


class Parties(Value):
    """What texts call those who speak, who coaches them, and the talk itself; names have no say in roles or levels.

    In a one-to-one the manager has the role rep and the rep the role customer, so there `rep` is "manager".
    """

    rep: Prose = "rep"
    customer: Prose = "customer"
    coach: Prose = "manager"
    talk: Prose = "call"

    def named(self, text: str) -> str:
        """A text written of a sales call with its people and the talk named as here; others' words are not for this."""
        names = {"rep": self.rep, "customer": self.customer, "manager": self.coach, "call": self.talk}

        def name(match: re.Match[str]) -> str:
            found = names[match.group().lower()]
            return found[0].upper() + found[1:] if match.group()[0].isupper() else found

        return _NAMED.sub(name, text)


class Rubric(Value):
    """A team's definition of a good call of one stage."""

    id: Identifier
    version: int = Field(ge=1)
    title: Prose
    stage: Stage | Literal["any"]
    parties: Parties = Parties()
    capabilities: tuple[Capability, ...] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _unique(self) -> Self:
        ids = [c.id for c in self.capabilities] + [b.id for c in self.capabilities for b in c.behaviours]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            message = f"ids must be unique across the rubric: {', '.join(twice)}"
            raise _broken(message, field="id", value=twice[0], fix="give one of them another id")
        return self

    @property
    def behaviours(self) -> tuple[Behaviour, ...]:
        """Every behaviour, in the rubric's order."""
        return tuple(b for c in self.capabilities for b in c.behaviours)

    def behaviour(self, behaviour_id: str) -> Behaviour | None:
        """The behaviour with this id, or None."""
        return next((b for b in self.behaviours if b.id == behaviour_id), None)

    def capability_of(self, behaviour_id: str) -> Capability | None:
        """The capability that has this behaviour, or None."""
        return next((c for c in self.capabilities if any(b.id == behaviour_id for b in c.behaviours)), None)


class LoadedRubric(Value):
    """A rubric with the hash of the file it came from."""

    rubric: Rubric
    sha256: Sha256
