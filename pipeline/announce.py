"""Owns telling other programs what happened: who wants to know of it, signing, sending, and trying again."""

import base64
import binascii
import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import get_args

from pipeline.config.night import WebhookTarget
from pipeline.domain.announcement import Announcement, Fact
from pipeline.domain.base import Value
from pipeline.domain.work import CallOutcome, StageName
from pipeline.errors import InputError, StoreError, UsageError
from pipeline.log import get_logger
from pipeline.store.outbox import Outbox, Waiting

_log = get_logger(__name__)

Send = Callable[[str, bytes, Mapping[str, str]], None]
"""Posts a body with headers to an address. Raises: InputError when it is not taken."""

PREFIX = "whsec_"


class Sent(Value):
    """What one round of sending came to."""

    taken: int = 0
    failed: int = 0
    given_up: int = 0
    dropped: int = 0
    """For an address that the settings do not name any more."""


def of_outcome(outcome: CallOutcome, *, at: datetime) -> Announcement | None:
    """What is told of a call that a run has ended with; None where nothing happened to it.

    The reason stays here: it may name a file, and a file a customer.
    """
    if outcome.status == "done":
        data: dict[str, Fact] = {"call": outcome.call, "seconds": round(outcome.seconds, 3)}
        return Announcement(type="call.done", timestamp=at, data=data)
    if outcome.status == "quarantined":
        return Announcement(
            type="call.quarantined", timestamp=at, data={"call": outcome.call, "stage": _stage(outcome.reason)}
        )
    return None


def require_secrets(targets: Sequence[WebhookTarget]) -> dict[str, bytes]:
    """The signing key of each address. Raises: UsageError naming a variable that is not set, or is no secret."""
    return {target.url: _secret(target) for target in targets}


def signed(delivery_id: str, at: datetime, body: bytes, secret: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks: id, time in seconds, and "v1," with the base64 of HMAC-SHA256 over both and
    the body, parted by full stops (https://www.standardwebhooks.com)."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret, b".".join((delivery_id.encode(), stamp.encode(), body)), hashlib.sha256).digest()
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


class Announcer:
    """Tells the addresses of the settings. Whoever announces is never held up by a network: that is for `send`.

    `now` is its clock. Raises: UsageError as `require_secrets`, before anything happens.
    """

    def __init__(
        self, outbox: Outbox, targets: Sequence[WebhookTarget], *, send: Send, now: Callable[[], datetime]
    ) -> None:
        self._outbox = outbox
        self._targets = tuple(targets)
        self._secrets = require_secrets(targets)
        self._send = send
        self.now = now
        self._sending = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def announce(self, what: Announcement) -> int:
        """How many addresses will be told, kept durably by now. Raises: StoreError."""
        wanted = [target.url for target in self._targets if what.type in target.events or what.type == "ping"]
        for url in wanted:
            self._outbox.put(what, url)
        return len(wanted)

    def send(self, *, again: bool = False) -> Sent:
        """What became of every message that is due by now; with `again` what was given up is tried as well.

        One that fails waits for its next turn, the others go on; to an address that failed nothing more is sent in this
        round. Nothing happens while another process sends. Raises: StoreError.
        """
        with self._sending, self._outbox.alone() as alone:
            if not alone:
                return Sent()
            if again:
                for one in list(self._outbox.waiting(given_up=True)):
                    self._outbox.take_up(one, at=self.now())
            counts = {"taken": 0, "failed": 0, "given_up": 0, "dropped": 0}
            silent: set[str] = set()
            for one in self._outbox.waiting():
                if one.due <= self.now() and one.delivery.url not in silent:
                    became = self._one(one)
                    counts[became] += 1
                    silent |= {one.delivery.url} if became in ("failed", "given_up") else set()
            return Sent(**counts)

    def send_in_rounds(self, *, every_s: float = 5.0) -> None:
        """Send in the background, every few seconds, until `close`; nothing where nobody is to be told."""
        if self._targets and self._thread is None:
            self._thread = threading.Thread(target=self._go, args=(every_s,), name="webhooks", daemon=True)
            self._thread.start()

    def close(self, *, patience_s: float = 15.0) -> None:
        """Send once more, for at most so many seconds; what is not taken then waits in the outbox."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(patience_s)

    def _go(self, every_s: float) -> None:
        while not self._closed.wait(every_s):
            self._round()
        self._round()

    def _round(self) -> None:
        try:
            self.send()
        except (StoreError, OSError) as error:
            _log.warning("webhooks wait: %s", error)

    def _one(self, one: Waiting) -> str:
        url = one.delivery.url
        if url not in self._secrets:
            self._outbox.drop(one)
            return "dropped"
        body = one.delivery.what.model_dump_json().encode()
        now = self.now()
        try:
            self._send(url, body, signed(one.delivery.id, now, body, self._secrets[url]))
        except InputError as error:
            return "failed" if self._outbox.failed(one, error.message, at=now) else "given_up"
        self._outbox.taken(one, at=now)
        return "taken"


def _stage(reason: str | None) -> str | None:
    """The stage with which the reason of a call that was set aside begins."""
    stage = (reason or "").partition(":")[0]
    return stage if stage in get_args(StageName) else None


def _secret(target: WebhookTarget) -> bytes:
    name = target.secret_variable
    hint = f"set {name} to whsec_ and the base64 of at least 24 random bytes: openssl rand -base64 32"
    value = os.environ.get(name)
    if not value:
        raise UsageError(f"[[webhooks]] {target.url}: the environment has no {name}", hint=hint)
    try:
        secret = base64.b64decode(value.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UsageError(f"[[webhooks]] {target.url}: {name} is no base64", hint=hint) from error
    if len(secret) < 24:
        raise UsageError(f"[[webhooks]] {target.url}: {name} has {len(secret)} bytes, too few for a secret", hint=hint)
    return secret
