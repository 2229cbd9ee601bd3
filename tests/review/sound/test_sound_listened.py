"""What was played, by person: written with the journals by call, and made from them where it is not there."""

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.cycle.promises import PlayedOf, played_by_week, week_in_utc
from pipeline.errors import StoreError
from pipeline.review.sound.listened import Listened
from pipeline.review.sound.listening import Listening, PlayedReport, Stretch
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW, Clock

LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w")


def play(listening: Listening, call: str, user: str, start: float, end: float) -> None:
    listening.take(call, user, PlayedReport(stretches=(Stretch(start=start, end=end),)), duration=60, at=NOW)


def test_what_is_reported_stands_by_person_at_once(workspace: Workspace) -> None:
    listening = Listening(workspace)
    play(listening, "call-0001", "mark", 0, 2)
    play(listening, "call-0002", "mark", 5, 6)
    play(listening, "call-0001", "nina", 0, 1)
    assert listening.listened.of("mark", since=LONG_AGO) == (
        PlayedOf(call="call-0002", at=NOW, start=5, end=6),
        PlayedOf(call="call-0001", at=NOW, start=0, end=2),
    )
    assert played_by_week(listening.listened.of("nina", since=LONG_AGO)) == {week_in_utc(NOW): 1.0}
    assert listening.listened.of("anna", since=LONG_AGO) == ()


def test_where_the_folder_is_gone_it_is_made_from_what_stands_by_call(workspace: Workspace) -> None:
    listening = Listening(workspace)
    for call, start in (("call-0001", 0.0), ("call-0002", 3.0), ("call-0001", 1.0)):
        play(listening, call, "mark", start, start + 0.5)
    before = sorted(listening.listened.of("mark", since=LONG_AGO), key=str)
    for path in (workspace.root / "listened").iterdir():
        path.unlink()
    (workspace.root / "listened").rmdir()
    assert sorted(Listened(workspace).of("mark", since=LONG_AGO), key=str) == before


def test_a_report_that_comes_while_the_folder_is_gone_is_there_once(workspace: Workspace) -> None:
    first = Listening(workspace)
    play(first, "call-0001", "mark", 0, 1)
    (workspace.root / "listened" / "mark.jsonl").unlink()
    (workspace.root / "listened").rmdir()
    play(first, "call-0002", "mark", 2, 3)
    assert sorted(line.call for line in first.listened.of("mark", since=LONG_AGO)) == ["call-0001", "call-0002"]


def test_no_more_is_read_than_the_weeks_that_are_asked_for(workspace: Workspace) -> None:
    listened = Listened(workspace)
    assert listened.of("mark", since=LONG_AGO) == ()
    for days in (30, 20, 10):
        listened.add("mark", [PlayedOf(call=f"call-{days}", at=NOW - timedelta(days=days), start=0, end=1)])
    path = workspace.root / "listened" / "mark.jsonl"
    path.write_text("damaged\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    found = listened.of("mark", since=NOW - timedelta(days=25))
    assert [line.call for line in found] == ["call-10", "call-20"]
    with pytest.raises(StoreError, match="at byte 0"):
        listened.of("mark", since=LONG_AGO)


def test_a_workspace_in_which_nobody_listened_has_nothing(workspace: Workspace) -> None:
    assert Listened(workspace).of("mark", since=LONG_AGO) == ()


def test_a_crash_while_it_was_made_leaves_nothing_half_made(workspace: Workspace) -> None:
    play(Listening(workspace), "call-0001", "mark", 0, 1)
    made, half = workspace.root / "listened", workspace.root / "listened.new"
    made.rename(half)
    (half / "mark.jsonl").write_text("half a li", encoding="utf-8")
    assert [line.call for line in Listened(workspace).of("mark", since=LONG_AGO)] == ["call-0001"]
    assert not half.exists()


def test_the_clock_of_the_room_says_in_which_week_it_was(workspace: Workspace) -> None:
    listening, clock = Listening(workspace), Clock()
    report = PlayedReport(stretches=(Stretch(start=0, end=1),))
    for _ in range(2):
        listening.take("call-0001", "mark", report, duration=60, at=clock())
        clock.at += timedelta(weeks=1)
    weeks = played_by_week(listening.listened.of("mark", since=LONG_AGO))
    assert weeks == {week_in_utc(NOW): 1.0, week_in_utc(NOW + timedelta(weeks=1)): 1.0}
