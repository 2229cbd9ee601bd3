"""Every file of the corpus ends in an error that says what is wrong with it, and nothing else happens."""

import re
import socket
from pathlib import Path

import pytest

from pipeline.adapters.decoding import GuardedAudio
from pipeline.config.night import Decoding
from pipeline.domain.recording import Recording
from pipeline.errors import RecordingError
from pipeline.stages.ingest import Candidate, CandidateFile, Limits, identify, ingest
from tests.hostile.corpus import corpus, m4a_with
from tests.hostile.flac_bombs import pictures, silence

MEGABYTE = 2**20


def guarded(*, hours: float = 4.0, **limits: float) -> GuardedAudio:
    return GuardedAudio(Decoding.model_validate(limits), max_hours=hours)


def taken_on(path: Path, audio: GuardedAudio, *, hours: float = 4.0) -> Recording:
    call = Candidate(path, (CandidateFile(path),))
    files = identify(call, require_consent=False)
    return ingest(call, files, audio=audio, limits=Limits(max_duration_s=3600 * hours))


def test_each_is_refused_with_what_is_wrong_and_what_to_do_and_nobody_is_asked(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        audio = guarded()
        for file in corpus(tmp_path, port=listener.getsockname()[1], costly=False):
            with pytest.raises(RecordingError) as caught:
                taken_on(tmp_path / file.name, audio)
            assert re.search(file.said, caught.value.message), f"{file.name}: {caught.value.message}"
            assert caught.value.hint
            assert caught.value.path == tmp_path / file.name
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()
    # The libraries take about 40 MB of resident memory; no file of these made the decoder need much more.
    assert audio.used.memory_bytes < 80 * MEGABYTE


@pytest.mark.parametrize("box", [b"stco", b"elst"])
def test_a_table_that_promises_billions_of_entries_takes_no_memory_for_them(tmp_path: Path, box: bytes) -> None:
    m4a_with(box, 0x0FFFFFFF)(tmp_path / "a.m4a")
    audio = guarded()
    assert taken_on(tmp_path / "a.m4a", audio).duration == pytest.approx(3.0, abs=0.1)
    assert audio.used.memory_bytes < 80 * MEGABYTE


def test_ten_hours_that_a_header_declares_are_refused_before_a_second_is_decoded(tmp_path: Path) -> None:
    audio = guarded()
    path = silence(tmp_path / "a.flac", hours=10)
    assert path.stat().st_size < MEGABYTE  # 10 h * 16,000 samples a second * 4 bytes = 2.3 GB decoded
    with pytest.raises(RecordingError, match="is longer than 4 hours"):
        taken_on(path, audio)
    assert audio.used.n_processes == 1
    assert audio.used.cpu_s < 0.5


def test_ten_hours_under_a_header_that_says_a_minute_are_stopped_at_the_longest_call(tmp_path: Path) -> None:
    audio = guarded(hours=0.1)
    path = silence(tmp_path / "a.flac", hours=10, declared_s=60)
    with pytest.raises(RecordingError, match=r"is longer than 0.1 hours"):
        taken_on(path, audio, hours=0.1)
    with pytest.raises(RecordingError, match=r"is longer than 0.1 hours"):  # whoever asks for it
        for _ in audio.blocks(path):
            pass
    assert audio.used.memory_bytes < 80 * MEGABYTE


def test_pictures_that_would_fill_memory_are_stopped_at_the_limit(tmp_path: Path) -> None:
    path = pictures(tmp_path / "a.flac", megabytes=512)
    audio = guarded(memory_mb=256)
    with pytest.raises(RecordingError, match="was stopped: it needs more than 256 MB to decode") as caught:
        audio.probe(path)
    assert "memory_mb in [decoding]" in caught.value.hint
    assert audio.used.memory_bytes < (256 + 80) * MEGABYTE


def test_a_file_of_holes_is_refused_by_its_size_before_it_is_hashed(tmp_path: Path) -> None:
    with (tmp_path / "a.wav").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(RecordingError, match="is larger than 16 GiB"):
        taken_on(tmp_path / "a.wav", guarded())
