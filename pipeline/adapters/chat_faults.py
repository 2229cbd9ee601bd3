"""Tells apart what goes wrong between us and a language model's endpoint, and says it to an operator."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from pipeline.domain.base import Value
from pipeline.errors import EndpointError

FaultKind = Literal["busy", "down", "slow", "cut", "key", "quota", "model", "form", "context", "foreign", "refused"]
"""busy: too many requests (429); down: 5xx or no connection; slow: no answer in time; cut: the connection ended within
the answer; key: 401 or 403; quota: no credit is left; model: no such model or address; form: this form of answer is not
offered; context: the request is too long; foreign: something answered that is no model; refused: any other 4xx."""

TRANSIENT: frozenset[FaultKind] = frozenset({"busy", "down", "slow", "cut", "foreign"})
"""The same request may fare better a little later."""

MAYBE_PAID: frozenset[FaultKind] = frozenset({"slow", "cut"})
"""The server may have answered, and charged, although no answer arrived."""

LASTING: frozenset[FaultKind] = frozenset({"key", "quota", "model"})
"""No request can fare better before a person changes something."""

_SHOWN = 200
_CONTEXT = re.compile(
    r"context_length_exceeded|exceed_context_size|context (?:length|size|window)|maximum context|too many tokens", re.I
)
_FORM = re.compile(r"response_format|json_schema|json_object|json schema|structured output|grammar|guided_", re.I)
_NO_MODEL = re.compile(r"model_not_found|model\b.{0,80}\b(?:not found|does not exist|not exist|unknown)", re.I | re.S)
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing|insufficient credits", re.I)


class Fault(Exception):
    """One request that brought no answer. `retry_after_s` is how long the server asked to be left alone."""

    def __init__(
        self, kind: FaultKind, message: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.kind: FaultKind = kind
        self.message = message
        self.status = status
        self.retry_after_s = retry_after_s


class Endpoint(Value):
    """What messages may name: the address without its secrets, the model, and where the key comes from."""

    address: str
    model: str
    key_variable: str


def read_fault(status: int, body: str, *, retry_after_s: float | None = None) -> Fault:
    """The fault that a response of this status and body is."""
    return Fault(_kind(status, body), f"{status}: {server_words(body)}", status=status, retry_after_s=retry_after_s)


def _kind(status: int, body: str) -> FaultKind:
    """By the first rule that holds."""
    unfit = status in (400, 413, 415, 422)
    rules: tuple[tuple[bool, FaultKind], ...] = (
        (status in (401, 403), "key"),
        (status == 402 or (status == 429 and _QUOTA.search(body) is not None), "quota"),
        (status == 429, "busy"),
        (status >= 500 or status in (408, 409, 425), "down"),
        (unfit and _CONTEXT.search(body) is not None, "context"),
        (status == 404 or _NO_MODEL.search(body) is not None, "model"),
        (unfit and _FORM.search(body) is not None, "form"),
    )
    return next((kind for holds, kind in rules if holds), "refused")


def server_words(body: str) -> str:
    """The server's own message, on one line and cut to 200 characters; its body where that has none."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    found = content.get("error", content) if isinstance(content, dict) else content
    if isinstance(found, dict):
        found = found.get("message") or found.get("detail")
    words = " ".join((found if isinstance(found, str) and found else body).split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]} ..."


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, given in seconds or as a date (RFC 9110, 10.2.3); None without."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and what it came from, each once."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def endpoint_error(fault: Fault, endpoint: Endpoint, *, attempts: int, near: str = "") -> EndpointError:
    """What the operator is told after the last attempt. `near` are names of models that the endpoint does have."""
    tries = "" if attempts < 2 else f" ({attempts} requests)"
    message = f"the language model {endpoint.model} at {endpoint.address} {_SAYS[fault.kind]}: {fault.message}{tries}"
    hint = _HINTS[fault.kind].format(key=endpoint.key_variable, model=endpoint.model, near=near or "none that it lists")
    return EndpointError(message, hint=hint, lasting=fault.kind in LASTING)


_SAYS: dict[FaultKind, str] = {
    "busy": "takes no more requests for now",
    "down": "does not answer",
    "slow": "took too long",
    "cut": "broke off within its answer",
    "key": "does not accept the key",
    "quota": "has no credit left",
    "model": "is not there",
    "form": "does not offer this form of answer",
    "context": "cannot take a request of this length",
    "foreign": "did not answer, but something else did",
    "refused": "refused the request",
}

_LATER = "what was answered is kept; run the same command again later, and only what is missing is asked"
_HINTS: dict[FaultKind, str] = {
    "busy": f"{_LATER}; or set requests_per_minute or tokens_per_minute under [llm] to your account's limits",
    "down": f"check that the server runs and that url under [llm] is right; {_LATER}",
    "slow": f"set a longer timeout_s under [llm], or ask a faster model; {_LATER}",
    "cut": _LATER,
    "key": "put a valid key into the environment variable {key} (key_variable under [llm] names another one)",
    "quota": f"add credit to the account whose key is in {{key}}; {_LATER}",
    "model": "set model under [llm] to one that the endpoint has (nearest: {near}); url ends with /v1 as a rule",
    "form": 'set answers = "auto" or "json" under [llm]',
    "context": "set context_tokens under [llm] to what the model takes, so that long calls are read in parts",
    "foreign": "a proxy or another program seems to answer there; check url under [llm] and the proxy's settings",
    "refused": "the server's own words say why; the settings are under [llm] in filmroom.toml",
}
