"""Owns what all pages about a person share: whose they are, and the tabs between them."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from pipeline.domain.base import Value
from pipeline.review.guards import Entry
from pipeline.review.pages import page


class Tab(Value):
    """One page about a person; `path` is below /people/{person}."""

    path: str
    title: str
    here: bool = False


_TABS = (
    ("", "Overview"),
    ("/self-review", "Self-review"),
    ("/focus", "Focus"),
    ("/practice", "Practice"),
    ("/one-to-ones", "One-to-ones"),
    ("/progress", "Progress"),
    ("/goals", "Goals"),
    ("/papers", "Papers"),
)


def tabs_of(entry: Entry, here: str) -> tuple[Tab, ...]:
    """The pages about the person of the path, in order; to themselves and to those above them alike."""
    base = f"/people/{entry.whose.id}"
    return tuple(
        Tab(
            path=base + path,
            title=title,
            here=here == base + path or (path != "" and here.startswith(base + path + "/")),
        )
        for path, title in _TABS
    )


def person_page(request: Request, entry: Entry, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page about the person of the path; templates extend person.html.j2 and see `person`, `own` and `tabs` too."""
    return page(
        request,
        entry,
        template,
        status=status,
        person=entry.whose,
        own=entry.sight == "own",
        tabs=tabs_of(entry, request.url.path),
        **values,
    )
