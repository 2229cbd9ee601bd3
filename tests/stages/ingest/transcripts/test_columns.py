"""Tables of turns."""

from pathlib import Path

import pytest

from pipeline.errors import TranscriptError
from tests.stages.ingest.transcripts.scripts import read, said, times


def test_role_and_text_are_enough(tmp_path: Path) -> None:
    script = read(tmp_path, "a.csv", 'role,text\nrep,"Hi, Ben.\nAll well?"\n\ncustomer,"He said ""yes"""\n')
    assert said(script) == [("rep", "Hi, Ben. All well?"), ("customer", 'He said "yes"')]
    assert not script.timed


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_times_in_seconds_or_as_clock(tmp_path: Path, mark: str) -> None:
    rows = [
        ["Text", "start", "END", "Role", "id"],
        ["Hi", "0.5", "2", "Rep", "7"],
        ["Hello", "00:00:02", "0:03.5", "C", ""],
    ]
    script = read(tmp_path, "a.csv", "\ufeff" + "\r\n".join(mark.join(row) for row in rows))
    assert (said(script), times(script)) == ([("Rep", "Hi"), ("C", "Hello")], [(0.5, 2.0), (2.0, 3.5)])


def test_a_speaker_keeps_the_name_and_the_role(tmp_path: Path) -> None:
    script = read(tmp_path, "a.csv", "speaker,role,text\nAnn,rep,Hi\nBen,,Hello\n")
    assert said(script) == [("Ann (rep)", "Hi"), ("Ben", "Hello")]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("path,rep,consent\na.wav,Ann,yes\n", 1, "table of calls"),
        ("who,what\nAnn,Hi\n", 1, "no columns role and text"),
        ("role,text\nrep,Hi, there\n", 2, "3 cells"),
        ("role,text,start,end\nrep,Hi,1,0.5\n", 2, "ends before it starts"),
        ("role,text,start,end\nrep,Hi,-1,2\n", 2, "is no time"),
        ('role,text\nrep,"Hi\n', 2, "cannot be read as CSV"),
        ("role,text,text\nrep,Hi,Ho\n", 1, "two columns"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(TranscriptError, match=words) as caught:
        read(tmp_path, "a.csv", text)
    assert caught.value.line == line
