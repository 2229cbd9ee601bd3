"""Who is who in the room: seen by whoever sees the call, corrected by coaches, audited, read again after."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.correct import Said, correct
from pipeline.domain.audit import AuditEvent
from pipeline.domain.speech import Speaker
from pipeline.review.audit import Wanted
from pipeline.review.rereads import Rereads
from pipeline.review.room import Room
from pipeline.review.speakers.view import swapped
from tests.review.rooms import NOW, call_of, client, make_room
from tests.review.speakers.scripted_reading import command

PATIENCE_S = 60.0


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A room whose calls are read again by scripted models."""
    made = make_room(tmp_path, ("Anna",))
    scripted = Rereads(made.workspace, now=made.now, command=lambda call: command(made.workspace.root, call))
    with ExitStack() as stack:
        stack.callback(made.close)
        stack.callback(scripted.close)
        yield replace(made, rereads=scripted)


@pytest.fixture
def call(room: Room) -> str:
    return call_of(room, "Anna")


@pytest.fixture
def mark(room: Room) -> TestClient:
    return client(room, "mark")


def seen(browser: TestClient, call: str) -> Any:
    response = browser.get(f"/api/calls/{call}/speakers")
    assert response.status_code == 200
    return response.json()


def form(browser: TestClient, call: str, **fields: object) -> dict[str, object]:
    """The form as the page has it, with these fields changed."""
    view = seen(browser, call)
    return {
        "after": view["after"],
        "heard": view["heard"],
        "role": [row["role"] for row in view["rows"]],
        "name": [row["name"] for row in view["rows"]],
        **fields,
    }


def roles(browser: TestClient, call: str) -> list[str]:
    return [row["role"] for row in seen(browser, call)["rows"]]


def audited(room: Room) -> list[AuditEvent]:
    return list(room.audit.find(Wanted(action="corrected_speakers")).events)


def rep_questions(room: Room, call: str) -> float | None:
    return room.result(room.record(call)[1]).metrics.get("rep_questions").value


class TestWhatIsShown:
    def test_each_speaker_with_role_reason_and_where_to_hear_them(self, mark: TestClient, call: str) -> None:
        first, second = seen(mark, call)["rows"]
        assert (first["label"], first["role"], second["role"]) == ("S1", "rep", "customer")
        assert first["sure"].endswith("% sure")
        assert "questions" in first["why"]
        # S1 speaks longest in 45-53 s; S2 in 12-25 s, of which 12 s are enough to know the voice
        assert (first["span"], second["span"]) == ({"start": 45.0, "end": 53.0}, {"start": 12.0, "end": 24.0})
        # S1 speaks 5 + 4 + 4 + 6 + 8 + 2 s, S2 3 + 13 + 4 + 6 + 3 s
        assert (first["talk_s"], second["talk_s"]) == (29.0, 29.0)
        assert second["sample"].startswith("We use one large spreadsheet")

    def test_a_rep_sees_them_and_corrects_nothing(self, room: Room, call: str) -> None:
        anna = client(room, "anna")
        view = seen(anna, call)
        assert (view["editable"], view["swap"], view["reading"]) == (False, False, None)
        change = {"after": 0, "heard": view["heard"], "speakers": [{"label": "S1", "role": "customer"}]}
        assert anna.put(f"/api/calls/{call}/speakers", json=change).status_code == 404
        assert anna.post(f"/calls/{call}/speakers", data=form(anna, call, swap="true")).status_code == 404
        assert anna.post(f"/api/calls/{call}/reading").status_code == 404
        assert room.workspace.corrections.last(call) is None

    @pytest.mark.parametrize("user", ["nina", "otto", "adam"])
    def test_others_find_nothing(self, room: Room, call: str, user: str) -> None:
        assert client(room, user).get(f"/api/calls/{call}/speakers").status_code == 404

    def test_a_name_that_tricks_the_eye_is_shown_as_it_is(self, room: Room, mark: TestClient, call: str) -> None:
        name = "<script>alert(1)</script>\u202eevil"
        correct(room.workspace, room.record(call)[1], Said(names={"S1": name}), author="x", now=NOW)
        view = seen(mark, call)
        assert "\u202e" not in view["rows"][0]["name"]
        assert view["names"]["S1"] == view["rows"][0]["name"]
        part = mark.post(f"/calls/{call}/speakers", data=form(mark, call), headers={"HX-Request": "true"}).text
        assert "<script" not in part
        assert "&lt;script&gt;" in part
        assert room.workspace.corrections.last_number(call) == 1  # nothing of it was changed by saving the form


class TestCorrecting:
    def test_a_role_and_a_name_are_kept_audited_and_read_again(self, room: Room, mark: TestClient, call: str) -> None:
        assert rep_questions(room, call) == 4
        changed = form(mark, call, role=["customer", "rep"], name=["Tom Reyes", ""])
        response = mark.post(f"/calls/{call}/speakers", data=changed)
        assert (response.status_code, response.headers["location"]) == (303, f"/calls/{call}#speakers")
        kept = room.workspace.corrections.last(call)
        assert kept is not None
        assert [(c.speaker, c.role) for c in kept.roles] == [("S1", "customer"), ("S2", "rep")]
        assert [(c.speaker, c.name, c.anchor) for c in kept.names] == [("S1", "Tom Reyes", kept.roles[0].anchor)]
        assert (kept.author, kept.at) == ("mark", NOW)
        (event,) = audited(room)
        assert (event.user, event.call, event.detail) == ("mark", call, "2 roles, 1 name")
        assert room.rereads.wait(PATIENCE_S)
        # of the two only S1, who is the customer by now, asks anything
        assert (room.record(call)[0], rep_questions(room, call)) == (2, 0)

    def test_what_holds_is_shown_at_once_though_it_is_still_being_read(self, mark: TestClient, call: str) -> None:
        mark.post(f"/calls/{call}/speakers", data=form(mark, call, swap="true"))
        view = seen(mark, call)
        assert [(row["role"], row["sure"]) for row in view["rows"]] == [
            ("customer", "Set by hand"),
            ("rep", "Set by hand"),
        ]
        assert view["reading"]["state"] in ("waiting", "reading", "settled")

    def test_a_swap_is_one_click_and_a_second_one_undoes_it(self, room: Room, mark: TestClient, call: str) -> None:
        mark.post(f"/calls/{call}/speakers", data=form(mark, call, swap="true"))
        assert roles(mark, call) == ["customer", "rep"]
        mark.post(f"/calls/{call}/speakers", data=form(mark, call, swap="true"))
        assert roles(mark, call) == ["rep", "customer"]
        assert len(audited(room)) == 2

    def test_a_swap_keeps_names_that_were_typed_beside_it(self, mark: TestClient, call: str) -> None:
        mark.post(f"/calls/{call}/speakers", data=form(mark, call, swap="true", name=["Tom", ""]))
        assert (roles(mark, call), seen(mark, call)["names"]) == (["customer", "rep"], {"S1": "Tom"})

    def test_a_name_alone_has_nothing_read_again(self, room: Room, mark: TestClient, call: str) -> None:
        mark.post(f"/calls/{call}/speakers", data=form(mark, call, name=["  Ann Lee ", "Tom"]))
        view = seen(mark, call)
        assert view["names"] == {"S1": "Ann Lee", "S2": "Tom"}
        assert view["reading"]["state"] == "settled"
        mark.post(f"/calls/{call}/speakers", data=form(mark, call, name=["", "Tom"]))
        assert seen(mark, call)["names"] == {"S2": "Tom"}

    def test_saving_what_stands_keeps_nothing(self, room: Room, mark: TestClient, call: str) -> None:
        assert mark.post(f"/calls/{call}/speakers", data=form(mark, call)).status_code == 303
        assert room.workspace.corrections.last(call) is None
        assert audited(room) == []

    def test_programs_correct_by_label(self, room: Room, mark: TestClient, call: str) -> None:
        view = seen(mark, call)
        change = {"after": 0, "heard": view["heard"], "speakers": [{"label": "S2", "name": "Tom"}]}
        answer = mark.put(f"/api/calls/{call}/speakers", json=change)
        assert answer.status_code == 200
        assert answer.json()["names"] == {"S2": "Tom"}
        assert [row["role"] for row in answer.json()["rows"]] == ["rep", "customer"]

    @pytest.mark.parametrize(
        ("said", "status"),
        [
            ({"label": "S9", "role": "rep"}, 400),
            ({"label": "S1", "role": "boss"}, 422),
            ({"label": "S1", "name": "n" * 121}, 400),
            ({"label": "S1", "nme": "Tom"}, 422),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_kept(
        self, room: Room, mark: TestClient, call: str, said: dict[str, str], status: int
    ) -> None:
        change = {"after": 0, "heard": seen(mark, call)["heard"], "speakers": [said]}
        assert mark.put(f"/api/calls/{call}/speakers", json=change).status_code == status
        assert room.workspace.corrections.last(call) is None


class TestSomebodySavedInBetween:
    def test_the_later_gets_409_with_what_holds_and_what_they_typed(
        self, room: Room, mark: TestClient, call: str
    ) -> None:
        mine = form(mark, call, role=["other", "customer"], name=["Mine & only", ""])
        client(room, "vera").post(f"/calls/{call}/speakers", data=form(mark, call, name=["Theirs", ""]))
        response = mark.post(f"/calls/{call}/speakers", data=mine)
        assert response.status_code == 409
        assert "Mine &amp; only" in response.text
        assert "Now: Theirs" in response.text
        assert "Now: Rep" in response.text
        assert seen(mark, call)["names"] == {"S1": "Theirs"}

    def test_what_came_back_can_be_saved(self, room: Room, mark: TestClient, call: str) -> None:
        mine = form(mark, call, name=["Mine", ""])
        client(room, "vera").post(f"/calls/{call}/speakers", data=form(mark, call, name=["Theirs", ""]))
        again = mark.post(f"/calls/{call}/speakers", data=mine, headers={"HX-Request": "true"})
        assert (again.status_code, 'name="after" value="1"' in again.text) == (409, True)
        assert mark.post(f"/calls/{call}/speakers", data={**mine, "after": 1}).status_code == 303
        assert seen(mark, call)["names"] == {"S1": "Mine"}

    def test_voices_of_another_hearing_are_not_corrected(self, room: Room, mark: TestClient, call: str) -> None:
        assert mark.post(f"/calls/{call}/speakers", data=form(mark, call, heard="0" * 16)).status_code == 409
        changed = form(mark, call, role=["customer"], name=["Tom"])
        assert mark.post(f"/calls/{call}/speakers", data=changed).status_code == 409
        assert room.workspace.corrections.last(call) is None


class TestReading:
    def test_the_page_s_part_asks_again_while_it_is_busy_and_then_offers_what_is_new(
        self, room: Room, mark: TestClient, call: str
    ) -> None:
        before = mark.get(f"/calls/{call}/reading", params={"shown": 1}).text
        assert "hx-trigger" not in before
        assert "notice" not in before
        answer = mark.post(
            f"/calls/{call}/speakers", data=form(mark, call, swap="true"), headers={"HX-Request": "true"}
        )
        assert 'hx-trigger="every 2s"' in answer.text
        assert room.rereads.wait(PATIENCE_S)
        after = mark.get(f"/calls/{call}/reading", params={"shown": 1}).text
        assert "hx-trigger" not in after
        assert "Show the new reading" in after
        assert "Show the new reading" not in mark.get(f"/calls/{call}/reading", params={"shown": 2}).text

    def test_with_nothing_changed_it_says_so(self, room: Room, mark: TestClient, call: str) -> None:
        assert mark.post(f"/calls/{call}/reading").status_code == 303
        assert room.rereads.wait(PATIENCE_S)
        assert "so it says the same" in mark.get(f"/calls/{call}/reading", params={"shown": 1}).text
        assert mark.get(f"/api/calls/{call}/reading").json()["state"] == "same"

    def test_a_failure_is_shown_with_a_way_to_try_again(self, room: Room, call: str) -> None:
        failing = Rereads(room.workspace, now=room.now, command=lambda _: ("/nowhere/<b>python",))
        mark = client(replace(room, rereads=failing), "mark")
        assert mark.post(f"/api/calls/{call}/reading").status_code == 202
        assert failing.wait(PATIENCE_S)
        part = mark.get(f"/calls/{call}/reading").text
        assert "Try again" in part
        assert "&lt;b&gt;python" in part
        failing.close()


def speaker(label: str, role: Any) -> Speaker:
    return Speaker(label=label, role=role, confidence=1.0, source="inferred")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("rep", "customer"), {"S0": "customer", "S1": "rep"}),
        (("customer", "other", "rep"), {"S2": "customer", "S0": "rep"}),
        (("rep", "customer", "customer"), None),
        (("rep", "unknown"), None),
        ((), None),
    ],
)
def test_only_one_rep_and_one_customer_can_be_swapped(given: tuple[str, ...], expected: dict[str, str] | None) -> None:
    assert swapped(tuple(speaker(f"S{i}", role) for i, role in enumerate(given))) == expected
