"""Signing in and out by password: what it takes, what it tells, what is written down."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pwdlib.hashers.argon2 import Argon2Hasher

from pipeline.config import ReviewRoom
from pipeline.review.entrance import SECURE_COOKIE, end_sessions
from pipeline.review.room import Room, open_room
from pipeline.review.sign_in.passwords import hash_password
from tests.review.rooms import Clock
from tests.review.sign_in.rooms import PASSWORD, browser_at, room_with_passwords, trail


def sign_in(browser: TestClient, login: str, password: str = PASSWORD, wanted: str = "/") -> Response:
    return browser.post("/sign-in", data={"login": login, "password": password, "next": wanted})


def is_in(browser: TestClient) -> bool:
    return browser.get("/account").status_code == 200


def csrf(browser: TestClient) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', browser.get("/account").text)
    assert found
    return found[1]


@pytest.mark.parametrize("login", ["mark", "mark@film.example", " MARK@Film.Example "])
def test_a_user_comes_in_by_id_or_address(tmp_path: Path, login: str) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room, address="10.1.2.3")
    came = sign_in(browser, login, wanted="/calls?draft=1")
    assert (came.status_code, came.headers["location"]) == (303, "/calls?draft=1")
    assert is_in(browser)
    (event,) = trail(room)
    assert (event.user, event.action, event.detail, event.address) == ("mark", "signed_in", "by password", "10.1.2.3")


def test_the_cookie_is_for_no_script_and_no_other_site(tmp_path: Path) -> None:
    said = sign_in(browser_at(room_with_passwords(tmp_path)), "mark").headers["set-cookie"].lower()
    assert said.startswith("filmroom=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in said.split(";")}
    assert "secure" not in said


def test_by_https_the_cookie_is_sent_by_https_only_and_of_this_host_only(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path, settings=ReviewRoom(https=True, hosts=("film.example",)))
    browser = browser_at(room, base="https://film.example")
    said = sign_in(browser, "mark").headers["set-cookie"]
    assert said.startswith(f"{SECURE_COOKIE}=")
    parts = {part.strip().lower() for part in said.split(";")}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    assert is_in(browser)
    out = browser.post("/sign-out", headers={"X-CSRF-Token": csrf(browser)})
    assert "secure" in out.headers["set-cookie"].lower()
    assert not is_in(browser)


WRONG = (("mark", "not the password"), ("nobody-such", PASSWORD), ("vera", PASSWORD), ("mark", ""), ("", ""))


def test_every_wrong_sign_in_looks_the_same(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    seen = set()
    for login, password in WRONG:  # a wrong password, no such user, a user without one, nothing typed
        said = sign_in(browser_at(room), login, password)
        seen.add((said.status_code, said.text.replace(f'value="{login}"', 'value=""').replace(" autofocus", "")))
        assert "set-cookie" not in said.headers
    assert len(seen) == 1
    assert "do not go together" in seen.pop()[1]


def test_failures_are_written_down_and_never_what_was_typed(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    for login, password in (("mark", "wrong"), ("my secret password", "x")):
        sign_in(browser_at(room, address="10.9.9.9"), login, password)
    events = trail(room)
    assert [(e.user, e.action, e.address) for e in events] == [
        ("mark", "sign_in_failed", "10.9.9.9"),
        ("unknown", "sign_in_failed", "10.9.9.9"),
    ]
    assert "secret" not in "".join(e.model_dump_json() for e in events)


@pytest.mark.parametrize("login", ["mark", "nobody-such"])
def test_the_ninth_try_is_refused_whether_there_is_such_a_user_or_not(tmp_path: Path, login: str) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room)
    assert sign_in(browser, login, "wrong").status_code == 401
    assert [room.entrance.pace.wait(login, "127.0.0.1") for _ in range(7)] == [0] * 7
    refused = sign_in(browser, login)  # the right one, for mark
    assert refused.status_code == 429
    assert 880 <= int(refused.headers["Retry-After"]) <= 900
    assert "Wait 15 minutes" in refused.text
    assert sign_in(browser, login).status_code == 429
    assert [e.detail for e in trail(room)] == ["by password", "too many tries"]  # the second within the minute
    assert sign_in(browser_at(room, address="10.0.0.7"), "anna").status_code == 303


def test_a_right_password_makes_earlier_slips_good(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room)
    for _ in range(3):
        assert [room.entrance.pace.wait("mark", "127.0.0.1") for _ in range(7)] == [0] * 7
        assert sign_in(browser, "mark").status_code == 303


def test_signing_in_makes_a_new_session_and_ends_the_old_one(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room)
    planted = room.entrance.open_session("anna")
    browser.cookies.set("filmroom", planted)
    sign_in(browser, "mark")
    assert room.entrance.viewer_of(planted) is None
    browser = browser_at(room)
    browser.cookies.set("filmroom", "chosen-by-somebody-else")
    came = sign_in(browser, "mark")
    assert "chosen-by-somebody-else" not in came.headers["set-cookie"]


def test_signing_out_ends_this_session_alone(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    here, there = browser_at(room), browser_at(room)
    for browser in (here, there):
        sign_in(browser, "mark")
    cookie = here.cookies["filmroom"]
    out = here.post("/sign-out", data={"csrf": csrf(here)})
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in?out=session")
    assert room.entrance.viewer_of(cookie) is None
    assert not is_in(here)
    assert is_in(there)
    assert trail(room)[-1].action == "signed_out"
    assert "You are signed out." in here.get("/sign-in?out=session").text


def test_a_session_outlives_a_restart_of_the_server(tmp_path: Path) -> None:
    clock = Clock()
    room = room_with_passwords(tmp_path, clock)
    browser = browser_at(room)
    sign_in(browser, "mark")
    cookie, token = browser.cookies["filmroom"], csrf(browser)
    room.close()
    again: Room = open_room(room.workspace, room.config, now=clock)
    browser = browser_at(again)
    browser.cookies.set("filmroom", cookie)
    assert browser.post("/sign-out", data={"csrf": token}).status_code == 303


def test_sessions_end_in_time(tmp_path: Path) -> None:
    clock = Clock()
    browser = browser_at(room_with_passwords(tmp_path, clock))
    sign_in(browser, "mark")
    clock.at += timedelta(hours=3, minutes=59)
    assert is_in(browser)
    clock.at += timedelta(hours=4)
    assert not is_in(browser)


def test_a_removed_users_sessions_end_at_once_and_stay_ended(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room)
    sign_in(browser, "mark")
    mark = room.people.get("mark")
    assert mark
    room.workspace.users.append("mark", mark.model_copy(update={"removed": True}))
    room.people.look()
    assert not is_in(browser)
    assert sign_in(browser_at(room), "mark").status_code == 401
    room.workspace.users.append("mark", mark)
    room.people.look()
    assert not is_in(browser)


def test_another_password_ends_all_sessions_whoever_set_it(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room)
    sign_in(browser, "mark")
    mark = room.people.get("mark")
    assert mark
    room.workspace.users.append("mark", mark.model_copy(update={"password": hash_password("another otter sleeps")}))
    room.people.look()
    assert not is_in(browser)


def test_whoever_changes_their_password_stays_in_where_they_did(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    here, there = browser_at(room), browser_at(room)
    for browser in (here, there):
        sign_in(browser, "mark")
    new = "another otter sleeps"
    typed = {"old": PASSWORD, "password": new, "again": new, "csrf": csrf(here)}
    assert here.post("/account/password", data=typed).status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    assert [sign_in(browser_at(room), "mark", typed).status_code for typed in (PASSWORD, new)] == [401, 303]


def test_the_command_line_can_end_the_sessions_of_a_room_that_is_open(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    browser, other = browser_at(room), browser_at(room)
    sign_in(browser, "mark")
    sign_in(other, "anna")
    assert end_sessions(room.workspace.root, "mark") == 1
    assert (is_in(browser), is_in(other)) == (False, True)


def test_a_password_kept_in_an_older_way_is_kept_anew_at_the_next_sign_in(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    mark = room.people.get("mark")
    assert mark
    old = Argon2Hasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    room.workspace.users.append("mark", mark.model_copy(update={"password": old}))
    room.people.look()
    browser = browser_at(room)
    assert sign_in(browser, "mark").status_code == 303
    kept = room.people.get("mark")
    assert kept
    assert kept.password
    assert "m=65536,t=3" in kept.password
    assert is_in(browser)  # the new way of keeping did not end the session that it was kept at


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "https:evil.example"])
def test_nobody_is_led_to_another_site(tmp_path: Path, wanted: str) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room)
    assert "evil" not in browser.get("/sign-in", params={"next": wanted}).text
    assert sign_in(browser, "mark", wanted=wanted).headers["location"] == "/"
    assert browser.get("/sign-in", params={"next": wanted}).headers["location"] == "/"


def test_what_was_typed_is_shown_again_as_text(tmp_path: Path) -> None:
    said = sign_in(
        browser_at(room_with_passwords(tmp_path)), '"><script>alert(1)</script>\u202e', "secret typed here"
    ).text
    assert "<script>alert" not in said
    assert "\u202e" not in said
    assert "secret typed here" not in said


def test_the_page_lets_password_managers_help(tmp_path: Path) -> None:
    page = browser_at(room_with_passwords(tmp_path)).get("/sign-in").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page
    assert "Ask your admin" in page


def test_without_users_the_page_says_what_to_do(tmp_path: Path) -> None:
    from pipeline.config import Config
    from pipeline.store.workspace import Workspace

    room = open_room(Workspace(tmp_path / "empty"), Config(), now=Clock())
    page = browser_at(room).get("/sign-in").text
    assert "filmroom users add" in page
    assert 'type="password"' not in page
