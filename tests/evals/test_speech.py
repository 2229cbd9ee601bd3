"""Error rates of words and speakers: counts derived by hand, the laws of adding, and others' figures reproduced."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.speech import (
    DiarizationErrors,
    WordErrors,
    diarization_errors,
    matched_speakers,
    normalised,
    read_rttm,
    read_stm,
    speaker_word_errors,
    talk_share_gap,
    talk_shares,
    word_errors,
)
from pipeline.domain.span import Span
from pipeline.domain.speech import SpeakerSegment
from pipeline.errors import InputError


def segment(speaker: str, start: float, end: float) -> SpeakerSegment:
    return SpeakerSegment(span=Span(start=start, end=end), speaker=speaker)


# A speaks 0-4, B 4-10: 10 s of reference speech in 12 s of sound.
REFERENCE = (segment("A", 0, 4), segment("B", 4, 10))


class TestWords:
    def test_one_of_each_error(self) -> None:
        # "one" becomes 1 on both sides; book/cook substituted, "on" deleted, "now" inserted; 7 reference words.
        errors = word_errors("1 book lies on the tables here", "one cook lies the tables here now")
        assert errors == WordErrors(substitutions=1, deletions=1, insertions=1, n_reference=7)
        assert errors.rate == pytest.approx(3 / 7)

    def test_case_marks_numbers_and_spelling_are_no_errors(self) -> None:
        errors = word_errors("Okay, it's twenty thousand dollars for the colour.", "okay its... $20,000, for the color")
        assert normalised("It's twenty thousand dollars") == "it is $20000"
        # "its" stays apart from "it's": 2 reference words (it is) against 1, a substitution and a deletion.
        assert (errors.substitutions, errors.deletions, errors.insertions) == (1, 1, 0)

    def test_empty_reference_has_no_rate(self) -> None:
        errors = word_errors("", "thank you")
        assert (errors.insertions, errors.n_reference) == (2, 0)
        assert errors.rate is None

    def test_empty_hypothesis_is_all_deletions(self) -> None:
        assert word_errors("we should meet", "").rate == 1.0

    def test_much_inserted_goes_above_one(self) -> None:
        assert word_errors("hello", "hello hello hello hello").rate == 3.0

    def test_adding_is_not_averaging(self) -> None:
        # 1 error in 1 word and none in 9: 1 of 10, where the average of the rates would be 0.5.
        both = word_errors("yes", "no") + word_errors("a b c d e f g h i", "a b c d e f g h i")
        assert both.rate == pytest.approx(0.1)

    @given(st.lists(st.tuples(*[st.lists(st.sampled_from("pqrstuvw"), max_size=5)] * 2), max_size=3))
    @settings(max_examples=50, deadline=None)
    def test_scoring_apart_and_adding_never_beats_scoring_together(
        self, pairs: list[tuple[list[str], list[str]]]
    ) -> None:
        apart = sum((word_errors(" ".join(said), " ".join(heard)) for said, heard in pairs), WordErrors())
        said = " ".join(word for pair in pairs for word in pair[0])
        together = word_errors(said, " ".join(word for pair in pairs for word in pair[1]))
        assert apart.n_reference == together.n_reference
        assert apart.errors >= together.errors


class TestWordsOfSpeakers:
    def test_labels_do_not_matter(self) -> None:
        assert speaker_word_errors({"A": "how much is it", "B": "ten"}, {"1": "10", "2": "how much is it"}).rate == 0

    def test_word_given_to_the_wrong_speaker_counts_twice(self) -> None:
        # "sure" moves from B to A: inserted there and deleted here; 6 reference words.
        errors = speaker_word_errors(
            {"A": "can we talk", "B": "sure go ahead"}, {"x": "can we talk sure", "y": "go ahead"}
        )
        assert (errors.insertions, errors.deletions, errors.substitutions) == (1, 1, 0)
        assert errors.rate == pytest.approx(2 / 6)

    def test_speaker_too_many_is_inserted(self) -> None:
        # y's two words match nobody, and A lacks them.
        errors = speaker_word_errors({"A": "can we talk today"}, {"x": "can we", "y": "talk today"})
        assert (errors.insertions, errors.deletions) == (2, 2)

    @pytest.mark.parametrize("reference", [{}, {"A": ""}])
    def test_empty_reference_has_no_rate(self, reference: dict[str, str]) -> None:
        errors = speaker_word_errors(reference, {"x": "can we", "y": "talk"})
        assert (errors.insertions, errors.rate) == (3, None)


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


class TestFiles:
    def test_rttm_segments(self, tmp_path: Path) -> None:
        path = tmp_path / "call.rttm"
        path.write_text(
            ";; by hand\n"
            "SPKR-INFO call 1 <NA> <NA> <NA> unknown Zoë <NA>\n"
            "SPEAKER call 1 1.250 0.500 <NA> <NA> Zoë <NA> <NA>\n\n"
            "SPEAKER call 1 2.000 1.000 <NA> <NA> Ian\n",
            encoding="utf-8",
        )
        assert read_rttm(path) == (segment("Zoë", 1.25, 1.75), segment("Ian", 2, 3))

    @pytest.mark.parametrize(
        "line",
        [
            "SPEAKER call 1 1.0 x <NA> <NA> A",
            "SPEAKER call 1 1.0 -2.0 <NA> <NA> A",
            "SPEAKER call 1 1.0 1.0",
            "SPEAKER other 1 1.0 1.0 <NA> <NA> A",
        ],
    )
    def test_wrong_rttm_line_is_named(self, tmp_path: Path, line: str) -> None:
        path = tmp_path / "call.rttm"
        path.write_text(f"SPEAKER call 1 0.0 1.0 <NA> <NA> A\n{line}\n")
        with pytest.raises(InputError) as caught:
            read_rttm(path)
        assert caught.value.line == 2

    def test_stm_words_by_speaker(self, tmp_path: Path) -> None:
        path = tmp_path / "call.stm"
        path.write_text(
            ";; by hand\ncall 1 A 0.0 1.0 Hello?\ncall 1 B 1.0 2.0 Hi there.\ncall 1 A 2.0 3.0 How are you?\n"
        )
        assert read_stm(path) == {"A": "Hello? How are you?", "B": "Hi there."}

    def test_wrong_stm_line_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "call.stm"
        path.write_text("call 1 A 0.0 1.0 Hello?\ncall 1 B 1.0\n")
        with pytest.raises(InputError) as caught:
            read_stm(path)
        assert caught.value.line == 2


class TestOthersFigures:
    def test_der_of_the_dscore_pair(self, shared_data: Path) -> None:
        # dscore's own test expects DER 26.393 from 0 to 43 s, no collar.
        folder = shared_data / "scorers" / "dscore"
        errors = diarization_errors(read_rttm(folder / "ref.rttm"), read_rttm(folder / "sys.rttm"), duration=43)
        assert errors.rate == pytest.approx(0.26393, abs=5e-6)

    def test_phone_reference_has_the_published_shares(self, shared_data: Path) -> None:
        shares = talk_shares(read_rttm(shared_data / "audio" / "phone-30s" / "sample.rttm"))
        assert sorted(shares.values()) == pytest.approx([0.486, 0.514], abs=1e-3)

    def test_phone_reference_words_and_segments_have_the_same_speakers_apart(self, shared_data: Path) -> None:
        said = read_stm(shared_data / "audio" / "phone-30s" / "sample.stm")
        assert list(said) == ["Diane", "Sheila"]
        assert speaker_word_errors(said, {"x": said["Sheila"], "y": said["Diane"]}).rate == 0
