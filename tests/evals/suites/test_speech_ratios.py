"""Talk ratios of recordings against what people say of them: derived by hand."""

from pathlib import Path

import pytest

from evals.labelled import LabelledCall, Reference
from evals.suites.speech_calls import Heard, Hearing
from evals.suites.speech_ratios import ratio_measures, recorded_point
from pipeline.domain.metrics import CallMetrics, Measure
from pipeline.domain.recording import Recording, Role, SourceFile
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, SpeakerSegment

SAID = (
    SpeakerSegment(span=Span(start=0, end=6), speaker="Ann"),
    SpeakerSegment(span=Span(start=6, end=10), speaker="Bo"),
)


def heard(
    name: str = "one", *, ratio: float | None = 0.5, roles: dict[str, Role] | None = None, rep: str = "S1",
    low: float | None = 0.42, high: float | None = 0.62,
) -> Heard:  # fmt: skip
    """Ann speaks 6 of 10 s; S1 is heard where she speaks, S2 where Bo does, and one of them is told to be the rep."""
    speech = tuple(s.model_copy(update={"speaker": "S1" if s.speaker == "Ann" else "S2"}) for s in SAID)
    told: dict[str, Role] = {label: "rep" if label == rep else "customer" for label in ("S1", "S2")}
    talk = Conversation(
        call="call-1",
        turns=(),
        speakers=tuple(Speaker(label=k, role=v, confidence=0.8, source="inferred") for k, v in told.items()),
        speech=speech,
        duration=10,
    )
    recording = Recording(
        call="call-1",
        files=(SourceFile(path=Path("a.wav"), sha256="0" * 64, size=1),),
        container="wav", codec="pcm", sample_rate=16_000, n_channels=1, duration=10,
    )  # fmt: skip
    measure = Measure(
        name="rep_talk_ratio", value=ratio, unit="ratio", low=low, high=high, unavailable=None if ratio else "one voice"
    )
    reference = Reference(segments=SAID, duration=10)
    call = LabelledCall(id=name, collection="recordings", reference=reference, roles=roles or {})
    return Heard(call, Hearing(recording, talk, CallMetrics(measures=(measure,))))


def test_truth_is_the_share_of_who_was_told_to_be_the_rep() -> None:
    found = recorded_point(heard())
    assert found is not None
    assert (found.truth, found.estimate, found.kind, found.covered) == (0.6, 0.5, "voices", True)
    other = recorded_point(heard(rep="S2"))
    assert other is not None
    assert other.truth == pytest.approx(0.4)


def test_people_know_who_the_rep_is() -> None:
    found = recorded_point(heard(roles={"Ann": "customer", "Bo": "rep"}))
    assert found is not None
    assert found.truth == pytest.approx(0.4)


def test_without_a_ratio_or_a_reference_there_is_no_point() -> None:
    assert recorded_point(heard(ratio=None, low=None, high=None)) is None
    assert recorded_point(Heard(LabelledCall(id="a", collection="recordings"), None, "too short")) is None
    one = heard()
    blank = one.call.model_copy(update={"reference": Reference()})
    assert recorded_point(Heard(blank, one.result)) is None


def test_coverage_is_the_share_of_intervals_that_hold_the_truth() -> None:
    # The first interval (0.42 to 0.62) holds 0.6, the second (0.45 to 0.55) does not, the third is none.
    calls = [heard("a"), heard("b", low=0.45, high=0.55), heard("c", low=None, high=None)]
    measures, points, _ = ratio_measures(None, calls)
    (coverage,) = measures
    assert (coverage.name, coverage.value, coverage.n) == ("speech.recordings.talk_ratio_coverage", 0.5, 2)
    assert [(dot.x, dot.y) for dot in points[0].dots] == [(0.6, 0.5)] * 3
    assert points[0].diagonal


def test_nothing_known_gives_nothing(tmp_path: Path) -> None:
    assert ratio_measures(None, []) == ((), (), ())
    assert ratio_measures(tmp_path, []) == ((), (), ())


def test_consultations_are_within_a_point_by_their_times(shared_data: Path) -> None:
    measures, _, _ = ratio_measures(shared_data, [])
    found = {measure.name: measure for measure in measures}
    timed = found["speech.consultations.talk_ratio_error_points"]
    assert timed.value is not None
    assert timed.value <= 1
    assert timed.n >= 5
    words = found["speech.words_alone.talk_ratio_error_points"]
    assert words.better == "neither"
    assert words.value is not None
    assert words.value > timed.value
