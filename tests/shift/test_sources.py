"""Where calls come from: found one by one, counted on the way, and files that arrive and are left until still."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import UsageError, WeightsError
from pipeline.shift.ports import Stop
from pipeline.shift.sources import Arriving, Found, Noted
from pipeline.stages.ingest import Candidate, each_call


class HandClock:
    """A clock that goes on when it is told to, beside the wall clock of files."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def fill(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(name.encode())
    return folder


def names(found: Iterator[Candidate]) -> list[str]:
    return [candidate.path.name for candidate in found]


def drained(source: Found) -> list[str]:
    return names(iter(source.take, None))


class TestFound:
    def test_a_small_night_knows_at_once_how_many_it_has(self, tmp_path: Path) -> None:
        source = Found(lambda: each_call([fill(tmp_path / "c", "a.wav", "b.wav")]), Noted())
        assert (source.expected, source.ended) == (2, False)
        assert drained(source) == ["a.wav", "b.wav"]
        assert source.ended

    def test_a_large_one_looks_only_so_far_ahead(self) -> None:
        asked: list[int] = []

        def find() -> Iterator[Candidate]:
            for number in range(1000):
                asked.append(number)
                yield Candidate(Path(f"{number}.wav"))

        source = Found(find, Noted(), ahead=5)
        assert (len(asked), source.expected) == (5, None)
        for _ in range(7):
            source.take()
        assert len(asked) == 7
        assert len(drained(source)) == 993
        assert (source.expected, source.ended) == (1000, True)

    def test_a_large_one_is_counted_while_it_is_worked_on(self) -> None:
        def find() -> Iterator[Candidate]:
            return (Candidate(Path(f"{number}.wav")) for number in range(50))

        source = Found(find, Noted(), count=find, ahead=5)
        until = time.monotonic() + 5
        while source.expected is None and time.monotonic() < until:
            time.sleep(0.01)
        assert source.expected == 50

    def test_what_has_no_rep_is_counted_and_a_few_are_named(self, tmp_path: Path) -> None:
        noted = Noted()
        drained(Found(lambda: each_call([fill(tmp_path / "c", *(f"{n}.wav" for n in range(8)))]), noted))
        number, first = noted.missing["rep"]
        assert (number, first) == (8, ["0.wav", "1.wav", "2.wav", "3.wav", "4.wav"])

    def test_the_first_recording_among_transcripts_is_noticed_when_its_turn_comes(self, tmp_path: Path) -> None:
        def absent() -> None:
            raise WeightsError("no recogniser", hint="pull it")

        source = Found(lambda: each_call([fill(tmp_path / "c", "a.vtt", "b.wav")]), Noted(absent))
        assert source.take() is not None
        with pytest.raises(WeightsError):
            source.take()


class TestArriving:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return fill(tmp_path / "c")

    @pytest.fixture
    def clock(self) -> HandClock:
        return HandClock()

    @pytest.fixture
    def source(self, folder: Path, clock: HandClock) -> Arriving:
        return Arriving(lambda: each_call([folder]), Noted(), stop=Stop(), quiet_s=10.0, clock=clock)

    def test_a_new_file_is_left_until_it_was_still_for_long_enough(
        self, source: Arriving, folder: Path, clock: HandClock
    ) -> None:
        fill(folder, "a.wav")
        assert names(source.look()) == []
        clock.now = 9.0
        assert names(source.look()) == []
        clock.now = 10.0
        assert names(source.look()) == ["a.wav"]

    def test_a_file_that_grows_begins_to_wait_anew(self, source: Arriving, folder: Path, clock: HandClock) -> None:
        fill(folder, "a.wav")
        list(source.look())
        clock.now = 8.0
        (folder / "a.wav").write_bytes(b"more of it")
        list(source.look())
        clock.now = 17.0  # nine seconds after it grew
        assert names(source.look()) == []
        clock.now = 18.0
        assert names(source.look()) == ["a.wav"]

    def test_a_file_that_was_changed_long_ago_need_not_wait(self, source: Arriving, folder: Path) -> None:
        fill(folder, "a.wav")
        os.utime(folder / "a.wav", (1e9, 1e9))
        assert names(source.look()) == ["a.wav"]

    def test_no_call_comes_twice(self, source: Arriving, folder: Path, clock: HandClock) -> None:
        fill(folder, "a.wav")
        found = []
        for clock.now in range(0, 100, 5):
            found += names(source.look())
        assert found == ["a.wav"]

    @pytest.mark.parametrize("changed", ["a.wav", "a.json", "calls.csv"])
    def test_a_changed_recording_or_what_is_stated_of_it_makes_it_come_again(
        self, source: Arriving, folder: Path, clock: HandClock, changed: str
    ) -> None:
        fill(folder, "a.wav")
        list(source.look())
        clock.now = 20.0
        assert names(source.look()) == ["a.wav"]
        texts = {"a.wav": "other sound", "a.json": json.dumps({"rep": "Ann"}), "calls.csv": "path,rep\na.wav,Ann\n"}
        (folder / changed).write_text(texts[changed])
        assert names(source.look()) == []
        clock.now = 40.0
        assert names(source.look()) == ["a.wav"]
        clock.now = 60.0
        assert names(source.look()) == []

    def test_a_file_that_goes_away_is_forgotten(self, source: Arriving, folder: Path, clock: HandClock) -> None:
        fill(folder, "a.wav")
        list(source.look())
        (folder / "a.wav").unlink()
        list(source.look())
        assert not source._restless
        clock.now = 60.0
        assert names(source.look()) == []

    def test_a_folder_that_cannot_be_reached_for_a_while_ends_nothing(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        folder, stop = tmp_path / "share", Stop()

        def find() -> Iterator[Candidate]:
            return each_call([folder])  # raises UsageError while it is not there

        source = Arriving(find, Noted(), stop=stop, quiet_s=0.0, look_s=0.02)
        with caplog.at_level("WARNING", logger="filmroom"):
            source.start()
            time.sleep(0.1)
            fill(folder, "a.wav")
            taken = waited_for(source)
        stop.ask("terminated")
        assert taken is not None
        assert source.ended
        assert [record.message for record in caplog.records].count("watch.cannot_look") == 1  # told once, not each time
        with pytest.raises(UsageError):
            each_call([tmp_path / "nowhere"])

    def test_its_thread_ends_when_a_stop_is_asked_for(self, folder: Path) -> None:
        stop = Stop()
        source = Arriving(lambda: each_call([folder]), Noted(), stop=stop, look_s=0.02)
        thread = source.start()
        stop.ask("terminated")
        thread.join(timeout=5)
        assert not thread.is_alive()


def waited_for(source: Arriving) -> Candidate | None:
    until = time.monotonic() + 5
    while (found := source.take()) is None and time.monotonic() < until:
        time.sleep(0.01)
    return found
