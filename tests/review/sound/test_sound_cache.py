"""Sounds for browsers: made once, whole, and never given out for a recording that may not be played."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pipeline.domain.work import CallRecord, QuarantineRecord
from pipeline.review.room import Room
from pipeline.review.sound.cache import Made, SilentError, Sounds
from tests.adapters.sounds import decoded
from tests.review.rooms import NOW, Clock, call_of, make_room, sound
from tests.review.sound.gated import GatedAudio

Making = Callable[..., Sounds]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = make_room(tmp_path, reps=("Anna", "Bert"), clock=Clock())
    yield made
    made.close()


@pytest.fixture
def record(room: Room) -> CallRecord:
    return room.workspace.record(call_of(room, "Anna"))


@pytest.fixture
def sounds(room: Room) -> Iterator[Making]:
    opened: list[Sounds] = []

    def make(audio: GatedAudio | None = None, **fields: int) -> Sounds:
        opened.append(Sounds(room.workspace, audio=audio, **fields))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def why(job: Callable[[], Future[Made]]) -> str:
    with pytest.raises(SilentError) as refused:
        job().result(30)
    assert refused.value.hint
    return refused.value.message


def test_the_sound_is_the_recording_sample_by_sample(sounds: Making, record: CallRecord) -> None:
    made = sounds().ask(record).result(30)
    found = decoded(made.path)
    # 60 s at 8 kHz become 16 kHz; a frame is 20 ms.
    assert found.shape == (1, 960_000)
    assert made.envelope.shape == (1, 3_000)
    # Noise of up to 3000 in 32768, evenly spread, has a root mean square of 3000 / 32768 / sqrt(3) = 0.053.
    assert float(np.median(made.envelope)) == pytest.approx(0.053, rel=0.1)


def test_two_who_ask_at_once_get_one_sound_that_was_made_once(sounds: Making, record: CallRecord) -> None:
    audio = GatedAudio()
    asked = sounds(audio)
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(lambda: asked.ask(record).result(30)) for _ in range(4)]
        audio.gate.set()
        paths = {w.result(30).path for w in waiting}
    assert len(paths) == 1
    assert audio.n_reads == 1


def test_what_is_there_is_given_at_once_also_by_the_next_room(sounds: Making, record: CallRecord) -> None:
    sounds().ask(record).result(30)
    audio = GatedAudio()
    assert sounds(audio).ask(record).done()
    assert audio.n_reads == 0


@pytest.mark.parametrize("suffix", [".flac", ".npy", ".json"])
def test_cached_files_may_be_deleted_at_any_time(sounds: Making, record: CallRecord, suffix: str) -> None:
    asked = sounds()
    made = asked.ask(record).result(30)
    made.path.with_suffix(suffix).unlink()
    again = asked.ask(record).result(30)
    assert again.path.is_file()
    assert again.envelope.shape == (1, 3_000)
    assert asked.ask(record).done()


def test_a_sound_that_was_cut_short_by_a_crash_is_made_anew(sounds: Making, room: Room, record: CallRecord) -> None:
    folder = room.workspace.root / "cache" / "sound"
    folder.mkdir(parents=True)
    (folder / "half.part").write_bytes(b"half")
    sounds().ask(record).result(30)
    assert sorted(p.suffix for p in folder.iterdir()) == [".flac", ".json", ".npy"]


def test_a_recording_that_is_gone_is_not_played_even_from_the_cache(sounds: Making, record: CallRecord) -> None:
    asked = sounds()
    asked.ask(record).result(30)
    record.files[0].rename(record.files[0].with_suffix(".moved"))
    assert why(lambda: asked.ask(record)).startswith("the recording 00.wav cannot be read where it was reviewed")
    record.files[0].with_suffix(".moved").rename(record.files[0])
    assert asked.ask(record).result(30).path.is_file()


def test_another_call_s_sound_is_never_played(sounds: Making, record: CallRecord) -> None:
    asked = sounds()
    asked.ask(record).result(30)
    size = record.files[0].stat().st_size
    sound(record.files[0], seed=99)
    assert record.files[0].stat().st_size == size
    assert why(lambda: asked.ask(record)) == "the recording 00.wav is not the file that was reviewed"
    assert why(lambda: asked.ask(record)) == "the recording 00.wav is not the file that was reviewed"


def test_a_recording_that_was_only_copied_is_looked_at_again_and_not_made_again(
    sounds: Making, record: CallRecord
) -> None:
    audio = GatedAudio(is_open=True)
    asked = sounds(audio)
    asked.ask(record).result(30)
    os.utime(record.files[0], ns=(1, 1))
    assert asked.ask(record).result(30).path.is_file()
    assert audio.n_reads == 1


def test_consent_that_was_withdrawn_silences_the_call(sounds: Making, room: Room, record: CallRecord) -> None:
    asked = sounds()
    asked.ask(record).result(30)
    room.workspace.set_aside(
        QuarantineRecord(path=record.path, stage="ingest", reason="consent is no", hint="do not play it", at=NOW)
    )
    assert why(lambda: asked.ask(record)) == "the recording may not be played by now: consent is no"
    room.workspace.release(record.path, at=NOW)
    assert asked.ask(record).result(30).path.is_file()


def test_preparing_makes_it_before_anybody_asks(sounds: Making, record: CallRecord) -> None:
    audio = GatedAudio(is_open=True)
    asked = sounds(audio)
    asked.prepare(record.call)
    asked.ask(record).result(30)
    assert audio.n_reads == 1


def test_preparing_what_cannot_be_played_disturbs_nobody(sounds: Making, record: CallRecord) -> None:
    record.files[0].unlink()
    asked = sounds()
    asked.prepare(record.call)
    asked.prepare("call-that-is-not")


def test_past_the_limit_older_sounds_go_and_the_newest_stays(sounds: Making, room: Room) -> None:
    asked = sounds(most_bytes=10)  # less than one of them
    records = [room.workspace.record(call_of(room, rep)) for rep in ("Anna", "Bert")]
    paths = [asked.ask(r).result(30).path for r in records]
    assert [p.exists() for p in paths] == [False, True]
    assert asked.ask(records[0]).result(30).path.exists()
