"""What becomes of a night by worker processes when the machine lets it down; see `tests/test_faults_night.py`."""

import os
from collections import Counter
from pathlib import Path

import pytest

from pipeline.shift.asking import SILENT_AFTER, UNASKED_BETWEEN
from tests.shift import fault_promises as promises
from tests.shift.fault_nights import (
    Endpoint,
    Place,
    locked,
)
from tests.shift.scripted_nights import sounds
from tests.store.machine import can_mount

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Three calls that can be done."""
    return Place(sounds(tmp_path / "calls", "plain-1", "plain-2", "plain-3"), tmp_path / "w", "local")


@pytest.mark.skipif(not can_mount(), reason="no disk can be mounted in a namespace here")
def test_a_disk_that_runs_full_ends_the_night_and_the_next_one_goes_on(tmp_path: Path) -> None:
    promises.a_full_disk_ends_the_night_and_the_next_one_goes_on("local", tmp_path)


def test_a_workspace_that_may_not_be_written_is_refused_before_a_worker_starts(place: Place) -> None:
    locked(place.root)
    night = place.ran("--bound")
    assert "Permission denied" in night.err
    assert (night.code, night.told, list(place.root.iterdir())) == (6, {}, [])


@pytest.mark.parametrize("what", ["objects", "calls"], ids=["results", "records"])
def test_what_may_not_be_written_ends_the_night_and_blames_no_call(place: Place, what: str) -> None:
    promises.what_may_not_be_written_ends_the_night_and_blames_no_call(place, what)


def test_a_recording_that_may_not_be_read_is_set_aside_and_done_once_it_may(place: Place) -> None:
    promises.a_recording_that_may_not_be_read_is_set_aside_and_done_once_it_may(place)


def test_a_clock_that_was_set_back_redoes_nothing_and_loses_nothing(place: Place) -> None:
    promises.a_clock_that_was_set_back_redoes_nothing_and_loses_nothing(place)


def test_sigterm_ends_the_night_after_what_is_under_way_and_the_next_one_goes_on(place: Place) -> None:
    """Sent to all processes of the run at once, as a shell may do: its workers leave it to the run."""
    promises.sigterm_ends_the_night_after_what_is_under_way(place, os.killpg)


def test_an_endpoint_that_is_down_for_an_hour_costs_that_hour_and_nothing_else(place: Place) -> None:
    promises.an_endpoint_down_for_an_hour_costs_that_hour_and_nothing_else(place)


def test_an_endpoint_that_is_back_in_mid_night_is_asked_again_in_that_night(place: Place) -> None:
    """Of twenty calls three are set aside and nine go by unasked; then one asks, is answered, and so are the rest."""
    sounds(place.calls, *(f"plain-{n}" for n in range(4, 21)))
    with Endpoint(place) as endpoint:
        first: Counter[str] = Counter()
        for outcome in endpoint.night():
            first[outcome.status] += 1
            if first == {"quarantined": SILENT_AFTER, "waiting": 1}:
                endpoint.is_back()
        assert first == {"quarantined": SILENT_AFTER, "waiting": UNASKED_BETWEEN, "done": 8}
        assert Counter(outcome.status for outcome in endpoint.night()) == {"skipped": 8, "done": 12}
        assert (endpoint.n_decoded, endpoint.paid_twice) == (2 * 20, 0)
        assert endpoint.is_as_undisturbed()
    assert place.set_aside() == []
