"""Owns the deals that a viewer may open: those named by the calls they see, the one with the latest call first."""

from collections import defaultdict
from datetime import UTC, datetime

from pydantic import AwareDatetime

from pipeline.cycle.deals import deal_key
from pipeline.domain.base import Value
from pipeline.export.untrusted import visible
from pipeline.review.cycle.deals.view import address_of
from pipeline.review.guards import Entry

MOST_DEALS = 200
"""So many deals are listed; the calls of any other are found from its calls."""


class DealLine(Value):
    """A deal in a list: how many of its calls the viewer sees, its customer as the latest names it, when that was."""

    deal: str
    address: str
    customer: str
    n_calls: int
    latest: AwareDatetime


def deal_lines(entry: Entry) -> tuple[DealLine, ...]:
    """The deals of the calls that the viewer sees, the latest first; names that differ in case or spaces are one."""
    condition, parameters = entry.scope.condition()
    rows = entry.room.index.rows(
        "SELECT deal, customer, coalesce(started_at, recorded_at) AS began FROM calls "  # noqa: S608
        f"WHERE deal IS NOT NULL AND {condition} ORDER BY began DESC, call",
        [*parameters],
    )
    found: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)
    for row in rows:
        found[deal_key(str(row[0]))].append(row)
    return tuple(_line(calls) for key, calls in found.items() if key)[:MOST_DEALS]


def _line(calls: list[tuple[object, ...]]) -> DealLine:
    deal, customer, at = calls[0]
    assert isinstance(at, datetime)
    return DealLine(
        deal=visible(str(deal)),
        address=address_of(str(deal)),
        customer=visible(str(customer)) if customer is not None else "",
        n_calls=len(calls),
        latest=at.replace(tzinfo=UTC),
    )
