"""The page on which users say how they want to be reminded."""

import pytest
from icalendar import Calendar

from pipeline.cycle.desk import history_of
from pipeline.cycle.reminders import subscription
from pipeline.domain.cycle.own import Subscribed
from pipeline.domain.people import LOCAL_USER
from pipeline.review.room import Room
from tests.review.rooms import client, make_room


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    room = make_room(tmp_path_factory.mktemp("wishes"), ("Anna",))
    known = room.workspace.users.last("anna")
    assert known is not None
    room.workspace.users.append("anna", known.model_copy(update={"email": "anna@example.org"}))
    room.people.look()
    return room


def wished(room: Room, user: str) -> Subscribed:
    return subscription(history_of(room.workspace, user), user)


def test_a_wish_is_saved_shown_and_in_the_trail(room: Room) -> None:
    browser = client(room, "anna")
    form = {"mail": "yes", "webhook": " https://hooks.example.org/x ", "digest": "weekly"}
    answer = browser.post("/reminders", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/reminders?saved=yes")
    assert wished(room, "anna") == Subscribed(mail=True, webhook="https://hooks.example.org/x", digest="weekly")
    found = browser.get("/api/reminders").json()
    assert (found["mail"], found["calendar"], found["digest"]) == (True, False, "weekly")
    assert len(found["secret"]) == 64
    assert "Saved." in browser.get("/reminders?saved=yes").text


def test_what_is_refused_is_said_and_nothing_is_saved(room: Room) -> None:
    answer = client(room, "anna").post("/reminders", data={"webhook": "http://10.0.0.1/"})
    assert answer.status_code == 400
    assert "neither by https nor on this machine" in answer.text
    assert wished(room, "anna") == Subscribed()
    assert client(room, "mark").put("/api/reminders", json={"mail": True}).status_code == 400


def test_the_secret_is_of_the_user_and_of_the_address(room: Room) -> None:
    secrets = set()
    for user, url in (
        ("anna", "https://a.example.org"),
        ("anna", "https://b.example.org"),
        ("mark", "https://a.example.org"),
    ):
        secrets.add(client(room, user).put("/api/reminders", json={"webhook": url}).json()["secret"])
    assert len(secrets) == 3


def test_the_calendar_has_what_has_a_day(room: Room) -> None:
    answer = client(room, "anna").get("/reminders/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == ["Pick your two calls of the week"]


def test_there_are_no_reminders_at_ones_own_machine(room: Room) -> None:
    assert client(room, LOCAL_USER).get("/reminders").status_code == 404
