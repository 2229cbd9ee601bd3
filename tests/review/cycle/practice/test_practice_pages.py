"""The practice page: cards from approved feedback only, attempts that count once, the same as JSON."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.domain.cycle.focus import FocusOpened
from pipeline.domain.review import Review
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.cycle.practice.rooms import approved_call, practising
from tests.review.rooms import NOW, SALE, add_calls, call_of, client

WORRY = SALE[7][3]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = practising(tmp_path, ("Anna", "Bert"))
    yield room
    room.rehearsals.close()
    room.close()


def cards(room: Room, user: str = "anna") -> list[dict[str, object]]:
    found: list[dict[str, object]] = client(room, user).get("/api/people/anna/practice").json()["cards"]
    return found


def test_no_card_and_no_word_of_a_call_before_its_feedback_is_approved(room: Room) -> None:
    page = client(room, "anna").get("/people/anna/practice")
    assert page.status_code == 200
    assert WORRY not in page.text
    assert cards(room) == []
    assert "Cards stand here once feedback is approved" in page.text


def test_a_card_has_the_customer_s_line_its_time_and_its_sound(room: Room) -> None:
    call = approved_call(room)
    page = client(room, "anna").get("/people/anna/practice").text
    assert WORRY in page
    assert f'src="/calls/{call}/sound#t=39.00,45.00"' in page
    (card,) = cards(room)
    assert card["line"] == {
        "text": WORRY, "speaker": "Customer", "clock": "00:39", "start": 39.0, "end": 45.0,
        "sound": f"/calls/{call}/sound#t=39.00,45.00",
    }  # fmt: skip
    assert (card["behaviour"], card["absent"], card["n_attempts"]) == ("concern_explored", "", 0)


def test_the_rep_and_those_above_see_the_same_card_and_nobody_else_any(room: Room) -> None:
    approved_call(room)
    own, coach = cards(room), cards(room, "mark")
    assert own == coach
    assert client(room, "bert").get("/people/anna/practice").status_code == 404
    assert client(room, "nina").get("/api/people/anna/practice").status_code == 404


def test_a_coach_s_own_wording_of_the_practice_is_on_the_card(room: Room) -> None:
    call = call_of(room, "Anna")
    standing = state_of(room.workspace, call)
    feedback = standing.feedback.model_copy(update={"practice": "Say it back to me before you answer."})
    room.workspace.reviews.append(
        call,
        Review(
            call=call, action="approved", state="approved", author="mark", at=NOW, record=standing.record,
            draft=standing.draft_key, feedback=feedback,
        ),
    )  # fmt: skip
    room.index.pick_up("reviews", call)
    (card,) = cards(room)
    assert (card["task"], card["written"]) == (["Say it back to me before you answer."], True)


def test_the_card_of_a_focus_comes_first_and_counts_for_it(room: Room, tmp_path: Path) -> None:
    (later,) = add_calls(
        room.workspace, tmp_path / "later", ["Anna"], stated={"started_at": "2026-03-04T10:00:00+00:00"}
    )
    room.index.refresh()
    call = approved_call(room)
    opened = FocusOpened(
        rubric="discovery", capability="concerns", behaviour="concern_explored", shown=3, of=5, call=call
    )
    focus(room, opened)
    (card,) = cards(room)
    assert (card["focus"], card["call"]) == ("f1", call)
    say(room, f"{call} concern_explored", nth="1")
    (card,) = cards(room)
    assert (card["n_attempts"], card["of_focus"], card["nth"]) == (1, 1, 2)
    assert later not in client(room, "anna").get("/people/anna/practice").text


def test_a_focus_seen_in_a_call_nobody_approved_has_a_card_without_its_words(room: Room) -> None:
    call = call_of(room, "Anna")
    focus(
        room,
        FocusOpened(rubric="discovery", capability="concerns", behaviour="concern_explored", shown=3, of=5, call=call),
    )
    page = client(room, "anna").get("/people/anna/practice").text
    assert WORRY not in page
    (card,) = cards(room)
    assert (card["line"], card["focus"]) == (None, "f1")
    assert "not approved" in str(card["absent"])
    assert card["task"]


def test_a_rehearsal_makes_no_card(room: Room, tmp_path: Path) -> None:
    (call,) = add_calls(room.workspace, tmp_path / "sim", ["Anna"], stated={"mode": "simulated"})
    room.index.refresh()
    standing = state_of(room.workspace, call)
    room.workspace.reviews.append(
        call,
        Review(
            call=call, action="approved", state="approved", author="mark", at=NOW, record=standing.record,
            draft=standing.draft_key, feedback=standing.feedback,
        ),
    )  # fmt: skip
    room.index.pick_up("reviews", call)
    assert cards(room) == []


class TestAttempts:
    def test_are_written_by_form_without_script_and_counted(self, room: Room) -> None:
        call = approved_call(room)
        answer = say(room, f"{call} concern_explored", with_whom="Bert", note="asked once, then pitched", nth="1")
        assert answer == (303, "/people/anna/practice#attempts")
        page = client(room, "mark").get("/people/anna/practice").text
        assert "asked once, then pitched" in page
        (one,) = client(room, "anna").get("/api/people/anna/practice").json()["attempts"]
        assert (one["by"], one["with_whom"], one["number"]) == ("You", "Bert", 1)

    def test_a_double_click_counts_once(self, room: Room) -> None:
        call = approved_call(room)
        for _ in range(2):
            say(room, f"{call} concern_explored", note="the same", nth="1")
        assert cards(room)[0]["n_attempts"] == 1

    def test_a_card_of_somebody_else_s_call_is_refused(self, room: Room) -> None:
        call = approved_call(room, "Bert")
        assert say(room, f"{call} concern_explored")[0] == 400

    @pytest.mark.parametrize("card", ["", "nothing", "c0123456789ab charm"])
    def test_what_is_no_card_is_refused(self, room: Room, card: str) -> None:
        assert say(room, card)[0] == 400

    def test_a_program_writes_one_too(self, room: Room) -> None:
        call = approved_call(room)
        new = {"call": call, "behaviour": "concern_explored", "note": "<script>alert(1)</script>"}
        answer = client(room, "mark").post("/api/people/anna/practice/attempts", json=new)
        assert (answer.status_code, answer.json()) == (201, {"person": "anna", "number": 1})
        page = client(room, "anna").get("/people/anna/practice").text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_stand_in_the_trail_without_a_word_of_them(self, room: Room) -> None:
        call = approved_call(room)
        say(room, f"{call} concern_explored", note="privately")
        trail = (room.workspace.root / "audit").glob("*")
        text = "".join(path.read_text() for path in trail if path.is_file())
        assert "practice_tried anna 1" in text
        assert "privately" not in text


def focus(room: Room, opened: FocusOpened) -> None:
    from pipeline.cycle.desk import CycleDesk

    CycleDesk(room.workspace, NOW, "mark").add("anna", lambda _: opened)
    room.index.pick_up("cycle", "anna")


def say(room: Room, card: str, **fields: str) -> tuple[int, str]:
    answer = client(room, "anna").post("/people/anna/practice/attempts", data={"card": card, **fields})
    return answer.status_code, answer.headers.get("location", "")
