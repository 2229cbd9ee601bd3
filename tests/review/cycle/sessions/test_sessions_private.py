"""What is a coach's own stays theirs: readings of trust to their writer, marks of ability or motivation to coaches."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.review.app import make_app
from pipeline.review.audit import Wanted
from pipeline.review.guards import routes_of
from pipeline.review.room import Room
from tests.review.cycle.sessions.planned import BASE, HELD, sessions_room, started
from tests.review.rooms import call_of, client

NOTE = "xyzzy-trust-note"
HELP = "Goals and incentives"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = sessions_room(tmp_path_factory.mktemp("private"))
    session = started(room, cause="motivation")
    mark = client(room, "mark")
    for level in ("bronze", "silver"):
        answer = mark.post(f"{BASE}/{session}/trust", data={"level": level, "note": f"{NOTE} {level}"})
        assert answer.status_code == 303
    mark.post(f"{BASE}/{session}/hold", data=dict(HELD))
    yield room
    room.close()


def places(room: Room) -> Iterator[str]:
    """Every place that can be read, about Anna, about Mark, about the call, about the one-to-one."""
    known = {"call": [call_of(room, "Anna")], "person": ["anna", "mark"], "session": ["s1"], "form": ["html", "md"]}
    for route in routes_of(make_app(room)):
        names = set(route.param_convertors)
        if "GET" not in (route.methods or ()) or not names <= set(known):
            continue
        for person in known["person"] if "person" in names else [""]:
            filled = {name: person if name == "person" else known[name][0] for name in names}
            yield route.path_format.format(**filled)


@pytest.mark.parametrize("user", ["vera", "anna", "nina", "adam"])
def test_a_reading_of_trust_is_shown_to_nobody_but_its_writer(room: Room, user: str) -> None:
    """Not to the rep, not to the second level, not to whoever keeps the users; on no page and by no API."""
    visitor = client(room, user)
    told = {place: visitor.get(place) for place in places(room)}
    assert [place for place, answer in told.items() if NOTE in answer.text] == []
    opened = {place for place, answer in told.items() if answer.status_code == 200}
    assert (f"{BASE}/s1" in opened) == (user in ("vera", "anna"))


def test_its_writer_reads_it_beside_the_plan_and_nowhere_else(room: Room) -> None:
    mark = client(room, "mark")
    found = {place for place in places(room) if NOTE in mark.get(place).text}
    assert found == {f"{BASE}/s1", "/api/people/anna/trust"}


def test_its_movement_is_told(room: Room) -> None:
    readings = client(room, "mark").get("/api/people/anna/trust").json()["readings"]
    assert [(r["level"], r["moved"], r["note"]) for r in readings] == [
        ("bronze", "first", f"{NOTE} bronze"),
        ("silver", "up", f"{NOTE} silver"),
    ]
    assert "silver" in client(room, "mark").get(f"{BASE}/s1").text.casefold()


def test_the_second_level_has_readings_of_its_own(room: Room) -> None:
    assert client(room, "vera").get("/api/people/anna/trust").json() == {"rep": "anna", "readings": [], "current": None}
    assert client(room, "anna").get("/api/people/anna/trust").status_code == 404


def test_the_trail_tells_neither_level_nor_note_nor_of_whom(room: Room) -> None:
    told = [event.detail for event in room.audit.find(Wanted(user="mark", action="coached")).events]
    assert [detail.rsplit(" ", 1)[0] for detail in told].count("trust_read mark") == 2
    assert not [detail for detail in told if "silver" in detail or "trust_read anna" in detail]


def test_no_sheet_carries_it_whoever_prints_it(room: Room) -> None:
    for user in ("mark", "anna"):
        page = client(room, user).get(f"{BASE}/s1/sheet").text.casefold()
        for private in ("trust", "bronze", "silver", HELP.casefold(), "motivation"):
            assert private not in page, f"{user}: {private}"


def test_a_mark_of_motivation_is_shown_to_coaches_with_its_help_and_not_to_the_rep(room: Room) -> None:
    assert HELP in client(room, "mark").get(f"{BASE}/s1").text
    assert client(room, "mark").get(f"/api{BASE}/s1").json()["cause"]["cause"] == "motivation"
    assert "motivation" not in client(room, "anna").get(f"{BASE}/s1").text.casefold()
    assert client(room, "anna").get(f"/api{BASE}/s1").json()["cause"] is None


def test_an_unknown_level_is_refused(room: Room) -> None:
    assert client(room, "mark").post(f"{BASE}/s1/trust", data={"level": "platinum"}).status_code == 400


def test_the_sheet_is_as_it_was_meant(room: Room) -> None:
    """The golden file: what both may read, in the order of the talk. Change it by hand when that is meant."""
    page = client(room, "anna").get(f"{BASE}/s1/sheet").text
    found = page.split("<main", 1)[1].split("</main>", 1)[0].replace("\r\n", "\n")
    golden = Path(__file__).with_name("sheet.html").read_text(encoding="utf-8")
    assert f"<main{found}</main>\n" == golden
