"""What is told of a bad transcript is kept and logged, unmasked: it names the place and quotes no words."""

import json
from pathlib import Path

import pytest

from pipeline.errors import TranscriptError
from tests.stages.ingest.transcripts.scripts import read

WORDS = "okafor 4155550134"
TEXTGRID = 'File type = "ooTextFile"\nObject class = "TextGrid"\n0\n9\n<exists>\n1\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.vtt", f"WEBVTT\n\n{WORDS} --> 00:02.000\nHi\n"),
        ("a.vtt", f"WEBVTT\n\n{WORDS}\n"),
        ("a.vtt", f"{WORDS}\n"),
        ("a.vtt", f"WEBVTT\n\n00:00.000 --> 99:00:00.000\n{WORDS}\n"),
        ("a.srt", f"1\n00:00:01,000 --> {WORDS}\nHi\n"),
        ("a.csv", f"role,text,start,end\nrep,Hi,{WORDS},2\n"),
        ("a.csv", f"role,text\nrep,{WORDS}, there\n"),
        ("a.csv", f'role,text\nrep,"{WORDS}\n'),
        ("a.txt", f"{WORDS}\n"),
        ("a.json", f'{{"utterances": "{WORDS}"'),
        ("a.json", json.dumps({"utterances": [{"speaker": "rep", "text": WORDS, "start": WORDS, "end": 2}]})),
        ("a.TextGrid", f'{TEXTGRID}"{WORDS}"\n"rep"\n0\n9\n1\n0\n9\n"Hi"\n'),
        ("a.TextGrid", f'{TEXTGRID}"IntervalTier"\n"rep"\n0\n9\n1\n0\n"{WORDS}"\n"Hi"\n'),
    ],
)
def test_an_error_about_a_transcript_quotes_no_word_of_it(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        read(tmp_path, name, text)
    told = f"{caught.value} {caught.value.hint}".lower()
    assert "okafor" not in told
    assert "4155550134" not in told
