"""A deal in the room: its calls in order, and the closing call's gaps beside discovery for those who may see both."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.domain.review import Review
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from tests.review.rooms import NOW, SALE, client, make_room, sound
from tests.scripted import ScriptedEngine


def read(room: Room, folder: Path, name: str, rubric: str, **stated: str) -> str:
    """The id of a scripted call, read against this rubric."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    path = sound(folder / f"{name}.wav", seed=sum(map(ord, name)))
    path.with_suffix(".json").write_text(json.dumps({"consent": "yes", "deal": "Heron 2026", **stated}))
    night = Night(room.workspace, Config(), ScriptedEngine(SALE), find_rubric(rubric), now=lambda: NOW)
    (outcome,) = [o for o in review_calls(night, discover([folder])) if o.path.name == path.name]
    assert outcome.call
    return outcome.call


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[tuple[Room, str, str]]:
    """A room in which Bert took a discovery call, and Anna the closing call of the same deal, a week later."""
    room = make_room(tmp_path, ())
    early, late = "2026-02-23T10:00:00+00:00", "2026-03-02T10:00:00+00:00"
    first = read(room, tmp_path / "d", "first", "discovery", rep="Bert", stage="discovery", started_at=early)
    last = read(
        room, tmp_path / "c", "last", "closing", rep="Anna", stage="closing", started_at=late, deal=" heron  2026"
    )
    room.index.refresh()
    yield room, first, last
    room.close()


def approve(room: Room, call: str) -> None:
    standing = state_of(room.workspace, call)
    review = Review(
        call=call, action="approved", state="approved", author="mark", at=NOW + timedelta(hours=1),
        record=standing.record, draft=standing.draft_key, feedback=standing.feedback,
    )  # fmt: skip
    room.workspace.reviews.append(call, review)
    room.index.refresh()


def test_the_coach_sees_the_gaps_of_both_calls_side_by_side(calls: tuple[Room, str, str]) -> None:
    room, first, last = calls
    gaps = client(room, "mark").get(f"/api/calls/{last}/deal").json()["gaps"]
    assert [(c["call"], c["rep"], c["open"]) for c in gaps["earlier"]] == [(first, "Bert", True)]
    states = {
        str(b): str(s) for b, s in room.index.rows("SELECT behaviour, state FROM verdicts WHERE call = ?", [first])
    }
    beside = {gap["behaviour"]: gap for gap in gaps["beside"]}
    assert beside
    for gap in beside.values():
        for each in gap["earlier"]:
            assert each["call"] == first
    waiting = beside.get("delay_cost_asked")
    if waiting:
        word = "was not found" if states["waiting_asked"] == "not_shown" else "was found"
        assert waiting["earlier"][0]["told"].startswith(word)
    page = client(room, "mark").get(f"/calls/{last}").text
    assert "This deal, from discovery to here" in page
    assert "whether one led to the other is yours to find out" in page


def test_nothing_is_said_of_a_cause(calls: tuple[Room, str, str]) -> None:
    room, _, last = calls
    page = client(room, "mark").get(f"/calls/{last}").text
    part = page[page.index('id="deal"') : page.index("</section>", page.index('id="deal"'))].lower()
    assert not any(word in part for word in ("because", "therefore", "caused", "due to", "fault", "blame"))


def test_a_rep_sees_it_only_of_calls_that_are_theirs_and_approved(calls: tuple[Room, str, str]) -> None:
    room, _, last = calls
    anna = client(room, "anna")
    assert anna.get(f"/api/calls/{last}/deal").json()["gaps"] is None
    assert "This deal, from discovery" not in anna.get(f"/calls/{last}").text
    approve(room, last)
    gaps = anna.get(f"/api/calls/{last}/deal").json()["gaps"]
    assert (gaps["earlier"], gaps["closed"]) == ([], [])  # Bert's call is not hers to know of
    assert "Bert" not in anna.get(f"/calls/{last}").text


def test_a_reps_own_discovery_call_counts_once_both_are_approved(tmp_path: Path) -> None:
    room = make_room(tmp_path, ())
    times = "2026-02-23T10:00:00+00:00", "2026-03-02T10:00:00+00:00"
    first = read(room, tmp_path / "d", "one", "discovery", rep="Anna", stage="discovery", started_at=times[0])
    last = read(room, tmp_path / "c", "two", "closing", rep="Anna", stage="closing", started_at=times[1])
    room.index.refresh()
    approve(room, last)
    anna = client(room, "anna")
    gaps = anna.get(f"/api/calls/{last}/deal").json()["gaps"]
    assert ([c["call"] for c in gaps["closed"]], gaps["earlier"], gaps["beside"]) == ([first], [], [])
    assert gaps["closed"][0]["improvement"] is None
    approve(room, first)
    gaps = anna.get(f"/api/calls/{last}/deal").json()["gaps"]
    assert [c["call"] for c in gaps["earlier"]] == [first]
    assert gaps["beside"]
    room.close()


def test_the_calls_of_a_deal_are_listed_by_time_for_those_who_see_them(calls: tuple[Room, str, str]) -> None:
    room, first, last = calls

    def listed(user: str, deal: str = "HERON 2026") -> list[str]:
        return [c["call"] for c in client(room, user).get("/api/deals", params={"deal": deal}).json()["calls"]]

    assert listed("mark") == [first, last]
    assert listed("vera") == [first, last]
    assert (listed("anna"), listed("bert")) == ([last], [first])
    assert (listed("nina"), listed("carl"), listed("adam")) == ([], [], [])
    assert listed("mark", "Kite") == []
    assert listed("mark", "") == []
    page = client(room, "mark").get("/deals", params={"deal": "Heron 2026"}).text
    assert page.index(f"/calls/{first}") < page.index(f"/calls/{last}")
    assert "No calls of such a deal" in client(room, "nina").get("/deals", params={"deal": "Heron 2026"}).text


def test_without_a_name_the_deals_of_ones_own_calls_are_there_to_choose(calls: tuple[Room, str, str]) -> None:
    room, first, last = calls

    def named(user: str) -> list[tuple[str, int]]:
        return [(d["deal"], d["n_calls"]) for d in client(room, user).get("/api/deals/names").json()]

    # Both calls are of one deal, although the later writes " heron  2026".
    assert [n for _, n in named("mark")] == [2]
    assert ([n for _, n in named("anna")], [n for _, n in named("bert")]) == ([1], [1])
    assert (named("nina"), named("adam")) == ([], [])
    page = client(room, "mark").get("/deals").text
    link = page[page.index("/deals?deal=") :].split('"')[0]
    assert f"/calls/{first}" in (one := client(room, "mark").get(link).text)
    assert f"/calls/{last}" in one
    assert "No deal yet" in client(room, "nina").get("/deals").text


def test_the_page_of_a_call_leads_to_its_deal(calls: tuple[Room, str, str]) -> None:
    room, first, _ = calls
    assert f'href="/calls/{first}/deal"' in client(room, "bert").get(f"/calls/{first}").text


def test_a_reps_list_tells_no_judgement_before_the_approval(calls: tuple[Room, str, str]) -> None:
    room, _, last = calls
    (row,) = client(room, "anna").get("/api/deals", params={"deal": "Heron 2026"}).json()["calls"]
    assert (row["open"], row["improvement"]) == (False, None)
    approve(room, last)
    (row,) = client(room, "anna").get("/api/deals", params={"deal": "Heron 2026"}).json()["calls"]
    assert row["open"] is True


def test_a_discovery_call_has_its_deal_and_no_gaps_beside(calls: tuple[Room, str, str]) -> None:
    room, first, last = calls
    found = client(room, "mark").get(f"/api/calls/{first}/deal").json()
    assert ([c["call"] for c in found["calls"]], found["gaps"]) == ([first, last], None)
    assert client(room, "mark").get(f"/calls/{last}/deal").status_code == 200
    assert client(room, "nina").get(f"/calls/{last}/deal").status_code == 404
