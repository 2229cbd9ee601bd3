"""The base of all domain values: frozen, strict about unknown fields, valid by construction."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A value that cannot change after it was made and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
