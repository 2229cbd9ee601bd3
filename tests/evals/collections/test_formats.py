"""Files that people wrote of recordings: what they become, and which line is wrong."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.collections.formats import (
    all_words,
    read_rttm,
    read_stm,
    read_stm_lines,
    read_text,
    read_textgrid,
    read_words,
    words_by_speaker,
)
from pipeline.domain.span import Span
from pipeline.domain.speech import SpeakerSegment
from pipeline.errors import InputError

TEXTGRID = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 4.5
tiers? <exists>
size = 1
item []:
    item [1]:
        class = "IntervalTier"
        name = "Doctor"
        xmin = 0
        xmax = 4.5
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 1.25
            text = ""
        intervals [2]:
            xmin = 1.25
            xmax = 4
            text = "He said ""ouch"", = 3?"
        intervals [3]:
            xmin = 4
            xmax = 4.5
            text = "<UNIN/>"
"""


def segment(speaker: str, start: float, end: float) -> SpeakerSegment:
    return SpeakerSegment(span=Span(start=start, end=end), speaker=speaker)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


class TestRttm:
    def test_segments_in_order_and_other_lines_passed_over(self, tmp_path: Path) -> None:
        path = written(
            tmp_path / "call.rttm",
            ";; by hand\n"
            "SPKR-INFO call 1 <NA> <NA> <NA> unknown Zoë <NA>\n"
            "SPEAKER call 1 1.250 0.500 <NA> <NA> Zoë <NA> <NA>\n\n"
            "SPEAKER call 1 2.000 1.000 <NA> <NA> Ian\n",
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
    def test_wrong_line_is_named(self, tmp_path: Path, line: str) -> None:
        path = written(tmp_path / "call.rttm", f"SPEAKER call 1 0.0 1.0 <NA> <NA> A\n{line}\n")
        with pytest.raises(InputError) as caught:
            read_rttm(path)
        assert caught.value.line == 2

    def test_of_several_recordings_the_named_one_is_read(self, tmp_path: Path) -> None:
        path = written(
            tmp_path / "all.rttm",
            "SPEAKER a 1 0 1 <NA> <NA> A\nSPEAKER b 1 2 1 <NA> <NA> B\nSPEAKER a 1 5 1 <NA> <NA> A\n",
        )
        assert read_rttm(path, recording="a") == (segment("A", 0, 1), segment("A", 5, 6))
        assert read_rttm(path, recording="c") == ()


class TestStm:
    def test_words_by_speaker(self, tmp_path: Path) -> None:
        path = written(
            tmp_path / "call.stm",
            ";; by hand\ncall 1 A 0.0 1.0 Hello?\ncall 1 B 1.0 2.0 Hi there.\ncall 1 A 2.0 3.0 How are you?\n",
        )
        assert read_stm(path) == {"A": "Hello? How are you?", "B": "Hi there."}

    def test_lines_keep_their_times_and_lose_their_labels(self, tmp_path: Path) -> None:
        path = written(tmp_path / "call.stm", "call 1 A 0.5 1.25 <o,f0,male> Hello <unk> you\ncall 1 B 2 2\n")
        assert read_stm_lines(path) == (("A", 0.5, 1.25, "Hello <unk> you"), ("B", 2.0, 2.0, ""))

    @pytest.mark.parametrize(
        "line", ["call 1 B 1.0", "call 1 B 2.0 1.0 No.", "call 1 B one 2.0 No.", "two 1 B 1 2 No."]
    )
    def test_wrong_line_is_named(self, tmp_path: Path, line: str) -> None:
        path = written(tmp_path / "call.stm", f"call 1 A 0.0 1.0 Hello?\n{line}\n")
        with pytest.raises(InputError) as caught:
            read_stm_lines(path)
        assert caught.value.line == 2

    @given(st.lists(st.tuples(st.sampled_from("AB"), st.text("xyz ", max_size=8)), max_size=8))
    def test_no_word_is_lost_or_made(self, said: list[tuple[str, str]]) -> None:
        lines = [(who, 0.0, 1.0, " ".join(text.split())) for who, text in said]
        apart = " ".join(words_by_speaker(lines).values()).split()
        assert sorted(apart) == sorted(all_words(lines).split()) == sorted(w for _, text in said for w in text.split())


class TestTextGrid:
    def test_intervals_with_empty_ones_and_doubled_quotation_marks(self, tmp_path: Path) -> None:
        found = read_textgrid(written(tmp_path / "a.TextGrid", TEXTGRID))
        assert found == (
            ("Doctor", 0.0, 1.25, ""),
            ("Doctor", 1.25, 4.0, 'He said "ouch", = 3?'),
            ("Doctor", 4.0, 4.5, "<UNIN/>"),
        )

    def test_utf_16_of_praat_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.TextGrid"
        path.write_bytes(TEXTGRID.replace("Doctor", "Ärztin").encode("utf-16"))
        assert {interval.tier for interval in read_textgrid(path)} == {"Ärztin"}

    def test_several_tiers_keep_their_names(self, tmp_path: Path) -> None:
        tier = TEXTGRID[TEXTGRID.index("    item [1]") :]
        found = read_textgrid(written(tmp_path / "a.TextGrid", TEXTGRID + tier.replace("Doctor", "Patient")))
        assert [interval.tier for interval in found] == ["Doctor"] * 3 + ["Patient"] * 3

    @pytest.mark.parametrize(
        ("old", "new", "line", "told"),
        [
            ("intervals: size = 3", "intervals: size = 4", 14, "states 4 intervals and holds 3"),
            ("xmax = 1.25", "xmax = -1", 15, "ends before it starts"),
            ("ooTextFile", "other", None, "no TextGrid"),
        ],
    )
    def test_damage_is_told(self, tmp_path: Path, old: str, new: str, line: int | None, told: str) -> None:
        with pytest.raises(InputError, match=told) as caught:
            read_textgrid(written(tmp_path / "a.TextGrid", TEXTGRID.replace(old, new)))
        assert caught.value.line == line


class TestText:
    def test_words_are_parted_by_single_blanks(self, tmp_path: Path) -> None:
        assert read_words(written(tmp_path / "a.txt", "\ufeffHello,\n\n you  there.\n")) == "Hello, you there."

    def test_a_file_without_words_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no words"):
            read_words(written(tmp_path / "a.txt", " \n"))

    def test_what_is_not_there_or_no_text_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="cannot be read"):
            read_text(tmp_path / "none.txt")
        (tmp_path / "b.txt").write_bytes(b"caf\xe9 latin")
        with pytest.raises(InputError, match="not UTF-8"):
            read_text(tmp_path / "b.txt")
