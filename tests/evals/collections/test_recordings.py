"""Recordings: which files are calls, whose sides they are, and the references that lie beside them."""

import json
import wave
from pathlib import Path

import pytest

from evals.collections.recordings import load_recordings, references
from evals.labelled import LabelledCall
from pipeline.errors import InputError
from tests.evals.collections.conftest import Published
from tests.evals.collections.made import written


def sound(path: Path, seconds: float = 1.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * int(8000 * seconds))
    return path


def only(data: Path) -> LabelledCall:
    (call,) = load_recordings(data)
    return call


def test_two_files_named_after_roles_are_one_call(tmp_path: Path) -> None:
    for name in ("caller", "agent"):
        sound(tmp_path / "audio" / "loan" / f"{name}.wav")
    call = only(tmp_path)
    assert [path.name for path in call.files] == ["agent.wav", "caller.wav"]
    assert call.metadata.sides == {"rep": "agent.wav", "customer": "caller.wav"}
    assert (call.voices, call.roles) == (2, {"rep": "rep", "customer": "customer"})


def test_texts_beside_both_sides_are_the_words_of_each(tmp_path: Path) -> None:
    for name in ("customer", "agent"):
        written(sound(tmp_path / "audio" / "loan" / f"{name}.wav").with_suffix(".txt"), f"I am the {name}.\n")
    assert only(tmp_path).reference.by_speaker == {"rep": "I am the agent.", "customer": "I am the customer."}


def test_two_reps_are_not_two_sides(tmp_path: Path) -> None:
    for name in ("agent", "rep"):
        sound(tmp_path / "audio" / "x" / f"{name}.wav")
    assert [call.metadata.sides for call in load_recordings(tmp_path)] == [None, None]


def test_files_beside_a_recording_tell_words_speakers_and_length(tmp_path: Path) -> None:
    path = sound(tmp_path / "audio" / "phone" / "sample.wav", seconds=3.0)
    written(path.with_suffix(".stm"), "s 1 Ann 0 1 Hello?\ns 1 Ben 1 2 Hi.\n")
    written(path.with_suffix(".rttm"), "SPEAKER s 1 0 1 <NA> <NA> x <NA> <NA>\nSPEAKER s 1 1 1 <NA> <NA> y <NA> <NA>\n")
    call = only(tmp_path)
    assert call.reference.words == "Hello? Hi."
    assert call.reference.by_speaker == {"Ann": "Hello?", "Ben": "Hi."}
    assert call.reference.duration == 3.0
    assert call.voices == 2


def test_a_script_belongs_to_the_only_recording_of_its_folder(tmp_path: Path) -> None:
    written(sound(tmp_path / "audio" / "one" / "call.wav").with_name("script.txt"), "Hello.\nBye.\n")
    assert only(tmp_path).reference.words == "Hello. Bye."
    sound(tmp_path / "audio" / "one" / "call2.wav")
    assert [call.reference.words for call in load_recordings(tmp_path)] == [None, None]


def test_a_vendors_words_are_marked_as_machine_made(tmp_path: Path) -> None:
    path = sound(tmp_path / "audio" / "sale" / "call.wav")
    document = {
        "results": [
            {"alternatives": [{"transcript": "hello %HESITATION there "}]},
            {"alternatives": [{"transcript": "bye"}]},
        ],
        "speaker_labels": [{"speaker": 0}, {"speaker": 1}, {"speaker": 0}],
    }
    written(path.with_name("vendor_words_and_speakers.json"), json.dumps(document))
    call = only(tmp_path)
    assert (call.reference.words, call.reference.machine_made, call.voices) == ("hello there bye", True, 2)


@pytest.mark.parametrize("text", ["{", "[]", '{"results": [{"alternatives": []}]}'])
def test_a_damaged_vendors_file_is_named(tmp_path: Path, text: str) -> None:
    sound(tmp_path / "audio" / "sale" / "call.wav")
    path = written(tmp_path / "audio" / "sale" / "vendor_words_and_speakers.json", text)
    with pytest.raises(InputError) as caught:
        load_recordings(tmp_path)
    assert caught.value.path == path


def test_recordings_of_which_nothing_is_known_are_calls_and_no_references(tmp_path: Path) -> None:
    sound(tmp_path / "audio" / "a" / "call.wav")
    written(sound(tmp_path / "audio" / "b" / "call.wav").with_suffix(".txt"), "Hello.")
    assert [call.id for call in load_recordings(tmp_path)] == ["recordings-a-call", "recordings-b-call"]
    assert list(references(tmp_path / "audio")) == ["b/call.wav"]


def test_a_folder_without_sound_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "audio" / "empty").mkdir(parents=True)
    with pytest.raises(InputError, match="holds no recordings"):
        load_recordings(tmp_path)


def test_published_recordings_are_there_and_their_references_lie_within_them(published: Published) -> None:
    calls = published("recordings")
    assert all(path.is_file() for call in calls for path in call.files)
    for call in calls:
        if call.reference.segments is not None and call.reference.duration is not None:
            assert max(s.span.end for s in call.reference.segments) <= call.reference.duration + 0.5
