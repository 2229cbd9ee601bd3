"""The offline diarizer on real weights and real recordings: slow, and without network once the weights are there."""

import socket
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters.pyannote import PyannoteDiarizer
from pipeline.adapters.weights import default_cache, pull
from pipeline.domain.speech import Diarization
from pipeline.errors import WeightsError
from pipeline.ports import Samples

pytestmark = pytest.mark.slow
SAMPLE_RATE = 16_000


@pytest.fixture(scope="module")
def diarizer() -> PyannoteDiarizer:
    try:
        segmentation = pull("segmentation-3.0", cache=default_cache()) / "pytorch_model.bin"
        embedding = pull("campplus", cache=default_cache()) / "campplus_cn_en_common.pt"
    except WeightsError as error:
        pytest.skip(f"no weights: {error}")
    return PyannoteDiarizer.offline(segmentation, embedding)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever would fetch a model (pyannote's PLDA) or send usage figures fails here."""

    def refuse(_socket: socket.socket, address: object) -> None:
        raise AssertionError(f"a connection to {address} was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def sound(path: Path) -> Samples:
    """Mono at 16 kHz."""
    import av

    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float32)


def mixed(left: Samples, right: Samples) -> Samples:
    return ((left + right) / 2).astype(np.float32)


def error_rate(found: Diarization, rttm: Path, duration: float) -> float:
    """DER without collar, overlaps scored."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    reference, hypothesis = Annotation(), Annotation()
    for number, line in enumerate(rttm.read_text(encoding="utf-8").splitlines()):
        fields = line.split()
        start = float(fields[3])
        reference[Segment(start, start + float(fields[4])), number] = fields[7]
    for number, segment in enumerate(found.segments):
        hypothesis[Segment(segment.span.start, segment.span.end), number] = segment.speaker
    scored = Timeline([Segment(0, duration)])
    return float(DiarizationErrorRate()(reference, hypothesis, uem=scored))


def talk(found: Diarization) -> dict[str, float]:
    """Seconds of speech by speaker."""
    return {
        speaker: sum(segment.span.duration for segment in found.segments if segment.speaker == speaker)
        for speaker in found.speakers
    }


@pytest.mark.parametrize("max_speakers", [None, 2])
def test_der_on_a_phone_call_is_at_most_8_percent(
    max_speakers: int | None, diarizer: PyannoteDiarizer, shared_data: Path
) -> None:
    folder = shared_data / "audio" / "phone-30s"
    samples = sound(folder / "sample.wav")
    found = diarizer.diarize(samples, SAMPLE_RATE, max_speakers=max_speakers)
    assert error_rate(found, folder / "sample.rttm", len(samples) / SAMPLE_RATE) <= 0.08


@pytest.mark.parametrize(
    ("name", "most"),
    # Far-field excerpts of 30 s with up to four at once. Measured: 0.26, 0.44, 0.48; a change for the worse shows.
    [("dev00", 0.30), ("trñ00", 0.48), ("tst00", 0.52)],
)
def test_der_on_meetings_does_not_get_worse(
    name: str, most: float, diarizer: PyannoteDiarizer, shared_data: Path
) -> None:
    folder = shared_data / "audio" / "meetings-30s"
    samples = sound(folder / f"{name}.wav")
    found = diarizer.diarize(samples, SAMPLE_RATE)
    assert error_rate(found, folder / f"{name}.rttm", len(samples) / SAMPLE_RATE) <= most


@pytest.mark.parametrize("name", ["insurance-15", "insurance-16", "insurance-17", "auto-loan-sale"])
def test_a_call_of_two_has_two_speakers_without_being_told(
    name: str, diarizer: PyannoteDiarizer, shared_data: Path
) -> None:
    (path,) = (shared_data / "audio" / name).glob("call.*")
    assert diarizer.diarize(sound(path), SAMPLE_RATE).speakers == ("S1", "S2")


def test_one_voice_that_reads_both_roles_is_one_speaker(diarizer: PyannoteDiarizer, shared_data: Path) -> None:
    samples = sound(shared_data / "audio" / "one-voice-two-roles" / "call.mp3")
    assert diarizer.diarize(samples, SAMPLE_RATE, max_speakers=2).speakers == ("S1",)


def test_the_short_answers_of_a_customer_are_found_in_ten_seconds(
    diarizer: PyannoteDiarizer, shared_data: Path
) -> None:
    folder = shared_data / "audio" / "true-stereo-10s"
    sides = [sound(folder / f"{side}.wav") for side in ("agent", "customer")]
    assert len(diarizer.diarize(mixed(*sides), SAMPLE_RATE).speakers) == 2


def test_talk_shares_of_a_mixed_phone_call_are_near_those_of_its_channels(
    diarizer: PyannoteDiarizer, shared_data: Path
) -> None:
    # A minute of the call: the sum of both sides, against the frames of 20 ms above -40 dB of full scale on each side.
    folder = shared_data / "audio" / "car-repair-call"
    sides = [sound(folder / f"{side}.wav")[: 60 * SAMPLE_RATE] for side in ("agent", "caller")]
    active = [np.sqrt((side.reshape(-1, 320) ** 2).mean(axis=1)) > 0.01 for side in sides]
    expected = sorted(float(a.sum() / (active[0].sum() + active[1].sum())) for a in active)
    spoken = talk(diarizer.diarize(mixed(*sides), SAMPLE_RATE, max_speakers=2))
    found = sorted(seconds / sum(spoken.values()) for seconds in spoken.values())
    assert found == pytest.approx(expected, abs=0.05)


def test_silence_has_no_speaker(diarizer: PyannoteDiarizer) -> None:
    assert diarizer.diarize(np.zeros(5 * SAMPLE_RATE, dtype=np.float32), SAMPLE_RATE).segments == ()


def test_exclusive_segments_never_overlap_and_all_lie_within_the_recording(
    diarizer: PyannoteDiarizer, shared_data: Path
) -> None:
    samples = sound(shared_data / "audio" / "phone-30s" / "sample.wav")[: 12 * SAMPLE_RATE]
    found = diarizer.diarize(samples, SAMPLE_RATE)
    ends = [segment.span.end for segment in found.exclusive]
    assert all(end <= later.span.start for end, later in zip(ends, found.exclusive[1:], strict=False))
    assert max(segment.span.end for segment in found.segments) <= 12
