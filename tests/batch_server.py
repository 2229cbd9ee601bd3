"""A double of the Files and Batches API on 127.0.0.1: it carries out each batch once, and counts what it would charge.

Requests are answered by a function, or by a real server of completions that they are forwarded to.
"""

import email.parser
import email.policy
import json
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Body = dict[str, Any]
Respond = Callable[[Body], tuple[int, Body]]
"""Status and body of the response to a request's body."""

TOKENS = 110
PROMPT_TOKENS = 100


def completed(text: str) -> tuple[int, Body]:
    """A chat completion with this text, of 100 tokens in and 10 out."""
    message = {"role": "assistant", "content": text, "refusal": None}
    usage = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": TOKENS - PROMPT_TOKENS, "total_tokens": TOKENS}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return 200, {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }


def forwarded_to(url: str) -> Respond:
    """Answers by posting each request to the chat completions of this address."""

    def respond(body: Body) -> tuple[int, Body]:
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{url}/chat/completions", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=600) as response:
            return response.status, json.loads(response.read())

    return respond


@dataclass
class Batch:
    """A batch as the server has it; `polls` is how often it was asked for."""

    id: str
    file: str
    created_at: int
    metadata: Mapping[str, str]
    status: str = "validating"
    outcome: str = ""
    output: str | None = None
    errors: str | None = None
    problems: tuple[str, ...] = ()
    polls: int = 0
    n_requests: int = 0

    def shown(self) -> Body:
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "created_at": self.created_at,
            "input_file_id": self.file,
            "status": self.status,
            "output_file_id": self.output if self.status in ("completed", "expired") else None,
            "error_file_id": self.errors if self.status in ("completed", "expired") else None,
            "metadata": dict(self.metadata),
            "errors": {"object": "list", "data": [{"code": "c", "message": p} for p in self.problems]},
            "request_counts": {"total": self.n_requests, "completed": 0, "failed": 0},
        }


@dataclass
class Plan:
    """What goes wrong: the first `expired` requests of a batch find no time; `invalid` batches fail as a whole.

    The reply to `holds_create` creations is held back until the server ends; `unlisted` times a list lacks the newest
    batch; `cut_downloads` downloads end after `cut_after` bytes.
    """

    expired: int = 0
    invalid: str = ""
    holds_create: int = 0
    unlisted: int = 0
    cut_downloads: int = 0
    cut_after: int = 700
    polls_needed: int = 1


class BatchServer:
    """The server, with everything that was done to it."""

    def __init__(self, respond: Respond, plan: Plan | None = None) -> None:
        self.respond = respond
        self.plan = plan or Plan()
        self.files: dict[str, tuple[str, bytes]] = {}
        self.batches: dict[str, Batch] = {}
        self.executed: Counter[str] = Counter()
        """How often each custom_id was carried out."""
        self.bodies: dict[str, Body] = {}
        self.tokens_paid = 0
        self.n_uploads = 0
        self.created = threading.Event()
        self.closing = threading.Event()
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads, self._server.block_on_close = True, False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """Up to and with /v1."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def store(self, name: str, content: bytes, prefix: str = "file") -> str:
        """A new file's id."""
        file_id = f"{prefix}-{time.monotonic_ns()}"
        self.files[file_id] = (name, content)
        return file_id

    def create(self, wanted: Body) -> Batch:
        """A new batch."""
        assert wanted["completion_window"] == "24h"
        assert wanted["endpoint"] == "/v1/chat/completions"
        lines = self.files[wanted["input_file_id"]][1].splitlines()
        batch_id = f"batch_{len(self.batches):03d}"
        made = Batch(batch_id, wanted["input_file_id"], int(time.time()), wanted.get("metadata") or {})
        made.n_requests = len(lines)
        self.batches[batch_id] = made
        if self.plan.invalid:
            made.problems = (self.plan.invalid,)
        else:
            threading.Thread(
                target=self._execute, args=(made, [json.loads(line) for line in lines]), daemon=True
            ).start()
        self.created.set()
        return made

    def advance(self, batch: Batch) -> None:
        """What a poll sees: a batch that was carried out has ended once it was asked for often enough."""
        batch.polls += 1
        if batch.problems:
            batch.status = "failed"
        elif batch.outcome and batch.polls >= self.plan.polls_needed:
            batch.status = batch.outcome
        else:
            batch.status = "in_progress"

    def _execute(self, batch: Batch, lines: list[Body]) -> None:
        """Carries a batch out at once, whether or not anybody ever asks for it."""
        with self.lock:
            n_late, self.plan.expired = self.plan.expired, 0
        good: list[Body] = []
        bad: list[Body] = []
        for line in reversed(lines[n_late:]):  # the order of the answers is not that of the requests
            status, body = self._answer(line)
            response = {"status_code": status, "request_id": "r", "body": body}
            (good if status == 200 else bad).append({"id": "x", "custom_id": line["custom_id"], "response": response})
        why = {"code": "batch_expired", "message": "This request could not be executed before the window expired."}
        late = lines[:n_late]
        bad += [{"id": "x", "custom_id": line["custom_id"], "response": None, "error": why} for line in late]
        with self.lock:
            batch.output = self.store("output", _jsonl(good), "out") if good else None
            batch.errors = self.store("errors", _jsonl(bad), "err") if bad else None
            batch.outcome = "expired" if late else "completed"

    def _answer(self, line: Body) -> tuple[int, Body]:
        assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
        key = line["custom_id"]
        status, body = self.respond(line["body"])
        with self.lock:
            self.executed[key] += 1
            self.bodies[key] = line["body"]
            self.tokens_paid += body.get("usage", {}).get("total_tokens", 0) if status == 200 else 0
        return status, body

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


def _jsonl(lines: list[Body]) -> bytes:
    return b"".join(json.dumps({"error": None, **line}, ensure_ascii=False).encode() + b"\n" for line in lines)


def _multipart(kind: str, content: bytes) -> dict[str, tuple[str, bytes]]:
    """The parts of a form, by name, each with its file name and bytes."""
    head = f"Content-Type: {kind}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
    parts: dict[str, tuple[str, bytes]] = {}
    for part in form.iter_parts():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        parts[str(part.get_param("name", header="content-disposition"))] = (part.get_filename() or "", payload)
    return parts


def _handler(server: BatchServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            return

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            with server.lock:
                if self.path == "/v1/files":
                    parts = _multipart(self.headers["Content-Type"], content)
                    assert parts["purpose"][1] == b"batch"
                    server.n_uploads += 1
                    self._json(_file(server.store(*parts["file"]), parts["file"][0]))
                    return
                if self.path != "/v1/batches":
                    self._json(_missing(), 404)
                    return
                made, holds = server.create(json.loads(content)).shown(), server.plan.holds_create
                server.plan.holds_create = max(0, holds - 1)
            if holds:
                server.closing.wait(60)
                self.close_connection = True
            else:
                self._json(made)

        def do_DELETE(self) -> None:
            with server.lock:
                known = server.files.pop(self.path.rsplit("/", 1)[-1], None)
            self._json({"deleted": True, "id": "", "object": "file"} if known else _missing(), 200 if known else 404)

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            parts, query = url.path.split("/")[2:], parse_qs(url.query)
            with server.lock:
                if parts == ["files"]:
                    self._list([_file(file_id, name) for file_id, (name, _) in server.files.items()])
                elif parts[0] == "files":
                    self._content(parts[1])
                elif parts == ["batches"]:
                    self._batches(query.get("after", [""])[0])
                elif parts[1] in server.batches:
                    server.advance(server.batches[parts[1]])
                    self._json(server.batches[parts[1]].shown())
                else:
                    self._json(_missing(), 404)

        def _batches(self, after: str) -> None:
            newest = [batch.shown() for batch in reversed(server.batches.values())]
            if server.plan.unlisted and newest:
                server.plan.unlisted, newest = server.plan.unlisted - 1, newest[1:]
            ids = [batch["id"] for batch in newest]
            self._list(newest[ids.index(after) + 1 :] if after in ids else newest)

        def _list(self, entries: list[Body]) -> None:
            page = entries[:2]  # small pages, so that paging is part of every test
            last = page[-1]["id"] if page else None
            self._json(
                {"object": "list", "data": page, "has_more": len(entries) > 2, "last_id": last, "first_id": None}
            )

        def _content(self, file_id: str) -> None:
            if file_id not in server.files:
                self._json(_missing(), 404)
                return
            content, cut = server.files[file_id][1], server.plan.cut_downloads > 0
            server.plan.cut_downloads -= cut
            self._send(200, content, "application/jsonl", server.plan.cut_after if cut else None)

        def _json(self, value: Body, status: int = 200) -> None:
            self._send(status, json.dumps(value).encode(), "application/json", None)

        def _send(self, status: int, content: bytes, kind: str, cut_after: int | None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[:cut_after])
            self.close_connection = self.close_connection or cut_after is not None

    return Handler


def _file(file_id: str, name: str) -> Body:
    return {
        "id": file_id,
        "object": "file",
        "filename": name,
        "purpose": "batch",
        "bytes": 1,
        "created_at": 1,
        "status": "processed",
    }


def _missing() -> Body:
    return {"error": {"message": "no such thing", "type": "invalid_request_error", "code": None}}
