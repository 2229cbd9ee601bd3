"""Where a result comes from: enough to make it again, and to know what it cost."""

from pydantic import Field

from pipeline.domain.base import Value


class Provenance(Value):
    """Who or what made a result. `model` names the model and its revision or digest; seconds are wall time.

    Tokens and cost are those of the exchanges with a language model that the result rests on, whenever they were had:
    `cost_usd` is None when the model's price is not known, and 0 where none was asked. `prompt_sha256` belongs to a
    stage with a single prompt; readers name theirs in `model`.
    """

    stage: str
    code_version: str
    model: str | None = None
    prompt_sha256: str | None = None
    rubric_sha256: str | None = None
    input_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cost_usd: float | None = Field(default=0, ge=0)
    seconds: float = Field(default=0, ge=0)
