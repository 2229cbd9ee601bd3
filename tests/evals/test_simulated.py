"""Simulated conversations: real timing, voices placed in it, and a truth that is what was placed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.reels import SAMPLE_RATE, Voice
from evals.simulated import SIDES, SimulatedCall, read_timings, simulate, simulated_calls
from pipeline.domain.span import Span, shared, total, union
from pipeline.domain.speech import SpeakerSegment
from pipeline.errors import InputError
from pipeline.ports import Samples
from tests.evals.sounds import segments, spans, textgrid, voice

REP = voice("rep", "one", (0, 4), (5, 12), seed=1)
CUSTOMER = voice("customer", "two", (1, 6), (7, 11), seed=2)
SHORT = (*segments("rep", (0, 4), (9, 12)), *segments("customer", (3.5, 9)))
TIMING = (*segments("rep", (0, 10), (20, 32), (45, 60)), *segments("customer", (9, 21), (33, 44), (59, 70)))


def call(seed: int = 0, pair: tuple[Voice, Voice] = (REP, CUSTOMER)) -> SimulatedCall:
    return simulate("talk-0", TIMING, pair, draw=np.random.default_rng(seed))


def of(side: str, spoken: tuple[SpeakerSegment, ...]) -> list[Span]:
    return [s.span for s in spoken if s.speaker == side]


def loudness(samples: Samples, start: float, end: float) -> float:
    piece = samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    return float(10 * np.log10(np.square(piece, dtype=np.float64).mean() + 1e-12))


class TestTimings:
    def test_a_pair_of_textgrids_gives_both_sides_utterances(self, tmp_path: Path) -> None:
        textgrid(tmp_path / "d" / "x_doctor.TextGrid", "Doctor", (0, 2, "Hello."), (2, 3, ""), (3, 4.5, "<UNIN/>"))
        textgrid(tmp_path / "d" / "x_patient.TextGrid", "Patient", (0, 1.5, ""), (1.5, 3, "Hi there."))
        timing = read_timings(tmp_path)["x"]
        assert {side: union(s.span for s in timing if s.speaker == side) for side in SIDES} == {
            "rep": spans((0, 2), (3, 4.5)),
            "customer": spans((1.5, 3)),
        }

    def test_a_side_without_its_other_and_a_folder_that_is_absent_give_nothing(self, tmp_path: Path) -> None:
        textgrid(tmp_path / "x_doctor.TextGrid", "Doctor", (0, 2, "Hello."))
        assert read_timings(tmp_path) == {}
        assert read_timings(tmp_path / "absent") == {}

    def test_a_damaged_file_is_named(self, tmp_path: Path) -> None:
        for side in ("doctor", "patient"):
            (tmp_path / f"x_{side}.TextGrid").write_text("no grid")
        with pytest.raises(InputError, match="x_doctor"):
            read_timings(tmp_path)


class TestPlacing:
    def test_truth_is_the_speech_of_the_reel_within_the_utterances(self) -> None:
        found = call()
        for side, reel in zip(SIDES, (REP, CUSTOMER), strict=True):
            truth, room = of(side, found.truth), of(side, found.utterances)
            assert total(shared(truth, room)) == pytest.approx(total(truth), abs=0.01)
            # Utterances of 37 and 34 s are two to three rounds of a reel of 12 s, of which 11 and 9 s are speech.
            share = total(reel.spoken) / 12
            assert total(truth) == pytest.approx(share * total(room), rel=0.15)

    def test_overlaps_are_those_of_the_timing(self) -> None:
        found = call()
        room = shared(of("rep", found.utterances), of("customer", found.utterances))
        assert room == spans((9, 10), (20, 21), (59, 60))
        assert total(shared(of("rep", found.truth), of("customer", found.truth))) <= 3.0

    def test_each_channel_carries_its_side_and_hardly_the_other(self) -> None:
        found = call()
        assert found.sides.shape == (2, len(found.mix))
        # In 1-8 s only the rep speaks, in 34-43 s only the customer: 15 dB apart at the least, with noise and leaks.
        assert loudness(found.sides[0], 1, 8) - loudness(found.sides[1], 1, 8) >= 15
        assert loudness(found.sides[1], 34, 43) - loudness(found.sides[0], 34, 43) >= 15

    def test_the_mix_holds_both_and_nothing_is_out_of_range(self) -> None:
        found = call()
        assert loudness(found.mix, 1, 8) > -45
        assert loudness(found.mix, 34, 43) > -45
        assert float(np.abs(found.mix).max()) <= 1.0
        assert found.duration == pytest.approx(70.5)

    def test_a_telephones_band_is_given_to_both_where_one_came_over_a_telephone(self) -> None:
        spectrum = np.fft.rfft(REP.reel)
        spectrum[np.fft.rfftfreq(len(REP.reel), 1 / SAMPLE_RATE) > 3500] = 0
        narrow = Voice("rep", "one", np.fft.irfft(spectrum, n=len(REP.reel)).astype(np.float32), REP.spoken)
        for seed in range(2):
            power = np.square(np.abs(np.fft.rfft(call(seed, (narrow, CUSTOMER)).mix)))
            hertz = np.fft.rfftfreq(round(70.5 * SAMPLE_RATE), 1 / SAMPLE_RATE)
            assert power[hertz > 5000].sum() < 0.01 * power.sum()


class TestCalls:
    def test_the_same_seed_makes_the_same_calls_and_another_makes_others(self) -> None:
        timings = {"a": SHORT, "b": SHORT}
        first, again, other = (list(simulated_calls(timings, [REP, CUSTOMER], seed=seed)) for seed in (0, 0, 1))
        assert [c.id for c in first] == ["a-0", "b-0"]
        assert [c.truth for c in first] == [c.truth for c in again]
        assert all(np.array_equal(x.mix, y.mix) for x, y in zip(first, again, strict=True))
        assert [c.truth for c in first] != [c.truth for c in other]

    def test_every_second_call_has_two_voices_of_one_recording(self) -> None:
        third = voice("third", "one", (0, 11), seed=3)
        timings = dict.fromkeys("abcdef", SHORT)
        found = list(simulated_calls(timings, [REP, CUSTOMER, third], rounds=2))
        assert len(found) == 12
        # Rounds are shifted by one, so that every timing is once in either kind.
        assert all(found[i].recordings == ("one", "one") for i in (0, 2, 4, 7, 9, 11))

    def test_no_call_without_two_voices_or_without_both_sides_speech(self) -> None:
        assert list(simulated_calls({"a": TIMING}, [REP])) == []
        alone = segments("rep", (0, 100))
        assert list(simulated_calls({"a": alone}, [REP, CUSTOMER])) == []

    def test_a_long_talk_gives_a_stretch_of_the_length_in_turn(self) -> None:
        (found,) = simulated_calls({"a": TIMING}, [REP, CUSTOMER], seed=1)
        # The first call's window is 45 s of the 70; it ends with the last utterance in it, and half a second.
        assert 30 < found.duration <= 45.5

    @settings(max_examples=10)
    @given(st.integers(0, 10_000))
    def test_laws_of_any_call(self, seed: int) -> None:
        (found,) = simulated_calls({"a": SHORT}, [REP, CUSTOMER], seed=seed)
        assert found.duration == pytest.approx(12.5)
        for side in SIDES:
            assert total(of(side, found.truth)) <= total(of(side, found.utterances)) + 0.01
            assert total(of(side, found.utterances)) >= 3.0
        assert max(s.span.end for s in found.truth) <= found.duration
