"""The overview of a person and the team's page, over four weeks of coaching that `filled_cycle` writes."""

from pathlib import Path

import pytest

from pipeline.review.room import Room
from tests.review.cycle.filled_cycle import TITLE, Filled, fill
from tests.review.rooms import client, make_room

Place = tuple[Room, Filled]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    room = make_room(tmp_path_factory.mktemp("hub"))
    return room, fill(room)


def test_home_of_a_rep_is_their_own_coaching(place: Place) -> None:
    answer = client(place[0], "anna").get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/people/anna")


def test_a_rep_sees_what_comes_next_with_links(place: Place) -> None:
    room, filled = place
    found = client(room, "anna").get("/api/people/anna").json()
    alder = filled.calls["alder"]
    assert [(s["kind"], s["link"]) for s in found["next"]] == [
        ("follow_up", "/people/anna/focus"),
        ("step", "/people/anna/focus"),
        ("importance", f"/people/anna/one-to-ones/{filled.planned}"),
        ("comment", f"/calls/{alder}"),
        ("answer", f"/people/anna/self-review/{alder}"),
        ("consent", "/people/anna/practice"),
    ]
    page = client(room, "anna").get("/people/anna").text
    for step in found["next"]:
        assert f'href="{step["link"]}"' in page


def test_the_strip_has_the_last_five_calls_but_not_the_one_on_which_the_rep_has_yet_to_go_first(place: Place) -> None:
    room, filled = place
    [focus] = client(room, "anna").get("/api/people/anna").json()["focuses"]
    # Harbour -, Quill +, Fern -, the room's own call of 1 March -, Brisk +; Alder is picked and waits for her.
    assert [s["state"] for s in focus["squares"]] == ["not-shown", "shown", "not-shown", "not-shown", "shown"]
    assert (focus["n_shown"], focus["met"], focus["title"]) == (2, False, TITLE)
    assert all(filled.calls["alder"] not in s["link"] for s in focus["squares"])


def test_overview_and_focus_page_tell_a_rep_the_same_count(place: Place) -> None:
    [overview] = client(place[0], "anna").get("/api/people/anna").json()["focuses"]
    [focus] = client(place[0], "anna").get("/api/people/anna/focus").json()["open"]
    assert focus["told"] == f"Shown in {overview['n_shown']} of the last {overview['n_counted']} calls"


def test_a_coach_is_told_nothing_of_what_was_read_in_a_sealed_call(place: Place) -> None:
    room, filled = place
    found = client(room, "mark").get("/api/people/anna").json()
    [focus] = found["focuses"]
    assert (focus["n_shown"], focus["met"]) == (2, False)
    assert all(filled.calls["alder"] not in s["link"] for s in focus["squares"])
    assert all(filled.calls["alder"] not in s["link"] for s in found["next"])
    assert [(p["why"], p["sealed"]) for p in found["picks"]] == [("went_well", False), ("struggled", True)]


def test_a_coach_sees_what_is_theirs_to_do(place: Place) -> None:
    found = client(place[0], "mark").get("/api/people/anna").json()
    assert [s["kind"] for s in found["next"]] == ["praise", "follow_up", "session", "drafts"]
    # Of seven calls two are approved and one is sealed: four wait.
    assert found["n_drafts"] == 4


def test_a_rep_sees_no_drafts_and_no_word_of_unapproved_feedback(place: Place) -> None:
    found = client(place[0], "anna").get("/api/people/anna").json()
    assert found["n_drafts"] is None
    assert "drafts" not in {s["kind"] for s in found["next"]}


@pytest.mark.parametrize(
    ("viewer", "path", "status"),
    [
        ("bert", "/people/anna", 404),
        ("nina", "/people/anna", 404),
        ("vera", "/people/anna", 200),
        ("anna", "/people/mark", 404),
        ("mark", "/people/mark", 200),
        ("anna", "/team", 404),
        ("otto", "/team", 404),
        ("adam", "/people/anna", 404),
    ],
)
def test_who_sees_whom(place: Place, viewer: str, path: str, status: int) -> None:
    assert client(place[0], viewer).get(path).status_code == status
    assert client(place[0], viewer).get(f"/api{path}").status_code == status


def test_a_pure_manager_has_no_tabs_about_calls(place: Place) -> None:
    page = client(place[0], "mark").get("/people/mark").text
    assert 'href="/people/mark/coached"' in page
    assert "/people/mark/self-review" not in page
    assert "Picks of this week" not in page


def test_the_team_is_in_the_order_of_managers_and_names_at_all_depths(place: Place) -> None:
    found = client(place[0], "vera").get("/api/team").json()
    assert [(g["name"], [r["name"] for r in g["reps"]]) for g in found["groups"]] == [
        ("Mark", ["Anna", "Bert"]),
        ("Nina", ["Carl"]),
    ]
    assert [g["name"] for g in client(place[0], "mark").get("/api/team").json()["groups"]] == ["Mark"]


def test_a_row_of_the_team_says_what_the_overview_says(place: Place) -> None:
    room, _ = place
    rows = client(room, "mark").get("/api/team").json()["groups"][0]["reps"]
    anna = client(room, "mark").get("/api/people/anna").json()
    for part in ("picks", "focuses", "session", "n_drafts"):
        assert rows[0][part] == anna[part]
    assert rows[0]["follow_up"] == {"on": "2026-03-04", "overdue": False, "today": False}
    assert rows[1]["focuses"] == []


def test_names_are_escaped_and_no_trust_is_anywhere(place: Place) -> None:
    page = client(place[0], "mark").get("/people/anna").text.lower()
    assert not any(word in page for word in ("bronze", "silver", "gold", "rank"))


def test_a_replay_into_an_empty_index_gives_the_same_pages(place: Place, tmp_path: Path) -> None:
    room, _ = place
    before = [client(room, u).get(p).json() for u, p in (("anna", "/api/people/anna"), ("vera", "/api/team"))]
    from pipeline.cycle.known import known_of
    from pipeline.store.index import Index

    people = room.people.all()
    with Index(tmp_path / "fresh.duckdb") as fresh:
        room.workspace.refresh_index(fresh)
        assert known_of(fresh.rows, people) == known_of(room.index.rows, people)
    assert before[0]["person"] == "anna"
