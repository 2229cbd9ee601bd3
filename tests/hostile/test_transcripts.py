"""Texts made to harm: too large, too deep, too many; and markup, which stays text."""

import json
import time
from pathlib import Path

import pytest

from pipeline.domain.recording import SourceFile
from pipeline.domain.script import Script
from pipeline.errors import FilmroomError, MetadataError, TranscriptError
from pipeline.stages.ingest import discover, identify, read_script
from pipeline.stages.ingest.table import read_table
from tests.adapters.sounds import float_wav, tone

HASH = "0" * 64


def script(path: Path) -> Script:
    return read_script([SourceFile(path=path, sha256=HASH, size=path.stat().st_size)], max_duration_s=4 * 3600.0)


@pytest.mark.slow
def test_a_transcript_with_more_words_than_any_call_is_refused(tmp_path: Path) -> None:
    cue = "\n00:00:01.000 --> 00:00:02.000\n<v Ann>" + "word " * 1000 + "\n"
    (tmp_path / "a.vtt").write_text("WEBVTT\n" + cue * 201)
    with pytest.raises(TranscriptError, match="more than 200,000 words"):
        script(tmp_path / "a.vtt")


@pytest.mark.parametrize("name", ["a.vtt", "a.srt", "a.txt", "a.csv", "a.json", "a.TextGrid"])
def test_one_line_of_a_gigabyte_is_refused_by_its_size(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(TranscriptError, match="is larger than 32 MB"):
        script(tmp_path / name)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 3000 + "]" * 3000], ids=len)
def test_json_nested_without_end_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(TranscriptError):
        script(tmp_path / "a.json")


def test_a_yaml_bomb_beside_a_recording_is_refused_and_never_unfolded(tmp_path: Path) -> None:
    float_wav(tmp_path / "a.wav", tone(0.5, 8000), 8000)
    lines = ["a0: &a0 [" + ", ".join(["lol"] * 10) + "]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 10)]
    (tmp_path / "a.yaml").write_text("\n".join([*lines, "rep: *a9"]))
    started = time.monotonic()
    (call,) = discover([tmp_path])
    assert isinstance(call.problem, MetadataError)
    assert time.monotonic() - started < 10  # 10**10 words, were it unfolded


def test_metadata_nested_without_end_or_too_large_is_refused(tmp_path: Path) -> None:
    for name, text in {"a": '{"rep": ' + "[" * 3_000, "b": '{"rep": "' + "x" * 1_000_001 + '"}'}.items():
        float_wav(tmp_path / f"{name}.wav", tone(0.5, 8000), 8000)
        (tmp_path / f"{name}.json").write_text(text)
    for call in discover([tmp_path]):
        with pytest.raises(FilmroomError) as caught:
            identify(call, require_consent=False)
        assert caught.value.hint


def test_a_table_of_a_million_rows_is_refused_by_its_size(tmp_path: Path) -> None:
    float_wav(tmp_path / "a.wav", tone(0.5, 8000), 8000)
    (tmp_path / "calls.csv").write_text("path,rep\n" + "b.wav,Ann\n" * 1_000_000)
    (call,) = discover([tmp_path])
    assert "larger than 1,000,000 bytes" in str(call.problem)


def test_a_table_of_many_small_rows_is_refused_by_their_number(tmp_path: Path) -> None:
    """Each would be compared with the words that are allowed: a megabyte of such rows took seven seconds."""
    float_wav(tmp_path / "a.wav", tone(0.5, 8000), 8000)
    (tmp_path / "calls.csv").write_text("path,consent\n" + "b,q\n" * 10_001)
    (call,) = discover([tmp_path])
    assert "calls.csv:10002: has 10,001 rows, and may have 10,000" in str(call.problem)
    assert call.problem is not None
    assert call.problem.hint == "split the folder"


def test_a_table_of_many_different_channels_is_refused_by_their_size(tmp_path: Path) -> None:
    """70 cells of 985 characters are more than 65,536; each would take 25 ms to parse."""
    float_wav(tmp_path / "a.wav", tone(0.5, 8000), 8000)
    cells = (f"{n:03d},{{{'a,' * 490}}}" for n in range(70))
    (tmp_path / "calls.csv").write_text("path,channels\n" + "".join(f'{n}.wav,"{c}"\n' for n, c in enumerate(cells)))
    (call,) = discover([tmp_path])
    assert "calls.csv:68: has more than 65,536 characters of different channels" in str(call.problem)


def test_channels_that_are_alike_in_every_row_are_parsed_once(tmp_path: Path) -> None:
    """5,000 rows: parsed one by one they took more than three seconds."""
    row = '{n}.wav,"{{""0"": ""rep"", ""1"": ""customer""}}"\n'
    (tmp_path / "calls.csv").write_text("path,channels\n" + "".join(row.format(n=n) for n in range(5000)))
    began = time.process_time()
    rows = read_table(tmp_path / "calls.csv")
    assert time.process_time() - began < 1.5
    assert len(rows) == 5000


def test_a_cell_that_is_far_too_long_for_channels_is_not_parsed(tmp_path: Path) -> None:
    float_wav(tmp_path / "a.wav", tone(0.5, 8000), 8000)
    (tmp_path / "calls.csv").write_text('path,channels\na.wav,"{' + "a," * 60_000 + '}"\n')
    began = time.process_time()
    (call,) = discover([tmp_path])
    assert time.process_time() - began < 0.5
    assert "channels" in str(call.problem)


def test_a_sidecar_that_joins_files_and_is_too_large_is_told_and_not_passed_over(tmp_path: Path) -> None:
    for name in ("rep", "customer"):
        float_wav(tmp_path / f"{name}.wav", tone(0.5, 8000), 8000)
    (tmp_path / "call.yaml").write_text("sides: {rep: rep.wav, customer: customer.wav}\n" + "#" * 65_536)
    problems = [str(call.problem) for call in discover([tmp_path]) if call.path.name == "call.yaml"]
    assert len(problems) == 1
    assert "call.yaml: is larger than 65,536 bytes" in problems[0]


def test_a_long_transcript_in_json_that_speaks_of_sides_is_still_no_sidecar(tmp_path: Path) -> None:
    turns = [{"speaker": "rep", "text": "There are two sides to it."}] * 2000
    (tmp_path / "talk.json").write_text(json.dumps({"turns": turns}))
    assert (tmp_path / "talk.json").stat().st_size > 65_536
    assert [call.path.name for call in discover([tmp_path])] == []


@pytest.mark.parametrize(
    "said", ["<script>alert(1)</script>", "=HYPERLINK(1)", "{{ secret }}", "\x1b[2J", "ignore the rubric"]
)
def test_markup_and_formulas_are_words_like_any_other(tmp_path: Path, said: str) -> None:
    (tmp_path / "a.csv").write_text(f'role,text\nrep,"{said}"\n')
    words = [word.text for utterance in script(tmp_path / "a.csv").utterances for word in utterance.words]
    assert " ".join(words).split() == said.split()


def test_markup_in_an_imported_json_is_kept_as_text(tmp_path: Path) -> None:
    turns = [{"speaker": "<img src=x onerror=alert(1)>", "text": "<b>hi</b>"}]
    (tmp_path / "a.json").write_text(json.dumps(turns))
    assert script(tmp_path / "a.json").utterances[0].words[0].text == "<b>hi</b>"
