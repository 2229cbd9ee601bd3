"""Webhooks, at a real server on this machine: what arrives, and what the sender does not let itself be led to."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.adapters.webhook import SIGNATURE, WebhookError, post, signature


class Hook(ThreadingHTTPServer):
    """A server that keeps what it was sent, and answers with this status."""

    status = 204
    location = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = self.server
        assert isinstance(hook, Hook)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        hook.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(hook.status)
        if hook.location:
            self.send_header("Location", hook.location)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: tests are quiet."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_body_arrives_as_json_with_its_signature_and_no_cookies(hook: Hook) -> None:
    post(hook.url, b'{"a":1}', "secret")
    [(path, headers, body)] = hook.got
    assert (path, body, headers["content-type"]) == ("/hook", b'{"a":1}', "application/json")
    assert headers[SIGNATURE.lower()] == "sha256=" + hmac.new(b"secret", b'{"a":1}', hashlib.sha256).hexdigest()
    assert "cookie" not in headers
    assert "authorization" not in headers


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
def test_any_other_status_is_a_failure_and_no_redirect_is_followed(hook: Hook, status: int) -> None:
    hook.status, hook.location = status, hook.url + "/elsewhere"
    with pytest.raises(WebhookError, match=str(status)) as caught:
        post(hook.url, b"{}", "secret")
    assert [path for path, _, _ in hook.got] == ["/hook"]
    assert caught.value.retryable


def test_a_server_that_is_not_there_is_a_failure(hook: Hook) -> None:
    url = hook.url
    hook.shutdown()
    hook.server_close()
    with pytest.raises(WebhookError, match="cannot be reached"):
        post(url, b"{}", "secret")


@pytest.mark.parametrize(
    "url", ["https://169.254.169.254/latest", "https://0.0.0.0/", "https://[fe80::1]/", "https://224.0.0.1/"]
)
def test_addresses_of_inner_services_are_not_reached(url: str) -> None:
    with pytest.raises(WebhookError, match="not allowed"):
        post(url, b"{}", "secret")


def test_a_name_that_nobody_knows_is_a_failure() -> None:
    with pytest.raises(WebhookError, match="nobody knows"):
        post("https://no-such-host.invalid/", b"{}", "secret")


def test_another_secret_or_body_is_another_signature() -> None:
    assert len({signature(b"a", "k"), signature(b"b", "k"), signature(b"a", "l")}) == 3
