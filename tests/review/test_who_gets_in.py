"""Every route by every role and by nobody; the routes are the application's own list, so none can be forgotten.

`tests/review/access.txt` says who may use which route. A route that is not in it, or has another guard, fails here: add
or change its line by hand, when that is meant.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from pipeline.domain.labels import LabelTask
from pipeline.review.app import make_app
from pipeline.review.guards import Access, access_of, routes_of
from pipeline.review.room import Room
from tests.review.rooms import NOW, call_of, client, make_room

EVERYBODY = ("vera", "mark", "nina", "anna", "bert", "carl", "otto", "adam")
ALLOWED: dict[Access, tuple[str, ...]] = {
    "public": EVERYBODY,
    "signed_in": EVERYBODY,
    "call": ("vera", "mark", "anna"),
    "coach": ("vera", "mark"),
    "judge": ("vera", "mark"),
    "rater": ("otto",),
    "coaches": ("vera", "mark", "nina"),
    "second_level": ("vera",),
    "author": ("otto",),
    "labeller": ("otto",),
    "admin": ("adam",),
    "person": ("vera", "mark", "anna"),
    "person_coach": ("vera", "mark"),
    "person_self": ("anna",),
}
"""Who gets in, on a call of Anna's, who reports to Mark, who reports to Vera; Otto was asked to label it."""

KEPT = ("/sign-in", "/open")
"""Public places that answer 404 or 429 to what is sent here for reasons of their own."""
GOLDEN = Path(__file__).with_name("access.txt")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = make_room(tmp_path_factory.mktemp("matrix"), ("Anna",))
    ask_otto(room)
    yield room
    room.close()


def ask_otto(room: Room) -> None:
    """Otto is asked to label Anna's call, again where somebody took it back by an empty form."""
    call = call_of(room, "Anna")
    task = LabelTask(call=call, raters=("otto",), record=1, by="mark", at=NOW)
    room.workspace.label_tasks.append(call, task)
    room.people.look()


def described(route: APIRoute) -> Iterator[str]:
    for method in sorted(route.methods or ()):
        if method != "HEAD":
            yield f"{access_of(route):<12} {method:<6} {route.path}"


def test_every_route_has_the_access_that_was_meant(room: Room) -> None:
    found = sorted(line for route in routes_of(make_app(room)) for line in described(route))
    assert found == GOLDEN.read_text(encoding="utf-8").splitlines()


def asked(room: Room, route: APIRoute, user: str | None) -> Iterator[tuple[str, int, str]]:
    """What each method of a route answers to this user: an empty body, no such person, comment or token."""
    known = {"call": call_of(room, "Anna"), "user": "nobody-there", "user_id": "nobody-there", "person": "anna"}
    names = {name: known.get(name, "c000009") for name in route.param_convertors}
    path = route.path_format.format(**names) + NEEDED.get(route.path, "")
    for method in sorted(route.methods or ()):
        answer = client(room, user).request(method, path)
        yield method, answer.status_code, answer.headers.get("location", "")


@pytest.mark.parametrize("user", EVERYBODY)
def test_who_may_not_is_told_that_there_is_nothing(room: Room, user: str) -> None:
    for route in routes_of(make_app(room)):
        if user in ALLOWED[access_of(route)]:
            continue
        for method, status, _ in asked(room, route, user):
            assert status == 404, f"{user}: {method} {route.path} answered {status}"


def test_nobody_is_sent_to_the_sign_in_and_programs_are_refused(room: Room) -> None:
    for route in routes_of(make_app(room)):
        if access_of(route) == "public":
            continue
        for method, status, location in asked(room, route, None):
            where = f"nobody: {method} {route.path} answered {status}"
            if route.path.startswith("/api/") or method not in ("GET",):
                assert status == 401, where
            else:
                assert (status, location.startswith("/sign-in?next=")) == (303, True), where


@pytest.mark.parametrize("user", EVERYBODY)
def test_who_may_gets_in(room: Room, user: str) -> None:
    """Pages answer; what changes something complains of the empty body at most. Only parts of a call may be absent."""
    ask_otto(room)
    for route in routes_of(make_app(room)):
        access = access_of(route)
        if user not in ALLOWED[access] or route.path.startswith(KEPT):
            continue
        absent_parts = {name for name in route.param_convertors if name not in ("call", "person")}
        for method, status, _ in asked(room, route, user):
            assert status not in (401, 403), f"{user}: {method} {route.path} answered {status}"
            assert status < 500, f"{user}: {method} {route.path} answered {status}"
            absent = route.path in LATER or own_before_approval(user, route)
            if method == "GET" and not absent_parts and not absent:
                assert status in (200, 202, 206, 303), f"{user}: {method} {route.path} answered {status}"


NEEDED = {"/api/people/{person}/scores": "?purpose=coaching"}
"""What a place will not answer without."""
LATER = (
    "/api/calls/{call}/feedback",
    "/api/labelling/{call}/comparison",
    "/api/people/{person}/coaching",
    "/people/{person}/coaching",
)
"""What is there only once the feedback is approved, once one's own label stands, and of people who manage."""


def own_before_approval(user: str, route: APIRoute) -> bool:
    """Whether it is a rep before their feedback was approved: some of their own call is not there for them yet."""
    return user == "anna" and "{call}" in route.path
