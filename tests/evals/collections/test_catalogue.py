"""The catalogue of collections: what is there is loaded, and what is not there or damaged stops nothing."""

from pathlib import Path

import pytest

from evals.collections.catalogue import COLLECTIONS, available, load
from pipeline.errors import InputError, NotFoundError
from tests.evals.collections.conftest import Loaded
from tests.evals.collections.made import asr_errors, consultation, counselling, phone, pitches, vendor, written

TALK = {"utterance_id": "0", "interlocutor": "client", "utterance_text": "Too much.", "client_talk_type": "change"}


def test_every_collection_says_what_it_is_and_what_it_is_good_for() -> None:
    assert all(name == c.name and c.title and c.licence and c.good_for for name, c in COLLECTIONS.items())


def test_without_a_folder_everything_is_skipped_with_a_reason() -> None:
    found, skipped = available(None)
    assert found == {}
    assert [s.what for s in skipped] == list(COLLECTIONS)
    assert all("FILMROOM_SHARED" in s.reason for s in skipped)


def test_absent_and_damaged_collections_do_not_stop_the_others(tmp_path: Path) -> None:
    consultation(tmp_path, "day9_c77")
    vendor(tmp_path, "other.json")
    phone(tmp_path, "9.txt", "A|only two\n")
    found, skipped = available(tmp_path)
    assert {name: [call.id for call in calls] for name, calls in found.items()} == {
        "consultations": ["consultations-day9-c77"], "vendor": ["vendor-other"],
    }  # fmt: skip
    reasons = {s.what: s.reason for s in skipped}
    assert set(reasons) == {"recordings", "counselling", "pitches", "phone", "asr_errors"}
    assert "9.txt:1: 2 fields" in reasons["phone"]


def test_other_conversations_of_the_same_layout_are_loaded(tmp_path: Path) -> None:
    counselling(tmp_path, TALK | {"transcript_id": "999", "mi_quality": "low"})
    pitches(tmp_path, "x,0,0,Hi.,greeting,,,\n", "x,u,1,,0.1,1\n")
    phone(tmp_path, "sw_other.txt", "A|Why?|qw\n")
    asr_errors(tmp_path, utterance_id="en_1")
    found, _ = available(tmp_path)
    assert {name: calls[0].id for name, calls in found.items()} == {
        "counselling": "counselling-999",
        "pitches": "pitches-x",
        "phone": "phone-sw-other",
        "asr_errors": "asr-errors-en-1",
    }


def test_an_empty_table_is_no_collection(tmp_path: Path) -> None:
    counselling(tmp_path)
    with pytest.raises(InputError, match="holds no calls"):
        load("counselling", tmp_path)


def test_two_calls_of_one_id_are_told(tmp_path: Path) -> None:
    counselling(tmp_path, TALK, TALK | {"transcript_id": "8"}, TALK)
    with pytest.raises(InputError, match="counselling-7 twice"):
        load("counselling", tmp_path)


def test_a_shape_that_no_loader_foresaw_is_the_files_fault(tmp_path: Path) -> None:
    path = asr_errors(tmp_path)
    written(path.with_suffix(".rttm"), "SPEAKER en_1 0 -1.0 0.5 <NA> <NA> en_1_A\n")
    _, skipped = available(tmp_path)
    assert "en_1.rttm:1:" in {s.what: s.reason for s in skipped}["asr_errors"]


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        load("novels", tmp_path)
    assert "counselling" in caught.value.hint


def test_every_published_call_has_an_id_of_its_own_and_labels_of_its_own_turns(loaded: Loaded) -> None:
    found, _ = loaded
    assert found
    calls = [call for collection in found.values() for call in collection]
    assert len({call.id for call in calls}) == len(calls)
    for call in calls:
        turns = {turn.id for turn in call.conversation.turns} if call.conversation else set()
        assert {label.turn_id for label in call.turns} <= turns
        assert {label.rater for label in call.turns} <= set(call.raters)
