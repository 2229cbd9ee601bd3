"""Who is told of what, signed so that they can tell it is from here, and tried again where they do not take it."""

import base64
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from pipeline.adapters.webhook import WebhookError
from pipeline.adapters.webhook import send as post
from pipeline.announce import Announcer, of_outcome, require_secrets, signed
from pipeline.config.night import WebhookTarget
from pipeline.domain.announcement import Announcement
from pipeline.domain.work import CallOutcome
from pipeline.errors import UsageError
from pipeline.store.outbox import Outbox

NIGHT = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
DONE = Announcement(type="call.done", timestamp=NIGHT, data={"call": "c0123456789ab", "seconds": 12.5})


def target(url: str, *events: str) -> WebhookTarget:
    return WebhookTarget(url=url, secret_variable="HOOK_SECRET", **({"events": events} if events else {}))


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)


class ScriptedPost:
    """Takes what it is sent, but for addresses that are down."""

    def __init__(self, *down: str) -> None:
        self.down = set(down)
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.sent.append((url, body, dict(headers)))
        if url in self.down:
            raise WebhookError("it answered 503", hint="put it right")


class Clock:
    def __init__(self) -> None:
        self.at = NIGHT

    def __call__(self) -> datetime:
        return self.at


A, B = "https://a.example.com/", "https://b.example.com/"


class TestTelling:
    def test_only_who_wants_to_know_is_told(self, tmp_path: Path) -> None:
        sends = ScriptedPost()
        targets = [target(A, "call.done"), target(B, "run.ended")]
        announcer = Announcer(Outbox(tmp_path), targets, send=sends, now=Clock())
        assert announcer.announce(DONE) == 1
        assert announcer.send().taken == 1
        assert [url for url, _, _ in sends.sent] == [A]
        assert json.loads(sends.sent[0][1]) == {
            "type": "call.done",
            "timestamp": "2026-03-05T02:00:00Z",
            "data": {"call": "c0123456789ab", "seconds": 12.5},
        }

    def test_nothing_is_sent_by_announcing(self, tmp_path: Path) -> None:
        sends = ScriptedPost()
        Announcer(Outbox(tmp_path), [target(A)], send=sends, now=Clock()).announce(DONE)
        assert sends.sent == []

    def test_an_address_that_is_down_holds_up_nobody_else_and_is_left_alone_for_the_round(self, tmp_path: Path) -> None:
        sends = ScriptedPost(A)
        announcer = Announcer(Outbox(tmp_path), [target(A), target(B)], send=sends, now=Clock())
        for _ in range(3):
            announcer.announce(DONE)
        sent = announcer.send()
        assert (sent.taken, sent.failed) == (3, 1)
        assert [url for url, _, _ in sends.sent].count(A) == 1

    def test_a_message_that_failed_arrives_later_under_the_same_id(self, tmp_path: Path) -> None:
        sends, clock = ScriptedPost(A), Clock()
        announcer = Announcer(Outbox(tmp_path), [target(A)], send=sends, now=clock)
        announcer.announce(DONE)
        announcer.send()
        sends.down.clear()
        assert announcer.send().taken == 0  # its turn has not come: 5 s
        clock.at += timedelta(seconds=5)
        assert announcer.send().taken == 1
        first, second = (headers for _, _, headers in sends.sent)
        assert first["webhook-id"] == second["webhook-id"]
        assert first["webhook-timestamp"] != second["webhook-timestamp"]

    def test_what_waits_survives_the_process(self, tmp_path: Path) -> None:
        Announcer(Outbox(tmp_path), [target(A)], send=ScriptedPost(), now=Clock()).announce(DONE)
        sends = ScriptedPost()
        assert Announcer(Outbox(tmp_path), [target(A)], send=sends, now=Clock()).send().taken == 1

    def test_a_message_for_an_address_that_the_settings_lost_is_dropped(self, tmp_path: Path) -> None:
        Announcer(Outbox(tmp_path), [target(A)], send=ScriptedPost(), now=Clock()).announce(DONE)
        sends = ScriptedPost()
        assert Announcer(Outbox(tmp_path), [target(B)], send=sends, now=Clock()).send().dropped == 1
        assert sends.sent == []

    def test_what_was_given_up_is_tried_again_on_purpose_only(self, tmp_path: Path) -> None:
        sends, clock = ScriptedPost(A), Clock()
        announcer = Announcer(Outbox(tmp_path), [target(A)], send=sends, now=clock)
        announcer.announce(DONE)
        for _ in range(8):
            announcer.send()
            clock.at += timedelta(hours=11)
        sends.down.clear()
        assert announcer.send().taken == 0
        assert announcer.send(again=True).taken == 1


class TestSigning:
    def test_a_receiver_by_the_standard_s_own_library_accepts_it(self) -> None:
        now = datetime.now(UTC)
        headers = signed("0" * 32, now, b'{"type":"ping"}', bytes(range(32)))
        assert Webhook(SECRET).verify('{"type":"ping"}', headers) == {"type": "ping"}

    @pytest.mark.parametrize("change", ["body", "id", "secret"])
    def test_a_receiver_refuses_what_was_changed(self, change: str) -> None:
        headers = signed("0" * 32, datetime.now(UTC), b"{}", bytes(32) if change == "secret" else bytes(range(32)))
        headers |= {"webhook-id": "1" * 32} if change == "id" else {}
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify('{"a": 1}' if change == "body" else "{}", headers)

    @pytest.mark.parametrize(
        ("value", "said"), [(None, "has no HOOK_SECRET"), ("whsec_%%", "no base64"), ("whsec_AAAA", "3 bytes")]
    )
    def test_a_secret_that_is_none_is_an_error_before_anything_happens(
        self, value: str | None, said: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if value is None:
            monkeypatch.delenv("HOOK_SECRET")
        else:
            monkeypatch.setenv("HOOK_SECRET", value)
        with pytest.raises(UsageError, match=said) as found:
            require_secrets([target(A)])
        assert value is None or value not in str(found.value)


class TestOfOutcome:
    def outcome(self, status: str, reason: str | None = None) -> CallOutcome:
        return CallOutcome.model_validate(
            {"call": "c0123456789ab", "path": "Acme, Jane Roe.wav", "status": status, "reason": reason, "seconds": 2.0}
        )

    def test_a_call_that_is_done_is_told_by_its_id(self) -> None:
        told = of_outcome(self.outcome("done"), at=NIGHT)
        assert told is not None
        assert (told.type, told.data) == ("call.done", {"call": "c0123456789ab", "seconds": 2.0})

    def test_a_call_that_was_set_aside_is_told_with_the_stage_and_without_a_name(self) -> None:
        told = of_outcome(self.outcome("quarantined", "ingest: Acme, Jane Roe.wav: is empty (0 bytes)"), at=NIGHT)
        assert told is not None
        assert told.data == {"call": "c0123456789ab", "stage": "ingest"}
        assert "Roe" not in told.model_dump_json()

    def test_a_reason_without_a_stage_names_none(self) -> None:
        told = of_outcome(self.outcome("quarantined", "Jane Roe: is empty"), at=NIGHT)
        assert told is not None
        assert told.data["stage"] is None

    @pytest.mark.parametrize("status", ["skipped", "waiting", "failed"])
    def test_where_nothing_happened_nothing_is_told(self, status: str) -> None:
        assert of_outcome(self.outcome(status), at=NIGHT) is None


class Receiver(BaseHTTPRequestHandler):
    """A webhook on this machine: answers 500 to the first request, then takes what is signed."""

    seen: list[tuple[int, object]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = 500 if not self.seen else 204
        self.seen.append((status, Webhook(SECRET).verify(body, dict(self.headers.items()))))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def test_over_a_real_connection_it_is_refused_once_and_taken_the_second_time(tmp_path: Path, receiver: str) -> None:
    clock = Clock()
    clock.at = datetime.now(UTC)  # the receiver refuses what is older than five minutes
    announcer = Announcer(Outbox(tmp_path), [target(receiver)], send=post, now=clock)
    announcer.announce(DONE.model_copy(update={"timestamp": clock.at}))
    assert announcer.send().failed == 1
    clock.at += timedelta(seconds=6)
    assert announcer.send().taken == 1
    assert [status for status, _ in Receiver.seen] == [500, 204]
    assert Receiver.seen[0][1] == Receiver.seen[1][1]


def test_rounds_send_in_the_background_and_once_more_at_the_end(tmp_path: Path) -> None:
    sends = ScriptedPost()
    announcer = Announcer(Outbox(tmp_path), [target(A)], send=sends, now=Clock())
    announcer.send_in_rounds(every_s=3600)
    announcer.announce(DONE)
    announcer.close()
    assert [url for url, _, _ in sends.sent] == [A]


def test_a_disk_that_fails_in_a_round_is_logged_and_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    announcer = Announcer(Outbox(tmp_path / "outbox"), [target(A)], send=ScriptedPost(), now=Clock())
    (tmp_path / "outbox").write_text("a file where the folder should be")
    logging.getLogger("filmroom").propagate = True
    announcer.send_in_rounds(every_s=3600)
    announcer.close()
    assert "webhooks wait" in caplog.text
