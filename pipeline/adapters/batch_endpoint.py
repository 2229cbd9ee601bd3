"""The calls of the Files and Batches API that batches need, each with its errors told as ours.

What is only read is tried again, what could begin a batch twice is not. openai speaks by httpx2, whose errors come
through where a download breaks off. Imported only when a batch is made.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

import httpx2
import openai

from pipeline.adapters.batch_lines import ENDPOINT
from pipeline.adapters.chat_address import CONNECT_TIMEOUT_S, is_local, key_of, shown_address, timeout_s, url_of
from pipeline.adapters.chat_faults import Endpoint, Fault, FaultKind, endpoint_error, read_fault, server_words
from pipeline.config import LanguageModel
from pipeline.domain.base import Value
from pipeline.errors import EndpointError

OUR_ID = "filmroom"
"""The name under which a batch at the endpoint carries our own id."""

_WINDOW: Literal["24h"] = "24h"
_READ_AGAIN = 3
_PAGE = 100
_MOST_REASONS = 3
_SHORTEST_KEY = 7
"""A key up to this long is a word that stands for none."""
_NONE_THERE = (404, 405, 501)


class RemoteBatch(Value):
    """A batch as the endpoint has it. `result_files` are those of answers and of errors, as far as there are any."""

    batch_id: str
    status: str
    result_files: tuple[str, ...] = ()
    reason: str = ""


class BatchEndpoint:
    """The Batch API of the settings' endpoint. Every call raises EndpointError. Raises: UsageError without a key."""

    def __init__(self, settings: LanguageModel, environment: Mapping[str, str]) -> None:
        url = url_of(settings)
        self._key = key_of(settings, environment)
        timeout = openai.Timeout(timeout_s(settings), connect=CONNECT_TIMEOUT_S)
        self._client = openai.OpenAI(
            api_key=self._key,
            base_url=url,
            max_retries=0,
            timeout=timeout,
            http_client=openai.DefaultHttpxClient(timeout=timeout, trust_env=not is_local(url)),
        )
        self._reading = self._client.with_options(max_retries=_READ_AGAIN)
        self._endpoint = Endpoint(
            address=shown_address(settings), model=settings.model or "", key_variable=settings.key_variable
        )

    def upload(self, name: str, content: bytes) -> str:
        """The id of a new file of requests with this name."""
        with self._told():
            return self._client.files.create(file=(name, content, "application/jsonl"), purpose="batch").id

    def uploaded(self, name: str) -> str | None:
        """The id of a file of requests that has this name, or None."""
        with self._told():
            for file in self._reading.files.list(purpose="batch"):
                if file.filename == name:
                    return file.id
        return None

    def create(self, file_id: str, our_id: str) -> RemoteBatch:
        """A new batch of the file's requests that carries our id. An error may leave open whether there is one now."""
        with self._told():
            batch = self._client.batches.create(
                input_file_id=file_id, endpoint=ENDPOINT, completion_window=_WINDOW, metadata={OUR_ID: our_id}
            )
            return _remote(batch)

    def find(self, our_id: str, *, since: datetime) -> RemoteBatch | None:
        """The batch that carries our id, among those made since then; None when there is none."""
        with self._told():
            for batch in self._reading.batches.list(limit=_PAGE):
                if batch.created_at < since.timestamp():
                    return None
                if (batch.metadata or {}).get(OUR_ID) == our_id:
                    return _remote(batch)
        return None

    def retrieve(self, batch_id: str) -> RemoteBatch:
        """Where the batch stands now. One that is not there is an error: what it answered may have been paid for."""
        with self._told(wanted=f"the batch {batch_id}"):
            return _remote(self._reading.batches.retrieve(batch_id))

    def lines(self, file_id: str) -> Iterator[str]:
        """The lines of a file as they arrive, each whole; a line feed alone ends one, as texts may hold the others."""
        rest = b""
        with (
            self._told(wanted=f"the results {file_id}"),
            self._reading.files.with_streaming_response.content(file_id) as response,
        ):
            for chunk in response.iter_bytes():
                *whole, rest = (rest + chunk).split(b"\n")
                yield from (line.decode("utf-8", "replace") for line in whole if line.strip())
        if rest.strip():
            yield rest.decode("utf-8", "replace")

    def delete(self, file_id: str) -> None:
        """Removes a file; one that is not there is removed already."""
        with self._told():
            try:
                self._reading.files.delete(file_id)
            except openai.NotFoundError:
                return

    @contextmanager
    def _told(self, *, wanted: str = "") -> Iterator[None]:
        """Tells errors as ours; `wanted` is what a 404 says is not there, where that is not the Batch API itself."""
        try:
            yield
        except openai.APIStatusError as error:
            raise self._refused(error, wanted) from error
        except openai.APITimeoutError as error:
            raise self._error("slow", str(error)) from error
        except (openai.APIConnectionError, openai.APIError) as error:
            raise self._error("down", str(error.__cause__ or error)) from error
        except httpx2.HTTPError as error:
            raise self._error("cut", str(error) or type(error).__name__) from error

    def _refused(self, error: openai.APIStatusError, wanted: str) -> EndpointError:
        body = error.response.text if error.response.is_closed else ""
        body = body.replace(self._key, "***") if len(self._key) > _SHORTEST_KEY else body
        if wanted and error.status_code == 404:
            return EndpointError(
                f"{wanted} is not at {self._endpoint.address} (any more)",
                hint="set url and key under [llm] to where it was begun; to ask anew, and pay anew, move the folder of "
                "its id out of the workspace's batches (results are stored for 30 days as a rule)",
                lasting=True,
            )
        if error.status_code in _NONE_THERE:
            return EndpointError(
                f"no Batch API at {self._endpoint.address}: {error.status_code}: {server_words(body)}",
                hint="run without --batch: only OpenAI and a few others have one",
                lasting=True,
            )
        return endpoint_error(read_fault(error.status_code, body), self._endpoint, attempts=1)

    def _error(self, kind: FaultKind, message: str) -> EndpointError:
        return endpoint_error(Fault(kind, message), self._endpoint, attempts=1)


def _remote(batch: openai.types.Batch) -> RemoteBatch:
    problems = [error.message or error.code or "" for error in (batch.errors.data or [] if batch.errors else [])]
    return RemoteBatch(
        batch_id=batch.id,
        status=batch.status,
        result_files=tuple(file for file in (batch.output_file_id, batch.error_file_id) if file),
        reason="; ".join(dict.fromkeys(problems[:_MOST_REASONS])),
    )
