"""Owns what all pages about a person share: whose they are, and the tabs between them."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from pipeline.domain.base import Value
from pipeline.domain.people import User, same_name
from pipeline.export.untrusted import visible
from pipeline.review.guards import Entry
from pipeline.review.pages import page


class Tab(Value):
    """One page about a person; `path` is below /people/{person}."""

    path: str
    title: str
    here: bool = False


class PersonHead(Value):
    """What stands at the head of a person's pages: their role, whom they report to, where a coach goes from there."""

    role: str
    above: str | None
    takes_calls: bool
    calls: str
    plan: str


_OF_CALLS = (
    ("", "Overview"),
    ("/self-review", "Self-review"),
    ("/focus", "Focus"),
    ("/practice", "Practice"),
    ("/one-to-ones", "One-to-ones"),
    ("/progress", "Progress"),
    ("/goals", "Goals"),
    ("/prospecting", "Prospecting"),
    ("/papers", "Papers"),
)
_OF_MANAGERS = (
    ("", "Overview"),
    ("/coached", "Recorded one-to-ones"),
    ("/one-to-ones", "One-to-ones"),
    ("/goals", "Goals"),
)
"""For those who take no calls of their own."""

_ROLES = {"rep": "Rep", "manager": "Manager", "second_level": "Second level", "author": "Author", "admin": "Admin"}


def tabs_of(entry: Entry, here: str) -> tuple[Tab, ...]:
    """The pages about the person of the path, in order; to themselves and to those above them alike."""
    base, person = f"/people/{entry.whose.id}", entry.whose
    calls = takes_calls(entry, person)
    pages: tuple[tuple[str, str], ...] = _OF_CALLS if calls else _OF_MANAGERS
    if person.manages and calls:
        pages = (*pages, ("/coached", "Recorded one-to-ones"))
    if person.manages and (entry.sight == "own" or entry.viewer.has("second_level")):
        pages = (*pages, ("/coaching", "How you coach" if entry.sight == "own" else "How they coach"))
    return tuple(
        Tab(
            path=base + path,
            title=title,
            here=here == base + path or (path != "" and here.startswith(base + path + "/")),
        )
        for path, title in pages
    )


_TEAM_PAGES = (
    ("/listening", "Listening"),
    ("/prospecting", "Prospecting"),
    ("/deals", "Deals"),
    ("/team/planner", "Planner"),
    ("/reminders", "Reminders"),
)


def team_links(entry: Entry) -> tuple[Tab, ...]:
    """The other pages about a team, for whoever coaches one, and that about themselves."""
    user = entry.viewer.user
    own = () if entry.viewer.everything else ((f"/people/{user.id}", "Your own coaching"),)
    pages = (*_TEAM_PAGES, *own)
    return tuple(Tab(path=path, title=title) for path, title in pages)


def takes_calls(entry: Entry, person: User) -> bool:
    """Whether the pages about calls are any use for this person: a rep, or somebody of whom there are calls."""
    known = "SELECT 1 FROM calls WHERE rep_key IN (SELECT unnest(CAST(? AS VARCHAR[]))) LIMIT 1"
    return "rep" in person.roles or bool(entry.room.index.rows(known, [sorted(person.names)]))


def head_of(entry: Entry) -> PersonHead:
    """What stands at the head of the pages about the person of the path."""
    person, people = entry.whose, entry.room.people
    above = people.get(person.reports_to) if person.reports_to else None
    return PersonHead(
        role=", ".join(title for role, title in _ROLES.items() if role in person.roles).capitalize(),
        above=visible(above.name) if above and not above.removed else None,
        takes_calls=takes_calls(entry, person),
        calls=f"/calls?{urlencode({'rep': same_name(person.name)})}",
        plan=f"/people/{person.id}/one-to-ones/new",
    )


def person_page(request: Request, entry: Entry, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page about the person of the path; templates extend person.html.j2 and see `person`, `own`, `head` and `tabs`
    too."""
    return page(
        request,
        entry,
        template,
        status=status,
        person=entry.whose,
        own=entry.sight == "own",
        head=head_of(entry),
        tabs=tabs_of(entry, request.url.path),
        **values,
    )
