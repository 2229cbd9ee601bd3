"""Praat's TextGrid in its two text forms and its encodings."""

from pathlib import Path

import pytest

from pipeline.errors import TranscriptError
from tests.stages.ingest.transcripts.scripts import read, said, times

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 12.5
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "Rep"
        xmin = 0
        xmax = 12.5
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 1.5
            text = ""
        intervals [2]:
            xmin = 1.5
            xmax = 4
            text = "He said ""hello"" <UNSURE>twice</UNSURE> 3 times."
        intervals [3]:
            xmin = 4
            xmax = 5
            text = "<LAUGH/>"
    item [2]:
        class = "TextTier"
        name = "clicks"
        xmin = 0
        xmax = 12.5
        points: size = 1
        points [1]:
            number = 2
            mark = "click"
    item [3]:
        class = "IntervalTier"
        name = "Customer"
        xmin = 0
        xmax = 12.5
        intervals: size = 1
        intervals [1]:
            xmin = 3
            xmax = 6
            text = "Réally?"
"""
SHORT = (
    'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n12.5\n<exists>\n2\n"IntervalTier"\n"Rep"\n0\n12.5\n1\n'
)
SHORT += '1.5\n4\n"Hello there."\n"IntervalTier"\n"Rep - phones"\n0\n12.5\n1\n1.5\n1.6\n"h"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_long_form_has_a_speaker_for_each_tier_of_intervals(tmp_path: Path, encoding: str) -> None:
    script = read(tmp_path, "a.TextGrid", LONG.replace("\n", "\r\n").encode(encoding))
    assert said(script) == [("Rep", 'He said "hello" twice 3 times.'), ("Rep", ""), ("Customer", "Réally?")]
    assert times(script) == [(1.5, 4.0), (4.0, 5.0), (3.0, 6.0)]
    assert script.duration == 12.5


def test_the_short_form_reads_the_same_and_single_sounds_are_left_out(tmp_path: Path) -> None:
    script = read(tmp_path, "a.textgrid", SHORT)
    assert (said(script), times(script), script.duration) == ([("Rep", "Hello there.")], [(1.5, 4.0)], 12.5)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (SHORT[: SHORT.index("4\n")], 13, "cut short"),
        (SHORT.replace('"Hello there."', '"Hello there.'), 23, "is not closed"),
        (SHORT.replace("1.5\n4", "1.5\n1"), 14, "ends before it starts"),
        (SHORT.replace("1.5\n4", "-1.5\n4"), 13, "before 0"),
        ("hello", 1, "cut short"),
        ('"ooTextFile" "Pitch 1" 0 1', 1, "is not a TextGrid"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(TranscriptError, match=words) as caught:
        read(tmp_path, "a.TextGrid", text)
    assert caught.value.line == line
