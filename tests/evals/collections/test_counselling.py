"""AnnoMI: what its rows become, on rows made by hand and on all of the talks that are there."""

from pathlib import Path

import pytest

from evals.collections.counselling import load_counselling
from evals.labelled import TurnLabel
from pipeline.errors import InputError
from tests.evals.collections.conftest import Published
from tests.evals.collections.made import counselling

ASKED = {
    "utterance_id": "0", "interlocutor": "therapist", "utterance_text": "How much, and is it okay to ask?",
    "question_exists": "True", "question_subtype": "open",
    "therapist_input_exists": "True", "therapist_input_subtype": "negotiation",
}  # fmt: skip
REFLECTED = {
    "utterance_id": "0", "interlocutor": "therapist", "utterance_text": "How much, and is it okay to ask?",
    "reflection_exists": "True", "reflection_subtype": "complex", "annotator_id": "5",
}  # fmt: skip
ANSWERED = {"utterance_id": "1", "interlocutor": "client", "utterance_text": "Too much.", "client_talk_type": "change"}


def test_each_annotator_has_a_label_of_the_same_turn(tmp_path: Path) -> None:
    counselling(tmp_path, ASKED, REFLECTED, ANSWERED)
    (talk,) = load_counselling(tmp_path)
    assert talk.raters == ("3", "5")
    assert talk.turns == (
        TurnLabel(
            turn_id="t0001",
            rater="3",
            behaviours=frozenset({"open_question", "negotiation"}),
            asks=True,
            openness="open",
        ),
        TurnLabel(turn_id="t0001", rater="5", behaviours=frozenset({"reflection_complex"}), asks=False),
        TurnLabel(turn_id="t0002", rater="3", behaviours=frozenset({"change_talk"})),
    )


def test_therapist_is_rep_and_client_is_customer_without_times(tmp_path: Path) -> None:
    counselling(tmp_path, ASKED, ANSWERED)
    (talk,) = load_counselling(tmp_path)
    assert talk.conversation is not None
    assert [(turn.role, turn.text, turn.span) for turn in talk.conversation.turns] == [
        ("rep", "How much, and is it okay to ask?", None), ("customer", "Too much.", None),
    ]  # fmt: skip
    assert not talk.conversation.timed
    assert talk.quality == "high"


def test_an_utterance_without_words_is_no_turn(tmp_path: Path) -> None:
    counselling(tmp_path, ASKED | {"utterance_text": " "}, ANSWERED)
    (talk,) = load_counselling(tmp_path)
    assert [label.turn_id for label in talk.turns] == ["t0001"]
    assert talk.turns[0].behaviours == {"change_talk"}


def test_neutral_talk_is_a_label_without_behaviour(tmp_path: Path) -> None:
    counselling(tmp_path, ANSWERED | {"client_talk_type": "neutral"})
    (talk,) = load_counselling(tmp_path)
    assert talk.turns == (TurnLabel(turn_id="t0001", rater="3"),)


@pytest.mark.parametrize(("column", "word"), [("mi_quality", "middling"), ("interlocutor", "friend")])
def test_a_word_that_is_none_is_told_with_line_and_column(tmp_path: Path, column: str, word: str) -> None:
    counselling(tmp_path, ANSWERED, ANSWERED | {"transcript_id": "8", column: word})
    with pytest.raises(InputError, match=f"{column}: '{word}'") as caught:
        load_counselling(tmp_path)
    assert (caught.value.line, caught.value.column is not None) == (3, True)


def test_an_absent_table_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_counselling(tmp_path)
    assert "FILMROOM_SHARED" in caught.value.hint


def test_published_talks_label_every_turn_once_a_rater(published: Published) -> None:
    for talk in published("counselling"):
        assert talk.conversation is not None
        ids = [turn.id for turn in talk.conversation.turns]
        for rater in talk.raters:
            assert [label.turn_id for label in talk.turns if label.rater == rater] == ids


def test_published_talks_keep_questions_to_the_therapist_and_talk_of_change_to_the_client(published: Published) -> None:
    for talk in published("counselling"):
        assert talk.conversation is not None
        roles = {turn.id: turn.role for turn in talk.conversation.turns}
        assert all((label.asks is not None) == (roles[label.turn_id] == "rep") for label in talk.turns)
        of_client = [label for label in talk.turns if label.behaviours & {"change_talk", "sustain_talk"}]
        assert all(roles[label.turn_id] == "customer" for label in of_client)
        assert all(label.asks for label in talk.turns if label.openness is not None)
