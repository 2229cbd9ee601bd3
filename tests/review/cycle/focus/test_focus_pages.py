"""The page of a focus: opened by a coach, ticked by the rep, praised, ended by a person, and nobody else's."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from pipeline.cycle.desk import CycleDesk, history_of
from pipeline.cycle.focus import FocusState, focuses
from pipeline.cycle.focus_acts import find_focus
from pipeline.cycle.follow_ups import follow_ups
from pipeline.domain.cycle.rep_first import Picked
from pipeline.review.audit import Wanted
from pipeline.review.room import Room
from tests.review.cycle.focus.calls import FOCUS, QUESTION, START, add_day, fill, open_copy
from tests.review.rooms import Clock, client

HERE = "/people/anna/focus"
OPEN = {"what": "discovery/concern_explored", "shown": "2", "of": "3"}
STEPS = {
    "step_text": ["Write down two questions", "", "Ask one in the next call"],
    "step_who": ["rep", "rep", "both"],
    "step_by": ["2026-03-04", "", ""],
}


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """Anna: nothing shown on the 2nd, shown on the 3rd, not on the 4th, no chance on the 5th."""
    folder = tmp_path_factory.mktemp("focus")
    return folder / "w", fill(folder, "+-o")


@pytest.fixture
def room(filled: tuple[Path, tuple[str, ...]], tmp_path: Path, clock: Clock) -> Iterator[Room]:
    made = open_copy(filled[0], tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def calls(filled: tuple[Path, tuple[str, ...]]) -> tuple[str, ...]:
    return filled[1]


@pytest.fixture
def mark(room: Room) -> TestClient:
    return client(room, "mark")


@pytest.fixture
def anna(room: Room) -> TestClient:
    return client(room, "anna")


def of_anna(room: Room) -> tuple[FocusState, ...]:
    return focuses(history_of(room.workspace, "anna"))


def text_of(page: str) -> str:
    """What is read on a page: its text without tags, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def opened(mark: TestClient, **more: object) -> None:
    assert mark.post(HERE, data={**OPEN, **STEPS, **more}).status_code == 303


def another_day(room: Room, clock: Clock, sign: str, of_march: int, folder: Path) -> str:
    """The id of a further call of Anna's, with the clock on its evening."""
    found = add_day(room.workspace, folder / "more", sign, of_march=of_march)
    clock.at = datetime(2026, 3, of_march, 18, tzinfo=UTC)
    room.index.refresh()
    return found


def test_without_a_focus_the_page_says_what_will_stand_there(mark: TestClient, anna: TestClient) -> None:
    own, above = anna.get(HERE).text, mark.get(HERE).text
    assert "No focus is open" in own
    assert "No focus is open" in above
    assert 'name="what"' in above
    assert 'name="what"' not in own


def test_a_focus_is_opened_with_its_steps_and_shown_to_both(room: Room, mark: TestClient, anna: TestClient) -> None:
    opened(mark, follow_up="2026-03-09")
    (found,) = of_anna(room)
    assert (found.opened.capability, found.opened.shown, found.opened.of) == ("concerns", 2, 3)
    assert [(s.step.text, s.step.who, s.step.by) for s in found.steps] == [
        ("Write down two questions", "rep", date(2026, 3, 4)),
        ("Ask one in the next call", "both", None),
    ]
    for page in (text_of(mark.get(HERE).text), text_of(anna.get(HERE).text)):
        assert "Asks what is behind the concern before answering it" in page
        assert "Shown in 1 of the last 2 calls" in page
        assert "We look at it again on Monday, 9 March 2026." in page


def test_the_strip_has_a_square_for_each_call_with_words_and_a_link(
    mark: TestClient, anna: TestClient, calls: tuple[str, ...]
) -> None:
    opened(mark)
    (card,) = anna.get(f"/api{HERE}").json()["open"]
    assert [(s["call"], s["state"], s["words"]) for s in card["squares"]] == [
        (calls[1], "wanted", "shown"),
        (calls[2], "other", "not shown"),
        (calls[3], "none", "no chance"),
    ]
    assert card["to_come"] == 1  # three places, two of them taken
    page = anna.get(HERE).text
    for call in calls[1:]:
        assert f'href="/calls/{call}"' in page


def test_the_form_is_filled_in_from_a_calls_improvement(mark: TestClient, calls: tuple[str, ...]) -> None:
    page = mark.get(HERE, params={"call": calls[0]}).text
    assert '<option value="discovery/concern_explored" selected>' in page
    assert f'name="call" value="{calls[0]}"' in page
    steps = re.findall(r'name="step_text" value="([^"]+)"', page)
    assert len(steps) >= 3
    assert "Play through the practice card together, twice." in steps
    assert 'value="3" required' in page  # three of the last five, as the team has it
    assert 'name="cause" value="" checked' in page


def test_the_call_that_a_focus_comes_from_is_this_persons(room: Room, mark: TestClient, tmp_path: Path) -> None:
    other = add_day(room.workspace, tmp_path / "bert", "-", of_march=3, rep="Bert")
    room.index.refresh()
    assert mark.get(HERE, params={"call": other}).status_code == 404
    assert mark.post(HERE, data={**OPEN, "call": other}).status_code == 404
    assert of_anna(room) == ()


def test_approved_feedback_leads_to_the_focus(mark: TestClient, anna: TestClient, calls: tuple[str, ...]) -> None:
    link = f'href="/people/anna/focus?call={calls[0]}"'
    assert link not in mark.get(f"/calls/{calls[0]}").text
    view = mark.get(f"/api/calls/{calls[0]}/review").json()
    body = {"after": view["number"], "record": view["record"], "override": "the room is a test and nobody can listen"}
    assert mark.post(f"/api/calls/{calls[0]}/review/approve", json=body).status_code == 200
    assert link in mark.get(f"/calls/{calls[0]}").text
    assert link not in anna.get(f"/calls/{calls[0]}").text


def test_one_thing_at_a_time_and_a_second_by_choice(room: Room, mark: TestClient) -> None:
    opened(mark)
    second = {**OPEN, "what": "discovery/answer_checked"}
    refused = mark.post(HERE, data=second)
    assert refused.status_code == 400
    assert "One thing at a time" in text_of(refused.text) or "one thing at a time" in text_of(refused.text)
    assert '<option value="discovery/answer_checked" selected>' in refused.text  # what was chosen is still there
    assert mark.post(HERE, data={**second, "second": "true", "reason": "they belong together"}).status_code == 303
    assert [s.opened.second for s in of_anna(room)] == [False, True]
    third = mark.post(HERE, data={**OPEN, "what": "discovery/people_asked", "second": "true", "reason": "all three"})
    assert third.status_code == 400
    assert len(of_anna(room)) == 2
    assert 'name="what"' not in mark.get(HERE).text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"what": ""}, "Choose the behaviour"),
        ({"what": "discovery/nothing_of_it"}, "Choose the behaviour"),
        ({"shown": "4"}, "It cannot show in 4 of the last 3 calls"),
        ({"follow_up": "soon"}, "is no date"),
    ],
)
def test_what_is_off_is_told_and_opens_nothing(room: Room, mark: TestClient, change: dict[str, str], told: str) -> None:
    answer = mark.post(HERE, data={**OPEN, **STEPS, **change})
    assert answer.status_code == 400
    assert told.casefold() in text_of(answer.text).casefold()
    assert of_anna(room) == ()


def test_the_rep_ticks_steps_and_so_does_the_coach(room: Room, mark: TestClient, anna: TestClient) -> None:
    opened(mark)
    assert anna.post(f"{HERE}/f1/steps", data={"step": "0", "status": "tried"}).status_code == 303
    assert mark.post(f"{HERE}/f1/steps", data={"step": "1", "status": "done"}).status_code == 303
    assert [(s.status, s.author) for s in of_anna(room)[0].steps] == [("tried", "anna"), ("done", "mark")]


def test_a_failed_try_is_not_inaction(mark: TestClient, anna: TestClient) -> None:
    """Accountability without fear: what is said of a step that was tried has no blame in it."""
    opened(mark)
    anna.post(f"{HERE}/f1/steps", data={"step": "0", "status": "tried"})
    page = text_of(anna.get(HERE).text)
    assert "Tried counts as doing, also when it did not work out" in page
    assert not re.search(r"\b(fail\w*|miss(ed)?|late|blame)\b", page, re.IGNORECASE)


def test_a_tick_by_htmx_answers_with_the_part_alone(mark: TestClient, anna: TestClient) -> None:
    opened(mark)
    answer = anna.post(f"{HERE}/f1/steps", data={"step": "0", "status": "done"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="focus-part"')
    assert 'value="done" aria-pressed="true"' in answer.text


@pytest.mark.parametrize("place", ["", "/f1/praise", "/f1/close", "/f1/looked"])
def test_a_rep_neither_opens_nor_ends_praises_or_follows_up(
    room: Room, mark: TestClient, anna: TestClient, place: str
) -> None:
    opened(mark, follow_up="2026-03-09")
    before = history_of(room.workspace, "anna")
    data = {**OPEN, "how": "set_aside", "reason": "no", "text": "well done", "call": "a" * 16, "record": "1"}
    assert anna.post(HERE + place, data=data).status_code == 404
    assert anna.post(f"/api{HERE}{place}", json=data).status_code == 404
    assert history_of(room.workspace, "anna") == before


@pytest.mark.parametrize("user", ["bert", "nina", "carl", "otto", "adam"])
def test_to_everybody_else_there_is_no_focus(room: Room, mark: TestClient, user: str) -> None:
    opened(mark)
    other = client(room, user)
    for place in (HERE, f"/api{HERE}"):
        assert other.get(place).status_code == 404
        assert other.post(place, data=OPEN).status_code == 404
        assert other.post(f"{place}/f1/steps", data={"step": "0", "status": "done"}).status_code == 404


def test_the_cause_and_the_reason_of_a_second_are_the_coachs(mark: TestClient, anna: TestClient) -> None:
    opened(mark)
    second = {"what": "discovery/answer_checked", "cause": "motivation", "second": "true", "reason": "so he asked"}
    opened(mark, **second)
    assert mark.get(f"/api{HERE}").json()["open"][1]["cause"] == "motivation"
    own = anna.get(f"/api{HERE}").json()["open"][1]
    assert (own["cause"], own["reason"]) == (None, "")
    page = text_of(anna.get(HERE).text)
    assert "motivation" not in page
    assert "so he asked" not in page


def test_nothing_is_marked_of_ability_or_motivation_unless_a_person_does(room: Room, mark: TestClient) -> None:
    opened(mark)
    assert of_anna(room)[0].opened.cause is None


def drafts(mark: TestClient) -> list[dict[str, object]]:
    found: list[dict[str, object]] = mark.get(f"/api{HERE}").json()["open"][0]["drafts"]
    return found


def test_praise_is_drafted_at_a_showing_from_the_rubric_and_the_quote(
    room: Room, mark: TestClient, anna: TestClient, calls: tuple[str, ...]
) -> None:
    opened(mark)
    (draft,) = drafts(mark)
    praise = room.result(room.record(calls[1])[1]).rubric.behaviour("concern_explored")
    assert praise is not None
    assert (draft["call"], draft["text"]) == (calls[1], f"{praise.praise} “{QUESTION}”")
    assert anna.get(f"/api{HERE}").json()["open"][0]["drafts"] == []
    assert QUESTION not in unescape(anna.get(HERE).text)


def test_praise_is_given_as_it_was_edited_and_the_rep_can_play_its_quote(
    mark: TestClient, anna: TestClient, calls: tuple[str, ...]
) -> None:
    opened(mark)
    (draft,) = drafts(mark)
    evidence = {name: str(draft[name]) for name in ("call", "record", "observation")}
    assert mark.post(f"{HERE}/f1/praise", data={**evidence, "text": "You waited, and asked."}).status_code == 303
    page = unescape(anna.get(HERE).text)
    assert "You waited, and asked." in page
    assert QUESTION in page
    # The question is said from 45 to 53 s.
    assert f'<audio controls preload="none" src="/calls/{calls[1]}/sound#t=45.0,53.0"' in page
    assert drafts(mark) == []


def test_praise_cites_words_of_the_behaviour_and_a_call_of_the_rep(
    room: Room, mark: TestClient, calls: tuple[str, ...], tmp_path: Path
) -> None:
    opened(mark)
    (draft,) = drafts(mark)
    body = {"record": 1, "observation": draft["observation"], "text": "Well asked."}
    assert mark.post(f"/api{HERE}/f1/praise", json={**body, "call": calls[1], "observation": "o001"}).status_code == 400
    assert mark.post(f"/api{HERE}/f1/praise", json={**body, "call": calls[2]}).status_code == 400
    other = add_day(room.workspace, tmp_path / "bert", "+", of_march=3, rep="Bert")
    room.index.refresh()
    assert mark.post(f"/api{HERE}/f1/praise", json={**body, "call": other}).status_code == 404
    assert of_anna(room)[0].praise == ()


def test_a_habit_takes_k_of_n_and_a_person_who_says_so(
    room: Room, mark: TestClient, clock: Clock, tmp_path: Path
) -> None:
    opened(mark)
    early = mark.post(f"{HERE}/f1/close", data={"how": "habit"})
    assert early.status_code == 400
    assert "a habit takes 2 of the last 3" in text_of(early.text)
    another_day(room, clock, "+", 6, tmp_path)
    mark = client(room, "mark")
    assert mark.get(f"/api{HERE}").json()["open"][0]["met"] is True
    assert of_anna(room)[0].is_open  # met is not closed: a person says so
    assert mark.post(f"{HERE}/f1/close", data={"how": "habit"}).status_code == 303
    assert of_anna(room)[0].is_habit
    assert "A habit since 6 March 2026 , as you saw it" in text_of(mark.get(HERE).text)


def test_setting_aside_takes_a_reason_that_the_rep_reads(mark: TestClient, anna: TestClient) -> None:
    opened(mark)
    assert mark.post(f"{HERE}/f1/close", data={"how": "set_aside", "reason": " "}).status_code == 400
    assert mark.post(f"{HERE}/f1/close", data={"how": "set_aside", "reason": "A new role"}).status_code == 303
    assert "A new role" in anna.get(HERE).text


def test_a_day_to_look_again_is_looked_at_and_moved_on(room: Room, mark: TestClient, clock: Clock) -> None:
    opened(mark, follow_up="2026-03-05")
    clock.at = datetime(2026, 3, 5, 9, tzinfo=UTC)
    mark = client(room, "mark")
    assert "It is time to look at it again" in text_of(mark.get(HERE).text)
    data = {"text": "It comes in every second call.", "again": "2026-03-12"}
    assert mark.post(f"{HERE}/f1/looked", data=data).status_code == 303
    found = follow_ups(history_of(room.workspace, "anna"))
    assert [(f.on, f.kept) for f in found] == [(date(2026, 3, 5), True), (date(2026, 3, 12), False)]
    page = text_of(client(room, "anna").get(HERE).text)
    assert "Looked at again on Thursday, 5 March 2026, as agreed." in page
    assert "It comes in every second call." in page


def test_a_day_is_agreed_on_where_none_was(room: Room, mark: TestClient, anna: TestClient) -> None:
    opened(mark)
    assert "Agree on this day" in mark.get(HERE).text
    assert "Agree on this day" not in anna.get(HERE).text
    assert mark.post(f"{HERE}/f1/looked", data={"again": "2026-03-16"}).status_code == 303
    assert [(f.on, f.done_on) for f in follow_ups(history_of(room.workspace, "anna"))] == [(date(2026, 3, 16), None)]
    assert "We look at it again on Monday, 16 March 2026" in text_of(anna.get(HERE).text)


def test_a_relapse_is_noticed_and_offered(room: Room, mark: TestClient, clock: Clock, tmp_path: Path) -> None:
    opened(mark, shown="1", of="2")
    another_day(room, clock, "+", 6, tmp_path)
    client(room, "mark").post(f"{HERE}/f1/close", data={"how": "habit"})
    another_day(room, clock, "-", 7, tmp_path)
    anna = client(room, "anna")
    assert anna.get(f"/api{HERE}").json()["relapses"] == []
    latest = another_day(room, clock, "-", 8, tmp_path)
    anna = client(room, "anna")
    (offer,) = anna.get(f"/api{HERE}").json()["relapses"]
    assert (offer["focus"], offer["call"], offer["told"]) == ("f1", latest, "Shown in 0 of the last 2 calls")
    assert of_anna(room)[0].is_habit  # nothing was reopened by itself
    assert "it is no verdict" in text_of(anna.get(HERE).text)
    assert anna.post(f"{HERE}/f1/relapse", data={"call": latest, "choice": "reopened"}).status_code == 303
    assert find_focus(history_of(room.workspace, "anna"), "f1").is_open
    again = anna.post(f"{HERE}/f1/relapse", data={"call": latest, "choice": "reopened"})
    assert again.status_code == 400  # answered once


def test_a_picked_call_counts_to_nothing_until_its_rep_went_first(
    room: Room, mark: TestClient, anna: TestClient, calls: tuple[str, ...]
) -> None:
    opened(mark)
    picked = Picked(call=calls[1], week=date(2026, 3, 2), why="went_well")
    CycleDesk(room.workspace, room.now(), "anna").add("anna", lambda _: picked)
    room.index.pick_up("cycle", "anna")
    for viewer in (mark, anna):
        (card,) = viewer.get(f"/api{HERE}").json()["open"]
        assert [s["call"] for s in card["squares"]] == list(calls[2:])
        assert card["n_shown"] == 0
    assert drafts(mark) == []


def test_practice_changes_nothing_on_the_page(room: Room, mark: TestClient, clock: Clock, tmp_path: Path) -> None:
    opened(mark)
    before = mark.get(f"/api{HERE}").json()
    add_day(room.workspace, tmp_path / "practice", "+", of_march=6, mode="simulated")
    room.index.refresh()
    assert mark.get(f"/api{HERE}").json() == before


def test_hostile_words_are_only_words(mark: TestClient, anna: TestClient) -> None:
    evil = "<script>alert(1)</script>\u202e"
    opened(mark, step_text=[evil, "", ""])
    mark.post(f"{HERE}/f1/close", data={"how": "set_aside", "reason": evil})
    page = anna.get(HERE).text
    assert "<script>alert" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize("focus", ["f9", "f1x", "..%2F"])
def test_a_focus_that_is_not_there_is_an_error_of_whoever_asks(mark: TestClient, focus: str) -> None:
    for place in (HERE, f"/api{HERE}"):
        answer = mark.post(f"{place}/{focus}/close", data={"how": "set_aside", "reason": "no"})
        assert answer.status_code in (400, 404, 422)


def test_the_trail_tells_what_was_done_and_no_words(room: Room, mark: TestClient) -> None:
    opened(mark)
    mark.post(f"{HERE}/f1/close", data={"how": "set_aside", "reason": "a private matter"})
    details = [event.detail for event in room.audit.find(Wanted(action="coached")).events]
    assert sorted(details) == ["focus_closed anna 2", "focus_opened anna 1"]


def test_the_api_opens_and_gives_back_what_the_page_shows(mark: TestClient) -> None:
    answer = mark.post(f"/api{HERE}", json={**FOCUS, "follow_up": "2026-03-09"})
    assert answer.status_code == 200
    assert answer.json() == mark.get(f"/api{HERE}").json()
    assert (answer.json()["open"][0]["shown"], answer.json()["open"][0]["of"]) == (3, 5)  # the team's
    assert mark.post(f"/api{HERE}", json=FOCUS).status_code == 400
