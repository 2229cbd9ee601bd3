"""Switchboard: rows to turns, and which acts ask."""

from pathlib import Path

import pytest

from evals.collections.phone import load_phone
from pipeline.errors import InputError
from tests.evals.collections.conftest import Published
from tests.evals.collections.made import phone

CALL = (
    "A|So,|%\nA|did you go|qy\nB|Uh-huh.|b\nA|to the fair?|+\n"
    "B|You went?|qy^d\nA|Who knows?|qh\nB|Did you?|bh\nA|And why?|qw\n"
)


def test_a_continuation_belongs_to_the_last_turn_of_its_speaker(tmp_path: Path) -> None:
    phone(tmp_path, "2001.txt", CALL)
    (call,) = load_phone(tmp_path)
    assert call.conversation is not None
    assert [turn.text for turn in call.conversation.turns] == [
        "So,", "did you go to the fair?", "Uh-huh.", "You went?", "Who knows?", "Did you?", "And why?",
    ]  # fmt: skip
    assert {turn.role for turn in call.conversation.turns} == {"unknown"}


def test_questions_are_told_from_what_only_looks_like_one(tmp_path: Path) -> None:
    phone(tmp_path, "2001.txt", CALL)
    (call,) = load_phone(tmp_path)
    assert [label.asks for label in call.turns] == [False, True, False, True, False, False, True]
    assert [label.declarative for label in call.turns] == [False, False, False, True, False, False, False]
    assert call.turns[4].behaviours == {"qh"}


@pytest.mark.parametrize(
    ("act", "asks"),
    [("qo", True), ("qrr", True), ("qy^t", True), ("qw^d", True), ("br", False), ("sd", False), ("^q", False)],
)
def test_acts_that_ask(tmp_path: Path, act: str, asks: bool) -> None:
    phone(tmp_path, "2001.txt", f"A|Something|{act}\n")
    assert load_phone(tmp_path)[0].turns[0].asks is asks


def test_the_legend_is_no_call_and_without_others_there_is_none(tmp_path: Path) -> None:
    phone(tmp_path, "sw9.txt", CALL).unlink()
    with pytest.raises(InputError, match="holds no calls"):
        load_phone(tmp_path)


def test_a_row_of_two_fields_is_told(tmp_path: Path) -> None:
    phone(tmp_path, "2001.txt", "A|Hi.|fp\nB|Hi.\n")
    with pytest.raises(InputError, match="2 fields") as caught:
        load_phone(tmp_path)
    assert caught.value.line == 2


def test_published_calls_have_two_speakers_and_a_label_a_turn(published: Published) -> None:
    for call in published("phone"):
        assert call.conversation is not None
        assert len(call.conversation.speakers) == 2
        assert [label.turn_id for label in call.turns] == [turn.id for turn in call.conversation.turns]
        assert all(label.asks for label in call.turns if label.declarative)
