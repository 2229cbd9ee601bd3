"""Owns where in a long list one is: its pages, fifty rows each, with the addresses of those beside."""

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.review.inbox.facets import address
from pipeline.review.inbox.filters import CallFilters, InboxFilters


class Pages(Value):
    """Where in a list one is, "51 to 100 of 230", and the addresses of the pages beside, empty at its ends."""

    page: int = Field(ge=1)
    of: int = Field(ge=1)
    before: str = ""
    after: str = ""
    told: str


def last_page(total: int, size: int) -> int:
    """The number of the last page of so many rows; an empty list has one page."""
    return -(-total // size) or 1


def pages_of(path: str, filters: InboxFilters | CallFilters, total: int, size: int) -> Pages:
    """The pages of a list at this path, where the filters' page is one of them."""
    page, of = filters.page, last_page(total, size)
    first, last = min(total, size * (page - 1) + 1), min(total, size * page)
    return Pages(
        page=page,
        of=of,
        before=address(path, filters.query(page=page - 1)) if page > 1 else "",
        after=address(path, filters.query(page=page + 1)) if page < of else "",
        told=f"{first:,} to {last:,} of {total:,}" if total else "none",
    )
