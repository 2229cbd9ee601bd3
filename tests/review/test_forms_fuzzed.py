"""Every form by everybody who may send it, each field filled with what no form of ours would send: no answer is a 5xx.

The API has schemathesis; forms stand in no schema, so their fields are taken from the application's own routes.
"""

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from pipeline.review.app import make_app
from pipeline.review.guards import routes_of
from pipeline.review.room import Room
from tests.review.rooms import call_of, client, make_room

HOSTILE = ("", "x" * 25_000, "\x00\u202e", "c0000", "-1", "9" * 40, "2026-02-31", "NaN", "f999999", "[]")
OTHERS = {"person": "anna", "session": "s1", "focus": "f1", "goal": "g1", "clip": "k1", "rep": "anna", "comment": "c1"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = make_room(tmp_path_factory.mktemp("forms"), ("Anna",))
    yield room
    room.close()


def fields_of(dependant: Dependant) -> set[str]:
    """The names of the fields of a form, also where one value gathers them."""
    found: set[str] = set()
    for param in dependant.body_params:
        kind = param.field_info.annotation
        fields = getattr(kind, "model_fields", None)
        found |= set(fields) if fields else {param.alias}
    return found


def forms(room: Room) -> Iterator[tuple[str, set[str]]]:
    """Where each form of the pages is sent, and its fields."""
    call = call_of(room, "Anna")
    for route in routes_of(make_app(room)):
        if (
            isinstance(route, APIRoute)
            and "POST" in (route.methods or ())
            and not route.path.startswith(("/api/", "/sign-"))
        ):
            names = {name: {"call": call, **OTHERS}.get(name, "o001") for name in route.param_convertors}
            yield route.path_format.format(**names), fields_of(route.dependant) - {"csrf"}


@pytest.mark.parametrize("user", ["anna", "mark", "vera"])
def test_no_field_of_a_form_breaks_the_room(room: Room, user: str) -> None:
    browser = client(room, user)
    tried = 0
    for path, fields in forms(room):
        for value in HOSTILE:
            answer = browser.post(path, data=dict.fromkeys(fields, value))
            assert answer.status_code < 500, f"{user}: {path} with every field {value[:20]!r}: {answer.status_code}"
            tried += 1
    assert tried > 300  # the room has more than thirty forms, and each is tried ten times
