"""The talk ratio against known truths: points by hand, doubles for ears, and the labelled consultations."""

import json
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.simulated import SIDES, SimulatedCall
from evals.talk_ratio import (
    CalibrationPoint,
    consultations,
    given_roles,
    point,
    simulated_points,
    timed_turns,
    true_ratio,
    words_alone,
)
from pipeline.domain.speech import SpeakerSegment
from tests.evals.sounds import Hearing, bursts, segments, textgrid

# The rep 30 s, the customer 20 s, of which 2 s together: the rep's share is 30 / 50.
TRUTH = (*segments("rep", (0, 20), (40, 50)), *segments("customer", (18, 30), (32, 40)))


class TestTruth:
    def test_overlaps_count_for_both_and_others_for_nobody(self) -> None:
        assert true_ratio(TRUTH) == pytest.approx(0.6)
        assert true_ratio([*TRUTH, *segments("other", (60, 90))]) == pytest.approx(0.6)
        assert true_ratio([]) == 0.0


class TestRolesGiven:
    def test_the_rep_is_the_voice_that_shares_most_with_the_true_one(self) -> None:
        heard = [*segments("S1", (18, 40)), *segments("S2", (0, 18), (40, 50))]
        assert given_roles(TRUTH, heard, duration=50) == {"S1": "customer", "S2": "rep"}

    def test_a_third_voice_is_the_customers_unless_it_says_next_to_nothing(self) -> None:
        heard = [*segments("S1", (0, 20), (40, 50)), *segments("S2", (18, 30)), *segments("S3", (32, 40))]
        assert given_roles(TRUTH, heard, duration=50) == {"S1": "rep", "S2": "customer", "S3": "customer"}
        # 1 s of 43 s is under 5%.
        little = [*segments("S1", (0, 20), (40, 50)), *segments("S2", (18, 30)), *segments("S3", (39, 40))]
        assert given_roles(TRUTH, little, duration=50)["S3"] == "other"

    def test_one_voice_has_no_role(self) -> None:
        assert given_roles(TRUTH, segments("S1", (0, 50)), duration=50) == {"S1": "unknown"}
        assert given_roles(TRUTH, [], duration=50) == {}


class TestPoint:
    def test_a_mix_heard_rightly_has_the_true_ratio(self) -> None:
        heard = [*segments("S2", (0, 20), (40, 50)), *segments("S1", (18, 30), (32, 40))]
        found = point("a", TRUTH, heard, times="voices", duration=50)
        assert (found.truth, found.estimate) == (0.6, 0.6)
        assert (found.kind, found.speech_s) == ("voices", 50.0)

    def test_seconds_given_to_the_wrong_voice_are_an_error(self) -> None:
        # 40-45 goes to the customer: the rep has 25 of 50 s.
        heard = [*segments("S1", (0, 20), (45, 50)), *segments("S2", (18, 30), (32, 45))]
        found = point("a", TRUTH, heard, times="voices", duration=50)
        assert found.error == pytest.approx(-0.1)

    def test_one_voice_gives_no_estimate_and_a_reason(self) -> None:
        found = point("a", TRUTH, segments("S1", (0, 50)), times="voices", duration=50)
        assert (found.estimate, found.error, found.covered) == (None, None, None)
        assert "no speaker is known to be the rep" in (found.without or "")

    @given(
        st.lists(
            st.tuples(st.sampled_from(["rep", "customer"]), st.integers(0, 500), st.integers(1, 60)),
            min_size=1,
            max_size=20,
        )
    )
    def test_hearing_the_truth_is_no_error_whichever_way(self, drawn: list[tuple[str, int, int]]) -> None:
        truth: list[SpeakerSegment] = [s for who, start, n in drawn for s in segments(who, (start, start + n))]
        found = point("a", truth, truth, times="transcript", duration=600)
        both = {s.speaker for s in truth} == set(SIDES)
        assert (found.estimate is not None) == both
        if both:
            assert found.error == pytest.approx(0.0, abs=0.0006)

    @pytest.mark.parametrize(
        ("low", "high", "covered"), [(0.5, 0.6, True), (0.6, 0.7, True), (0.61, 0.7, False), (None, None, None)]
    )
    def test_an_interval_holds_its_ends(self, low: float | None, high: float | None, covered: bool | None) -> None:
        found = CalibrationPoint(call="a", kind="voices", truth=0.6, estimate=0.6, low=low, high=high)
        assert found.covered is covered


def test_a_simulated_call_is_measured_three_ways() -> None:
    sides = bursts(50, seed=1)
    call = SimulatedCall(
        id="talk-0",
        timing="talk",
        recordings=("one", "two"),
        sides=sides.reshape(2, -1),
        mix=sides[: len(sides) // 2],
        utterances=(*segments("rep", (0, 10)), *segments("customer", (10, 20))),
        truth=(*segments("rep", (0, 9)), *segments("customer", (11, 17))),
    )
    # Channels: 8 of 16 s; voices: 12 of 18 s; utterances: 10 of 20 s. The truth is 9 of 15 s.
    ears = Hearing(
        channels=[*segments("ch0", (0, 8)), *segments("ch1", (10, 18))],
        mix=[*segments("S1", (0, 12)), *segments("S2", (12, 18))],
    )
    found = {p.kind: p for p in simulated_points(call, ears)}
    assert {kind: p.estimate for kind, p in found.items()} == {"channels": 0.5, "voices": 0.667, "transcript": 0.5}
    assert {p.truth for p in found.values()} == {0.6}
    assert {(p.group, p.real) for p in found.values()} == {("talk", False)}


class TestConsultations:
    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        folder = tmp_path / "labelled" / "consultations" / "transcripts"
        doctor = ((0, 6, "How are you today?"), (6, 8, ""), (8, 10, "I see."))
        patient = ((0, 5, ""), (5, 7, "Bad."))
        textgrid(folder / "x_doctor.TextGrid", "Doctor", *doctor)
        textgrid(folder / "x_patient.TextGrid", "Patient", *patient)
        return tmp_path

    def test_timed_turns_have_the_ratio_of_the_intervals_sums(self, data: Path) -> None:
        # 6 + 2 = 8 s of the doctor, 2 s of the patient.
        (found,) = timed_turns(data)
        assert found.truth == pytest.approx(0.8)
        assert found.estimate == 0.8

    def test_words_alone_are_the_share_of_the_words(self, data: Path) -> None:
        # Six words of seven, against 8 of 10 s.
        (found,) = words_alone(data)
        assert found.estimate == pytest.approx(6 / 7)
        assert found.error == pytest.approx(6 / 7 - 0.8)
        assert (found.kind, found.low) == ("words", None)

    def test_a_call_with_reference_words_and_speakers_is_one_of_words_alone(self, tmp_path: Path) -> None:
        folder = tmp_path / "labelled" / "real-asr-errors"
        folder.mkdir(parents=True)
        (folder / "c.json").write_text(json.dumps({"utterances": [{"ref_spk": "1 2 2 1 1"}]}))
        rows = [("A", 0, 10), ("B", 10, 10)]
        (folder / "c.rttm").write_text(
            "".join(f"SPEAKER c 0 {start} {length} <NA> <NA> {who} <NA> <NA>\n" for who, start, length in rows)
        )
        (found,) = words_alone(tmp_path)
        assert (found.truth, found.estimate) == (0.5, 0.6)

    def test_without_the_collections_there_are_no_points(self, tmp_path: Path) -> None:
        assert (timed_turns(tmp_path), words_alone(tmp_path), list(consultations(tmp_path))) == ((), (), [])

    def test_timed_turns_are_within_a_point_of_the_textgrids_own_sums(self, shared_data: Path) -> None:
        found = timed_turns(shared_data)
        if not found:
            pytest.skip("no consultations here")
        assert [p.call for p in found if p.error is None or abs(p.error) > 0.01] == []

    def test_words_alone_are_worse_than_timed_turns_and_lean_to_who_speaks_faster(self, shared_data: Path) -> None:
        turns, words = timed_turns(shared_data), words_alone(shared_data)
        if not turns:
            pytest.skip("no consultations here")
        off = [abs(p.error) for p in words if p.error is not None]
        assert mean(off) > 10 * mean(abs(p.error) for p in turns if p.error is not None)
        assert max(off) < 0.2
