"""Where requests come from and lead to."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import ReviewRoom
from pipeline.review.app import make_app
from pipeline.review.sign_in.origins import host_of, known_hosts, local_path
from tests.review.rooms import ORIGIN, client, make_room

ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https:evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
    " /calls",
    "/\x00",
    "/" + "x" * 3000,
)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_whatever_could_lead_elsewhere_leads_to_the_start(wanted: str) -> None:
    assert local_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/calls/abc?draft=1&x=a%20b", "/inbox#later", "/calls/é"])
def test_a_path_of_the_room_is_gone_on_to(wanted: str) -> None:
    assert local_path(wanted) == wanted


@pytest.mark.parametrize("wanted", ["/sign-in", "/sign-out", "/sign-in/provider", "/open?token=x"])
def test_nobody_is_led_round_in_a_circle(wanted: str) -> None:
    assert local_path(wanted) == "/"


@given(st.text(alphabet="/\\\t\n:@?#.aé ev%", max_size=30))
def test_no_path_at_all_leaves_the_room(wanted: str) -> None:
    led = urljoin("http://room.example/", local_path(wanted).replace("\\", "/"))
    assert urlsplit(led).netloc == "room.example"


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("localhost:8765", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:8765", "::1"),
        ("Film.Example:443", "film.example"),
        ("127.0.0.1@evil.example", ""),
        ("evil.example/127.0.0.1", ""),
        ("127.0.0.1:port", ""),
        ("", ""),
    ],
)
def test_the_host_of_an_authority(authority: str, host: str) -> None:
    assert host_of(authority) == host


def test_hosts_are_this_machines_and_those_of_the_settings() -> None:
    this = {"localhost", "127.0.0.1", "::1"}
    assert known_hosts(ReviewRoom()) == this
    assert known_hosts(ReviewRoom(host="0.0.0.0", hosts=("Film.example",))) == {*this, "film.example"}
    assert known_hosts(ReviewRoom(host="10.0.0.5")) == {*this, "10.0.0.5"}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "localhost.evil.example"]
)
def test_another_name_for_this_machine_is_not_answered(tmp_path: Path, host: str) -> None:
    room = make_room(tmp_path, ())
    refused = client(room).get("/sign-in", headers={"Host": host})
    assert refused.status_code == 400
    assert "not known by that name" in refused.text
    assert refused.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST"])
def test_this_machines_names_are_answered(tmp_path: Path, host: str) -> None:
    assert client(make_room(tmp_path, ())).get("/sign-in", headers={"Host": host}).status_code == 200


CROSS = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"})
OWN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": ORIGIN},
    {"Origin": "null"},
    {},
)


@pytest.mark.parametrize("headers", CROSS)
def test_another_sites_form_is_refused_although_its_token_is_right(tmp_path: Path, headers: dict[str, str]) -> None:
    browser = client(make_room(tmp_path, ()), "mark")
    assert browser.post("/sign-out", headers=headers).status_code == 403


@pytest.mark.parametrize("headers", OWN)
def test_our_own_form_is_taken(tmp_path: Path, headers: dict[str, str]) -> None:
    browser = client(make_room(tmp_path, ()), "mark")
    assert browser.post("/sign-out", headers=headers).status_code == 303


@pytest.mark.parametrize("headers", CROSS)
def test_another_site_cannot_sign_somebody_in(tmp_path: Path, headers: dict[str, str]) -> None:
    browser = client(make_room(tmp_path, ()))
    assert browser.post("/sign-in", data={"login": "mark", "password": "x"}, headers=headers).status_code == 403


def test_a_form_without_its_token_is_refused_whatever_its_headers_say(tmp_path: Path) -> None:
    browser = client(make_room(tmp_path, ()), "mark")
    del browser.headers["X-CSRF-Token"]
    for token in ("", "0" * 64):
        refused = browser.post("/sign-out", data={"csrf": token}, headers={"Sec-Fetch-Site": "same-origin"})
        assert refused.status_code == 403


def test_a_token_of_another_session_is_refused(tmp_path: Path) -> None:
    room = make_room(tmp_path, ())
    browser, other = client(room, "mark"), client(room, "mark")
    browser.headers["X-CSRF-Token"] = other.headers["X-CSRF-Token"]
    assert browser.post("/sign-out").status_code == 403


def test_two_host_headers_are_not_answered(tmp_path: Path) -> None:
    app = make_app(make_room(tmp_path, ()))
    headers = [("host", "127.0.0.1"), ("host", "evil.example")]
    assert TestClient(app, base_url=ORIGIN).get("/sign-in", headers=headers).status_code == 400
