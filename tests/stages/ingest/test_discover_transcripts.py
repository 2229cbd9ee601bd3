"""Which transcripts are calls of their own, and which only stand beside one."""

import logging
from pathlib import Path

import pytest

from pipeline.domain.recording import Consent
from pipeline.errors import ConsentError, MetadataError, RecordingError, TranscriptError
from pipeline.stages.ingest import discover, identify, ingest
from tests.stages.ingest.doubles import FakeAudio
from tests.stages.ingest.test_discover import make, names, only

TURNS = [{"role": "rep", "text": "Hi"}, {"role": "customer", "text": "Yo"}]


def write_list(folder: Path, name: str) -> None:
    (folder / name).write_text('[{"role": "rep", "text": "Hi"}, {"role": "customer", "text": "Yo"}]')


@pytest.mark.parametrize("name", ["a.vtt", "a.SRT", "a.TextGrid", "a.txt", "a.csv"])
def test_a_transcript_given_by_name_is_one(tmp_path: Path, name: str) -> None:
    call = only(discover([make(tmp_path, {name: "x"}) / name]))
    assert (call.problem, call.is_transcript, call.path.name) == (None, True, name)


def test_json_given_by_name_is_a_transcript_if_it_has_the_shape_of_one(tmp_path: Path) -> None:
    write_list(tmp_path, "a.json")
    make(
        tmp_path, {"b.json": {"language": "en", "segments": [{"text": "Hi"}]}, "c.json": {"rep": "Ann"}, "d.json": "{"}
    )
    found = [only(discover([tmp_path / name])) for name in ("a.json", "b.json", "c.json", "d.json")]
    assert [call.is_transcript for call in found] == [True, True, False, True]
    assert isinstance(found[2].problem, RecordingError)


def test_a_folder_has_transcripts_by_ending_and_others_that_somebody_describes(tmp_path: Path) -> None:
    make(
        tmp_path, {"one.vtt": "", "two.srt": "", "three.TextGrid": "", "notes.txt": "", "table.csv": "", "x.json": "{}"}
    )
    make(tmp_path, {"said.txt": "", "said.json": {"consent": "yes"}, "listed.txt": "", "bare.csv": ""})
    write_list(tmp_path, "vendor.json")
    write_list(tmp_path, "listed.json")
    (tmp_path / "calls.csv").write_text("path,consent\nlisted.txt,yes\nlisted.json,yes\n")
    found = discover([tmp_path])
    assert names(found, tmp_path) == ["listed.json", "listed.txt", "one.vtt", "said.txt", "three.TextGrid", "two.srt"]
    consent = {call.path.name: call.metadata.consent for call in found if call.metadata.consent is Consent.YES}
    assert sorted(consent) == ["listed.json", "listed.txt", "said.txt"]
    assert all(call.problem is None and call.is_transcript for call in found)


def test_a_transcript_beside_a_recording_is_left_alone_with_a_note(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(
        tmp_path, {"a.wav": "", "a.vtt": "", "a.wav.srt": "", "a.en.vtt": "", "a.txt": "", "a.json": {"consent": "yes"}}
    )
    make(tmp_path, {"ab.vtt": ""})
    logging.getLogger("filmroom").propagate = True
    with caplog.at_level(logging.WARNING, logger="filmroom"):
        assert names(discover([tmp_path]), tmp_path) == ["a.wav", "ab.vtt"]
    assert "3 left alone beside recordings of the same name, such as a.en.vtt" in caplog.text


def test_by_name_it_is_read_with_the_metadata_of_the_recording(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "a.vtt": "", "a.json": {"consent": "yes", "rep": "Ann"}})
    call = only(discover([tmp_path / "a.vtt"]))
    assert (call.path.name, call.metadata.rep, call.problem) == ("a.vtt", "Ann", None)
    assert names(discover([tmp_path / "a.wav"]), tmp_path) == ["a.wav"]


def test_a_transcript_of_a_joined_call_is_left_alone(tmp_path: Path) -> None:
    sides = {"sides": {"rep": "x.wav", "customer": "y.wav"}}
    make(tmp_path, {"x.wav": "", "y.wav": "", "call.json": sides, "call.vtt": ""})
    assert names(discover([tmp_path]), tmp_path) == ["call.json"]


def test_two_transcripts_may_be_the_sides_of_one_call(tmp_path: Path) -> None:
    sides = {"sides": {"rep": "x.TextGrid", "customer": "y.TextGrid"}, "consent": "yes"}
    make(tmp_path, {"x.TextGrid": "", "y.TextGrid": "", "call.json": sides})
    for given in (tmp_path, tmp_path / "call.json", tmp_path / "x.TextGrid"):
        call = only(discover([given]))
        assert (call.path.name, call.is_transcript) == ("call.json", True)
        assert [(f.path.name, f.role) for f in call.files] == [("x.TextGrid", "rep"), ("y.TextGrid", "customer")]


def test_a_recording_and_a_transcript_are_no_two_sides(tmp_path: Path) -> None:
    sides = {"sides": {"rep": "x.wav", "customer": "y.vtt"}}
    call = only(discover([make(tmp_path, {"x.wav": "", "y.vtt": "", "call.json": sides})]))
    assert isinstance(call.problem, MetadataError)
    assert "are no two sides of one call" in call.problem.message


def test_text_files_nobody_names_are_told_of_where_there_is_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("filmroom").propagate = True
    with caplog.at_level(logging.WARNING, logger="filmroom"):
        assert discover([make(tmp_path, {"call.txt": "Rep: Hi"})]) == ()
    assert "such as call.txt, are read when given by name, or named in calls.csv" in caplog.text


def test_nothing_is_parsed_before_consent_is_known(tmp_path: Path) -> None:
    """The file is no text at all, and it is the consent that is asked for."""
    (tmp_path / "a.vtt").write_bytes(b"\xff\xff")
    call = only(discover([tmp_path / "a.vtt"]))
    with pytest.raises(ConsentError, match="nobody stated"):
        identify(call)
    with pytest.raises(TranscriptError):
        ingest(call, identify(call, require_consent=False), audio=FakeAudio())


def test_a_transcript_is_a_recording_without_sound(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Rep>Hi\n"
    call = only(discover([make(tmp_path, {"a.vtt": text, "a.json": {"consent": "yes"}}) / "a.vtt"]))
    audio = FakeAudio()
    recording = ingest(call, identify(call), audio=audio)
    assert (recording.kind, recording.container, recording.duration, recording.sides) == (
        "transcript",
        "webvtt",
        4.0,
        (),
    )
    assert (recording.sample_rate, recording.n_channels, audio.opened) == (0, 0, [])
    assert recording.call == "c" + recording.files[0].sha256[:12]
