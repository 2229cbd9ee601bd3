"""Signing in by an OpenID Connect provider that really is one, and every way in which it must not work."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey, RSAKey

from pipeline.config import Config, OidcProvider, ReviewRoom
from pipeline.domain.audit import AuditEvent
from pipeline.domain.people import User
from pipeline.errors import UsageError
from pipeline.review.app import make_app
from pipeline.review.room import Room, open_room
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW, ORIGIN, Clock, add_people
from tests.review.sign_in.provider_server import CLIENT, SECRET, Provider, provider, walked

VARIABLE = "FILMROOM_TEST_OIDC_SECRET"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def served(clock: Clock) -> Iterator[Provider]:
    with provider(clock) as found:
        yield found


@pytest.fixture
def room(tmp_path: Path, served: Provider, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setenv(VARIABLE, SECRET)
    settings = OidcProvider(issuer=served.issuer, client_id=CLIENT, client_secret_variable=VARIABLE, name="Example")
    workspace = Workspace(tmp_path / "w")
    add_people(workspace)
    mark = workspace.users.last("mark")
    assert mark
    workspace.users.append("mark", mark.model_copy(update={"email": "Mark@film.example"}))
    found = open_room(workspace, Config(review=ReviewRoom(oidc=settings)), now=clock)
    yield found
    found.close()


def browser_at(room: Room) -> TestClient:
    return TestClient(make_app(room), base_url=ORIGIN, follow_redirects=False)


def back_from_provider(browser: TestClient, wanted: str = "/") -> str:
    """Our own address with the provider's answer, as the browser has it after the provider."""
    left = browser.get("/sign-in/provider", params={"next": wanted})
    assert left.status_code == 303, left.text
    return walked(left.headers["location"])


def who(room: Room, browser: TestClient) -> str | None:
    viewer = room.entrance.viewer_of(browser.cookies.get("filmroom") or "")
    return viewer.user.id if viewer else None


def failures(room: Room) -> list[str]:
    return [e.detail for e in told(room) if e.action == "sign_in_failed"]


def told(room: Room) -> list[AuditEvent]:
    lines = [p.read_text().splitlines() for p in sorted((room.workspace.root / "audit").glob("*.jsonl"))]
    return [AuditEvent.model_validate_json(line) for file in lines for line in file]


def test_a_user_comes_in_and_goes_on_to_where_they_wanted(room: Room) -> None:
    browser = browser_at(room)
    came = browser.get(back_from_provider(browser, "/calls?draft=1"))
    assert (came.status_code, came.headers["location"]) == (303, "/calls?draft=1")
    assert who(room, browser) == "mark"
    assert [(e.user, e.action, e.detail) for e in told(room)] == [("mark", "signed_in", "by the provider")]
    assert "filmroom-trip" not in browser.cookies


def test_a_provider_on_this_machine_is_asked_past_the_proxies_of_the_environment(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing listens at port 1: a proxy there would be an error."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    test_a_user_comes_in_and_goes_on_to_where_they_wanted(room)


def test_the_question_has_state_nonce_and_challenge_and_no_secret(room: Room) -> None:
    asked = [browser_at(room).get("/sign-in/provider").headers["location"] for _ in range(2)]
    queries = [parse_qs(urlsplit(url).query) for url in asked]
    assert set(queries[0]) == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce",
        "code_challenge", "code_challenge_method",
    }  # fmt: skip
    assert queries[0]["redirect_uri"] == [f"{ORIGIN}/sign-in/provider/back"]
    for name in ("state", "nonce", "code_challenge"):
        assert queries[0][name] != queries[1][name]


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "of another question"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "somebody-else"}, "aud"),
        ({"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"}, "azp"),
        ({"iss": "https://evil.example"}, "iss"),
        ({"exp": int(NOW.timestamp()) - 61}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": int(NOW.timestamp()) + 600}, "in the future"),
        ({"sub": None}, "sub"),
    ],
)
def test_a_token_with_a_wrong_claim_lets_nobody_in(
    room: Room, served: Provider, claims: dict[str, object], why: str
) -> None:
    served.claims.update(claims)
    browser = browser_at(room)
    came = browser.get(back_from_provider(browser))
    assert came.status_code == 403
    assert "token is not right" in came.text
    assert why in failures(room)[0]
    assert who(room, browser) is None


def test_a_token_signed_by_another_key_lets_nobody_in(room: Room, served: Provider) -> None:
    served.sign_with = RSAKey.generate_key(2048, {"kid": "k1"})
    browser = browser_at(room)
    assert browser.get(back_from_provider(browser)).status_code == 403
    assert "bad_signature" in failures(room)[0]
    assert who(room, browser) is None


def test_a_token_signed_by_the_public_key_as_a_secret_lets_nobody_in(room: Room, served: Provider) -> None:
    served.sign_with = OctKey.import_key(served.key.as_pem(private=False).hex())
    served.header = {"alg": "HS256", "kid": "k1"}
    browser = browser_at(room)
    assert browser.get(back_from_provider(browser)).status_code == 403
    assert who(room, browser) is None


def test_new_keys_of_the_provider_are_fetched_and_unknown_ones_refused(room: Room, served: Provider) -> None:
    browser = browser_at(room)
    assert browser.get(back_from_provider(browser)).status_code == 303
    served.key = RSAKey.generate_key(2048, {"kid": "k2", "use": "sig"})
    served.header = {"alg": "RS256", "kid": "k2"}
    assert browser.get(back_from_provider(browser)).status_code == 303
    assert served.keys_fetched == 2
    served.header = {"alg": "RS256", "kid": "k3"}
    assert browser.get(back_from_provider(browser)).status_code == 403


def test_somebody_who_is_no_user_is_not_let_in_and_told_whom_to_ask(room: Room, served: Provider) -> None:
    served.claims["email"] = "<b>eve</b>@film.example"
    browser = browser_at(room)
    came = browser.get(back_from_provider(browser))
    assert came.status_code == 403
    assert "Ask your admin for an account" in came.text
    assert "<b>eve" not in came.text
    assert failures(room) == ["by the provider: <b>eve</b>@film.example is no user"]
    assert who(room, browser) is None


def test_a_removed_user_is_not_let_in(room: Room) -> None:
    mark = room.people.get("mark")
    assert mark
    room.workspace.users.append("mark", mark.model_copy(update={"removed": True}))
    room.people.look()
    browser = browser_at(room)
    assert browser.get(back_from_provider(browser)).status_code == 403
    assert who(room, browser) is None


@pytest.mark.parametrize("verified", [False, "false", None])
def test_an_address_that_the_provider_has_not_verified_counts_only_where_it_says_nothing(
    room: Room, served: Provider, verified: object
) -> None:
    served.claims["email_verified"] = verified  # None: the claim is left out, as some providers do
    browser = browser_at(room)
    assert browser.get(back_from_provider(browser)).status_code == (303 if verified is None else 403)


@pytest.mark.parametrize("email", [None, "", 7, ["mark@film.example"]])
def test_a_token_without_the_claim_lets_nobody_in(room: Room, served: Provider, email: object) -> None:
    served.claims["email"] = email
    browser = browser_at(room)
    came = browser.get(back_from_provider(browser))
    assert (came.status_code, who(room, browser)) == (403, None)
    assert "has no email" in came.text


def test_an_answer_to_another_browsers_question_lets_nobody_in(room: Room) -> None:
    browser, other = browser_at(room), browser_at(room)
    answer = back_from_provider(other)
    assert browser.get(answer).status_code == 403  # no question of its own
    back_from_provider(browser)
    assert browser.get(answer).status_code == 403  # another state
    assert who(room, browser) is None


def test_an_answer_works_once(room: Room, served: Provider) -> None:
    browser = browser_at(room)
    answer = back_from_provider(browser)
    carried = browser.cookies["filmroom-trip"]
    assert browser.get(answer).status_code == 303
    browser.cookies.clear()
    browser.cookies.set("filmroom-trip", carried)
    assert browser.get(answer).status_code == 403
    assert served.refusals == ["invalid_grant"]
    assert who(room, browser) is None


def test_an_answer_after_ten_minutes_is_too_late(room: Room, clock: Clock) -> None:
    browser = browser_at(room)
    answer = back_from_provider(browser)
    clock.at += timedelta(minutes=10)
    assert browser.get(answer).status_code == 403


def test_what_the_browser_carries_cannot_be_changed(room: Room) -> None:
    browser = browser_at(room)
    answer = back_from_provider(browser)
    carried = browser.cookies["filmroom-trip"]
    body, _, signature = carried.rpartition(".")
    browser.cookies.clear()
    for changed in (f"{body[:-4]}AAAA.{signature}", f"{body}.{'0' * 64}", "", ".", "é"):
        answered = browser.get(answer, headers={b"Cookie": f"filmroom-trip={changed}".encode()})
        assert answered.status_code == 403
    assert who(room, browser) is None


def test_another_verifier_than_that_of_the_question_gets_no_token(room: Room, served: Provider) -> None:
    browser = browser_at(room)
    answer = back_from_provider(browser)
    for code, asked in served.codes.items():
        served.codes[code] = replace(asked, challenge="of another verifier")
    assert browser.get(answer).status_code == 403
    assert served.refusals == ["invalid_grant"]


def test_an_answer_of_another_provider_is_refused(room: Room, served: Provider) -> None:
    browser = browser_at(room)
    answer = back_from_provider(browser).replace("&iss=", "&iss=https://evil.example&was=")
    assert browser.get(answer).status_code == 403
    assert len(served.codes) == 1  # its code was not given away


def test_a_refusal_of_the_provider_is_told(room: Room, served: Provider) -> None:
    served.error = "access_denied"
    browser = browser_at(room)
    came = browser.get(back_from_provider(browser))
    assert came.status_code == 403
    assert "did not let you in (access_denied)" in came.text


def test_a_provider_that_is_down_is_told_and_works_when_it_is_back(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with provider(clock) as gone:
        settings = OidcProvider(issuer=gone.issuer, client_id=CLIENT)
    workspace = Workspace(tmp_path / "w")
    add_people(workspace)
    room = open_room(workspace, Config(review=ReviewRoom(oidc=settings)), now=clock)
    answer = browser_at(room).get("/sign-in/provider")
    assert answer.status_code == 502
    assert "gives no answer" in answer.text
    assert "Password" in answer.text  # the other way is still open


def test_a_provider_with_another_name_than_stated_is_not_believed(room: Room, served: Provider) -> None:
    served.name = "https://evil.example"
    assert browser_at(room).get("/sign-in/provider").status_code == 502


def test_the_session_is_a_new_one(room: Room) -> None:
    browser = browser_at(room)
    old = room.entrance.open_session("anna")
    browser.cookies.set("filmroom", old)
    came = browser.get(back_from_provider(browser))
    assert came.status_code == 303
    assert room.entrance.viewer_of(old) is None


def test_a_secret_that_is_stated_and_not_there_stops_the_room(tmp_path: Path) -> None:
    settings = OidcProvider(issuer="https://id.example", client_id="x", client_secret_variable="FILMROOM_NOT_SET")
    workspace = Workspace(tmp_path / "w")
    with pytest.raises(UsageError, match="FILMROOM_NOT_SET is not set"):
        open_room(workspace, Config(review=ReviewRoom(oidc=settings)), now=lambda: NOW)


def test_without_a_provider_there_is_no_such_place(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    room = open_room(workspace, Config(), now=lambda: NOW)
    for path in ("/sign-in/provider", "/sign-in/provider/back"):
        assert browser_at(room).get(path).status_code == 404


def test_a_claim_of_another_name_is_compared_with_ids(
    tmp_path: Path, served: Provider, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    served.claims["preferred_username"] = "vera"
    settings = OidcProvider(
        issuer=served.issuer, client_id=CLIENT, client_secret_variable=VARIABLE, claim="preferred_username"
    )
    workspace = Workspace(tmp_path / "other")
    workspace.users.append("vera", User(id="vera", name="Vera", roles=frozenset({"second_level"}), by="tests", at=NOW))
    room = open_room(workspace, Config(review=ReviewRoom(oidc=settings)), now=clock)
    browser = browser_at(room)
    assert browser.get(back_from_provider(browser)).status_code == 303
    assert who(room, browser) == "vera"
