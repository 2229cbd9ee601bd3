"""Decoding in a process of its own: the same samples, limits that hold, and no word of it believed unchecked."""

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from pipeline.adapters import decoding_host
from pipeline.adapters.audio import PyAvAudio
from pipeline.adapters.decoding import GuardedAudio
from pipeline.adapters.tracks import SoundOfRecordings
from pipeline.config.night import Decoding
from pipeline.errors import RecordingError
from tests.adapters.sounds import encoded, float_wav, recorded, tone
from tests.hostile.flac_bombs import silence
from tests.shift.test_worker_start import A_MOMENT_S, until

FIXTURES = Path(__file__).parent.parent / "fixtures" / "audio"
HERE = PyAvAudio()


def guarded(*, hours: float = 4.0, **limits: float) -> GuardedAudio:
    return GuardedAudio(Decoding.model_validate(limits), max_hours=hours)


def at_work() -> list[psutil.Process]:
    """The processes that decode for this one, right now."""
    return [p for host in psutil.Process().children() for p in host.children() if p.status() != "zombie"]


def told_by(audio: SoundOfRecordings, path: Path) -> object:
    """All that is told of a file: header, shapes and bits of the blocks; or the error and its hint."""
    try:
        return audio.probe(path), [(block.shape, block.tobytes()) for block in audio.blocks(path)]
    except RecordingError as error:
        return str(error), error.hint


@pytest.mark.parametrize("path", sorted(p for p in FIXTURES.rglob("*") if p.is_file()), ids=lambda p: p.name)
def test_every_fixture_gives_the_same_bits_or_the_same_error(path: Path) -> None:
    assert told_by(guarded(), path) == told_by(HERE, path)


def test_a_recording_of_two_files_at_two_rates_is_read_the_same(tmp_path: Path) -> None:
    rep = encoded(tmp_path / "rep.mp3", "libmp3lame", 22_050, tone(3, 22_050))
    customer = float_wav(tmp_path / "customer.wav", tone(2.5, 16_000, hertz=300))
    recording = recorded(rep, customer)
    assert np.array_equal(guarded().read(recording), HERE.read(recording))


def test_a_process_that_takes_too_long_on_the_processor_or_on_the_clock_is_stopped(tmp_path: Path) -> None:
    path = silence(tmp_path / "a.flac", hours=40)
    with pytest.raises(RecordingError, match="needs more than 1 s of processor time") as caught:
        for _ in guarded(hours=1000, cpu_s_per_hour=0.0001).blocks(path):
            pass
    assert "cpu_s_per_hour in [decoding]" in caught.value.hint
    with pytest.raises(RecordingError, match=r"takes longer than 0\.0[0-9]* s to decode"):
        for _ in guarded(hours=1, wall_s_per_hour=1e-3).blocks(path):
            pass
    until(lambda: not at_work(), A_MOMENT_S)


def test_time_that_the_listener_takes_is_not_counted(tmp_path: Path) -> None:
    path = encoded(tmp_path / "a.mp3", "libmp3lame", 16_000, tone(40, 16_000))
    blocks = guarded(hours=1, wall_s_per_hour=5.0).blocks(path)
    n_samples = next(blocks).shape[1]
    time.sleep(0.3)
    assert n_samples + sum(block.shape[1] for block in blocks) == sum(b.shape[1] for b in HERE.blocks(path))


@pytest.mark.parametrize(
    ("number", "said"), [(signal.SIGSEGV, r"made the decoder crash \(signal 11\)"), (signal.SIGKILL, "was killed")]
)
def test_a_crash_is_an_error_of_the_file_and_the_next_one_is_decoded(tmp_path: Path, number: int, said: str) -> None:
    audio, path = guarded(hours=100), silence(tmp_path / "a.flac", hours=40)
    blocks = audio.blocks(path)
    next(blocks)
    (process,) = at_work()
    process.send_signal(number)
    with pytest.raises(RecordingError, match=said):
        for _ in blocks:
            pass
    assert audio.probe(FIXTURES / "tone.wav").n_channels == 1


def test_a_host_that_was_killed_is_replaced(tmp_path: Path) -> None:
    audio, path = guarded(hours=100), silence(tmp_path / "a.flac", hours=40)
    blocks = audio.blocks(path)
    next(blocks)
    (process,) = at_work()
    process.parent().kill()
    with pytest.raises(RecordingError, match="killed from outside"):
        for _ in blocks:
            pass
    process.wait(5)  # it does not outlive its host
    assert audio.probe(FIXTURES / "tone.wav").n_channels == 1


def test_nobody_decodes_on_when_nobody_listens(tmp_path: Path) -> None:
    blocks = guarded(hours=100).blocks(silence(tmp_path / "a.flac", hours=40))
    next(blocks)
    (process,) = at_work()
    blocks.close()
    process.wait(5)


def test_threads_decode_at_the_same_time_and_a_fork_has_a_host_of_its_own(tmp_path: Path) -> None:
    audio, found = guarded(), list[int]()
    path = FIXTURES / "speech.mp3"
    threads = [
        threading.Thread(target=lambda: found.append(sum(b.shape[1] for b in audio.blocks(path)))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    if (child := os.fork()) == 0:
        n_samples = sum(b.shape[1] for b in audio.blocks(path))
        decoding_host.close()
        os._exit(0 if n_samples == found[0] else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert audio.probe(path).n_channels == 1  # and this process still has its own


def test_the_process_that_decodes_has_nothing_of_the_environment_and_none_of_our_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    decoding_host.close()
    blocks = guarded(hours=100).blocks(silence(tmp_path / "a.flac", hours=40))
    next(blocks)
    (process,) = at_work()
    assert "AWS_SECRET_ACCESS_KEY" not in process.parent().environ()
    assert process.cwd() == "/"
    opened = sorted(str(fd.readlink()) for fd in Path(f"/proc/{process.pid}/fd").iterdir())
    # The recording (twice, since FFmpeg doubles the descriptor it is given), the pipe, and nothing for its errors.
    assert [name.split(":")[0] for name in opened] == [
        "/dev/null",
        str(tmp_path / "a.flac"),
        str(tmp_path / "a.flac"),
        "pipe",
    ]
