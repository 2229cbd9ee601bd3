"""Owns which draft comes next, for whoever clears an inbox: the one after a call, in the same filters and order."""

from pipeline.review.guards import Entry
from pipeline.review.inbox.filters import InboxFilters
from pipeline.review.inbox.waiting import ORDERS, waiting
from pipeline.review.seals import seals_of


def next_waiting(entry: Entry, filters: InboxFilters, after_call: str) -> str | None:
    """The id of the call that comes after this one in the viewer's inbox; past its end, the inbox's first.

    `after_call` itself never comes, be it approved by now or still waiting, nor does a sealed call: its rep goes first.
    None when nothing else waits.
    """
    selection = waiting(entry, filters)
    condition, own = selection.condition()
    key, backwards = ORDERS[filters.sort].split(",")[0].split()[0], "DESC" in ORDERS[filters.sort]
    expression = "coalesce(started_at, recorded_at)" if key == "held_at" else key
    here = entry.room.index.rows(f"SELECT {expression} FROM calls WHERE call = ?", [after_call])  # noqa: S608 our own
    behind = f"({key}, call) {'<' if backwards else '>'} (?, ?)" if here else "true"
    place = (here[0][0], after_call) if here else ()
    query = (
        f"WITH base AS ({selection.base}) SELECT call FROM base WHERE {condition} AND call <> ? "  # noqa: S608
        "AND call NOT IN (SELECT unnest(CAST(? AS VARCHAR[]))) "
        f"ORDER BY CASE WHEN {behind} THEN 0 ELSE 1 END, {ORDERS[filters.sort]} LIMIT 1"
    )
    found = entry.room.index.rows(query, [*selection.base_parameters, *own, after_call, _sealed(entry), *place])
    return str(found[0][0]) if found else None


def _sealed(entry: Entry) -> list[str]:
    people = entry.room.people
    coached = people.all() if entry.scope.everything else people.below(entry.viewer.user.id)
    return sorted(seals_of(entry.room, coached))
