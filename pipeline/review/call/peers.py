"""Owns which other calls a call is held against, and what was measured in them: real ones of one stage, the latest."""

from datetime import datetime
from typing import NamedTuple

from pipeline.review.call.recent import Recent
from pipeline.review.index import OpenIndex

MOST_CALLS = 100
"""A baseline looks at the latest calls only: a team changes."""
KEPT_S = 60.0
"""For so long a baseline may lack the newest call: to find it takes a look at every measure of every call."""

_QUERY = """
SELECT m.name, m.value, c.call, c.rep_key, c.held
FROM (
    SELECT call, rep_key, coalesce(started_at, recorded_at) AS held FROM calls
    WHERE mode IN ('live', 'recorded') AND stage IS NOT DISTINCT FROM ? AND {whose}
    ORDER BY held DESC, call LIMIT {most}
) c JOIN measures m ON m.call = c.call
WHERE m.value IS NOT NULL
"""


class Whose(NamedTuple):
    """A condition on the table `calls`, with its parameters."""

    condition: str
    parameters: tuple[object, ...]


class Peer(NamedTuple):
    """What a measure is in another call, whose call that is, and when it took place."""

    value: float
    call: str
    rep: str | None
    at: datetime


class Peers:
    """The measures of others' calls, looked up anew every minute."""

    def __init__(self) -> None:
        self._kept: Recent[dict[str, list[Peer]]] = Recent(24, seconds=KEPT_S)

    def of(self, index: OpenIndex, stage: str | None, whose: Whose) -> dict[str, list[Peer]]:
        """By a measure's name, its values in the latest real calls of this stage that have one."""
        key = (stage, whose.condition, repr(whose.parameters))
        return self._kept.get(key, lambda: _asked(index, stage, whose))

    def forget(self) -> None:
        """Look every call up anew the next time."""
        self._kept.forget()


def _asked(index: OpenIndex, stage: str | None, whose: Whose) -> dict[str, list[Peer]]:
    found: dict[str, list[Peer]] = {}
    query = _QUERY.format(whose=whose.condition, most=MOST_CALLS)
    for name, value, call, rep, at in index.rows(query, [stage, *whose.parameters]):
        assert isinstance(value, float)
        assert isinstance(at, datetime)
        found.setdefault(str(name), []).append(Peer(value, str(call), None if rep is None else str(rep), at))
    return found
