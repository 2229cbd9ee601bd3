"""What a run of the evaluation leaves behind for its history: figures by name, and where everything else stands."""

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value


class EvaluationFigure(Value):
    """One measure of a run: its value, of how many things, bounds at 95%, and what stands beside it."""

    name: str
    value: float | None
    n: int = Field(ge=0)
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    people: float | None = None


class EvaluationRecord(Value):
    """A run of the evaluation. `key` is the object that holds all of it, units and failures included.

    Two runs that found the same have the same key, whenever they were.
    """

    id: str
    at: AwareDatetime
    key: str
    suites: tuple[str, ...]
    reader: str
    code_sha256: str
    figures: tuple[EvaluationFigure, ...]
    seconds: dict[str, float] = Field(default_factory=dict)
    note: str = ""
