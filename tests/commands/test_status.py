"""What `filmroom status` tells of a workspace: of the run, of what is set aside, and of drafts that wait."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.commands.status import status_of
from pipeline.domain.night import Counts, Spent
from pipeline.store.night_journal import Nights
from pipeline.store.workspace import Workspace
from tests.command import Command, fill
from tests.shift.night_values import START, night
from tests.test_cli import calls, filmroom

__all__ = ["calls", "filmroom"]

NOW = datetime.now(UTC)


@pytest.fixture
def space(tmp_path: Path, calls: Path) -> Workspace:
    """Two calls that were done, and a recording that was set aside."""
    (calls / "c.wav").write_bytes(b"x")
    fill(tmp_path / "w", calls)
    return Workspace(tmp_path / "w")


def test_calls_that_nobody_approved_wait_for_review(space: Workspace) -> None:
    found = status_of(space, now=NOW)
    assert found.drafts_waiting == 2
    first = min(space.calls.get(call, 1).at for call in space.calls.ids())
    assert found.oldest_unreviewed == first
    assert [(kind.stage, kind.n) for kind in found.set_aside] == [("ingest", 1)]
    assert (found.run, found.night) == ("none", None)


def test_a_running_night_is_shown_with_its_time_left(space: Workspace) -> None:
    live = night(at=NOW, expected=30, counts=Counts(done=10), calls_per_hour=40.0)
    Nights(space.root).begin(live)
    found = status_of(space, now=NOW + timedelta(seconds=3))
    # 20 calls are left at 40 an hour: 1,800 s
    assert (found.run, found.time_left_s, found.heartbeat_age_s) == ("running", 1800.0, 3.0)


def test_a_night_that_fell_silent_is_broken_off(space: Workspace, filmroom: Command) -> None:
    Nights(space.root).begin(night(at=NOW - timedelta(hours=2)))
    assert status_of(space, now=NOW).run == "broken_off"
    assert "Broken off" in filmroom("status", "-w", space.root).out


def test_money_of_this_month_is_that_of_its_runs(space: Workspace) -> None:
    nights, now = Nights(space.root), datetime(2026, 3, 20, tzinfo=UTC)
    for number, (day, usd) in enumerate([(1, 0.5), (19, 0.25)]):
        start = START.model_copy(update={"id": f"n2026030{number}-000000-abcd"})
        nights.begin(night(start=start, at=datetime(2026, 3, day, tzinfo=UTC), spent=Spent(usd=usd)))
    before = START.model_copy(update={"id": "n20260228-000000-abcd"})
    nights.begin(night(start=before, at=datetime(2026, 2, 28, tzinfo=UTC), spent=Spent(usd=9.0)))
    assert status_of(space, now=now).usd_this_month == 0.75


def test_the_command_tells_people_and_programs(space: Workspace, filmroom: Command) -> None:
    Nights(space.root).begin(night())
    Nights(space.root).end(night(counts=Counts(done=2, quarantined=1), ended="finished", exit_code=7))
    person, program = filmroom("status", "-w", space.root), filmroom("status", "-w", space.root, "--json")
    assert (person.code, person.err, program.code, program.err) == (0, "", 0, "")
    assert "finished after 1 h 0 min (exit code 7): 2 done, 0 with nothing to do, 1 set aside." in person.out
    assert "Drafts to review" in person.out
    told = program.json()
    assert (told["run"], told["night"]["ended"], told["drafts_waiting"]) == ("ended", "finished", 2)
    assert told["disk_free_bytes"] > 0


def test_a_workspace_that_is_not_there_is_refused(filmroom: Command) -> None:
    assert filmroom("status", "-w", "nowhere").code == 2
