"""What holds for transcripts of all formats: same words from each, limits, and files that mean no good."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.script import Script
from pipeline.errors import TranscriptError
from pipeline.stages.ingest.transcripts import MAX_WORDS, read_script
from pipeline.stages.ingest.transcripts.source import MAX_BYTES
from tests.stages.ingest.transcripts.scripts import HOURS_4, read, said, source_file

Said = Sequence[tuple[str, str]]


def _clock(second: float, mark: str) -> str:
    return f"{int(second // 3600):02}:{int(second // 60 % 60):02}:{second % 60:06.3f}".replace(".", mark)


def script_or_error(folder: Path, name: str, data: bytes) -> Script | TranscriptError:
    try:
        return read(folder, name, data)
    except TranscriptError as error:
        return error


def as_vtt(turns: Said) -> str:
    cues = [
        f"{_clock(i, '.')} --> {_clock(i + 1, '.')}\n<v {name}>{text.replace('&', '&amp;').replace('<', '&lt;')}</v>\n"
        for i, (name, text) in enumerate(turns)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def as_srt(turns: Said) -> str:
    return "\n".join(
        f"{i + 1}\n{_clock(i, ',')} --> {_clock(i + 1, ',')}\n{name}: {text}\n" for i, (name, text) in enumerate(turns)
    )


def as_text(turns: Said) -> str:
    return "".join(f"{name}: {text}\n" for name, text in turns)


def as_csv(turns: Said) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows(
        [("role", "text", "start", "end"), *((n, t, i, i + 1) for i, (n, t) in enumerate(turns))]
    )
    return stream.getvalue()


def as_json(turns: Said) -> str:
    return json.dumps([{"speaker": n, "text": t, "start": i, "end": i + 1} for i, (n, t) in enumerate(turns)])


def as_textgrid(turns: Said) -> str:
    def tier(name: str) -> str:
        own = [(i, text) for i, (who, text) in enumerate(turns) if who == name]
        items = "".join(f'{i}\n{i + 1}\n"{text.replace(chr(34), chr(34) * 2)}"\n' for i, text in own)
        return f'"IntervalTier"\n"{name}"\n0\n{len(turns)}\n{len(own)}\n{items}'

    names = sorted({name for name, _ in turns})
    head = f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n{len(turns)}\n<exists>\n{len(names)}\n'
    return head + "".join(map(tier, names))


FORMATS: Mapping[str, Callable[[Said], str]] = {
    "a.vtt": as_vtt,
    "a.srt": as_srt,
    "a.txt": as_text,
    "a.csv": as_csv,
    "a.json": as_json,
    "a.TextGrid": as_textgrid,
}
# Words of letters, digits and marks that speech has; markup and colons are met in tests of their own.
_WORD = st.text(alphabet="abcxyzÄéñ中7'’-.,?!&", min_size=1, max_size=8).filter(lambda w: any(c.isalnum() for c in w))
_TEXT = st.lists(_WORD, min_size=1, max_size=8).map(" ".join)
_TURNS = st.lists(st.tuples(st.sampled_from(["Rep", "Customer"]), _TEXT), min_size=1, max_size=12)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40)
@given(turns=_TURNS)
def test_every_format_gives_the_words_that_were_written_and_their_order(
    tmp_path_factory: pytest.TempPathFactory, name: str, turns: Said
) -> None:
    script = read(tmp_path_factory.mktemp("t"), name, FORMATS[name](turns))
    order = {id(u): u.span.start if u.span else 0.0 for u in script.utterances}
    found = sorted(script.utterances, key=lambda u: order[id(u)])
    assert [(u.speaker, " ".join(w.text for w in u.words)) for u in found] == list(turns)
    for utterance in script.utterances:
        if utterance.span is not None:
            spans = [w.span for w in utterance.words if w.span]
            assert spans[0].start == utterance.span.start
            assert spans[-1].end == utterance.span.end
            assert all(a.end == b.start for a, b in pairwise(spans))


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.binary(max_size=300))
def test_any_bytes_give_a_script_or_an_error_with_file_and_hint(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("t")
    outcome = script_or_error(folder, name, data)
    if isinstance(outcome, TranscriptError):
        assert (outcome.path, bool(outcome.hint)) == (folder / name, True)
    else:
        assert any(utterance.words for utterance in outcome.utterances)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60)
@given(
    turns=_TURNS,
    at=st.integers(0, 400),
    junk=st.sampled_from(["-->", '"', "\n", ":", "<v ", "\x1b[2J", "{", "9" * 400, ","]),
)
def test_a_damaged_file_gives_a_script_or_an_error_with_file_and_hint(
    tmp_path_factory: pytest.TempPathFactory, name: str, turns: Said, at: int, junk: str
) -> None:
    text = FORMATS[name](turns)
    folder = tmp_path_factory.mktemp("t")
    outcome = script_or_error(folder, name, (text[:at] + junk + text[at:]).encode())
    if isinstance(outcome, TranscriptError):
        assert (outcome.path, bool(outcome.hint)) == (folder / name, True)
    else:
        assert any(utterance.words for utterance in outcome.utterances)


@pytest.mark.parametrize("name", FORMATS)
def test_marks_line_ends_and_wide_characters_do_not_matter(tmp_path: Path, name: str) -> None:
    turns = [("Rep", "Wie heißt das?"), ("Customer", "Überall 中文.")]
    text = FORMATS[name](turns)
    variants = [text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode(), text.encode("utf-16")]
    read_back = [sorted(said(read(tmp_path, name, data))) for data in variants]
    assert read_back == [sorted(turns)] * 3


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "is not UTF-8 text"),
        (b"Rep: a\nRep: \0\0", "zero bytes"),
        (b"\xff\xfea", "UTF-16-LE"),
    ],
)
def test_what_is_no_text_is_refused_before_it_is_parsed(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    with pytest.raises(TranscriptError, match=words):
        read(tmp_path, name, data)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(TranscriptError, match="larger than 32 MB"):
        read_script([source_file(path)], max_duration_s=HOURS_4)


def test_more_words_than_any_call_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="more than 200,000 words"):
        read(tmp_path, "a.txt", "Rep: " + "a " * (MAX_WORDS + 1))


def test_one_endless_line_is_read_in_good_time(tmp_path: Path) -> None:
    """No expression may go back and forth over it: 2 MB in each format, within the time limit of the test."""
    for name, text in [
        ("a.txt", "A" * 2_000_000),
        ("a.srt", "A:" * 1_000_000),
        ("a.vtt", "WEBVTT\n\n" + "<" * 2_000_000),
    ]:
        with pytest.raises(TranscriptError):
            read(tmp_path, name, text)
    long = "WEBVTT\n\n00:00.000 --> 00:01.000\n" + "<v " * 90_000 + "x"
    assert len(read(tmp_path, "a.vtt", long).utterances) == 1
    assert read(tmp_path, "a.TextGrid", as_textgrid([("Rep", "<a " * 90_000)])).utterances


def test_times_beyond_the_longest_call_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="beyond the longest call"):
        read(tmp_path, "a.vtt", "WEBVTT\n\n00:00.000 --> 02:00:00.000\nHi\n", limit=3600)


def test_no_words_at_all_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="holds no words"):
        read(tmp_path, "a.vtt", "WEBVTT\n")


def test_two_files_of_one_call_are_its_sides_whatever_names_they_hold(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Speaker 1: Hi\n")
    (tmp_path / "b.txt").write_text("Speaker 1: Yo\n")
    files = [source_file(tmp_path / "a.txt", "rep"), source_file(tmp_path / "b.txt", "customer")]
    script = read_script(files, max_duration_s=HOURS_4, language="en")
    assert [(u.speaker, u.role) for u in script.utterances] == [("rep", "rep"), ("customer", "customer")]
    assert script.language == "en"
