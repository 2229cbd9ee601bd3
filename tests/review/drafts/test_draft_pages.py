"""The draft's pages: what each sees of it, what forms do without script, and that two managers lose nothing."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from pipeline.review.audit import Wanted
from pipeline.review.rereads import Rereads
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.drafts.typing_in import fields_of, listen
from tests.review.rooms import call_of, client, make_room
from tests.reviewed import score_again

LETTER = ("What worked", "In figures", "One thing to change", "Questions", "Activity", "Practice", "Look at it again")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = make_room(tmp_path, ("Anna",))
    yield made
    made.close()


@pytest.fixture
def call(room: Room) -> str:
    return call_of(room, "Anna")


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def save(browser: TestClient, call: str, **changed: str) -> int:
    """The status of saving the form with these fields changed."""
    fields = fields_of(browser.get(f"/calls/{call}/draft/edit").text, "save")
    return browser.post(f"/calls/{call}/draft/save", data={**fields, **changed}).status_code


def approve(browser: TestClient, call: str, **fields: str) -> int:
    found = fields_of(browser.get(f"/calls/{call}/draft").text, "approve")
    return browser.post(f"/calls/{call}/draft/approve", data={**found, **fields}).status_code


def trail(room: Room) -> list[tuple[str, str]]:
    """What the trail says was done, the latest first: action and detail."""
    return [(event.action, event.detail) for event in room.audit.find(Wanted()).events]


class TestReading:
    def test_it_reads_like_a_letter(self, room: Room, call: str) -> None:
        told = text_of(client(room, "mark").get(f"/calls/{call}/draft").text)
        places = [told.index(title) for title in LETTER]
        assert places == sorted(places)

    def test_a_rep_sees_nothing_before_it_is_approved(self, room: Room, call: str) -> None:
        told = client(room, "anna").get(f"/calls/{call}/draft").text
        assert "has not sent feedback" in told
        assert "What worked" not in told
        assert "too expensive to change" not in told

    def test_after_approval_a_rep_reads_it_and_how_it_came_about_stays_with_the_coach(
        self, room: Room, call: str
    ) -> None:
        mark = client(room, "mark")
        assert save(mark, call, practice="Ask twice.", reason_practice="SECRET REASON") == 303
        listen(room, call, "mark")
        assert approve(mark, call) == 303
        told = client(room, "anna").get(f"/calls/{call}/draft").text
        assert "Approved by Mark" in told
        assert "Ask twice." in told
        for hidden in ("SECRET REASON", "Choose another", "History", "The original wording", "Rank", "<form method"):
            assert hidden not in told.split("<main")[1]

    def test_reopened_the_rep_sees_it_no_more(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        approve(mark, call, override="I was on the call.")
        fields = fields_of(mark.get(f"/calls/{call}/draft").text, "reopen")
        assert mark.post(f"/calls/{call}/draft/reopen", data={**fields, "reason": "A wrong date."}).status_code == 303
        assert "What worked" not in client(room, "anna").get(f"/calls/{call}/draft").text

    def test_nobody_else_finds_it(self, room: Room, call: str) -> None:
        for user in ("nina", "bert", "adam", "otto"):
            assert client(room, user).get(f"/calls/{call}/draft").status_code == 404
        assert client(room, "anna").get(f"/calls/{call}/draft/edit").status_code == 404


class TestEditing:
    def test_the_form_sent_as_it_is_changes_nothing(self, room: Room, call: str) -> None:
        assert save(client(room, "mark"), call) == 303
        assert state_of(room.workspace, call).number == 0

    def test_an_edit_shows_with_its_author_its_reason_and_the_original_wording(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        save(mark, call, strength="You asked for a date.", reason_strength="Shorter.")
        told = text_of(mark.get(f"/calls/{call}/draft").text)
        assert "Edited by Mark" in told
        assert "Reason: Shorter." in told
        assert "You proposed a concrete next step." in told

    def test_steps_are_added_taken_out_and_dated(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        fields = fields_of(mark.get(f"/calls/{call}/draft/edit").text, "save")
        texts, who, by = fields["step_text"], fields["step_who"], fields["step_by"]
        assert len(texts) == len(who) == len(by) == 5  # four steps, and a row for one more
        fields["step_text"] = [texts[0], "", texts[2], texts[3], "Send me the recording."]
        fields["step_who"] = [*who[:4], "manager"]
        fields["step_by"] = [*by[:4], "2026-03-13"]
        assert mark.post(f"/calls/{call}/draft/save", data=fields).status_code == 303
        activity = state_of(room.workspace, call).feedback.activity
        assert [step.text for step in activity] == [texts[0], texts[2], texts[3], "Send me the recording."]
        assert (activity[3].who, str(activity[3].by)) == ("manager", "2026-03-13")

    def test_what_is_no_date_is_told(self, room: Room, call: str) -> None:
        assert save(client(room, "mark"), call, follow_up="soon") == 400

    def test_a_text_beyond_all_measure_is_refused_and_nothing_is_saved(self, room: Room, call: str) -> None:
        assert save(client(room, "mark"), call, strength="a " * 1_000_000) == 400
        assert state_of(room.workspace, call).number == 0

    def test_words_nobody_spoke_are_told_and_hinder_nothing(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        save(mark, call, strength="She said “we will sign today”. You always listen.")
        told = text_of(mark.get(f"/calls/{call}/draft").text)
        assert "These words are not in the transcript: we will sign today" in told
        assert "always :" in told
        assert approve(mark, call, override="I was on the call.") == 303

    def test_hostile_words_are_words(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        save(mark, call, strength="<script>alert(1)</script> \u202etxet", reason_strength="<img src=x>")
        page = mark.get(f"/calls/{call}/draft").text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; txet" in page


class TestTwoManagers:
    def test_the_later_save_is_shown_both_texts_and_loses_nothing(self, room: Room, call: str) -> None:
        mark, vera = client(room, "mark"), client(room, "vera")
        mine = fields_of(mark.get(f"/calls/{call}/draft/edit").text, "save")
        assert save(vera, call, strength="Vera’s strength.", facts="Vera’s figures.") == 303
        answer = mark.post(
            f"/calls/{call}/draft/save",
            data={**mine, "strength": "Mark’s strength.", "practice": "Mark’s practice.", "reason_practice": "Short."},
        )
        assert answer.status_code == 409
        told = text_of(answer.text)
        assert "Vera edited while you were at it" in told
        form = fields_of(answer.text, "save")
        # Both changed the strength: mine stands in the field, hers beside it. Only she changed the figures.
        assert form["strength"] == "Mark’s strength."
        assert "Vera’s strength." in told
        assert (form["facts"], form["practice"], form["reason_practice"]) == (
            "Vera’s figures.",
            "Mark’s practice.",
            "Short.",
        )
        assert state_of(room.workspace, call).feedback.strength == "Vera’s strength."
        assert mark.post(f"/calls/{call}/draft/save", data=form).status_code == 303
        words = state_of(room.workspace, call).feedback
        assert (words.strength, words.facts, words.practice) == (
            "Mark’s strength.",
            "Vera’s figures.",
            "Mark’s practice.",
        )

    def test_of_a_part_that_both_changed_theirs_can_be_taken(self, room: Room, call: str) -> None:
        mark, vera = client(room, "mark"), client(room, "vera")
        mine = fields_of(mark.get(f"/calls/{call}/draft/edit").text, "save")
        save(vera, call, strength="Vera’s strength.")
        answer = mark.post(
            f"/calls/{call}/draft/save", data={**mine, "strength": "Mark’s.", "facts": "Mark’s figures."}
        )
        form = fields_of(answer.text, "save")
        mark.post(f"/calls/{call}/draft/save", data={**form, "take": "strength"})
        words = state_of(room.workspace, call).feedback
        assert (words.strength, words.facts) == ("Vera’s strength.", "Mark’s figures.")

    def test_a_third_save_in_between_is_one_more_conflict(self, room: Room, call: str) -> None:
        mark, vera = client(room, "mark"), client(room, "vera")
        mine = fields_of(mark.get(f"/calls/{call}/draft/edit").text, "save")
        save(vera, call, strength="Vera’s first.")
        answer = mark.post(f"/calls/{call}/draft/save", data={**mine, "strength": "Mark’s."})
        save(vera, call, strength="Vera’s second.")
        again = mark.post(f"/calls/{call}/draft/save", data=fields_of(answer.text, "save"))
        assert again.status_code == 409
        assert fields_of(again.text, "save")["strength"] == "Mark’s."
        assert "Vera’s second." in text_of(again.text)

    @pytest.mark.parametrize(
        ("act", "fields"),
        [
            ("approve", {"override": "I was on the call."}),
            ("improvement", {"behaviour": "patience"}),
            ("send-back", {"reason": "Wrong speaker."}),
        ],
    )
    def test_no_act_goes_over_what_somebody_else_did(
        self, room: Room, call: str, act: str, fields: dict[str, str]
    ) -> None:
        mark, vera = client(room, "mark"), client(room, "vera")
        form = fields_of(mark.get(f"/calls/{call}/draft").text, act)
        save(vera, call, strength="Vera’s strength.")
        answer = mark.post(f"/calls/{call}/draft/{act}", data={**form, **fields})
        assert answer.status_code == 409
        told = text_of(answer.text)
        assert "Vera edited" in told
        assert "Vera’s strength." in told
        assert fields.get("override", fields.get("reason", "")) in told
        assert state_of(room.workspace, call).number == 1

    def test_a_second_click_on_approve_is_no_conflict(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        form = {**fields_of(mark.get(f"/calls/{call}/draft").text, "approve"), "override": "I was on the call."}
        for _ in range(2):
            assert mark.post(f"/calls/{call}/draft/approve", data=form).status_code == 303
        assert state_of(room.workspace, call).number == 1


class TestApproving:
    def test_unheard_it_says_what_is_left_and_keeps_what_was_typed(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        form = fields_of(mark.get(f"/calls/{call}/draft").text, "approve")
        answer = mark.post(f"/calls/{call}/draft/approve", data={**form, "override": "no time"})
        assert answer.status_code == 400
        told = text_of(answer.text)
        assert "2 of the moments that this feedback rests on were not heard" in told
        assert fields_of(answer.text, "approve")["override"] == "no time"
        assert state_of(room.workspace, call).state == "waiting"

    def test_heard_it_goes_to_the_rep_and_into_the_trail(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        listen(room, call, "mark")
        assert "You heard all moments" in mark.get(f"/calls/{call}/draft").text
        assert approve(mark, call) == 303
        assert trail(room)[0][0] == "approved"

    def test_somebody_else_s_listening_is_not_the_approver_s(self, room: Room, call: str) -> None:
        listen(room, call, "vera")
        assert approve(client(room, "mark"), call) == 400

    def test_an_override_is_in_the_record_and_in_the_trail(self, room: Room, call: str) -> None:
        approve(client(room, "mark"), call, override="I was on the call.")
        review = state_of(room.workspace, call).review
        assert review is not None
        assert review.override == "I was on the call."
        assert trail(room)[0] == ("overrode_listening", "I was on the call.")
        assert not any("too expensive" in detail for _, detail in trail(room))

    def test_sent_back_it_is_asked_for_a_new_reading(self, room: Room, call: str) -> None:
        outcome = json.dumps({"call": call, "path": "a", "status": "skipped", "seconds": 0})
        says = f"print({outcome!r})"
        rereads = Rereads(room.workspace, now=room.now, command=lambda _: (sys.executable, "-c", says))
        mark = client(replace(room, rereads=rereads), "mark")
        form = fields_of(mark.get(f"/calls/{call}/draft").text, "send-back")
        sent = {**form, "reason": "The speakers are swapped."}
        assert mark.post(f"/calls/{call}/draft/send-back", data=sent).status_code == 303
        assert rereads.wait(30)
        assert rereads.state(call).state == "same"
        told = text_of(mark.get(f"/calls/{call}/draft").text)
        assert "It was read again, and nothing came out differently" in told
        assert "The speakers are swapped." in told
        assert "Approve and next" not in told
        rereads.close()

    def test_the_index_knows_at_once(self, room: Room, call: str) -> None:
        approve(client(room, "mark"), call, override="I was on the call.")
        assert room.index.rows("SELECT state, override FROM reviews WHERE call = ?", [call]) == [("approved", True)]

    def test_approve_and_next_leads_to_the_next_draft(self, tmp_path: Path) -> None:
        room = make_room(tmp_path, ("Anna", "Bert"))
        anna, bert = call_of(room, "Anna"), call_of(room, "Bert")
        mark = client(room, "mark")
        form = fields_of(mark.get(f"/calls/{anna}/draft?sort=newest").text, "approve")
        sent = {**form, "override": "I was on the call.", "then": "next"}
        answer = mark.post(f"/calls/{anna}/draft/approve", data=sent)
        assert answer.headers["location"] == f"/calls/{bert}?sort=newest"
        form = fields_of(mark.get(f"/calls/{bert}/draft").text, "approve")
        answer = mark.post(
            f"/calls/{bert}/draft/approve",
            data={**form, "override": "I was on the call."} | {"then": "next"},
            headers={"HX-Request": "true"},
        )
        assert answer.headers["HX-Redirect"] == "/inbox"
        room.close()

    def test_the_way_on_stays_in_the_room(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        form = fields_of(mark.get(f"/calls/{call}/draft").text, "approve")
        sent = {**form, "override": "I was on the call.", "filters": "//evil.example/\r\nX-Bad: 1"}
        answer = mark.post(f"/calls/{call}/draft/approve", data=sent)
        assert answer.headers["location"].startswith(f"/calls/{call}?")
        assert "x-bad" not in answer.headers


class TestAnotherImprovement:
    def test_the_ranking_is_shown_with_its_reasons(self, room: Room, call: str) -> None:
        told = text_of(client(room, "mark").get(f"/calls/{call}/draft").text)
        assert "Choose another improvement" in told
        assert "once something was said that calls for it" in told
        assert "the draft’s own choice" in told

    def test_over_a_person_s_words_the_page_asks_without_script(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        save(mark, call, practice="Mark’s practice.")
        form = fields_of(mark.get(f"/calls/{call}/draft").text, "improvement")
        asked = mark.post(f"/calls/{call}/draft/improvement", data={**form, "behaviour": "patience"})
        assert asked.status_code == 200
        assert "Whose words stay?" in asked.text
        assert "Mark’s practice." in asked.text
        answer = fields_of(asked.text, "improvement")
        assert answer["behaviour"] == "patience"
        mark.post(f"/calls/{call}/draft/improvement", data={**answer, "keep_practice": "mine"})
        standing = state_of(room.workspace, call)
        assert (standing.improvement, standing.feedback.practice) == ("patience", "Mark’s practice.")

    def test_a_new_reading_is_told_and_only_a_click_takes_it(self, room: Room, call: str) -> None:
        mark = client(room, "mark")
        save(mark, call, strength="Mark’s strength.")
        score_again(room.workspace)
        room.index.refresh()
        page = mark.get(f"/calls/{call}/draft").text
        assert "This call was read again" in page
        assert "Mark’s strength." in page
        form = fields_of(page, "take-new")
        asked = mark.post(f"/calls/{call}/draft/take-new", data=form)
        sent = {**fields_of(asked.text, "take-new"), "keep_strength": "mine"}
        assert mark.post(f"/calls/{call}/draft/take-new", data=sent).status_code == 303
        standing = state_of(room.workspace, call)
        assert (standing.record, standing.feedback.strength) == (2, "Mark’s strength.")
