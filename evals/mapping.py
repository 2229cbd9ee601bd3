"""Owns what the labels of a collection and the behaviours of a rubric both speak of, so that they can be compared."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from evals.documents import Problem, read_document
from pipeline.domain.base import Value
from pipeline.domain.metrics import QuestionKind
from pipeline.domain.rubric import Identifier, Rubric
from pipeline.rubrics import load_rubric

RUBRICS = Path(__file__).resolve().parent / "rubrics"
"""The folder of the rubrics that are made to be measured with, and of NAME.labels.yaml beside each NAME.yaml."""


class Target(Value):
    """One thing that people label and that we find, in turns of the rep.

    People say that a turn shows it when they give it any of `labels`, and where there is `after`, only when the
    customer's turn right before has any of those labels. We say so when an observation of any of `behaviours` lies in
    the turn, or, without a reader, when the turn has a question of any of the kinds `questions`.
    """

    id: Identifier
    about: str = Field(min_length=3)
    labels: frozenset[str] = Field(min_length=1)
    after: frozenset[str] = frozenset()
    behaviours: tuple[Identifier, ...] = ()
    questions: tuple[QuestionKind, ...] = ()

    @model_validator(mode="after")
    def _found_somehow(self) -> Self:
        if bool(self.behaviours) == bool(self.questions):
            raise ValueError("a target has behaviours or kinds of questions, and not both")
        return self


class LabelMap(Value):
    """The targets of one rubric; those of `read` need a reader."""

    rubric: Identifier
    targets: tuple[Target, ...] = Field(min_length=1)

    @property
    def read(self) -> tuple[Target, ...]:
        """The targets that are found by a reader."""
        return tuple(target for target in self.targets if target.behaviours)


def load_mapped(name: str, *, folder: Path = RUBRICS, rubric: Rubric | None = None) -> tuple[Rubric, LabelMap]:
    """The rubric of this name in the folder, or the one that stands in for it, and the targets beside it.

    Raises: RubricError; InputError when a target is none of the rubric's, or two have one id.
    """
    rubric = rubric or load_rubric(folder / f"{name}.yaml").rubric
    document = read_document(folder / f"{name}.labels.yaml", LabelMap)
    document.refuse(_problems(document.value, rubric), hint=f"compare with the behaviours of {name}.yaml")
    return rubric, document.value


def _problems(made: LabelMap, rubric: Rubric) -> list[Problem]:
    found = []
    if made.rubric != rubric.id:
        found.append(Problem(("rubric",), f"{made.rubric} is not the rubric beside it, {rubric.id}"))
    ids = [target.id for target in made.targets]
    for i, target in enumerate(made.targets):
        at = ("targets", i)
        if target.id in ids[:i]:
            found.append(Problem((*at, "id"), f"a second target {target.id}"))
        for name in target.behaviours:
            behaviour = rubric.behaviour(name)
            if behaviour is None or behaviour.measure is not None or behaviour.role != "rep":
                found.append(Problem((*at, "behaviours"), f"the rubric has no behaviour {name} to be read in the rep"))
    return found
