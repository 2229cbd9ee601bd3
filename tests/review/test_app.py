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
    assert people == ("anna", None)
    sights = {}
    for user in ("vera", "mark", "nina", "anna", "bert", "adam"):
        browser = client(room, user)
        viewer = room.entrance.viewer_of(browser.cookies["filmroom"])
        assert viewer
        sights[user] = room.people.scope(viewer).sight(*people)
    assert sights == {"vera": "coach", "mark": "coach", "nina": None, "anna": "own", "bert": None, "adam": None}


def test_what_is_not_there_is_told_in_the_form_that_was_asked_for(tmp_path: Path) -> None:
    room = make_room(tmp_path, ())
    browser = client(room, "mark")
    page, answer = browser.get("/no/such/place"), browser.get("/api/no/such/place")
    assert (page.status_code, answer.status_code) == (404, 404)
    assert page.headers["content-type"].startswith("text/html")
    assert set(answer.json()) == {"error", "hint"}
    assert browser.delete("/sign-in").status_code == 405


def test_a_body_without_end_is_refused(tmp_path: Path) -> None:
    browser = client(make_room(tmp_path, ()), "mark")
    assert browser.post("/sign-out", data={"text": "x" * 4_000_000}).status_code == 413


def test_every_answer_keeps_the_browser_within_bounds(tmp_path: Path) -> None:
    browser = client(make_room(tmp_path, ()), "mark")
    for path in ("/", "/static/room.css", "/api/openapi.json", "/no/such/place"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_without_a_session_pages_lead_to_the_sign_in_and_programs_are_told(tmp_path: Path) -> None:
    browser = client(make_room(tmp_path, ()))
    page = browser.get("/calls")
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/calls")
    assert browser.get("/api/openapi.json").status_code == 401


def test_a_form_of_another_session_is_refused(tmp_path: Path) -> None:
    browser = client(make_room(tmp_path, ()), "mark")
    assert browser.post("/sign-out", headers={"X-CSRF-Token": "stolen"}).status_code == 403
