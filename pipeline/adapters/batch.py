"""OpenAI's Batch API: requests handed over together, answered within a day at half the price.

Nothing is handed over twice. What a batch holds is written down before its file is uploaded, and that it is about to be
begun before it is; the batch at the endpoint carries our own id, so that a run that was killed in between is told there
what became of it. Answers are kept one by one as they are read: a download may end anywhere and be read again.
"""

import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from pipeline.adapters.chat import OPENAI, chat_identity
from pipeline.adapters.chat_address import key_of, url_of
from pipeline.adapters.chat_pace import Clock
from pipeline.adapters.metering import estimate_tokens, request_tokens
from pipeline.config import LanguageModel
from pipeline.domain.base import Value
from pipeline.domain.batch import BatchFailure, BatchRecord
from pipeline.domain.chat import ChatRequest, Exchange, TokenUse
from pipeline.errors import EndpointError, UsageError
from pipeline.log import get_logger
from pipeline.ports import ChatModel, Exchanges, Progress, silent

if TYPE_CHECKING:
    from pipeline.adapters.batch_endpoint import BatchEndpoint
    from pipeline.adapters.batch_lines import Bodies, Line

SETTLING_S = 10.0
"""How long a batch that was begun may be missing in the endpoint's list."""

_LISTED_BEFORE = timedelta(hours=1)
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
_GOES_ON = frozenset({"validating", "in_progress", "finalizing", "cancelling"})
_log = get_logger(__name__)


class BatchLedger(Protocol):
    """Where batches are written down for good, by our own ids."""

    def prepare(self, batch: str, requests: tuple[ChatRequest, ...], record: BatchRecord) -> None:
        """Writes down the requests and the first state."""
        ...

    def append(self, batch: str, record: BatchRecord) -> None:
        """The state from now on."""
        ...

    def all(self) -> Iterator[tuple[str, BatchRecord]]:
        """Every batch with its state."""
        ...

    def requests(self, batch: str) -> tuple[ChatRequest, ...]:
        """The requests of a batch."""
        ...


class Submitted(Value):
    """What a submission did: batches and requests that are new, and requests that wait in earlier batches."""

    n_batches: int
    n_requests: int
    n_waiting: int


class Polled(Value):
    """How many batches still wait, how many have ended and can be collected, and the endpoint's words, by our ids."""

    n_waiting: int
    n_ended: int
    statuses: dict[str, str]


class Collected(Value):
    """What ended batches brought. `reasons` say why whole batches were not carried out, one line each."""

    n_answered: int
    failures: tuple[BatchFailure, ...]
    reasons: tuple[str, ...]

    @property
    def refused(self) -> dict[str, str]:
        """What would be refused again, by key, in the endpoint's words: for `RefusingChat`."""
        return {failure.key: failure.message for failure in self.failures if failure.kind == "refused"}


class BatchClient:
    """The batches of one workspace at the endpoint of the settings. Nothing is loaded or sent before it is used.

    `limits` are the most requests and the most bytes of one file. Raises: UsageError for settings that cannot work.
    """

    def __init__(
        self,
        settings: LanguageModel,
        ledger: BatchLedger,
        *,
        environment: Mapping[str, str] = os.environ,
        clock: Clock | None = None,
        limits: tuple[int, int] | None = None,
    ) -> None:
        if settings.provider != OPENAI:
            hint = 'run without --batch, or set provider = "openai" and an endpoint with a Batch API under [llm]'
            raise UsageError(f"provider = {settings.provider!r} has no Batch API that is known here", hint=hint)
        self.identity = chat_identity(settings)
        self._settings = settings
        self._ledger = ledger
        self._environment = environment
        self._clock = clock or Clock()
        self._limits = limits
        url_of(settings)
        key_of(settings, environment)

    def waiting(self) -> frozenset[str]:
        """The keys of all requests that are in batches and not collected. Raises: StoreError."""
        return frozenset(r.key(self.identity) for batch, _ in self._open() for r in self._ledger.requests(batch))

    def submit(self, requests: Sequence[ChatRequest]) -> Submitted:
        """Hands over those of the requests that wait in no batch, after finishing submissions that were cut off.

        What was handed over stays so when it fails in the middle: call it again. Raises: EndpointError; StoreError.
        """
        self.resume()
        wanted, waiting = {request.key(self.identity): request for request in requests}, self.waiting()
        new = {key: request for key, request in wanted.items() if key not in waiting}
        n_batches = 0
        for part, content in self._files(tuple(new.values())):
            batch, now = f"batch-{uuid.uuid4().hex}", self._clock.now()
            record = BatchRecord(state="prepared", model=self.identity, n_requests=len(part), prepared_at=now, at=now)
            self._ledger.prepare(batch, part, record)
            self._begin(batch, record, content)
            n_batches += 1
        return Submitted(n_batches=n_batches, n_requests=len(new), n_waiting=len(wanted) - len(new))

    def resume(self) -> None:
        """Finishes the submissions that were cut off. Raises: EndpointError; StoreError."""
        for batch, record in self._open():
            if record.state in ("prepared", "uploaded", "creating"):
                self._begin(batch, record)

    def poll(self) -> Polled:
        """Asks once where each batch stands, and writes it down. Raises: EndpointError; StoreError."""
        self.resume()
        found = {batch: self._asked(batch, record) for batch, record in self._open()}
        n_ended = sum(record.state == "ended" for record in found.values())
        statuses = {batch: record.status for batch, record in found.items()}
        return Polled(n_waiting=len(found) - n_ended, n_ended=n_ended, statuses=statuses)

    def collect(self, exchanges: Exchanges) -> Collected:
        """Keeps all answers of the batches that ended, counts what got none, and removes their files at the endpoint.

        Raises: EndpointError; StoreError. What was kept until then stays kept; the rest is read the next time.
        """
        read = [self._read(batch, record, exchanges) for batch, record in self._open() if record.state == "ended"]
        for batch, record in list(self._ledger.all()):
            if record.state == "collected" and record.model == self.identity:
                self._clear(batch, record)
        return Collected(
            n_answered=sum(record.n_answered for record in read),
            failures=tuple(failure for record in read for failure in record.failures),
            reasons=tuple(record.reason for record in read if record.reason),
        )

    def _begin(self, batch: str, record: BatchRecord, content: bytes = b"") -> None:
        """From whichever state to the one in which the endpoint has the batch."""
        name = f"filmroom-{batch}.jsonl"
        if record.state == "prepared":
            file_id = self._endpoint.uploaded(name) if not content else None
            file_id = file_id or self._endpoint.upload(name, content or self._content(self._ledger.requests(batch)))
            record = self._put(batch, record, state="uploaded", file_id=file_id)
        found = None
        if record.state == "creating":
            found = self._endpoint.find(batch, since=record.prepared_at - _LISTED_BEFORE)
            if found is None:
                self._clock.sleep(SETTLING_S)
                found = self._endpoint.find(batch, since=record.prepared_at - _LISTED_BEFORE)
        record = self._put(batch, record, state="creating") if record.state == "uploaded" else record
        remote = found or self._endpoint.create(record.file_id or "", batch)
        self._put(batch, record, state="submitted", batch_id=remote.batch_id, status=remote.status)

    def _asked(self, batch: str, record: BatchRecord) -> BatchRecord:
        if record.state != "submitted" or record.batch_id is None:
            return record
        remote = self._endpoint.retrieve(record.batch_id)
        if remote.status in _ENDED:
            changed = {"result_files": remote.result_files, "reason": remote.reason}
            return self._put(batch, record, state="ended", status=remote.status, **changed)
        if remote.status not in _GOES_ON:
            raise EndpointError(
                f"the endpoint says {remote.status!r} of batch {record.batch_id}, which no Batch API does",
                hint="it may offer no batches at all: run without --batch, or set url under [llm]",
                lasting=True,
            )
        return record if remote.status == record.status else self._put(batch, record, status=remote.status)

    def _read(self, batch: str, record: BatchRecord, exchanges: Exchanges) -> BatchRecord:
        requests = {request.key(self.identity): request for request in self._ledger.requests(batch)}
        answered: set[str] = set()
        failures: dict[str, BatchFailure] = {}
        for line in self._lines(record):
            if line.key not in requests:
                _log.warning("batch %s has an answer to a request that was not in it", record.batch_id)
            elif line.answered is not None:
                exchanges.keep(self._exchange(requests[line.key], line))
                answered.add(line.key)
            else:
                kind = line.failure or "failed"
                failures[line.key] = BatchFailure(key=line.key, kind=kind, message=line.message)
        for key in requests.keys() - answered - failures.keys():
            kind, why = (
                ("expired" if record.status == "expired" else "failed"),
                record.reason or "no line in the results",
            )
            failures[key] = BatchFailure(key=key, kind=kind, message=f"{record.status}: {why}")
        without = tuple(failures[key] for key in requests if key in failures and key not in answered)
        return self._put(batch, record, state="collected", n_answered=len(answered), failures=without)

    def _lines(self, record: BatchRecord) -> Iterator["Line"]:
        from pipeline.adapters.batch_lines import read_line

        for file_id in record.result_files:
            for text in self._endpoint.lines(file_id):
                line = read_line(text)
                if line is None:
                    told = "batch %s has a line in its results that is none, of %d characters"
                    _log.warning(told, record.batch_id, len(text))
                else:
                    yield line

    def _exchange(self, request: ChatRequest, line: "Line") -> Exchange:
        assert line.answered is not None
        answered, price = line.answered, self._settings.prices.get(self._settings.model or "")
        use = answered.use or TokenUse(
            input_tokens=request_tokens(request), output_tokens=estimate_tokens(len(answered.text))
        )
        return Exchange(
            request=request,
            model=self.identity,
            served_by=answered.served_by,
            text=answered.text,
            refusal=answered.refusal,
            finish=answered.finish,
            body=answered.body,
            use=use,
            cost_usd=None if price is None else price.of(use, batched=True),
            seconds=0.0,
            form=self._bodies.form,
            batched=True,
        )

    def _clear(self, batch: str, record: BatchRecord) -> None:
        """Removes what the endpoint stores of the batch; what cannot be removed now is tried again the next time."""
        try:
            for file_id in (record.file_id, *record.result_files):
                if file_id is not None:
                    self._endpoint.delete(file_id)
        except EndpointError as error:
            _log.warning("the files of batch %s stay at the endpoint for now: %s", record.batch_id, error.message)
            return
        self._put(batch, record, state="cleared")

    def _put(self, batch: str, record: BatchRecord, **changed: object) -> BatchRecord:
        now = record.model_copy(update={**changed, "at": self._clock.now()})
        self._ledger.append(batch, now)
        return now

    def _open(self) -> list[tuple[str, BatchRecord]]:
        """Batches of this model that are not collected, the oldest first."""
        found = [(batch, record) for batch, record in self._ledger.all() if record.model == self.identity]
        not_over = [(b, r) for b, r in found if r.state not in ("collected", "cleared")]
        return sorted(not_over, key=lambda entry: entry[1].prepared_at)

    def _files(self, requests: tuple[ChatRequest, ...]) -> Iterator[tuple[tuple[ChatRequest, ...], bytes]]:
        """The requests by files that keep to the limits, each with the file's content."""
        from pipeline.adapters.batch_lines import MOST_BYTES, MOST_REQUESTS, in_files

        most, most_bytes = self._limits or (MOST_REQUESTS, MOST_BYTES)
        lines = [self._content((request,)) for request in requests]
        for part in in_files([len(line) for line in lines], most=most, most_bytes=most_bytes):
            within = slice(part.start, part.stop)
            yield requests[within], b"".join(lines[within])

    def _content(self, requests: Sequence[ChatRequest]) -> bytes:
        from pipeline.adapters.batch_lines import request_line

        return b"".join(request_line(request.key(self.identity), self._bodies.of(request)) for request in requests)

    @cached_property
    def _bodies(self) -> "Bodies":
        from pipeline.adapters.batch_lines import Bodies

        return Bodies(self._settings, self._environment)

    @cached_property
    def _endpoint(self) -> "BatchEndpoint":
        from pipeline.adapters.batch_endpoint import BatchEndpoint

        return BatchEndpoint(self._settings, self._environment)


class RefusingChat:
    """A chat model that says at once what a batch was refused, so that it is not handed over again and again."""

    def __init__(self, chat: ChatModel, refused: Mapping[str, str]) -> None:
        self.identity = chat.identity
        self._chat = chat
        self._refused = refused

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """As `ChatModel.ask`. Raises: EndpointError for a request that was refused."""
        for request in requests:
            why = self._refused.get(request.key(self.identity))
            if why is not None:
                raise EndpointError(
                    f"the language model refused the request for {request.about} of call {request.call}: {why}",
                    hint="the server's own words say why; the settings are under [llm] in filmroom.toml",
                )
        return self._chat.ask(requests, progress=progress)
