"""Owns what the index has of the calls that prospecting is counted from."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache

from pydantic import TypeAdapter

from pipeline.cycle.prospecting import TURNS_REACHED, ContactCall, Direction
from pipeline.cycle.reading import Rows

ALONE_S = 90.0
"""A message that is left on a machine is hardly longer, seconds."""


def contact_calls(rows: Rows, names: Collection[str]) -> dict[str, tuple[ContactCall, ...]]:
    """The calls of each of these names (as `same_name` has them), oldest first."""
    by_name: defaultdict[str, list[ContactCall]] = defaultdict(list)
    for key, call, at, customer, stage, mode, duration, way, *heard in rows(_CALLS, [sorted(names)]):
        by_name[str(key)].append(
            ContactCall(
                call=str(call),
                at=_aware(at),
                customer=None if customer is None else str(customer),
                stage=None if stage is None else str(stage),
                direction=_way().validate_python(way),
                simulated=mode == "simulated",
                answered=answered(*(int(str(n)) for n in heard), seconds=float(str(duration or 0))),
            )
        )
    return {key: tuple(calls) for key, calls in by_name.items()}


def answered(customer: int, unknown: int, second: int, speakers: int, *, seconds: float) -> bool | None:
    """Whether somebody answered, by the turns of the customer's side, of voices that are nobody's, and of whoever
    speaks second most, out of so many voices.

    Where nobody knows whose a voice is, two voices that each speak twice talk to each other. One voice alone is a
    message that was left, or, in a call longer than `ALONE_S`, two that could not be told apart: None.
    """
    if customer >= TURNS_REACHED:
        return True
    if not unknown:
        return False
    if speakers == 1 and seconds > ALONE_S:
        return None
    return second >= TURNS_REACHED


_CALLS = """
WITH ours AS (
  SELECT * FROM calls WHERE rep_key IN (SELECT unnest(CAST(? AS VARCHAR[])))
), voices AS (
  SELECT t.call, t.role, t.speaker, count(*) AS n FROM turns t JOIN ours o ON o.call = t.call
  WHERE o.stage = 'prospecting' GROUP BY ALL
), heard AS (
  SELECT call, coalesce(sum(n) FILTER (WHERE role = 'customer'), 0) AS customer,
    coalesce(sum(n) FILTER (WHERE role = 'unknown'), 0) AS strange,
    coalesce(list_reverse_sort(list(n))[2], 0) AS second, count(*) AS speakers
  FROM voices GROUP BY call
)
SELECT rep_key, o.call, coalesce(started_at, o.recorded_at) AS began, o.customer, stage, mode, duration, direction,
  coalesce(h.customer, 0), coalesce(strange, 0), coalesce(second, 0), coalesce(speakers, 0)
FROM ours o LEFT JOIN heard h ON h.call = o.call ORDER BY began, o.call
"""


@cache
def _way() -> TypeAdapter[Direction | None]:
    return TypeAdapter(Direction | None)


def _aware(at: object) -> datetime:
    assert isinstance(at, datetime)
    return at.replace(tzinfo=UTC)
