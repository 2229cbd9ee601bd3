"""The transcript of a call's page: names that people gave, and when each word that can be seen is said."""

from pathlib import Path

import pytest

from pipeline.domain.span import Span
from pipeline.domain.speech import Turn, Word
from pipeline.export.transcript import TurnRow
from pipeline.review.call.transcript import turn_views
from pipeline.review.room import Room
from tests.review.rooms import call_of, client, make_room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path, ("Anna",))


def cues(*words: tuple[str, float | None]) -> str:
    """The cues of one turn of these words, each with its start; a word lasts 0.2 s."""
    turn = Turn(
        id="t0001",
        speaker="S1",
        role="rep",
        words=tuple(
            Word(text=text, span=None if start is None else Span(start=start, end=start + 0.2)) for text, start in words
        ),
    )
    row = TurnRow(id="t0001", role="rep", speaker="Rep", span=turn.span, pieces=(), backchannel=False)

    class Conversation:
        turns = (turn,)

    class Result:
        conversation = Conversation()

    (view,) = turn_views(Result(), (row,), {})  # type: ignore[arg-type]  # all that it looks at
    return view.cues


def test_a_cue_is_hundredths_of_a_second_after_the_turns_start() -> None:
    assert cues(("Hello,", 60.0), ("this", 60.25), ("is", 60.5), ("Tom.", 61.004)) == "0 25 50 100"


def test_every_word_that_can_be_seen_has_one_cue() -> None:
    # A page parts words at spaces: "New York" is two of them, a zero-width space none, "a\u202eb" one.
    assert cues(("New York", 10.0), ("\u200b", 10.5), ("a\u202eb", 11.0), ("now", None)) == "0 0 100 -"


def test_a_turn_without_times_has_no_cues() -> None:
    assert cues(("Hello", None), ("there", None)) == ""


def test_names_stand_in_place_of_roles(room: Room) -> None:
    result = room.result(room.record(call_of(room, "Anna"))[1])
    _, turns = room.sheets.get(room.record(call_of(room, "Anna"))[1], result, {"S1": "Ann \u202eLee"}, judged=True)
    assert [turn.speaker for turn in turns[:3]] == ["Ann Lee", "Customer", "Ann Lee"]
    assert [len(turn.cues.split()) for turn in turns] == [len(turn.words) for turn in result.conversation.turns]


def test_a_name_that_a_person_gave_is_on_the_page(room: Room) -> None:
    call, browser = call_of(room, "Anna"), client(room, "mark")
    view = browser.get(f"/api/calls/{call}/speakers").json()
    fields = {"after": str(view["after"]), "heard": view["heard"]}
    rows = view["rows"]
    answer = browser.post(
        f"/calls/{call}/speakers",
        data={**fields, "role": [row["role"] for row in rows], "name": ["Ann Lee"] + [""] * (len(rows) - 1)},
    )
    assert answer.status_code == 303
    assert f'<span lang="en" dir="auto">{"Ann Lee"}</span>' in browser.get(f"/calls/{call}").text


def test_words_of_a_rep_are_marked_for_who_may_see_it_alone(room: Room) -> None:
    record = room.record(call_of(room, "Anna"))[1]
    result = room.result(record)
    marked = {
        judged: sum(
            bool(piece.moment)
            for turn in room.sheets.get(record, result, {}, judged=judged)[1]
            for piece in turn.pieces
        )
        for judged in (True, False)
    }
    assert marked[True] > 0
    assert marked[False] == 0
