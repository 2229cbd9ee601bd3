"""A vendor's call analytics: the transcript, and what the vendor measured of it."""

from pathlib import Path

import pytest

from evals.collections.vendor import load_vendor
from pipeline.errors import InputError
from tests.evals.collections.made import vendor, written


def test_seconds_of_talk_and_interruptions_are_the_vendors(tmp_path: Path) -> None:
    vendor(tmp_path)
    (call,) = load_vendor(tmp_path)
    assert call.talk_s == {"rep": 1.0, "customer": 0.5}
    assert call.stated == {"interruptions_by_rep": 1.0}
    assert call.conversation is not None
    assert [(turn.role, turn.text) for turn in call.conversation.turns] == [("rep", "Hello"), ("customer", "Hi")]


def test_files_that_measure_nothing_are_passed_over(tmp_path: Path) -> None:
    vendor(tmp_path)
    written(tmp_path / "imports" / "another.json", '{"results": []}')
    assert [call.id for call in load_vendor(tmp_path)] == ["vendor-call"]


@pytest.mark.parametrize("text", ["[]", "{", '{"results": []}', '{"ConversationCharacteristics": {"TalkTime": 3}}'])
def test_no_such_file_is_an_error(tmp_path: Path, text: str) -> None:
    written(tmp_path / "imports" / "another.json", text)
    with pytest.raises(InputError):
        load_vendor(tmp_path)
