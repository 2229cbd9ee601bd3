"""Decoding and encoding on small files made here, in the formats people have."""

import io
import struct
import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.audio import encode_for_browsers, encode_mp3, mix_to_mono
from pipeline.errors import RecordingError
from tests.adapters.sounds import AUDIO, beeps, decoded, encoded, float_wav, onsets, recorded, tone


@pytest.mark.parametrize(
    ("name", "codec", "rate", "container", "codec_name"),
    [
        ("a.wav", "pcm_s16le", 16_000, "wav", "pcm_s16le"),
        ("a.wav", "pcm_s24le", 44_100, "wav", "pcm_s24le"),
        ("eight_bit.wav", "pcm_u8", 8_000, "wav", "pcm_u8"),
        ("a.wav", "pcm_mulaw", 8_000, "wav", "pcm_mulaw"),
        ("a.wav", "pcm_alaw", 8_000, "wav", "pcm_alaw"),
        ("a.flac", "flac", 16_000, "flac", "flac"),
        ("a.mp3", "libmp3lame", 22_050, "mp3", "mp3"),
        ("a.m4a", "aac", 16_000, "mp4", "aac"),
        ("a.aac", "aac", 16_000, "aac", "aac"),
        ("a.opus", "libopus", 48_000, "ogg", "opus"),
        ("a.webm", "libopus", 48_000, "matroska", "opus"),
        ("a.mkv", "aac", 16_000, "matroska", "aac"),
        ("a.aiff", "pcm_s16be", 16_000, "aiff", "pcm_s16be"),
        ("a.au", "pcm_mulaw", 8_000, "au", "pcm_mulaw"),
        ("a.caf", "pcm_s16le", 16_000, "caf", "pcm_s16le"),
        ("a.w64", "pcm_s16le", 16_000, "w64", "pcm_s16le"),
        ("a.avi", "pcm_s16le", 16_000, "avi", "pcm_s16le"),
    ],
)
def test_each_format_that_people_have_decodes_in_time(
    tmp_path: Path, name: str, codec: str, rate: int, container: str, codec_name: str
) -> None:
    path = encoded(tmp_path / name, codec, rate, beeps(rate, 0.5, 1.5, seconds=2.0))
    probe = AUDIO.probe(path)
    assert (probe.container, probe.codec, probe.sample_rate, probe.n_channels) == (container, codec_name, rate, 1)
    samples = AUDIO.read(recorded(path))
    assert samples.dtype == np.float32
    # Lossy coders may add up to two frames of padding at the end and smear an onset by some milliseconds.
    assert samples.shape[1] == pytest.approx(2.0 * 16_000, abs=0.15 * 16_000)
    slack = 0.07 if name == "a.aac" else 0.025  # raw AAC cannot say that its first frame is only priming
    assert onsets(samples[0], 16_000) == pytest.approx([0.5, 1.5], abs=slack)
    assert float(np.abs(samples).max()) == pytest.approx(0.3, abs=0.08)


@pytest.mark.parametrize("n_channels", [1, 2, 3, 6, 8])
def test_each_channel_keeps_its_own_sound_however_many_there_are(tmp_path: Path, n_channels: int) -> None:
    """In a process of its own: with 8 planes, PyAV 18.1 crashes the interpreter."""
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(n_channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((np.ones((4000, n_channels)) * 1024 * np.arange(n_channels)).astype("<i2").tobytes())
    code = (
        "import sys; from pathlib import Path; from tests.adapters.sounds import decoded; "
        "s = decoded(Path(sys.argv[1])); print(s.shape, s.min(axis=1).tolist(), s.max(axis=1).tolist())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.wav")], capture_output=True, text=True, timeout=60, check=False
    )
    levels = [n / 32 for n in range(n_channels)]  # 1024 of 32768
    assert (ran.returncode, ran.stdout.strip()) == (0, f"({n_channels}, 4000) {levels} {levels}")


def test_the_content_decides_and_not_the_ending(tmp_path: Path) -> None:
    path = encoded(tmp_path / "a.flac", "flac", 16_000, tone(1, 16_000)).rename(tmp_path / "call.mp3")
    assert AUDIO.probe(path).container == "flac"


def test_the_sound_of_a_video_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "screen.mp4"
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width = video.height = 32
        video.pix_fmt = "yuv420p"
        audio = container.add_stream("aac", rate=16_000, layout="mono")
        for at in range(10):
            picture = av.VideoFrame(32, 32, "yuv420p")
            picture.pts = at
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        for at in range(0, 16_000, 1000):
            frame = av.AudioFrame.from_ndarray(tone(1, 16_000)[None, at : at + 1000].copy(), "fltp", "mono")
            frame.sample_rate, frame.pts = 16_000, at
            container.mux(audio.encode(frame))
        container.mux(audio.encode(None))
    recording = recorded(path)
    assert (recording.container, recording.codec) == ("mp4", "aac")
    assert recording.duration == pytest.approx(1.0, abs=0.1)


def test_stereo_sides_come_as_rows_in_the_order_of_the_file(tmp_path: Path) -> None:
    first, second = beeps(8_000, 0.5, seconds=3), beeps(8_000, 2.0, seconds=3)
    path = encoded(tmp_path / "call.wav", "pcm_s16le", 8_000, first, second)
    recording = recorded(path, channels={"0": "customer", "1": "rep"})
    assert recording.sides == ("customer", "rep")
    rows = AUDIO.read(recording)
    assert [onsets(row, 16_000) for row in rows] == [pytest.approx([0.5], abs=0.01), pytest.approx([2.0], abs=0.01)]


def test_a_mix_comes_as_one_row(tmp_path: Path) -> None:
    left, right = tone(2, 16_000), tone(2, 16_000, hertz=700)
    recording = recorded(encoded(tmp_path / "call.wav", "pcm_f32le", 16_000, left, right))
    assert recording.sides == ()
    assert np.allclose(AUDIO.read(recording), ((left + right) / 2)[None], atol=1e-6)


def test_inverted_copies_are_read_from_one_channel_and_do_not_cancel(tmp_path: Path) -> None:
    sound = tone(1, 16_000)
    recording = recorded(encoded(tmp_path / "call.wav", "pcm_f32le", 16_000, sound, -sound))
    assert recording.identical_channels
    assert np.allclose(AUDIO.read(recording), sound[None], atol=1e-6)


def test_files_of_different_rate_and_length_are_aligned_at_their_start(tmp_path: Path) -> None:
    rep = encoded(tmp_path / "rep.wav", "pcm_s16le", 8_000, beeps(8_000, 0.5, seconds=3))
    customer = encoded(tmp_path / "customer.flac", "flac", 44_100, beeps(44_100, 1.5, seconds=2))
    rows = AUDIO.read(recorded(rep, customer))
    assert rows.shape == (2, 48_000)
    assert [onsets(row, 16_000) for row in rows] == [pytest.approx([0.5], abs=0.01), pytest.approx([1.5], abs=0.01)]
    assert not rows[1, 2 * 16_000 + 100 :].any()


def test_a_side_file_in_fake_stereo_is_one_row(tmp_path: Path) -> None:
    rep = beeps(8_000, 0.5, seconds=2)
    paths = (
        encoded(tmp_path / "rep.wav", "pcm_s16le", 8_000, rep, rep),
        encoded(tmp_path / "customer.wav", "pcm_s16le", 8_000, beeps(8_000, 1.0, seconds=2)),
    )
    assert AUDIO.read(recorded(*paths), sample_rate=8_000).shape == (2, 16_000)


@given(rate=st.sampled_from([8_000, 11_025, 22_050, 44_100, 48_000]), n_samples=st.integers(400, 60_000))
@settings(max_examples=25, deadline=None)
def test_resampling_keeps_the_duration(tmp_path_factory: pytest.TempPathFactory, rate: int, n_samples: int) -> None:
    path = float_wav(tmp_path_factory.mktemp("rate") / "a.wav", tone(n_samples / rate, rate), rate)
    recording = recorded(path)
    assert recording.duration == pytest.approx(n_samples / rate)
    samples = AUDIO.read(recording)
    assert samples.shape == (1, round(recording.duration * 16_000))
    assert float(np.abs(samples).max()) < 0.35


def test_resampling_keeps_a_tone_and_drops_what_the_lower_rate_cannot_hold(tmp_path: Path) -> None:
    # 12 kHz lies above the 8 kHz that 16,000 samples a second can hold; it must vanish and not fold back to 4 kHz.
    low, high = tone(1, 48_000), tone(1, 48_000, hertz=12_000)
    kept = AUDIO.read(recorded(float_wav(tmp_path / "low.wav", low, 48_000)))[0]
    lost = AUDIO.read(recorded(float_wav(tmp_path / "high.wav", high, 48_000)))[0]
    inner = slice(500, -500)
    assert np.allclose(kept[inner], tone(1, 16_000)[inner], atol=0.003)
    assert float(np.abs(lost[inner]).max()) < 0.001


def test_a_hole_in_the_timeline_is_silence(tmp_path: Path) -> None:
    sound = beeps(48_000, 0.2, 1.5, seconds=2)
    path = encoded(tmp_path / "a.webm", "libopus", 48_000, sound, hole=(1.0, 3.0))
    recording = recorded(path)
    assert recording.duration == pytest.approx(5.0, abs=0.05)
    # The second beep, 1.5 s into the sound, is 3 s later by the clock.
    assert onsets(AUDIO.read(recording)[0], 16_000) == pytest.approx([0.2, 4.5], abs=0.03)


def test_values_that_are_no_number_are_zero_and_all_others_lie_within_one(tmp_path: Path) -> None:
    samples = np.array([0.5, np.nan, np.inf, -np.inf, 7.0, -7.0] + [0.5] * 994, np.float32)
    sound = decoded(float_wav(tmp_path / "a.wav", samples))
    assert sound[0, :6].tolist() == [0.5, 0.0, 0.0, 0.0, 1.0, -1.0]


def test_sound_without_one_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="none of its samples is a number"):
        decoded(float_wav(tmp_path / "a.wav", np.full(1000, np.nan, np.float32)))


def test_tags_in_an_old_encoding_do_no_harm(tmp_path: Path) -> None:
    path = encoded(tmp_path / "a.wav", "pcm_s16le", 8_000, tone(1, 8_000))
    sound = path.read_bytes()
    tag = b"LIST" + struct.pack("<I", 16) + b"INFOINAM" + struct.pack("<I", 4) + b"Caf\xe9"
    at = sound.index(b"data")
    path.write_bytes(sound[:at] + tag + sound[at:])
    assert decoded(path).shape == (1, 8_000)


def test_a_colon_in_a_relative_name_is_not_taken_for_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded(tmp_path / "a.wav", "pcm_s16le", 8_000, tone(1, 8_000)).rename(tmp_path / "concat:a.wav")
    monkeypatch.chdir(tmp_path)
    assert decoded(Path("concat:a.wav")).shape == (1, 8_000)


def test_the_mix_is_the_mean() -> None:
    mixed = mix_to_mono(np.array([[1.0, -1.0, 0.5], [1.0, 1.0, 0.0]], np.float32))
    assert mixed.tolist() == [1.0, 0.0, 0.25]
    assert mixed.dtype == np.float32
    assert mix_to_mono(mixed).tolist() == mixed.tolist()


@pytest.mark.parametrize(("n_channels", "layout"), [(1, "mono"), (2, "stereo")])
def test_an_mp3_to_play_keeps_its_time(tmp_path: Path, n_channels: int, layout: str) -> None:
    sound = beeps(16_000, 0.5, 4.0, 9.25, seconds=10)
    data = encode_mp3(np.stack([sound] * n_channels), 16_000, bitrate=32_000)
    # 10 s at 32 kbit/s are 40,000 bytes; the header frame and padding add a few frames of 144 bytes.
    assert len(data) == pytest.approx(40_000, abs=1000)
    path = tmp_path / "call.mp3"
    path.write_bytes(data)
    back = decoded(path)
    assert back.shape == (n_channels, 160_000)
    assert onsets(back[0], 16_000) == pytest.approx([0.5, 4.0, 9.25], abs=0.01)
    with av.open(io.BytesIO(data)) as container:
        assert container.streams.audio[0].layout.name == layout


def test_what_browsers_are_given_says_what_it_is(tmp_path: Path) -> None:
    data, mime = encode_for_browsers(tone(1, 16_000), 16_000)
    (tmp_path / "call").write_bytes(data)
    assert (AUDIO.probe(tmp_path / "call").container, mime) == ("mp3", "audio/mpeg")


def test_every_frame_of_an_mp3_to_play_has_the_same_size() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 5 * 16_000).astype(np.float32)
    with av.open(io.BytesIO(encode_mp3(noise, 16_000)), "r") as container:
        sizes = {packet.size for packet in container.demux() if packet.size}
    # 72 * 32,000 bit/s / 16,000 Hz: 576 samples a frame in MPEG-2 layer III.
    assert sizes == {144}


def test_importing_the_adapter_loads_no_decoder() -> None:
    program = "import sys, pipeline.adapters.audio; sys.exit(any(m in sys.modules for m in ('av', 'soxr')))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
