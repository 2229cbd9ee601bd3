"""The other ways in: the one-time link, tokens of programs, the header of a trusted proxy."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from pipeline.config import Config, ReviewRoom, TrustedProxy
from pipeline.domain.people import LOCAL_USER
from pipeline.errors import UsageError
from pipeline.review.room import Room, open_room
from pipeline.store.workspace import Workspace
from tests.review.rooms import Clock
from tests.review.sign_in.rooms import TOKEN, browser_at, room_with_passwords, trail

HEADER = "X-Forwarded-User"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def proxied(tmp_path: Path, *networks: str, header: str | None = HEADER) -> Room:
    settings = TrustedProxy.model_validate({"header": header, "from": networks or ("127.0.0.1",)})
    return room_with_passwords(tmp_path, settings=ReviewRoom(proxy=settings))


def is_in(browser: TestClient, headers: dict[str, str] | None = None, path: str = "/account") -> bool:
    return browser.get(path, headers=headers or {}).status_code == 200


def test_the_link_lets_in_once_and_shows_everything(tmp_path: Path) -> None:
    room = open_room(Workspace(tmp_path / "w"), Config(), now=Clock())
    browser = browser_at(room)
    token = room.entrance.new_link()
    assert browser.get("/open", params={"token": token}).headers["location"] == "/"
    viewer = room.entrance.viewer_of(browser.cookies["filmroom"])
    assert viewer
    assert (viewer.user.id, viewer.everything) == (LOCAL_USER, True)
    other = browser_at(room).get("/open", params={"token": token})
    assert other.status_code == 404
    assert "start filmroom review again" in other.text.lower()
    assert [(e.user, e.action) for e in trail(room)] == [(LOCAL_USER, "signed_in"), ("unknown", "sign_in_failed")]


def test_whoever_is_in_already_may_open_the_link_again(tmp_path: Path) -> None:
    room = open_room(Workspace(tmp_path / "w"), Config(), now=Clock())
    browser = browser_at(room)
    token = room.entrance.new_link()
    assert [browser.get("/open", params={"token": token}).status_code for _ in range(2)] == [303, 303]


def test_the_link_is_good_for_ten_minutes(tmp_path: Path) -> None:
    clock = Clock()
    room = open_room(Workspace(tmp_path / "w"), Config(), now=clock)
    early, late = room.entrance.new_link(), room.entrance.new_link()
    clock.at += timedelta(minutes=9, seconds=59)
    assert room.entrance.use_link(early)
    clock.at += timedelta(seconds=1)
    assert room.entrance.use_link(late) is None


@pytest.mark.parametrize("token", ["", "x", "é", "\x00"])
def test_nothing_else_is_a_link(tmp_path: Path, token: str) -> None:
    room = open_room(Workspace(tmp_path / "w"), Config(), now=Clock())
    room.entrance.new_link()
    assert browser_at(room).get("/open", params={"token": token}).status_code == 404


def test_guessing_links_has_to_wait(tmp_path: Path) -> None:
    browser = browser_at(open_room(Workspace(tmp_path / "w"), Config(), now=Clock()))
    assert {browser.get("/open?token=x").status_code for _ in range(60)} == {404}
    assert browser.get("/open?token=x").status_code == 429


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "film.example"])
def test_there_is_no_link_where_other_machines_reach_the_room(tmp_path: Path, host: str) -> None:
    room = room_with_passwords(tmp_path, settings=ReviewRoom(host=host))
    with pytest.raises(UsageError, match="only this machine"):
        room.entrance.new_link()


def test_a_session_at_ones_own_machine_is_none_in_a_room_that_was_opened_for_users(tmp_path: Path) -> None:
    clock = Clock()
    workspace = Workspace(tmp_path / "w")
    room = open_room(workspace, Config(), now=clock)
    cookie = room.entrance.use_link(room.entrance.new_link())
    assert cookie
    room.close()
    for_users = open_room(workspace, Config(), now=clock)
    assert for_users.entrance.viewer_of(cookie) is None
    for_users.entrance.new_link()  # opened for this machine again
    assert for_users.entrance.viewer_of(cookie)


def test_a_token_is_its_user_under_api_only(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room)
    assert is_in(browser, BEARER, "/api/me")
    assert is_in(browser, {"Authorization": f"bearer  {TOKEN} "}, "/api/me")
    assert browser.get("/account", headers=BEARER).status_code == 303  # to the sign-in page


def test_a_program_needs_no_token_of_a_form_and_a_browser_does(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room)
    cookie = {"Cookie": f"filmroom={room.entrance.open_session('mark')}"}
    assert browser.delete("/api/me/tokens/CRM", headers=cookie).status_code == 403
    assert browser.delete("/api/me/tokens/CRM", headers=BEARER).status_code == 200


@pytest.mark.parametrize("token", ["", "x", TOKEN + "x", TOKEN[:-1], "é", "8a3b"])
def test_nothing_else_is_a_token_not_even_beside_a_good_cookie(tmp_path: Path, token: str) -> None:
    room = room_with_passwords(tmp_path)
    browser = browser_at(room)
    browser.cookies.set("filmroom", room.entrance.open_session("mark"))
    said = browser.get("/api/me", headers={b"Authorization": f"Bearer {token}".encode()})
    assert said.status_code == 401
    assert set(said.json()) == {"error", "hint"}


def test_the_digest_of_a_token_is_no_token(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    mark = room.people.get("mark")
    assert mark
    headers = {"Authorization": f"Bearer {mark.tokens[0].sha256}"}
    assert not is_in(browser_at(room), headers, "/api/me")


def test_a_removed_token_works_no_more(tmp_path: Path) -> None:
    room = room_with_passwords(tmp_path)
    mark = room.people.get("mark")
    assert mark
    room.workspace.users.append("mark", mark.model_copy(update={"tokens": ()}))
    room.people.look()
    assert not is_in(browser_at(room), BEARER, "/api/me")


def test_the_proxy_says_who_it_is(tmp_path: Path) -> None:
    room = proxied(tmp_path)
    browser = browser_at(room)
    assert is_in(browser, {HEADER: "mark"})
    assert is_in(browser, {HEADER: "Mark@Film.example"})
    assert not is_in(browser)


@pytest.mark.parametrize("address", ["127.0.0.2", "10.0.0.5", "::1", "testclient"])
def test_the_header_from_any_other_address_is_ignored_and_told(
    tmp_path: Path, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = browser_at(proxied(tmp_path), address=address)
    with caplog.at_level(logging.WARNING, logger="filmroom"):
        for _ in range(3):
            assert not is_in(browser, {HEADER: "mark"})
    told = [r.getMessage() for r in caplog.records if HEADER in r.getMessage()]
    assert len(told) == 1  # once for each address
    assert address in told[0]


def test_without_the_setting_the_header_is_nothing(tmp_path: Path) -> None:
    assert not is_in(browser_at(room_with_passwords(tmp_path)), {HEADER: "mark"})
    assert not is_in(browser_at(proxied(tmp_path / "other", header=None)), {HEADER: "mark"})


def test_a_network_of_proxies_is_trusted(tmp_path: Path) -> None:
    room = proxied(tmp_path, "10.1.0.0/16", "fd00::/8")
    for address, trusted in (("10.1.2.3", True), ("fd00::9", True), ("10.2.0.1", False)):
        assert is_in(browser_at(room, address=address), {HEADER: "mark"}) is trusted


def test_a_header_that_came_twice_is_ignored(tmp_path: Path) -> None:
    browser = browser_at(proxied(tmp_path))
    twice = [(HEADER, "mark"), (HEADER, "vera")]
    assert browser.get("/account", headers=twice).status_code == 303


def test_whom_the_proxy_knows_and_we_do_not_is_told_whom_to_ask(tmp_path: Path) -> None:
    browser = browser_at(proxied(tmp_path))
    browser.cookies.set("filmroom", "x")
    said = browser.get("/sign-in", headers={HEADER: "<i>eve</i>"})
    assert said.status_code == 200
    assert "&lt;i&gt;eve" in said.text
    assert "no such user here" in said.text


def test_the_proxys_word_outweighs_a_session_of_somebody_else(tmp_path: Path) -> None:
    room = proxied(tmp_path)
    browser = browser_at(room)
    browser.cookies.set("filmroom", room.entrance.open_session("anna"))
    assert browser.get("/api/me", headers={HEADER: "mark"}).json()["id"] == "mark"
    assert browser.get("/api/me").json()["id"] == "anna"


def test_forms_behind_a_proxy_need_their_users_token(tmp_path: Path) -> None:
    room = proxied(tmp_path)
    browser = browser_at(room)
    token = room.entrance.proxy.csrf_of("mark")
    assert token in browser.get("/account", headers={HEADER: "mark"}).text
    sent = {"": 403, room.entrance.proxy.csrf_of("anna"): 403, token: 200}
    for csrf, status in sent.items():
        assert browser.post("/sign-out", headers={HEADER: "mark"}, data={"csrf": csrf}).status_code == status


def test_forms_behind_a_proxy_stay_good_over_a_restart(tmp_path: Path) -> None:
    room = proxied(tmp_path)
    token = room.entrance.proxy.csrf_of("mark")
    room.close()
    again = open_room(room.workspace, room.config, now=Clock())
    assert again.entrance.proxy.csrf_of("mark") == token
    other = open_room(Workspace(tmp_path / "other"), room.config, now=Clock())
    assert other.entrance.proxy.csrf_of("mark") != token


def test_the_servers_key_is_for_its_owner_only(tmp_path: Path) -> None:
    room = proxied(tmp_path)
    assert len(room.entrance.key) == 32
    assert (room.workspace.root / "sessions" / "server.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.7", "203.0.113.7"),  # what a browser made up stands before
        ("127.0.0.1", "203.0.113.7, 127.0.0.1", "203.0.113.7"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("10.0.0.5", "203.0.113.7", "10.0.0.5"),
    ],
)
def test_the_browsers_address_is_what_the_trusted_proxy_saw(
    tmp_path: Path, peer: str, forwarded: str, address: str
) -> None:
    room = proxied(tmp_path)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    browser_at(room, address=peer).post("/sign-in", data={"login": "mark", "password": "wrong"}, headers=headers)
    assert trail(room)[-1].address == address
