"""A rep goes first: picks, the three questions, what is put aside, the planned answer to nothing; and answers to
observations, until a coach has listened again."""

from typing import Any

import pytest

from pipeline.cycle.rep_first_acts import FOLLOW_UP_QUESTIONS
from pipeline.domain.review import Review
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.cycle.first.prepared import made, room
from tests.review.rooms import NOW, call_of, client

__all__ = ["made", "room"]
ROOT = "/people/anna/self-review"
API = f"/api{ROOT}"


@pytest.fixture
def call(room: Room) -> str:
    return call_of(room, "Anna")


def view(room: Room, user: str = "anna", path: str = "") -> Any:
    answer = client(room, user).get(API + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def send(room: Room, path: str, status: int = 303, user: str = "anna", **data: Any) -> str:
    answer = client(room, user).post(ROOT + path, data=data)
    assert answer.status_code == status, answer.text
    return answer.text


def answer_all(room: Room, call: str, *, nothing: bool = False) -> None:
    for question in ("how_it_went", "did_well"):
        send(room, f"/{call}/answers", question=question, text="as it was")
    last: dict[str, Any] = {"nothing": "true"} if nothing else {"text": "ask about the price"}
    send(room, f"/{call}/answers", question="would_change", **last)


def approve(room: Room, call: str) -> None:
    standing = state_of(room.workspace, call)
    review = Review(
        call=call,
        action="approved",
        state="approved",
        author="mark",
        at=NOW,
        record=standing.record,
        draft=standing.draft_key,
    )
    room.workspace.reviews.append(call, review)
    room.index.pick_up("reviews", call)


def cited_observation(room: Room, call: str) -> str:
    """The observation that the strength of the feedback rests on."""
    moments = client(room, "mark").get(f"/api/calls/{call}/review").json()["moments"]
    return next(str(m["ref"]) for m in moments if m["part"] == "strength")


def test_calls_of_two_weeks_are_offered_latest_first_and_rehearsals_marked(room: Room, call: str) -> None:
    """Of 1 March live, and the rehearsal of the same day; that of 18 February is fifteen days old on 5 March."""
    found = view(room)["choices"]
    assert {c["call"]: c["rehearsal"] for c in found} == {call: False, found_named(found, "Oak and Sons"): True}
    assert found == sorted(found, key=lambda c: c["at"], reverse=True)
    assert "Rehearsal" in client(room, "anna").get(ROOT).text


def found_named(choices: list[dict[str, Any]], customer: str) -> str:
    return next(str(c["call"]) for c in choices if c["customer"] == customer)


def test_the_search_narrows_by_customer_and_deal(room: Room) -> None:
    assert [c["customer"] for c in view(room, path="?q=oak spring")["choices"]] == ["Oak and Sons"]
    assert view(room, path="?q=harbour")["choices"] == []
    assert "No call of the last two weeks" in client(room, "anna").get(f"{ROOT}?q=<b>").text


def test_two_calls_of_a_week_are_picked_and_a_coach_sees_which(room: Room, call: str) -> None:
    other = found_named(view(room)["choices"], "Oak and Sons")
    send(room, "/picks", call=call, why="struggled")
    send(room, "/picks", call=other, why="went_well")
    slots = {s["why"]: s["picked"]["line"]["call"] for s in view(room, "mark")["slots"]}
    assert slots == {"went_well": other, "struggled": call}
    assert view(room)["choices"] == []
    assert view(room, "mark")["choices"] == []
    assert "Waits for Anna’s comments" in client(room, "mark").get(ROOT).text


def test_a_refused_pick_says_why_on_the_page(room: Room, call: str) -> None:
    send(room, "/picks", call=call, why="struggled")
    text = send(room, "/picks", 400, call=call, why="went_well")
    assert "You picked this call already, as one that was a struggle" in text
    assert "This is no call of yours" in send(room, "/picks", 400, call=call_of(room, "Bert"), why="struggled")


def test_only_the_rep_picks_answers_and_parks(room: Room, call: str) -> None:
    for user in ("mark", "vera", "bert", "nina"):
        for path in ("/picks", "/picks/back", f"/{call}/answers", f"/{call}/prompts", f"/{call}/parked"):
            send(room, path, 404, user, call=call, why="struggled", question="how_it_went", text="x", prompt="x")


def test_a_call_of_somebody_else_has_no_page_under_this_person(room: Room) -> None:
    assert client(room, "mark").get(f"{ROOT}/{call_of(room, 'Bert')}").status_code == 404
    assert client(room, "mark").get(f"{API}/{call_of(room, 'Bert')}").status_code == 404


def test_the_questions_open_one_after_the_other(room: Room, call: str) -> None:
    send(room, "/picks", call=call, why="struggled")
    assert [q["open"] for q in view(room, path=f"/{call}")["questions"]] == [True, False, False]
    text = send(room, f"/{call}/answers", 400, question="did_well", text="my words stay")
    assert "comes later" in text
    assert "my words stay" in text
    send(room, f"/{call}/answers", question="how_it_went", text="slow start")
    found = view(room, "mark", f"/{call}")
    assert [q["open"] for q in found["questions"]] == [True, True, False]
    assert found["questions"][0]["said"]["text"] == "slow start"


def test_an_empty_answer_comes_back_with_what_is_wrong(room: Room, call: str) -> None:
    text = send(room, f"/{call}/answers", 400, question="how_it_went", text="  ")
    assert "The answer is empty" in text


def test_what_was_put_aside_is_offered_in_the_third_question(room: Room, call: str) -> None:
    send(room, f"/{call}/parked", text="I <b>talked</b> over her")
    for question in ("how_it_went", "did_well"):
        send(room, f"/{call}/answers", question=question, text="so")
    text = client(room, "anna").get(f"{ROOT}/{call}").text
    assert "You put aside:" in text
    assert ">\nI &lt;b&gt;talked&lt;/b&gt; over her</textarea>" in text


def test_i_would_not_change_anything_has_a_planned_answer(room: Room, call: str) -> None:
    """Rule: the planned questions one at a time; last of all what was measured, without a word of the draft."""
    send(room, "/picks", call=call, why="struggled")
    answer_all(room, call, nothing=True)
    for n, prompt in enumerate(FOLLOW_UP_QUESTIONS):
        found = view(room, path=f"/{call}")
        assert [p["text"] for p in found["prompts"]] == list(FOLLOW_UP_QUESTIONS[: n + 1])
        assert found["last_resort"] == []
        said: dict[str, Any] = {"nothing": "true"} if n == 1 else {"text": "hm"}
        send(room, f"/{call}/prompts", prompt=prompt, **said)
    found = view(room, path=f"/{call}")
    assert [p["said"]["nothing"] for p in found["prompts"]] == [False, True, False]
    assert (found["from_feedback"], found["last_resort"][:2]) == (
        False,
        ["Of all the talk, 50% was yours.", "You asked 4 questions."],
    )
    assert view(room, "mark", f"/{call}")["last_resort"][1] == "The rep asked 4 questions."


def test_after_approval_the_last_resort_is_what_the_feedback_says(room: Room, call: str) -> None:
    """The questions of the feedback are asked then, too, and after them its own improvement is shown."""
    answer_all(room, call, nothing=True)
    assert len(view(room, path=f"/{call}")["prompts"]) == 1
    approve(room, call)
    feedback = client(room, "anna").get(f"/api/calls/{call}/feedback").json()["feedback"]
    for prompt in (*FOLLOW_UP_QUESTIONS, *feedback["questions"]):
        assert view(room, path=f"/{call}")["prompts"][-1]["text"] == prompt
        send(room, f"/{call}/prompts", prompt=prompt, text="hm")
    found = view(room, path=f"/{call}")
    assert found["from_feedback"]
    assert found["last_resort"] == [feedback["improvement"]]


def test_a_pick_of_another_week_stands_under_earlier(room: Room, call: str) -> None:
    send(room, "/picks", call=call, why="struggled")
    later = NOW.replace(day=12)
    object.__setattr__(room, "now", lambda: later)
    found = view(room)
    assert [s["picked"] for s in found["slots"]] == [None, None]
    assert [(r["line"]["call"], r["waits"]) for r in found["earlier"]] == [(call, True)]


def test_an_observation_is_answered_listened_to_again_and_struck_out(room: Room, call: str) -> None:
    """D6: the answer, the list of a coach, the decision, and the words struck out with who and when in every place."""
    approve(room, call)
    observation = cited_observation(room, call)
    where: dict[str, Any] = {"observation": observation}
    send(room, f"/{call}/observations", stance="not_like_that", text="she had asked for it", **where)
    [row] = view(room, "mark")["appeals"]
    assert (row["said"]["open"], row["said"]["text"]) == (True, "she had asked for it")
    assert row["start"] == 33.0
    assert "Listen again" in client(room, "mark").get(ROOT).text
    send(room, f"/{call}/appeals", user="mark", record="1", upheld="true", text="she asks at 00:30", **where)
    told = "Struck out by Mark on 5 March 2026, after listening again: she asks at 00:30"
    for user in ("anna", "mark", "vera"):
        browser = client(room, user)
        page = browser.get(f"/calls/{call}").text
        assert page.count(told) == 2  # in the feedback, and under its quote in the scorecard
        assert "<s>“So four hours each Sunday" in page
        assert told in browser.get(f"/calls/{call}/pack.md").text.replace("\\", "")
        assert told in browser.get(f"/calls/{call}/pack.html").text
        assert browser.get(f"/api/calls/{call}/pack").json()["clips"][0]["struck"] == told
    rates = view(room, "mark")["rates"]
    shown = len(client(room, "mark").get(f"/api/calls/{call}").json()["observations"])
    assert rates == {"shown": shown, "appealed": 1, "decided": 1, "upheld": 1}


def test_an_appeal_that_is_not_upheld_leaves_the_observation(room: Room, call: str) -> None:
    approve(room, call)
    where: dict[str, Any] = {"observation": cited_observation(room, call)}
    send(room, f"/{call}/observations", stance="did_not_happen", text="that was not me", **where)
    send(room, f"/{call}/appeals", user="vera", record="1", upheld="false", text="it is your voice", **where)
    page = client(room, "anna").get(f"/calls/{call}").text
    assert "Struck out" not in page
    assert "Stands, found by" in page
    assert "listened to again already" in send(room, f"/{call}/observations", 400, stance="agree", text="", **where)


def test_nothing_is_answered_before_it_is_approved_nor_what_does_not_exist(room: Room, call: str) -> None:
    send(room, f"/{call}/observations", 404, observation="o001", stance="agree")
    approve(room, call)
    send(room, f"/{call}/observations", 404, observation="o999", stance="agree")
    send(room, f"/{call}/observations", 303, observation="o001", stance="agree")
    assert "how it was" in send(room, f"/{call}/observations", 400, observation="o001", stance="did_not_happen")


def test_a_rep_does_not_decide_their_own_appeal(room: Room, call: str) -> None:
    approve(room, call)
    where: dict[str, Any] = {"observation": cited_observation(room, call)}
    send(room, f"/{call}/observations", stance="did_not_happen", text="no", **where)
    for user in ("anna", "nina"):
        send(room, f"/{call}/appeals", 404, user, record="1", upheld="true", text="sure", **where)


def test_empty_pages_say_what_will_stand_there(room: Room) -> None:
    text = client(room, "mark").get("/people/bert/self-review").text
    assert "Not picked yet." in text
    assert "Calls picked in other weeks will stand here" in text
    assert "it stands here for you to listen again" in text


def test_texts_of_people_cannot_turn_the_page_around(room: Room, call: str) -> None:
    send(room, f"/{call}/answers", question="how_it_went", text="fine \u202eevil\u202c\x07")
    for user in ("anna", "mark"):
        text = client(room, user).get(f"{ROOT}/{call}").text
        assert "\u202e" not in text
        assert "\x07" not in text
