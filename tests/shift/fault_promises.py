"""What is promised of a night when the machine lets it down, whichever engine carries it out.

Each function plays one fault and asserts what comes of it; `test_faults_local.py` and `test_faults_ray.py` call them.
"""

import json
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

from pipeline.shift.asking import SILENT_AFTER
from pipeline.store.workspace import Workspace
from tests.shift.fault_nights import MARCH_3, Endpoint, Place, Ran, ended, locked
from tests.shift.paid_night import EngineName
from tests.shift.scripted_nights import sounds
from tests.store.machine import on_small_disk


def a_full_disk_ends_the_night_and_the_next_one_goes_on(engine: EngineName, folder: Path) -> None:
    """Room for the first calls; of the six in all the last ones find none."""
    calls = sounds(folder / "calls", *(f"plain-{n}" for n in range(6)))
    done = on_small_disk("tests.shift.full_disk_shift", engine, str(folder), size="2m")
    report = json.loads(done.stdout)
    first, second = Ran(**report["first"]), Ran(**report["second"])
    assert "No space left on device" in first.err
    assert (first.code, report["aside"]) == (6, [])
    assert 1 <= len(first.of("done")) == len(first.told) < 6
    assert (second.code, len(second.told)) == (0, 6)
    assert first.of("done") <= second.of("skipped") == set(second.told) - second.of("done")
    assert Place(calls, folder / "w", engine).is_as_undisturbed()


def what_may_not_be_written_ends_the_night_and_blames_no_call(place: Place, what: str) -> None:
    """Results are written by workers, records by the run: it ends at the first one that cannot be kept."""
    place.root.mkdir()
    folder = locked(place.root / what)
    night = place.ran("--bound")
    assert "Permission denied" in night.err
    assert (night.code, night.told, place.set_aside()) == (6, {}, [])
    folder.chmod(0o755)
    assert (place.ran("--bound").code, place.set_aside(), place.is_as_undisturbed()) == (0, [], True)


def a_recording_that_may_not_be_read_is_set_aside_and_done_once_it_may(place: Place) -> None:
    """That call alone; the others are done in the same night."""
    sound = place.calls / "plain-2.wav"
    sound.chmod(0o000)
    night = place.ran("--bound")
    assert night.code == 7
    assert night.told == {"plain-1": "done", "plain-2": "quarantined", "plain-3": "done"}
    (aside,) = Workspace(place.root).quarantined()
    assert ("Permission denied" in aside.reason, aside.hint) == (True, "make the file readable")
    sound.chmod(0o644)
    again = place.ran("--bound")
    assert (again.code, again.of("done")) == (0, {"plain-2"})
    assert (place.set_aside(), place.is_as_undisturbed()) == ([], True)


def a_clock_that_was_set_back_redoes_nothing_and_loses_nothing(place: Place) -> None:
    """It is set back between two nights, for the workers too."""
    assert place.ran().of("done") == {"plain-1", "plain-2", "plain-3"}
    records = Workspace(place.root).calls
    before = {call: records.last(call) for call in records.ids()}
    sounds(place.calls, "plain-4")
    night = place.ran("--set-back")
    assert (night.code, night.of("done"), len(night.of("skipped"))) == (0, {"plain-4"}, 3)
    after = {call: records.last(call) for call in records.ids()}
    assert {call: after[call] for call in before} == before
    assert [record.at for call, record in after.items() if record and call not in before] == [MARCH_3]


def sigterm_ends_the_night_after_what_is_under_way(place: Place, send: Callable[[int, int], None]) -> None:
    """`send` gives the signal to the run's process or to its group; the next night goes on with what is left."""
    sounds(place.calls, *(f"starts-{n}" for n in range(3)))
    run = place.started()
    assert run.stdout is not None
    said = [run.stdout.readline()]
    below = psutil.Process(run.pid).children(recursive=True)
    send(run.pid, signal.SIGTERM)
    night = ended(run, said)
    assert night.code == 143
    assert night.err.endswith("Stopped. What was finished is kept; run again to go on.\n")
    assert 1 <= len(night.of("done")) == len(night.told) < 6
    assert not psutil.wait_procs(below, timeout=20)[1]
    again = place.ran()
    assert (again.code, set(again.told)) == (0, {path.stem for path in place.calls.glob("*.wav")})
    assert again.of("skipped") >= night.of("done")
    assert again.of("done") == set(again.told) - again.of("skipped")
    assert (place.set_aside(), place.is_as_undisturbed()) == ([], True)


def an_endpoint_down_for_an_hour_costs_that_hour_and_nothing_else(place: Place) -> None:
    """All twelve calls are heard; three are asked about, with one request that is sent 5 times, and nine wait."""
    sounds(place.calls, *(f"plain-{n}" for n in range(4, 13)))
    with Endpoint(place) as endpoint:
        assert Counter(outcome.status for outcome in endpoint.night()) == {"quarantined": SILENT_AFTER, "waiting": 9}
        assert (endpoint.n_asked, endpoint.n_decoded) == (SILENT_AFTER * 5, 2 * 12)
        endpoint.is_back()
        assert Counter(outcome.status for outcome in endpoint.night()) == {"done": 12}
        assert (endpoint.n_decoded, endpoint.paid_twice) == (2 * 12, 0)
        assert endpoint.is_as_undisturbed()
    assert place.set_aside() == []
