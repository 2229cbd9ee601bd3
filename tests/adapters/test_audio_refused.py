"""What is damaged, cut short, silent by format or changed since: refused with a reason, and never half read."""

import logging
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.errors import RecordingError
from tests.adapters.sounds import AUDIO, decoded, encoded, float_wav, recorded, tone


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: round(share * len(data))])
    return path


@pytest.mark.parametrize(
    ("name", "codec", "said"),
    [
        ("a.wav", "pcm_s16le", "cut short: 10.0 s of the 20.0 s"),
        ("a.flac", "flac", "cut short"),
        ("a.m4a", "aac", "cannot be decoded as mp4"),
    ],
)
def test_a_recording_that_was_cut_in_half_is_refused(tmp_path: Path, name: str, codec: str, said: str) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 20 * 8_000).astype(np.float32)
    path = cut(encoded(tmp_path / name, codec, 8_000, noise), 0.5)
    with pytest.raises(RecordingError, match=said) as caught:
        recorded(path)
    assert caught.value.path == path


def test_a_wav_written_as_a_stream_declares_no_length(tmp_path: Path) -> None:
    path = encoded(tmp_path / "a.wav", "pcm_s16le", 8_000, tone(1, 8_000))
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert recorded(path).duration == 1.0


def damaged(tmp_path: Path, n_bad: int) -> Path:
    """20 s of flac in frames of about 0.1 s or longer, the headers of some frames in the middle overwritten."""
    noise = np.random.default_rng(0).normal(0, 0.1, 20 * 8_000).astype(np.float32)
    path = encoded(tmp_path / "a.mkv", "flac", 8_000, noise)
    data = bytearray(path.read_bytes())
    at, found = len(data) // 3, 0
    while found < n_bad:
        at = data.index(b"\xff\xf8", at + 200)
        data[at : at + 40] = bytes(40)
        found += 1
    path.write_bytes(data)
    return path


def test_one_packet_that_cannot_be_decoded_is_silence_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="filmroom"):
        sound = decoded(damaged(tmp_path, 1))
    assert sound.shape[1] == pytest.approx(20 * 8_000, abs=80)
    assert "1 of" in caplog.text


def test_many_packets_that_cannot_be_decoded_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="is damaged: 5 of"):
        decoded(damaged(tmp_path, 5))


def test_two_audio_tracks_are_refused_and_neither_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("pcm_s16le", rate=8_000, layout="mono") for _ in range(2)]
        for stream in streams:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
            frame.sample_rate, frame.pts = 8_000, 0
            container.mux(stream.encode(frame))
    with pytest.raises(RecordingError, match="has 2 audio tracks") as caught:
        AUDIO.probe(path)
    assert "sides" in caught.value.hint


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width = video.height = 32
        video.pix_fmt = "yuv420p"
        picture = av.VideoFrame(32, 32, "yuv420p")
        picture.pts = 0
        container.mux(video.encode(picture))
        container.mux(video.encode(None))
    with pytest.raises(RecordingError, match="has no audio track"):
        AUDIO.probe(path)


def test_no_error_of_the_decoder_leaks(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVEnonsense")
    with pytest.raises(RecordingError, match="cannot be decoded as wav") as caught:
        AUDIO.probe(tmp_path / "a.wav")
    assert isinstance(caught.value.__cause__, av.FFmpegError)


@pytest.mark.parametrize("change", ["longer", "gone"])
def test_a_file_that_changed_since_it_was_ingested_is_not_read(tmp_path: Path, change: str) -> None:
    path = float_wav(tmp_path / "a.wav", tone(1, 16_000))
    recording = recorded(path)
    if change == "gone":
        path.unlink()
    else:
        float_wav(path, tone(2, 16_000))
    with pytest.raises(RecordingError, match="is not the file that was ingested"):
        AUDIO.read(recording)


def test_a_file_of_the_same_size_but_another_length_is_not_read(tmp_path: Path) -> None:
    path = float_wav(tmp_path / "a.wav", tone(2, 16_000))
    recording = recorded(path)
    float_wav(path, np.zeros(32_000, np.float32), rate=32_000)
    assert path.stat().st_size == recording.files[0].size
    with pytest.raises(RecordingError, match="its bytes are others"):
        AUDIO.read(recording)


def test_a_transcript_has_no_sound(tmp_path: Path) -> None:
    recording = recorded(float_wav(tmp_path / "a.wav", tone(1, 16_000))).model_copy(update={"kind": "transcript"})
    with pytest.raises(RecordingError, match="has no sound"):
        AUDIO.read(recording)
