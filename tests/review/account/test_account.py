"""The account page: one's own password, tokens and sessions, and nobody else's."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from pipeline.domain.people import LOCAL_USER
from pipeline.review.audit import Wanted
from pipeline.review.enrolment import Enrolment
from pipeline.review.room import Room
from pipeline.review.sign_in.passwords import check, hash_password
from tests.review.rooms import client, make_room

OLD, NEW = "a green whale sings", "nine quiet lamps burn"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = make_room(tmp_path, ())
    keeping = Enrolment(made.people, made.audit, now=made.now, by="adam")
    keeping.set_password("anna", hash_password(OLD))
    return made


@pytest.fixture
def anna(room: Room) -> TestClient:
    return client(room, "anna")


def password_is(room: Room, password: str) -> bool:
    anna = room.workspace.users.last("anna")
    return anna is not None and check(password, anna.password)[0]


def change(browser: TestClient, old: str, new: str, again: str | None = None) -> int:
    fields = {"old": old, "password": new, "again": new if again is None else again}
    return browser.post("/account/password", data=fields).status_code


class TestPassword:
    def test_whoever_knows_the_old_one_changes_it_and_stays(self, room: Room, anna: TestClient) -> None:
        elsewhere = client(room, "anna")
        assert change(anna, OLD, NEW) == 303
        assert password_is(room, NEW)
        assert anna.get("/account").status_code == 200
        assert elsewhere.get("/account").status_code == 303

    @pytest.mark.parametrize(("old", "new", "again"), [("wrong", NEW, NEW), (OLD, NEW, OLD), (OLD, "short", "short")])
    def test_otherwise_it_stays(self, room: Room, anna: TestClient, old: str, new: str, again: str) -> None:
        assert change(anna, old, new, again) == 400
        assert password_is(room, OLD)

    def test_guessing_ends_soon(self, room: Room, anna: TestClient) -> None:
        for _ in range(8):
            change(anna, "wrong", NEW)
        assert change(anna, OLD, NEW) == 400
        assert "wrong too often" in anna.post("/account/password", data={"old": OLD}).text
        assert password_is(room, OLD)

    def test_who_signs_in_elsewhere_has_none_to_change(self, room: Room) -> None:
        bert = client(room, "bert")
        assert "/account/password" not in bert.get("/account").text
        assert change(bert, "", NEW) == 400


class TestTokens:
    def test_a_token_is_shown_once_and_opens_the_api(self, room: Room, anna: TestClient) -> None:
        made = anna.post("/api/me/tokens", json={"name": "CRM", "writes": True}).json()["token"]
        assert made not in anna.get("/account").text
        program = client(room)
        program.headers["Authorization"] = f"Bearer {made}"
        assert program.get("/api/me").json()["id"] == "anna"
        assert program.post("/api/me/tokens", json={"name": "another"}).status_code == 400
        assert anna.delete("/api/me/tokens/CRM").json() == []
        assert program.get("/api/me").status_code == 401

    def test_a_token_reads_only_unless_it_was_made_to_write(self, room: Room, anna: TestClient) -> None:
        made = anna.post("/api/me/tokens", json={"name": "CRM"}).json()["token"]
        assert [token["writes"] for token in anna.get("/api/me/tokens").json()] == [False]
        program = client(room)
        program.headers["Authorization"] = f"Bearer {made}"
        assert program.get("/api/calls").status_code == 200
        refused = program.delete("/api/me/tokens/CRM")
        assert (refused.status_code, refused.json()["error"]) == (403, "this token may only read")
        assert len(anna.get("/api/me/tokens").json()) == 1
        assert "read and write" not in anna.get("/account").text
        anna.post("/account/tokens", data={"name": "bot", "writes": "yes"})
        assert "read and write" in anna.get("/account").text

    def test_the_page_shows_it_without_script(self, anna: TestClient) -> None:
        assert ">filmroom_" in anna.post("/account/tokens", data={"name": "CRM"}).text
        assert anna.post("/account/tokens", data={"name": "CRM"}).status_code == 400
        assert anna.post("/account/tokens/remove", data={"name": "CRM"}).status_code == 303
        assert anna.get("/api/me/tokens").json() == []

    def test_nobody_removes_another_s(self, room: Room, anna: TestClient) -> None:
        anna.post("/account/tokens", data={"name": "CRM"})
        assert client(room, "bert").delete("/api/me/tokens/CRM").status_code == 404
        assert len(anna.get("/api/me/tokens").json()) == 1


def test_signing_out_everywhere_ends_every_session(room: Room, anna: TestClient) -> None:
    elsewhere, bert = client(room, "anna"), client(room, "bert")
    assert anna.post("/account/sign-out-everywhere").status_code == 303
    assert [browser.get("/account").status_code for browser in (anna, elsewhere, bert)] == [303, 303, 200]
    assert len(room.audit.find(Wanted(action="signed_out_everywhere")).events) == 1


def test_the_page_says_who_one_is(room: Room, anna: TestClient) -> None:
    me = anna.get("/api/me").json()
    assert (me["id"], me["roles"], me["manager"], me["has_password"], me["tokens"]) == (
        "anna",
        ["rep"],
        "Mark",
        True,
        [],
    )
    assert "argon2" not in anna.get("/account").text + anna.get("/api/me").text


def test_at_one_s_own_machine_there_is_no_account_to_change(room: Room) -> None:
    you = client(room, LOCAL_USER)
    assert you.get("/account").status_code == 200
    assert "/account/tokens" not in you.get("/account").text
    assert you.post("/account/tokens", data={"name": "CRM"}).status_code == 404
