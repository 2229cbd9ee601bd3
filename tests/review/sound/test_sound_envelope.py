"""How loud each side is: derived from sounds whose loudness is known."""

import numpy as np
import pytest

from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.domain.speech import Speaker, SpeakerSegment
from pipeline.review.sound.envelope import Meter, peaks
from tests.export.call import make_call

RATE = 16_000


def call(*segments: tuple[str, float, float], roles: dict[str, Role], sides: tuple[Role, ...] = ()) -> CallResult:
    made = make_call()
    speech = tuple(SpeakerSegment(speaker=s, span=Span(start=a, end=b)) for s, a, b in segments)
    speakers = tuple(Speaker(label=s, role=r, confidence=1, source="channel") for s, r in roles.items())
    talk = made.conversation.model_copy(update={"speech": speech, "speakers": speakers, "duration": 4.0, "turns": ()})
    recording = made.recording.model_copy(update={"duration": 4.0, "sides": sides})
    return made.model_copy(update={"conversation": talk, "recording": recording})


def envelope(*rows: list[float]) -> np.ndarray:
    """Frames of 20 ms; each number holds for one second."""
    return np.repeat(np.array(rows, np.float32), 50, axis=1)


def test_the_meter_passes_pieces_on_and_measures_them() -> None:
    loud, quiet = np.full((1, RATE), 0.5, np.float32), np.full((1, RATE // 2 + 7), -0.1, np.float32)
    meter = Meter(RATE)
    passed = list(meter.listen(iter([loud, quiet])))
    assert [p.shape for p in passed] == [(1, 16_000), (1, 8_007)]
    found = meter.envelope()
    # 1 s is 50 frames; half a second is 25, and 7 samples begin another.
    assert found.shape == (1, 76)
    assert found[0, :50] == pytest.approx(0.5)
    assert found[0, 50:75] == pytest.approx(0.1)


def test_in_a_mix_a_side_is_as_loud_as_the_mix_while_it_speaks() -> None:
    made = call(("S1", 0, 2), ("S2", 2, 4), roles={"S1": "rep", "S2": "customer"})
    found = peaks(envelope([0.4, 0.4, 0.1, 0.1]), made)
    # 4 s are 200 frames, fewer than bins: each frame is a bin. Each side is measured by its own loud moments.
    assert found.bin_s == pytest.approx(0.02)
    assert found.rep == (100,) * 100 + (0,) * 100
    assert found.customer == (0,) * 100 + (100,) * 100


def test_quiet_speech_is_seen_beside_loud_speech() -> None:
    made = call(("S1", 0, 4), roles={"S1": "rep"})
    found = peaks(envelope([0.4, 0.4, 0.4, 0.04]), made)
    assert found.rep[0] == 100
    assert found.rep[-1] == 25  # 100 x 0.1 ** 0.6 = 25.1


def test_where_both_speak_at_once_both_are_drawn() -> None:
    made = call(("S1", 0, 3), ("S2", 2, 4), roles={"S1": "rep", "S2": "customer"})
    found = peaks(envelope([0.3, 0.3, 0.3, 0.3]), made)
    both = [n for n in range(200) if found.rep[n] and found.customer[n]]
    assert (both[0], both[-1]) == (100, 149)


def test_channels_that_are_sides_are_as_loud_as_themselves() -> None:
    roles: dict[str, Role] = {"ch0": "customer", "ch1": "rep"}
    made = call(("ch1", 0, 4), ("ch0", 0, 4), roles=roles, sides=("customer", "rep"))
    found = peaks(envelope([0.4, 0.4, 0.4, 0.4], [0.0, 0.0, 0.0, 0.2]), made)
    assert found.customer == (100,) * 200
    assert found.rep == (0,) * 150 + (100,) * 50


def test_a_corrected_speaker_turns_the_rows_round() -> None:
    corrected: dict[str, Role] = {"ch0": "rep", "ch1": "customer"}
    made = call(("ch0", 0, 4), roles=corrected, sides=("customer", "rep"))
    found = peaks(envelope([0.4, 0.4, 0.4, 0.4], [0.0, 0.0, 0.0, 0.0]), made)
    assert found.rep == (100,) * 200
    assert set(found.customer) == {0}


def test_a_long_call_has_fifteen_hundred_bins() -> None:
    made = call(("S1", 0, 4000), roles={"S1": "rep"})
    made = made.model_copy(update={"recording": made.recording.model_copy(update={"duration": 4000.0})})
    found = peaks(np.full((1, 200_000), 0.2, np.float32), made)
    assert len(found.rep) == len(found.customer) == 1500
    assert found.bin_s == pytest.approx(4000 / 1500)


def test_a_call_without_times_has_no_rows() -> None:
    made = call(("S1", 0, 4), roles={"S1": "rep"})
    untimed = made.model_copy(update={"conversation": made.conversation.model_copy(update={"timed": False})})
    assert peaks(envelope([0.1] * 4), untimed).rep == ()


def test_silence_has_no_loudness() -> None:
    made = call(("S1", 0, 4), roles={"S1": "rep"})
    assert set(peaks(envelope([0.0] * 4), made).rep) == {0}
