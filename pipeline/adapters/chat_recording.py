"""An HTTP client that keeps each response before anybody reads it. Imported only when something is sent."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

_MAX_BYTES = 20_000_000
_CHANGED_BY_READING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


@dataclass(frozen=True)
class Recorded:
    """A whole response."""

    status: int
    headers: httpx.Headers
    body: str


class RecordingClient(httpx.Client):
    """Remembers each thread's last response, also one that the libraries above it cannot make sense of.

    The whole answer must arrive within `answer_s`, however busily the server drips. `transport` stands in for the
    network.
    """

    def __init__(
        self, *, answer_s: float, connect_s: float, trust_env: bool, transport: httpx.BaseTransport | None = None
    ) -> None:
        super().__init__(timeout=httpx.Timeout(answer_s, connect=connect_s), trust_env=trust_env, transport=transport)
        self._answer_s = answer_s
        self._mine = threading.local()

    def forget(self) -> None:
        """Starts anew in this thread."""
        self._mine.last = None

    @property
    def last(self) -> Recorded | None:
        """The last whole response of this thread since `forget`."""
        return getattr(self._mine, "last", None)

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """The response, read to its end. Raises: httpx.ReadTimeout, httpx.ReadError and what else httpx does."""
        deadline = time.monotonic() + self._answer_s
        response = super().send(request, **{**options, "stream": True})
        try:
            content = b"".join(_before(deadline, response))
        finally:
            response.close()
        kept = [(name, value) for name, value in response.headers.items() if name not in _CHANGED_BY_READING]
        whole = httpx.Response(response.status_code, headers=kept, content=content, request=request)
        self._mine.last = Recorded(response.status_code, whole.headers, content.decode("utf-8", "replace"))
        return whole


def _before(deadline: float, response: httpx.Response) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer was not complete in time", request=response.request)
        if size > _MAX_BYTES:
            raise httpx.ReadError(f"an answer of more than {_MAX_BYTES} bytes", request=response.request)
        yield chunk
