"""The files of the Batch API: requests out, a line each, and answers in; nothing here speaks to an endpoint.

The body of a line is the very body that the live adapter sends: it is built by the same code, and taken before it goes
out. Imported only when a batch is made.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import httpx

from pipeline.adapters.chat_faults import read_fault
from pipeline.adapters.chat_openai import OpenAiSender, filtered_prompt
from pipeline.adapters.chat_pace import Clock
from pipeline.adapters.chat_wire import Answered, read_completion
from pipeline.config import LanguageModel
from pipeline.domain.base import Value
from pipeline.domain.batch import FailureKind
from pipeline.domain.chat import AnswerForm, ChatRequest
from pipeline.prompts import shipped_prompt

ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
MOST_REQUESTS = 50_000
"""Requests that one file may have (OpenAI, Create batch)."""

MOST_BYTES = 200_000_000
"""Bytes that one file may have: 200 MB (OpenAI, Create batch), taken as the smaller of its two meanings."""

_EXPIRED = "batch_expired"
_REFUSED = frozenset({"refused", "context", "form", "model"})
_EMPTY = {
    "id": "",
    "object": "chat.completion",
    "created": 0,
    "model": "",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}],
}


class Line(Value):
    """A line of a result file: an answer, or why there is none."""

    key: str
    answered: Answered | None = None
    failure: FailureKind | None = None
    message: str = ""


class Bodies:
    """The bodies of requests as the settings' sender would post them. Raises: UsageError for settings without a key."""

    def __init__(self, settings: LanguageModel, environment: Mapping[str, str]) -> None:
        self.form: AnswerForm = "schema" if settings.answers == "auto" else settings.answers
        self._posted = b""
        self._sender = OpenAiSender(
            settings,
            schema_prompt=shipped_prompt("json-answer"),
            clock=Clock(),
            environment=environment,
            transport=httpx.MockTransport(self._take),
        )

    def of(self, request: ChatRequest) -> dict[str, object]:
        """The JSON object that would be posted for this request."""
        self._sender.send(request, self.form)
        body: dict[str, object] = json.loads(self._posted)
        return body

    def _take(self, request: httpx.Request) -> httpx.Response:
        self._posted = request.content
        return httpx.Response(200, json=_EMPTY)


def request_line(key: str, body: Mapping[str, object]) -> bytes:
    """The line of one request, named by its key, with its line break."""
    line = {"custom_id": key, "method": "POST", "url": ENDPOINT, "body": body}
    return json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n"


def in_files(sizes: Sequence[int], *, most: int = MOST_REQUESTS, most_bytes: int = MOST_BYTES) -> Iterator[range]:
    """Lines of these sizes in bytes, in as few files as the limits allow: each a range of indices, in order."""
    start = total = 0
    for at, size in enumerate(sizes):
        if at > start and (at - start == most or total + size > most_bytes):
            yield range(start, at)
            start, total = at, 0
        total += size
    if sizes:
        yield range(start, len(sizes))


def read_line(line: str) -> Line | None:
    """What a line of an output file or an error file says; None for one that is no such line, as a cut one."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("custom_id"), str):
        return None
    key, response, error = content["custom_id"], content.get("response"), content.get("error")
    if not isinstance(response, dict):
        return _unanswered(key, error if isinstance(error, dict) else {})
    body, status = json.dumps(response.get("body"), ensure_ascii=False), response.get("status_code")
    if status == 200 and (answered := read_completion(body)) is not None:
        return Line(key=key, answered=answered)
    if status == 400 and (filtered := filtered_prompt(body)) is not None:
        return Line(key=key, answered=filtered)
    fault = read_fault(status if isinstance(status, int) and status >= 400 else 500, body)
    return Line(key=key, failure="refused" if fault.kind in _REFUSED else "failed", message=fault.message)


def _unanswered(key: str, error: Mapping[str, object]) -> Line:
    code, message = str(error.get("code") or "none"), str(error.get("message") or "no answer and no reason")
    return Line(key=key, failure="expired" if code == _EXPIRED else "failed", message=f"{code}: {message}"[:300])
