"""The team's own baseline: which calls it rests on, what it gives of them, and whom it keeps from being told."""

from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.domain.ranges import Baseline
from pipeline.domain.recording import Mode
from pipeline.review.call.baselines import baseline_of, baselines
from pipeline.review.call.peers import Peer
from pipeline.review.room import Room
from tests.review.call.pages import add_call, add_calls_of, entry_of
from tests.review.rooms import make_room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path, ())


def of(room: Room, user: str, call: str) -> dict[str, tuple[int, str | None]]:
    """How many calls each baseline of the rep's questions rests on, and why it has no figures."""
    found = baselines(entry_of(room, user, call), room.result(room.record(call)[1]))
    return {b.of: (b.n, b.absent) for b in found["rep_questions"]}


def peer(value: float, day: int) -> Peer:
    return Peer(value, f"c{day:04d}", "anna", datetime(2026, 2, day, 23, 0))


def test_quartiles_are_those_of_the_calls() -> None:
    # 1, 2, 3, 4, 10 in order: the median is the third, the quartiles the second and the fourth.
    given = baseline_of("rep", [peer(v, d) for d, v in enumerate((3, 1, 10, 2, 4), start=1)], alone=False)
    assert given == Baseline(of="rep", n=5, low=2, median=3, high=4, since=date(2026, 2, 1), until=date(2026, 2, 5))


def test_four_calls_make_no_baseline() -> None:
    assert baseline_of("team", [peer(1, d) for d in (1, 2, 3, 4)], alone=False) == Baseline(
        of="team", n=4, absent="few_calls"
    )


def test_the_call_itself_and_rehearsals_and_other_stages_do_not_count(room: Room, tmp_path: Path) -> None:
    call, *_ = add_calls_of(room, tmp_path / "a", ["Anna"] * 5)
    assert of(room, "mark", call) == {"rep": (4, "few_calls"), "team": (4, "few_calls")}
    add_call(room, tmp_path / "b", "Anna", seed=200, mode=Mode.SIMULATED)
    add_call(room, tmp_path / "b", "Anna", seed=201, stage="closing")
    add_call(room, tmp_path / "b", "Anna", seed=202, mode=Mode.LIVE)
    room.sheets.peers.forget()
    assert of(room, "mark", call) == {"rep": (5, None), "team": (5, None)}


def test_a_rehearsal_is_held_against_real_calls(room: Room, tmp_path: Path) -> None:
    add_calls_of(room, tmp_path / "a", ["Anna"] * 5)
    call = add_call(room, tmp_path / "b", "Anna", seed=200, mode=Mode.SIMULATED)
    assert of(room, "mark", call) == {"rep": (5, None), "team": (5, None)}


def test_a_coachs_team_is_whom_they_coach(room: Room, tmp_path: Path) -> None:
    # Anna and Bert report to mark; Carl, of the same team, to nina; vera is above all three.
    call, *_ = add_calls_of(room, tmp_path / "a", ["Anna", "Bert", "Bert", "Bert", "Carl", "Carl", "Carl"])
    assert of(room, "mark", call)["team"] == (3, "few_calls")
    assert of(room, "vera", call)["team"] == (6, None)


def test_no_colleague_can_be_told_from_what_a_rep_is_shown(room: Room, tmp_path: Path) -> None:
    call, *_ = add_calls_of(room, tmp_path / "a", ["Anna", "Bert", "Bert", "Bert", "Carl", "Carl", "Anna"])
    assert of(room, "anna", call) == {"rep": (1, "few_calls"), "team": (6, "few_colleagues")}
    add_call(room, tmp_path / "b", "Dora", seed=300)
    room.sheets.peers.forget()
    assert of(room, "anna", call)["team"] == (7, None)


def test_a_call_without_team_is_held_against_its_managers(room: Room, tmp_path: Path) -> None:
    calls = [add_call(room, tmp_path / "a", "Anna", seed=n, team="", manager="Mark") for n in range(2)]
    assert of(room, "mark", calls[0])["team"] == (1, "few_calls")


def test_a_call_that_names_nobody_has_no_baseline(room: Room, tmp_path: Path) -> None:
    call = add_call(room, tmp_path / "a", "", seed=1, team="", manager="")
    from pipeline.review.guards import Entry

    local = room.entrance.viewer_of(room.entrance.use_link(room.entrance.new_link()) or "")
    assert local
    entry = Entry(room=room, viewer=local, scope=room.people.scope(local), sight="coach", call=call)
    found = baselines(entry, room.result(room.record(call)[1]))
    assert set(found.values()) == {()}
