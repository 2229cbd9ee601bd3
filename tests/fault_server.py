"""A double of an OpenAI-compatible endpoint on 127.0.0.1 that fails as it is told, and remembers what it was sent."""

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

MODEL = "double-1"
PROMPT_TOKENS = 100
ANSWER_TOKENS = 10


@dataclass(frozen=True)
class Reply:
    """What the server does with one request. After `cut_after` bytes of the body the connection ends."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    hangs: bool = False
    drips: bool = False
    delay_s: float = 0.0

    @property
    def is_paid(self) -> bool:
        """Whether such an answer would be charged: it was computed, whether or not it arrived."""
        return self.status == 200 and self.body.startswith("{") and '"usage"' in self.body


def answer(
    text: str | None, *, finish: str = "stop", refusal: str | None = None, usage: Mapping[str, Any] | None = None
) -> Reply:
    """A chat completion with this text."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choices = [{"index": 0, "message": message, "finish_reason": finish}]
    return completion(choices, usage=usage)


def completion(choices: Sequence[object], *, usage: Mapping[str, Any] | None = None) -> Reply:
    """A chat completion with these choices, 100 tokens in and 10 out unless told otherwise."""
    counted = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": ANSWER_TOKENS, "total_tokens": 110}
    body = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": MODEL, "choices": choices}
    return Reply(body=json.dumps({**body, "usage": counted if usage is None else usage}))


def error(status: int, message: str, *, code: str | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    """An error as OpenAI words it."""
    return Reply(status, json.dumps({"error": {"message": message, "type": "error", "code": code}}), headers or {})


@dataclass(frozen=True)
class Seen:
    """One request as it arrived; `body` is empty where that is no JSON."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


class FaultServer:
    """Answers the requests in the order of its script; the last reply stays for all that follow."""

    def __init__(self, *script: Reply, models: Sequence[str] = (MODEL, "double-1-mini", "other")) -> None:
        self.seen: list[Seen] = []
        self.sent: list[Reply] = []
        self.models = tuple(models)
        self.closing = threading.Event()
        self.script = script
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """Up to and with /v1."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def n_requests(self) -> int:
        """Requests for completions so far."""
        return len(self.seen)

    @property
    def tokens_paid(self) -> int:
        """Input and output tokens that it would charge."""
        return sum((PROMPT_TOKENS + ANSWER_TOKENS) * reply.is_paid for reply in self.sent)

    def reply_to(self, seen: Seen) -> Reply:
        """The next reply of the script."""
        with self._lock:
            reply = self.script[min(len(self.seen), len(self.script) - 1)]
            self.seen.append(seen)
            self.sent.append(reply)
            return reply

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(server: FaultServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            return

        def do_GET(self) -> None:
            listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in server.models]}
            self._send(Reply(body=json.dumps(listed)))

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.loads(raw) if self.headers["Content-Type"] == "application/json" else {}
            reply = server.reply_to(Seen(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            server.closing.wait(reply.delay_s)
            if reply.hangs:
                server.closing.wait(30)
                self.close_connection = True
                return
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            content = reply.body.encode()
            self.send_response(reply.status)
            kind = "application/json" if reply.body[:1] in "{[" else "text/html"
            for name, value in {"Content-Type": kind, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if reply.drips:
                self._drip(content)
            else:
                self.wfile.write(content[: reply.cut_after])
            if reply.cut_after is not None:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

        def _drip(self, content: bytes) -> None:
            for byte in content:
                if server.closing.wait(0.05):
                    return
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    return

    return Handler
