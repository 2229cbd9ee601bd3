"""A recogniser's and a diarizer's errors: people's words and the machines', each with speakers."""

from pathlib import Path

import pytest

from evals.collections.asr_errors import load_asr_errors
from evals.words import speaker_word_errors, word_errors
from pipeline.errors import InputError
from tests.evals.collections.conftest import Published
from tests.evals.collections.made import asr_errors, written


def test_words_of_people_and_of_machines_are_two_conversations(tmp_path: Path) -> None:
    asr_errors(tmp_path)
    (call,) = load_asr_errors(tmp_path)
    assert call.conversation is not None
    assert call.heard is not None
    assert [(turn.speaker, turn.text) for turn in call.conversation.turns] == [
        ("1", "Right."), ("2", "And where?"), ("1", "oh you know"),
    ]  # fmt: skip
    assert [(turn.speaker, turn.text) for turn in call.heard.turns] == [
        ("1", "Right and"), ("2", "wear"), ("1", "oh you"),
    ]  # fmt: skip
    assert call.reference.by_speaker == {"1": "Right. oh you know", "2": "And where?"}
    assert call.reference.duration == 1.6
    assert call.voices == 2


def test_without_times_there_are_only_words(tmp_path: Path) -> None:
    asr_errors(tmp_path).with_suffix(".rttm").unlink()
    reference = load_asr_errors(tmp_path)[0].reference
    assert (reference.segments, reference.duration) == (None, None)


def test_a_speaker_too_few_is_told(tmp_path: Path) -> None:
    asr_errors(tmp_path, hyp_spk="1 1 2 1")
    with pytest.raises(InputError, match="5 words and 4 speakers"):
        load_asr_errors(tmp_path)


@pytest.mark.parametrize("text", ["{", "{}", '{"utterances": [{"utterance_id": "a"}]}'])
def test_another_shape_is_told_with_its_file(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "labelled" / "real-asr-errors" / "en_2.json", text)
    with pytest.raises(InputError) as caught:
        load_asr_errors(tmp_path)
    assert caught.value.path == path


def test_published_errors_of_speakers_are_on_top_of_those_of_words(published: Published) -> None:
    for call in published("asr_errors"):
        assert call.heard is not None
        assert call.reference.words is not None
        assert call.reference.by_speaker is not None
        heard = {
            s.label: " ".join(t.text for t in call.heard.turns if t.speaker == s.label) for s in call.heard.speakers
        }
        words = word_errors(call.reference.words, " ".join(turn.text for turn in call.heard.turns))
        apart = speaker_word_errors(call.reference.by_speaker, heard)
        assert words.rate is not None
        assert apart.rate is not None
        assert 0 < words.rate < apart.rate < 1
