"""PersuasionForGood: sentences to turns, and what the persuadee gave."""

from itertools import pairwise
from pathlib import Path

import pytest

from evals.collections.pitches import load_pitches
from pipeline.errors import InputError
from tests.evals.collections.conftest import Published
from tests.evals.collections.made import pitches

SENTENCES = (
    "2018_A,0,0,Hello.,greeting,,,\n"
    "2018_A,0,0,Would you give?,proposition-of-donation,,ask-donation-amount,\n"
    "2018_A,1,0,  ,,other,,\n"
    "2018_A,1,0,Where does it go?,,ask-org-info,,\n"
    "2018_B,0,0,Hi.,greeting,,,\n"
)
PARTICIPANTS = "2018_A,u1,0,,0.25,10.0\n2018_A,u2,1,5.0,0.5,10.0\n2018_B,u3,1,,,10.0\n"


def test_sentences_of_one_side_in_a_row_are_a_turn_with_all_their_labels(tmp_path: Path) -> None:
    pitches(tmp_path, SENTENCES, PARTICIPANTS)
    first, _ = load_pitches(tmp_path)
    assert first.conversation is not None
    assert [(turn.role, turn.text) for turn in first.conversation.turns] == [
        ("rep", "Hello. Would you give?"), ("customer", "Where does it go?"),
    ]  # fmt: skip
    assert [label.behaviours for label in first.turns] == [
        {"greeting", "proposition_of_donation", "ask_donation_amount"}, {"ask_org_info"},
    ]  # fmt: skip


def test_outcome_is_the_persuadees_gift_and_absent_where_none_is_stated(tmp_path: Path) -> None:
    pitches(tmp_path, SENTENCES, PARTICIPANTS)
    assert [(chat.id, chat.outcome) for chat in load_pitches(tmp_path)] == [
        ("pitches-2018-a", 0.5), ("pitches-2018-b", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentences", "participants", "line", "told"),
    [
        (SENTENCES.replace("2018_A,1,0,Where", "2018_A,2,0,Where"), PARTICIPANTS, 5, "role: '2' is no role"),
        (SENTENCES, PARTICIPANTS.replace("5.0,0.5", "5.0,half"), 3, "B6: 'half' is no amount"),
    ],
)
def test_wrong_cell_is_told(tmp_path: Path, sentences: str, participants: str, line: int, told: str) -> None:
    pitches(tmp_path, sentences, participants)
    with pytest.raises(InputError, match=told) as caught:
        load_pitches(tmp_path)
    assert caught.value.line == line


def test_published_chats_take_turns_and_the_persuader_begins_most_of_them(published: Published) -> None:
    chats = published("pitches")
    for chat in chats:
        assert chat.conversation is not None
        roles = [turn.role for turn in chat.conversation.turns]
        assert all(a != b for a, b in pairwise(roles))
        assert [label.turn_id for label in chat.turns] == [turn.id for turn in chat.conversation.turns]
    begins = [chat.conversation.turns[0].role for chat in chats if chat.conversation is not None]
    assert begins.count("rep") > len(chats) / 2


def test_published_persuadees_who_agree_give_more_often(published: Published) -> None:
    """Were the roles of the participants' table the other way round, who agrees and who gives would not go together."""
    gave: dict[bool, list[bool]] = {True: [], False: []}
    for chat in published("pitches"):
        if chat.outcome is not None:
            agreed = any("agree_donation" in label.behaviours for label in chat.turns)
            gave[agreed].append(chat.outcome > 0)
    assert sum(gave[True]) / len(gave[True]) > sum(gave[False]) / len(gave[False])
