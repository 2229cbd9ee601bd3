"""Owns how filters become SQL on the index: the calls that a viewer sees, narrowed, counted and in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.review.index import OpenIndex

Condition = tuple[str, tuple[object, ...]]
"""A condition in SQL and its parameters."""


@dataclass(frozen=True)
class Selection:
    """Calls that a list is about.

    `base` is a whole query that gives the calls with their columns; `base_parameters` are its own. `filters` are what
    narrows them further, by the name of the filter: conditions on the columns of `base`.
    """

    base: str
    base_parameters: tuple[object, ...]
    filters: Mapping[str, Condition]

    def condition(self, *, without: str = "") -> Condition:
        """All filters together, but one of them if named."""
        chosen = [found for name, found in self.filters.items() if name != without]
        return " AND ".join(text for text, _ in chosen) or "true", tuple(p for _, ps in chosen for p in ps)


Count = tuple[str, str, int]
"""A value of a facet, its name where the calls give it one, and how many calls have it."""


def counts(index: OpenIndex, selection: Selection, facets: Sequence[str]) -> dict[str, list[Count]]:
    """For each facet, a column of the base: its values with the number of calls that all other filters leave.

    The facet "" counts what all filters leave, as one value.
    """
    parts, parameters = [], [*selection.base_parameters]
    for facet in facets:
        condition, own = selection.condition(without=facet)
        column, name = (facet or "''"), ("any_value(rep_name)" if facet == "rep" else "''")
        parts.append(
            f"SELECT '{facet}' AS facet, CAST({column} AS VARCHAR) AS value, {name} AS name, count(*) AS n "  # noqa: S608
            f"FROM base WHERE {condition} GROUP BY ALL"
        )
        parameters.extend(own)
    query = f"WITH base AS MATERIALIZED ({selection.base}) {' UNION ALL '.join(parts)}"
    found: dict[str, list[Count]] = {facet: [] for facet in facets}
    for of, value, label, n in index.rows(query, parameters):
        found[str(of)].append((str(value), str(label or ""), int(str(n))))
    return found


def rows(
    index: OpenIndex, selection: Selection, columns: str, *, order: str, limit: int, offset: int = 0
) -> list[tuple[object, ...]]:
    """One page of the calls, in order: these columns of the base, then the rep's share of the talk if known."""
    condition, own = selection.condition()
    query = (
        f"WITH base AS ({selection.base}) SELECT {columns}, rep_talk_ratio FROM base "  # noqa: S608 as above
        f"WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"
    )
    return index.rows(query, [*selection.base_parameters, *own, limit, offset])
