"""The room's frame: who comes in, what strangers are told, what every answer carries."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from pipeline.review.app import make_app
from pipeline.review.guards import access_of, routes_of
from tests.review.rooms import call_of, client, make_room


def test_every_route_has_one_guard(tmp_path: Path) -> None:
    app = make_app(make_room(tmp_path, ()))
    assert routes_of(app)
    assert all(access_of(route) for route in routes_of(app))


def test_a_route_without_a_guard_stops_the_application() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.get("/forgotten")(lambda: None)
    with pytest.raises(LookupError, match="/forgotten has 0 guards"):
        [access_of(route) for route in routes_of(app)]


def test_the_link_opens_the_room_once(tmp_path: Path) -> None:
    room = make_room(tmp_path, ())
    token = room.entrance.new_link()
    browser = client(room)
    assert browser.get("/open", params={"token": token}).status_code == 303
    assert client(room).get("/open", params={"token": token}).status_code == 404


def test_who_sees_whose_calls(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Anna",))
    people = room.index.people_of(call_of(room, "Anna"))
    assert people == ("Anna", None)
    sights = {}
    for user in ("vera", "mark", "nina", "anna", "bert", "adam"):
        browser = client(room, user)
        viewer = room.entrance.viewer_of(browser.cookies["filmroom"])
        assert viewer
        sights[user] = room.people.scope(viewer).sight(*people)
    assert sights == {"vera": "coach", "mark": "coach", "nina": None, "anna": "own", "bert": None, "adam": None}
