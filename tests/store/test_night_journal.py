"""The journal of nights: how one stands, whether it goes on, and what is seen of one that was killed."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.domain.night import Counts, Spent
from pipeline.errors import StoreError
from pipeline.store.night_journal import HEARTBEAT, STALE_S, Nights, is_alive, new_night_id, night_under_way
from tests.shift.night_values import BEGAN, START, night


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def test_where_nothing_was_run_there_is_no_night(nights: Nights) -> None:
    assert (nights.last(), nights.last_success(), list(nights.since(BEGAN))) == (None, None, [])


def test_a_night_stands_as_its_last_heartbeat_says(nights: Nights) -> None:
    nights.begin(night())
    later = night(at=night().at + timedelta(seconds=5), counts=Counts(done=3))
    nights.beat(later)
    assert nights.last() == later


def test_an_ended_night_stands_as_its_record_says_whatever_becomes_of_the_heartbeat(nights: Nights) -> None:
    nights.begin(night())
    ended = night(ended="finished", exit_code=0)
    nights.end(ended)
    (nights.root / START.id / HEARTBEAT).unlink()
    assert nights.last() == ended
    assert nights.last_success() == ended.at


def test_the_night_that_goes_on_is_shown_before_one_that_began_later(nights: Nights) -> None:
    now = datetime.now(UTC)
    watching = night(start=START.model_copy(update={"watching": True, "began": now - timedelta(days=40)}), at=now)
    later = night(start=START.model_copy(update={"id": "n20990101-000000-abcd"}), at=now, ended="finished")
    nights.begin(watching)
    nights.begin(later.model_copy(update={"ended": None}))
    nights.end(later)
    assert nights.last() == watching


def test_a_night_is_alive_while_its_heart_beats_and_its_process_is_there() -> None:
    now = datetime.now(UTC)
    assert is_alive(night(at=now), now=now)
    assert is_alive(night(at=now), now=now + timedelta(seconds=STALE_S))
    assert not is_alive(night(at=now), now=now + timedelta(seconds=STALE_S + 1))
    assert not is_alive(night(at=now, ended="finished"), now=now)


def test_one_whose_process_is_gone_is_dead_at_once_on_this_machine_only() -> None:
    now = datetime.now(UTC)
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    here = START.model_copy(update={"pid": gone.pid})
    assert not is_alive(night(start=here, at=now), now=now)
    assert is_alive(night(start=here.model_copy(update={"host": "another-machine"}), at=now), now=now)


def test_who_is_at_work_is_told_in_words(nights: Nights, tmp_path: Path) -> None:
    assert night_under_way(tmp_path) is None
    nights.begin(night(at=datetime.now(UTC)))
    assert "a run since 2026-03-05 22:00 UTC" in (night_under_way(tmp_path) or "")


def test_nights_of_a_time_are_found_by_when_they_went_on(nights: Nights) -> None:
    nights.begin(night(spent=Spent(usd=1.0)))
    assert [state.spent for state in nights.since(night().at)] == [Spent(usd=1.0)]
    assert list(nights.since(night().at + timedelta(seconds=1))) == []


def test_ids_are_in_the_order_of_time_and_differ() -> None:
    first, second = new_night_id(BEGAN), new_night_id(BEGAN)
    assert first != second
    assert max(first, second) < new_night_id(BEGAN + timedelta(seconds=1))


def test_a_heartbeat_that_cannot_be_read_is_said(nights: Nights) -> None:
    nights.begin(night())
    (nights.root / START.id / HEARTBEAT).write_bytes(b"{")
    with pytest.raises(StoreError, match="heartbeat"):
        nights.last()
