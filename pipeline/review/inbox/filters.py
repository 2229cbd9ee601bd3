"""Owns what a list is narrowed to and how it is sorted: values that stand in the address of the page."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError

from pipeline.domain.base import Value
from pipeline.domain.recording import Mode, Stage
from pipeline.errors import UsageError

NOBODY = "-"
"""Stands for a rep or a stage that nobody named."""

Age = Literal["today", "days", "week", "older"]
"""Of a draft: today: less than a day; days: one to three; week: three to seven; older: seven days and more."""

AGES: tuple[tuple[Age, str, float, float | None], ...] = (
    ("today", "Less than a day", 0, 1),
    ("days", "One to three days", 1, 3),
    ("week", "Three to seven days", 3, 7),
    ("older", "A week and more", 7, None),
)
"""Each age: its name in addresses, its name for people, and its days, half-open."""

Sort = Literal["age", "newest", "date"]
"""age: the oldest draft first; newest: the newest draft first; date: the latest call first."""

OpenState = Literal["waiting", "edited", "sent_back"]
Kind = Literal["audio", "transcript"]
StageName = Literal[Stage.PROSPECTING, Stage.DISCOVERY, Stage.DEMO, Stage.CLOSING, Stage.COACHING, "-"]


def _unless_empty(value: object) -> object:
    """Forms send empty fields for what nobody chose."""
    return None if value == "" else value


_Text = Annotated[Annotated[str, StringConstraints(max_length=200)] | None, BeforeValidator(_unless_empty)]


class _Filters(Value):
    """What both lists have: how they stand in an address."""

    rep: _Text = None
    stage: Annotated[StageName | None, BeforeValidator(_unless_empty)] = None
    page: int = Field(default=1, ge=1, le=100_000)

    def query(self, **changes: object) -> str:
        """These filters as the query of an address, without what is not chosen; a change leads to the first page."""
        merged = {**self.model_dump(mode="json"), **({"page": 1} if changes else {}), **changes}
        defaults = {name: field.default for name, field in type(self).model_fields.items()}
        return urlencode({k: str(v) for k, v in merged.items() if v is not None and v != defaults[k]})

    @classmethod
    def of(cls, query: str) -> Self:
        """The filters that a query stands for. Raises: UsageError for one that is none of ours."""
        return cls.checked(dict(parse_qsl(query)))

    @classmethod
    def checked(cls, values: Mapping[str, str]) -> Self:
        """The filters of these fields. Raises: UsageError, see `of`."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            field = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise UsageError(
                f"this list cannot be narrowed by {field!r}", hint="open the list again and choose from its filters"
            ) from error


class InboxFilters(_Filters):
    """What the inbox is narrowed to. `rep` is a name as `same_name` compares it, or `NOBODY`."""

    state: Annotated[OpenState | None, BeforeValidator(_unless_empty)] = None
    age: Annotated[Age | None, BeforeValidator(_unless_empty)] = None
    kind: Annotated[Kind | None, BeforeValidator(_unless_empty)] = None
    sort: Sort = "age"


class CallFilters(_Filters):
    """What the list of calls is narrowed to.

    `q` is looked for in the names of rep, customer and deal; `since` and `until` are days of the call, both included,
    in UTC. `state`: ready when the feedback is approved, open when it is not yet.
    """

    q: _Text = None
    mode: Annotated[Mode | None, BeforeValidator(_unless_empty)] = None
    state: Annotated[Literal["ready", "open"] | None, BeforeValidator(_unless_empty)] = None
    since: Annotated[date | None, BeforeValidator(_unless_empty)] = None
    until: Annotated[date | None, BeforeValidator(_unless_empty)] = None
