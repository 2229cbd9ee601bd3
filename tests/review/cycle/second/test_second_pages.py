"""The second level's places: figures with their definitions, the sample, notes on it, and who sees which."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipeline.cycle.measures_of_coaching import DEFINITIONS
from pipeline.cycle.promises import PlayedOf
from pipeline.review.audit import Wanted
from pipeline.review.room import Room
from pipeline.store.workspace import Workspace
from tests.review.cycle.second.coached_team import approve, coached_team
from tests.review.inbox.reviewed import calls_of
from tests.review.rooms import NOW, client

SAMPLE = "since=2026-02-02&until=2026-03-05&seed=monday"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = coached_team(tmp_path_factory.mktemp("second"))
    yield room
    room.close()


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One in which tests write."""
    room = coached_team(tmp_path_factory.mktemp("noted"))
    yield room
    room.close()


def figures(room: Room, manager: str) -> dict[str, tuple[float, float | None]]:
    answer = client(room, "vera").get("/api/coaching").json()
    (found,) = [m for m in answer["managers"] if m["person"] == manager]
    return {f["name"]: (f["count"], f["of"]) for f in found["figures"]}


def test_the_figures_are_those_of_what_happened(room: Room) -> None:
    found = figures(room, "mark")
    # Mark approved two of Anna's calls, one edited; he held one one-to-one; Bert had nothing.
    assert found["approvals"] == (2, 4.0)
    assert found["edited"] == (1, 2)
    assert found["overrode"] == (0, 2)
    assert found["positive_first"] == (2, 2)
    assert found["one_improvement"] == (2, 2)
    assert found["without_coaching"] == (1, 2)
    assert found["one_focus"] == (2, 2)
    assert found["one_to_ones"][0] == 1
    assert figures(room, "nina")["overrode"] == (1, 1)


def test_an_approved_rehearsal_counts_to_nothing(changed: Room) -> None:
    (rehearsal,) = [str(c) for (c,) in changed.index.rows("SELECT call FROM calls WHERE mode = 'simulated'")]
    before = figures(changed, "mark")
    approve(changed, rehearsal, "mark", NOW - timedelta(days=2))
    assert figures(changed, "mark") == before


def test_minutes_are_counted_from_what_was_played_in_the_period(changed: Room) -> None:
    call, listened = calls_of(changed, "Anna")[0], changed.sounds.listening.listened

    def played(days_ago: int, start: float, end: float) -> PlayedOf:
        return PlayedOf(call=call, at=NOW - timedelta(days=days_ago), start=start, end=end)

    before = [played(40, 0, 60)]
    # This week 0 to 30 and again 20 to 45: 45 s, each instant once. The week before 0 to 45 as well: 90 s are 1.5 min.
    listened.of("mark", since=NOW)  # the folder is there from now on
    listened.add("mark", [*before, played(9, 0, 45), played(1, 0, 30), played(0, 20, 45)])
    assert figures(changed, "mark")["minutes_listened"] == (1.5, None)


def test_the_page_prints_every_definition_and_managers_by_name(room: Room) -> None:
    text = client(room, "vera").get("/coaching").text
    for definition in DEFINITIONS:
        assert definition.title in text
        assert definition.silent_on.split(".")[0].split("'")[0] in text
    assert text.index(">Mark</a>") < text.index(">Nina</a>")


@pytest.mark.parametrize("path", ["/coaching", "/coaching/samples", "/api/coaching", "/api/coaching/samples"])
@pytest.mark.parametrize("user", ["anna", "mark", "adam", "otto"])
def test_nobody_else_sees_the_second_level(room: Room, user: str, path: str) -> None:
    assert client(room, user).get(path).status_code == 404


def test_a_manager_sees_their_own_figures_and_no_other_s(room: Room) -> None:
    assert "How you coach" in client(room, "mark").get("/people/mark/coaching").text
    assert client(room, "nina").get("/people/mark/coaching").status_code == 404
    assert client(room, "mark").get("/people/anna/coaching").status_code == 404
    assert client(room, "anna").get("/people/anna/coaching").status_code == 404


def test_own_and_second_level_s_figures_are_the_same(room: Room) -> None:
    own, above = (client(room, user).get("/api/people/mark/coaching").json() for user in ("mark", "vera"))
    assert own["manager"]["figures"] == above["manager"]["figures"]


def test_the_same_seed_gives_the_same_sample_and_says_how_to_see_it_again(room: Room) -> None:
    first, second = (client(room, "vera").get(f"/api/coaching/samples?{SAMPLE}").json() for _ in range(2))
    assert first == second
    assert [d["manager"] for d in first["drafts"]] == ["mark", "mark", "nina"]
    page = client(room, "vera").get(f"/coaching/samples?{SAMPLE}").text
    assert "seed=monday&amp;since=2026-02-02&amp;until=2026-03-05&amp;each=3" in page


def test_without_a_seed_the_sample_is_the_week_s(room: Room) -> None:
    found = client(room, "vera").get("/api/coaching/samples").json()
    assert (found["seed"], found["period"]) == ("2026-03-02", {"first": "2026-02-02", "last": "2026-03-01"})
    # Of the three approvals only Nina's, on 28 February, lies before the week.
    assert [d["manager"] for d in found["drafts"]] == ["nina"]


def test_a_sampled_draft_stands_beside_what_was_sent(room: Room) -> None:
    drafts = client(room, "vera").get(f"/api/coaching/samples?{SAMPLE}").json()["drafts"]
    edited = next(d for d in drafts if d["call"] == calls_of(room, "Anna")[0])
    changed = [part for part in edited["parts"] if part["changed"]]
    assert [part["part"] for part in changed] == ["strength"]
    assert changed[0]["after"] == "Well heard, Anna: you summed up before you went on."
    assert changed[0]["before"].startswith("You proposed a concrete next step.")
    assert changed[0]["reasons"] == ["warmer"]
    assert (edited["heard"], edited["cited"], edited["override"]) == (1, 1, "")
    unheard = next(d for d in drafts if d["manager"] == "nina")
    assert (unheard["heard"], unheard["heard_ratio"], unheard["override"]) == (0, 0.2, "a public holiday")


def test_seeing_a_sample_stands_in_the_audit_trail(room: Room) -> None:
    client(room, "vera").get(f"/coaching/samples?{SAMPLE}")
    told = room.audit.find(Wanted(user="vera", action="viewed"), n=3).events
    assert {event.detail for event in told} == {"in the sample monday"}
    assert len({event.call for event in told}) == 3


def test_a_query_that_is_none_is_refused_with_a_hint(room: Room) -> None:
    vera = client(room, "vera")
    for path in ("/coaching?since=soon", "/coaching/samples?each=99", "/coaching?since=2026-03-09&until=2026-03-01"):
        assert vera.get(path).status_code == 400


def test_a_note_is_for_the_second_level_to_write_and_for_its_manager_to_read(changed: Room) -> None:
    room = changed
    call = calls_of(room, "Anna")[0]
    fields = {
        "call": call,
        "review": "2",
        "note": "Asks before it tells.",
        "asks": "yes",
        "one_focus": "no",
        "sample": "s",
    }
    answer = client(room, "vera").post("/people/mark/coaching/samples", data={**fields, "back": SAMPLE})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/coaching/samples?{SAMPLE}#d-{call}")
    assert "Asks before it tells." in client(room, "mark").get("/people/mark/coaching").text
    (note,) = client(room, "mark").get("/api/people/mark/coaching").json()["notes"]
    assert (note["by"], note["asks"], note["positive_first"], note["one_focus"]) == ("Vera", True, None, False)
    assert "looked at" in client(room, "vera").get(f"/coaching/samples?{SAMPLE}").text
    for user in ("mark", "nina", "anna"):
        assert client(room, user).post("/people/mark/coaching/samples", data=fields).status_code == 404
    trail = room.audit.find(Wanted(user="vera", action="coached")).events
    assert [event.call for event in trail] == [call]
    assert "tells" not in trail[0].detail


def test_a_note_on_what_this_manager_did_not_approve_is_refused(room: Room) -> None:
    vera, call = client(room, "vera"), calls_of(room, "Carl")[0]
    body = {"call": call, "review": 1, "note": "x"}
    assert vera.post("/api/people/mark/coaching/samples", json=body).status_code == 400
    assert vera.post("/api/people/mark/coaching/samples", json={**body, "call": "nosuchcall"}).status_code == 400


def test_an_approval_that_was_followed_by_another_stays_a_reviewed_draft(changed: Room) -> None:
    room = changed
    call = calls_of(room, "Carl")[0]
    approve(room, call, "nina", NOW + timedelta(days=9))
    found = client(room, "vera").get(f"/api/coaching/samples?{SAMPLE}").json()["drafts"]
    assert [(d["review"], d["override"]) for d in found if d["call"] == call] == [(1, "a public holiday")]


def test_scores_for_evaluation_are_refused_where_a_focus_is_open_and_the_answer_says_why(room: Room) -> None:
    mark = client(room, "mark")
    allowed = mark.get("/api/people/anna/scores?purpose=coaching").json()
    judged = mark.get("/api/people/anna/scores?purpose=evaluation").json()
    assert allowed["refused"] == []
    assert {each["reason"] for each in judged["refused"]} == {"practice", "open_focus"}
    assert len(judged["rows"]) + len(judged["refused"]) == len(allowed["rows"])
    assert all(row["mode"] != "simulated" for row in judged["rows"])
    assert any(line.startswith("Refused") for line in judged["says"])
    assert mark.get("/api/people/anna/scores").status_code == 422
    assert client(room, "nina").get("/api/people/anna/scores?purpose=coaching").status_code == 404


def test_a_rep_s_own_scores_are_those_of_approved_feedback(room: Room) -> None:
    rows = client(room, "anna").get("/api/people/anna/scores?purpose=coaching").json()["rows"]
    assert {row["call"] for row in rows} == set(calls_of(room, "Anna")[:2])


def test_events_replayed_into_an_empty_index_give_the_same_figures(room: Room) -> None:
    before = client(room, "vera").get("/api/coaching").json()
    fresh = Workspace(room.workspace.root)
    assert [m["person"] for m in before["managers"]] == ["mark", "nina"]
    from pipeline.store.index import Index

    path = room.workspace.root / "replayed.duckdb"
    with Index(path) as index:
        fresh.refresh_index(index)
        query = "SELECT call, number, kind, body FROM happened ORDER BY call, number"
        assert index.rows(query) == room.index.rows(query)
