"""The bytes that were hashed are the bytes that are decoded, or it is an error."""

import os
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters.audio import PyAvAudio
from pipeline.adapters.decoding import GuardedAudio
from pipeline.adapters.source_files import same_file
from pipeline.adapters.tracks import SoundOfRecordings
from pipeline.config.night import Decoding
from pipeline.domain.recording import Probe
from pipeline.errors import RecordingError
from pipeline.stages.ingest import Candidate, CandidateFile, identify, ingest
from tests.adapters.sounds import float_wav, recorded, tone

DECODERS = [PyAvAudio(), GuardedAudio(Decoding(), max_hours=1)]
OLD_NS = 1_700_000_000_000_000_000


def noise(path: Path, seed: int) -> Path:
    return float_wav(path, np.random.default_rng(seed).normal(0, 0.1, 16_000).astype(np.float32))


@pytest.mark.parametrize("audio", DECODERS, ids=["here", "guarded"])
def test_another_sound_of_the_same_size_under_the_name_is_not_decoded(
    tmp_path: Path, audio: SoundOfRecordings
) -> None:  # fmt: skip
    recording = recorded(noise(tmp_path / "a.wav", 1))
    noise(tmp_path / "a.wav", 2)
    with pytest.raises(RecordingError, match="its bytes are others now"):
        audio.read(recording)
    noise(tmp_path / "a.wav", 1)  # the same bytes are the same recording, whenever they were written
    assert audio.read(recording).shape == (1, 16_000)


@pytest.mark.parametrize("audio", DECODERS, ids=["here", "guarded"])
def test_a_file_replaced_between_hash_and_decoding_gives_no_recording(
    tmp_path: Path, audio: SoundOfRecordings
) -> None:  # fmt: skip
    path = noise(tmp_path / "a.wav", 1)
    call = Candidate(path, (CandidateFile(path),))
    files = identify(call, require_consent=False)
    noise(tmp_path / "b.wav", 2).replace(path)
    with pytest.raises(RecordingError, match="its bytes are others now"):
        ingest(call, files, audio=audio)


@pytest.mark.parametrize("audio", DECODERS, ids=["here", "guarded"])
def test_a_file_replaced_after_it_was_probed_gives_no_recording(tmp_path: Path, audio: SoundOfRecordings) -> None:
    path = noise(tmp_path / "a.wav", 1)

    class Replaced(type(audio)):  # type: ignore[misc]
        def probe(self, path: Path, *, sha256: str | None = None) -> Probe:
            found: Probe = audio.probe(path, sha256=sha256)
            noise(tmp_path / "b.wav", 2).replace(path)
            return found

    replaced = Replaced.__new__(Replaced)
    replaced.__dict__.update(audio.__dict__)
    call = Candidate(path, (CandidateFile(path),))
    with pytest.raises(RecordingError, match="its bytes are others now"):
        ingest(call, identify(call, require_consent=False), audio=replaced)


@pytest.mark.parametrize("hashed", [True, False])
def test_a_file_written_to_while_it_is_decoded_is_an_error_at_the_end(tmp_path: Path, hashed: bool) -> None:
    path = float_wav(tmp_path / "a.wav", tone(30, 16_000))
    files = identify(Candidate(path, (CandidateFile(path),)), require_consent=False)
    blocks = DECODERS[1].blocks(path, sha256=files[0].sha256 if hashed else None)
    next(blocks)
    with path.open("r+b") as file:
        file.seek(-400, os.SEEK_END)
        file.write(bytes(400))
    with pytest.raises(RecordingError, match="changed while it was read") as caught:
        for _ in blocks:
            pass
    assert "when nothing writes to it" in caught.value.hint


def test_another_name_or_other_permissions_meanwhile_are_no_change(tmp_path: Path) -> None:
    path = float_wav(tmp_path / "a.wav", tone(1, 16_000))
    files = identify(Candidate(path, (CandidateFile(path),)), require_consent=False)
    with same_file(path, files[0].sha256):
        (tmp_path / "b.wav").hardlink_to(path)
        path.chmod(0o600)


def test_bytes_put_back_in_time_show_in_the_time_of_the_inode(tmp_path: Path) -> None:
    """Times of content can be set by anybody; a hash that is remembered does not hang on them alone."""
    path = noise(tmp_path / "a.wav", 1)
    os.utime(path, ns=(OLD_NS, OLD_NS))
    sha256 = identify(Candidate(path, (CandidateFile(path),)), require_consent=False)[0].sha256
    with same_file(path, sha256):
        pass
    noise(path, 2)
    os.utime(path, ns=(OLD_NS, OLD_NS))
    with pytest.raises(RecordingError, match="its bytes are others now"), same_file(path, sha256):
        pass


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "gone"])
def test_what_is_no_ordinary_file_is_refused_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.wav"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    with pytest.raises(RecordingError) as caught, same_file(path):
        pass
    assert ("cannot be read" if kind != "gone" else "it is gone") in caught.value.message
