"""Errors of speakers: counts derived by hand, the laws of adding, and the figures of dscore reproduced."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.collections.formats import read_rttm, read_stm
from evals.diarization import (
    DiarizationErrors,
    JaccardErrors,
    SpeakerOverlap,
    diarization_errors,
    jaccard_errors,
    matched_speakers,
    talk_seconds,
    talk_share_gap,
    talk_shares,
)
from evals.words import speaker_word_errors
from pipeline.domain.span import Span
from pipeline.domain.speech import SpeakerSegment
from pipeline.errors import InputError


def segment(speaker: str, start: float, end: float) -> SpeakerSegment:
    return SpeakerSegment(span=Span(start=start, end=end), speaker=speaker)


# A speaks 0-4, B 4-10: 10 s of reference speech in 12 s of sound.
REFERENCE = (segment("A", 0, 4), segment("B", 4, 10))
DRAWN = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 19), st.integers(1, 8)), max_size=6)


class TestSpeakers:
    def test_components(self) -> None:
        # x fits A but starts 1 s late and lasts 2 s into B; y fits B and goes on 1 s after it.
        # 0-1 missed, 4-6 confusion, 10-11 false alarm: 4 s of 10.
        errors = diarization_errors(REFERENCE, (segment("x", 1, 6), segment("y", 6, 11)), duration=12)
        assert errors == DiarizationErrors(missed=1, false_alarm=1, confusion=2, reference=10)
        assert errors.rate == pytest.approx(0.4)

    def test_labels_do_not_matter(self) -> None:
        assert diarization_errors(REFERENCE, (segment("B", 0, 4), segment("A", 4, 10)), duration=12).errors == 0

    def test_overlap_counts_for_each_speaker(self) -> None:
        # Both speak 2-4: 4 + 4 = 8 s of speech; a diarizer that hears one voice at a time misses 2 s.
        both = (segment("A", 0, 4), segment("B", 2, 6))
        errors = diarization_errors(both, (segment("x", 0, 4), segment("y", 4, 6)), duration=6)
        assert errors == DiarizationErrors(missed=2, reference=8)

    def test_cut_in_one_speakers_speech_is_no_error(self) -> None:
        pieces = (segment("x", 0, 2), segment("x", 1.5, 4), segment("y", 4, 10))
        assert diarization_errors(REFERENCE, pieces, duration=12).errors == 0

    def test_collar_is_left_out_on_each_side_of_a_boundary(self) -> None:
        # Boundaries of the reference at 0, 4 and 10; 0.5 s to each side: scored 0.5-3.5 and 4.5-9.5 of speech, 8 s.
        # The change heard at 4.25 lies inside the collar, the one heard at 5.0 half a second beyond it.
        near = diarization_errors(REFERENCE, (segment("x", 0, 4.25), segment("y", 4.25, 10)), duration=12, collar=0.5)
        far = diarization_errors(REFERENCE, (segment("x", 0, 5.0), segment("y", 5.0, 10)), duration=12, collar=0.5)
        assert near == DiarizationErrors(reference=8)
        assert far == DiarizationErrors(confusion=0.5, reference=8)

    def test_nothing_after_the_duration_is_scored(self) -> None:
        assert diarization_errors(REFERENCE, (segment("x", 0, 4), segment("y", 4, 30)), duration=10).errors == 0

    def test_nobody_heard_is_all_missed(self) -> None:
        assert diarization_errors(REFERENCE, (), duration=12) == DiarizationErrors(missed=10, reference=10)

    def test_empty_reference_has_no_rate(self) -> None:
        errors = diarization_errors((), (segment("x", 0, 3),), duration=12)
        assert (errors.false_alarm, errors.rate) == (3, None)

    def test_adding_is_not_averaging(self) -> None:
        # 2 s of 2 s and none of 8 s: 2 of 10, where the average of the rates would be 0.5.
        assert (DiarizationErrors(missed=2, reference=2) + DiarizationErrors(reference=8)).rate == pytest.approx(0.2)

    @given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 19), st.integers(1, 8)), max_size=6))
    @settings(max_examples=50, deadline=None)
    def test_a_diarization_is_right_by_itself(self, drawn: list[tuple[str, int, int]]) -> None:
        segments = [segment(speaker, start, start + seconds) for speaker, start, seconds in drawn]
        errors = diarization_errors(segments, segments, duration=30)
        assert errors.errors == 0
        assert talk_share_gap(segments, segments, duration=30) == 0


class TestTalkShares:
    def test_share_of_each_speaker(self) -> None:
        assert talk_shares(REFERENCE) == {"A": 0.4, "B": 0.6}

    def test_silence_has_no_shares(self) -> None:
        assert talk_shares(()) == {}

    def test_gap_is_that_of_the_matched_speaker_and_not_of_the_label(self) -> None:
        # A is x with 5 of 10 s against 0.4; B is A.
        heard = (segment("x", 0, 5), segment("A", 5, 10))
        assert matched_speakers(REFERENCE, heard, duration=12) == {"x": "A", "A": "B"}
        assert talk_share_gap(REFERENCE, heard, duration=12) == pytest.approx(0.1)

    def test_equal_shares_of_the_wrong_voices_differ(self) -> None:
        # x has 0.4 as A has, but speaks where B does; y has 0.6 as B has: matched x-B, y-A.
        heard = (segment("x", 4, 8), segment("y", 0, 4), segment("y", 8, 10))
        assert matched_speakers(REFERENCE, heard, duration=12) == {"x": "B", "y": "A"}
        assert talk_share_gap(REFERENCE, heard, duration=12) == pytest.approx(0.2)

    def test_speaker_nobody_heard_differs_by_their_whole_share(self) -> None:
        assert talk_share_gap(REFERENCE, (segment("x", 0, 10),), duration=12) == pytest.approx(0.4)

    def test_gap_to_silence_is_the_largest_share(self) -> None:
        assert talk_share_gap(REFERENCE, (), duration=12) == pytest.approx(0.6)

    def test_seconds_of_a_speaker_count_an_instant_once(self) -> None:
        assert talk_seconds((segment("A", 0, 4), segment("A", 2, 5), segment("B", 1, 2))) == {"A": 5, "B": 1}


class TestJaccard:
    def test_error_of_each_speaker(self) -> None:
        # A and x share 1-4 of 0-6: 300 of 600 frames of 10 ms. B and y share 6-10 of 4-11: 400 of 700.
        errors = jaccard_errors(REFERENCE, (segment("x", 1, 6), segment("y", 6, 11)), duration=12)
        assert errors.speakers == (
            SpeakerOverlap(speaker="A", shared=300, either=600),
            SpeakerOverlap(speaker="B", shared=400, either=700),
        )
        assert errors.rate == pytest.approx((1 / 2 + 3 / 7) / 2)

    def test_speaker_nobody_heard_is_all_error(self) -> None:
        # x fits B best (6 of 10 s against 4 of 10); A is left with nobody.
        errors = jaccard_errors(REFERENCE, (segment("x", 0, 10),), duration=12)
        assert errors.speakers == (
            SpeakerOverlap(speaker="A", shared=0, either=400),
            SpeakerOverlap(speaker="B", shared=600, either=1000),
        )
        assert errors.rate == pytest.approx((1 + 0.4) / 2)

    def test_speaker_too_many_costs_nothing(self) -> None:
        assert jaccard_errors(REFERENCE, (*REFERENCE, segment("z", 10, 12)), duration=12).rate == 0

    def test_speakers_are_matched_by_likeness_and_not_by_time_shared(self) -> None:
        # x 88-108 shares 12 s with A (0-100) and all 8 with B (100-108); y 0-3 shares 3 s with A only. Most time is
        # shared with x for A, and nobody for B; but 3/100 and 8/20 are more alike than 12/108 and nothing.
        said = (segment("A", 0, 100), segment("B", 100, 108))
        heard = (segment("x", 88, 108), segment("y", 0, 3))
        assert jaccard_errors(said, heard, duration=110).rate == pytest.approx(1 - (3 / 100 + 8 / 20) / 2)
        assert pyannotes_jaccard(said, heard, duration=110) == pytest.approx(1 - (12 / 108) / 2)

    def test_recordings_add_by_their_speakers(self) -> None:
        # Errors 1/2 and 3/7, then none of one speaker: the mean of three, where the mean of the rates is another.
        first = jaccard_errors(REFERENCE, (segment("x", 1, 6), segment("y", 6, 11)), duration=12)
        second = jaccard_errors((segment("A", 0, 2),), (segment("x", 0, 2),), duration=2)
        assert (first + second).rate == pytest.approx((1 / 2 + 3 / 7) / 3)

    def test_nothing_after_the_duration_is_scored(self) -> None:
        assert jaccard_errors(REFERENCE, (segment("x", 0, 4), segment("y", 4, 30)), duration=10).rate == 0

    @pytest.mark.parametrize("heard", [(), (segment("x", 0, 3),)])
    def test_empty_reference_has_no_rate(self, heard: tuple[SpeakerSegment, ...]) -> None:
        assert jaccard_errors((), heard, duration=12) == JaccardErrors()
        assert JaccardErrors().rate is None

    def test_nobody_heard_is_all_error(self) -> None:
        assert jaccard_errors(REFERENCE, (), duration=12).rate == 1

    @given(DRAWN, DRAWN)
    @settings(max_examples=40, deadline=None)
    def test_it_is_a_share_and_none_against_itself(
        self, drawn: list[tuple[str, int, int]], others: list[tuple[str, int, int]]
    ) -> None:
        said, heard = ([segment(s, start, start + n) for s, start, n in side] for side in (drawn, others))
        rate = jaccard_errors(said, heard, duration=30).rate
        assert (rate is None) == (not said)
        assert rate is None or 0 <= rate <= 1
        assert jaccard_errors(said, said, duration=30).errors == 0


@pytest.mark.parametrize("duration", [0.0, -1.0, float("nan")])
def test_a_duration_of_nothing_is_refused(duration: float) -> None:
    with pytest.raises(InputError, match="duration"):
        diarization_errors(REFERENCE, REFERENCE, duration=duration)
    with pytest.raises(InputError, match="duration"):
        jaccard_errors(REFERENCE, REFERENCE, duration=duration)


def test_a_collar_and_a_step_below_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="collar"):
        diarization_errors(REFERENCE, REFERENCE, duration=12, collar=-0.1)
    with pytest.raises(InputError, match="step"):
        jaccard_errors(REFERENCE, REFERENCE, duration=12, step=0)


class TestOthersFigures:
    @pytest.fixture
    def pair(self, shared_data: Path) -> tuple[tuple[SpeakerSegment, ...], tuple[SpeakerSegment, ...]]:
        folder = shared_data / "scorers" / "dscore"
        return read_rttm(folder / "ref.rttm"), read_rttm(folder / "sys.rttm")

    def test_der_of_the_dscore_pair(self, pair: tuple[tuple[SpeakerSegment, ...], tuple[SpeakerSegment, ...]]) -> None:
        # dscore's own test expects DER 26.393 from 0 to 43 s, no collar.
        rate = diarization_errors(*pair, duration=43).rate
        assert rate is not None
        assert f"{100 * rate:.3f}" == "26.393"

    def test_jer_of_the_dscore_pair(self, pair: tuple[tuple[SpeakerSegment, ...], tuple[SpeakerSegment, ...]]) -> None:
        # dscore says 33.246, in frames of 10 ms: 1 - (918/1432 + 1472/2121) / 2.
        rate = jaccard_errors(*pair, duration=43).rate
        assert rate is not None
        assert rate == pytest.approx(1 - (918 / 1432 + 1472 / 2121) / 2)
        assert f"{100 * rate:.3f}" == "33.246"

    def test_exact_jer_of_the_dscore_pair_is_pyannotes(
        self, pair: tuple[tuple[SpeakerSegment, ...], tuple[SpeakerSegment, ...]]
    ) -> None:
        rate = jaccard_errors(*pair, duration=43, step=0.001).rate
        assert rate == pytest.approx(pyannotes_jaccard(*pair, duration=43), abs=1e-9)
        assert rate == pytest.approx(0.33217, abs=5e-6)

    def test_phone_reference_has_the_published_shares(self, shared_data: Path) -> None:
        shares = talk_shares(read_rttm(shared_data / "audio" / "phone-30s" / "sample.rttm"))
        assert sorted(shares.values()) == pytest.approx([0.486, 0.514], abs=1e-3)

    def test_phone_reference_words_and_segments_have_the_same_speakers_apart(self, shared_data: Path) -> None:
        said = read_stm(shared_data / "audio" / "phone-30s" / "sample.stm")
        assert list(said) == ["Diane", "Sheila"]
        assert speaker_word_errors(said, {"x": said["Sheila"], "y": said["Diane"]}).rate == 0


def pyannotes_jaccard(
    reference: tuple[SpeakerSegment, ...], hypothesis: tuple[SpeakerSegment, ...], *, duration: float
) -> float:
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import JaccardErrorRate

    sides = []
    for segments in (reference, hypothesis):
        side = Annotation()
        for number, one in enumerate(segments):
            side[Segment(one.span.start, one.span.end), number] = one.speaker
        sides.append(side.support())
    measure = JaccardErrorRate()  # type: ignore[no-untyped-call]  # its __init__ is not annotated
    return float(measure(*sides, uem=Timeline([Segment(0, duration)])))
