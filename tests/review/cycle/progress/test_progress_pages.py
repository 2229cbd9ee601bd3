"""The page of progress: what it tells of levels, to whom, and of which calls."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from pipeline.config import Config
from pipeline.domain.cycle.rep_first import Picked
from pipeline.review.audit import Wanted
from pipeline.review.room import Room, open_room
from pipeline.store.workspace import Workspace
from tests.review.cycle.filled_cycle import WEEK, happens
from tests.review.cycle.progress.levels import BEGAN, add_levels, approve, rewrite
from tests.review.rooms import Clock, call_of, client, make_room

SAME = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
HIGHER = [*SAME, 3, 3, 3, 3, 3, 3]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a call of Anna's; each test has a copy of its own."""
    folder = tmp_path_factory.mktemp("made")
    make_room(folder, ("Anna",)).close()
    return folder / "w"


@pytest.fixture
def room(made: Path, tmp_path: Path) -> Iterator[Room]:
    room = open_room(Workspace(copytree(made, tmp_path / "w")), Config(), now=Clock())
    room.index.refresh()
    yield room
    room.close()


def capability(room: Room, user: str, name: str = "depth") -> dict[str, object]:
    """What the API says of one capability of Anna's."""
    found = client(room, user).get("/api/people/anna/progress").json()
    (one,) = [c for c in found["rubrics"][0]["capabilities"] if c["capability"] == name]
    return dict(one)


def test_nobody_s_calls_are_an_empty_page_that_says_what_will_stand_there(room: Room) -> None:
    answer = client(room, "bert").get("/people/bert/progress")
    assert answer.status_code == 200
    assert "No levels yet" in answer.text
    assert "It begins with your first call." in answer.text


def test_an_outsider_finds_nothing(room: Room) -> None:
    for user in ("nina", "bert", "otto"):
        assert client(room, user).get("/people/anna/progress").status_code == 404
        assert client(room, user).get("/api/people/anna/progress").status_code == 404


def test_one_level_up_is_called_improved_with_the_figures_it_rests_on(room: Room) -> None:
    """Twelve calls at 2 and six at 3: the latest six average 3.0, one level above the first twelve."""
    add_levels(room, call_of(room, "Anna"), {"depth": HIGHER})
    rewrite(room, call_of(room, "Anna"), call_of(room, "Anna"), {}, {})
    found = capability(room, "mark")
    assert found["verdict"] == "improved"
    assert str(found["told"]).startswith("The latest 6 calls average 3.0, 1.0 above the 2.0 of the first")
    text = client(room, "mark").get("/people/anna/progress").text
    assert "Improved" in text
    assert "The smallest change that is not noise is" in text


def test_levels_that_stay_are_no_change_beyond_noise(room: Room) -> None:
    add_levels(room, call_of(room, "Anna"), {"depth": [2, 3, 2, 2, 3, 2, 3, 2, 2, 3, 2, 3, 2, 2, 3, 2]})
    found = capability(room, "mark")
    assert found["verdict"] == "no_change"
    assert str(found["told"]).endswith("levels: not reached.")


def test_a_few_calls_are_too_few_and_it_says_how_many_more(room: Room) -> None:
    """13 are needed: a baseline of ten and three beside it. Four are there, so nine are missing."""
    add_levels(room, call_of(room, "Anna"), {"depth": [1, 2, 2, 3]})
    rewrite(room, call_of(room, "Anna"), call_of(room, "Anna"), {}, {})
    found = capability(room, "mark")
    assert found["verdict"] == "too_few"
    assert "4 calls scored so far under version 1. 9 more calls before" in str(found["told"])


def test_a_rep_sees_only_levels_of_approved_calls_and_how_many_are_not_in_it(room: Room) -> None:
    add_levels(room, call_of(room, "Anna"), {"depth": [1, 2, 2]})
    (approved,) = add_levels(
        room, call_of(room, "Anna"), {"depth": [3]}, approved=True, started=BEGAN.replace(month=10)
    )
    found = capability(room, "anna")["course"]
    assert isinstance(found, dict)
    assert [p["call"] for p in found["stretches"][0]["points"]] == [approved]
    page = client(room, "anna").get("/people/anna/progress").text
    assert "4 more calls are not in here yet" in page
    assert "live-1-0901-001" not in page


def test_a_rep_s_verdict_is_told_from_what_they_see_alone(room: Room) -> None:
    """Mark sees eighteen calls, and that they improved; of those Anna sees twelve that are all alike."""
    calls = add_levels(room, call_of(room, "Anna"), {"depth": HIGHER})
    for call in calls[:12]:
        approve(room, call)
    assert capability(room, "mark")["verdict"] == "improved"
    assert capability(room, "anna")["verdict"] == "too_few"


def test_levels_of_another_reading_than_the_approved_one_are_not_the_rep_s_to_see(room: Room) -> None:
    (call,) = add_levels(room, call_of(room, "Anna"), {"depth": [3]}, approved=True)
    assert capability(room, "anna")["course"]
    rewrite(room, call, call, {}, {"depth": 1})
    index = room.index._index
    index._database.execute("UPDATE sources SET number = 2 WHERE kind = 'calls' AND id = ?", [call])
    assert client(room, "anna").get("/api/people/anna/progress").json()["rubrics"] == []


def test_a_picked_call_is_not_in_it_for_a_coach_until_the_rep_went_first(room: Room) -> None:
    call = call_of(room, "Anna")
    add_levels(room, call, {"depth": [2]})
    happens(room, "anna", "anna", "2026-03-02T09:00", Picked(call=call, week=WEEK, why="struggled"))
    room.index.pick_up("cycle", "anna")
    found = client(room, "mark").get("/api/people/anna/progress").json()
    assert found["n_left_out"] == 1
    assert call not in str(found["rubrics"])
    assert "Anna goes first" in client(room, "mark").get("/people/anna/progress").text


def test_practice_has_a_lane_of_its_own_and_changes_no_verdict(room: Room) -> None:
    add_levels(room, call_of(room, "Anna"), {"depth": SAME})
    before = capability(room, "mark")
    add_levels(room, call_of(room, "Anna"), {"depth": [4, 4, 4, 4, 4, 4]}, mode="simulated")
    after = capability(room, "mark")
    assert (after["verdict"], after["told"]) == (before["verdict"], before["told"])
    page = client(room, "mark").get("/people/anna/progress").text
    assert page.count('<circle class="practice" cx') >= 6


def test_a_new_version_is_drawn_as_a_break_and_begins_anew(room: Room) -> None:
    add_levels(room, call_of(room, "Anna"), {"depth": HIGHER}, version=0)
    found = capability(room, "mark")
    assert found["verdict"] == "too_few"
    course = found["course"]
    assert isinstance(course, dict)
    assert [(s["version"], s["verdict"]) for s in course["stretches"]] == [(0, "improved"), (1, "too_few")]
    assert '<line class="break" x1="' in client(room, "mark").get("/people/anna/progress").text


def test_each_call_of_the_drawing_is_in_the_table_too(room: Room) -> None:
    calls = add_levels(room, call_of(room, "Anna"), {"depth": [1, 2, None, 3]})
    page = client(room, "mark").get("/people/anna/progress").text
    for call in (calls[0], calls[1], calls[3]):
        assert page.count(f'href="/calls/{call}"') == 2  # a dot and a row
    assert calls[2] not in page
    assert "1 call was not scored on it." in page


def test_looking_is_in_the_trail(room: Room) -> None:
    client(room, "mark").get("/people/anna/progress")
    (event,) = room.audit.find(Wanted(user="mark", action="viewed")).events
    assert event.detail == "progress anna"
