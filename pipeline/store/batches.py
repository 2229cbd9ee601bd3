"""The batches of a workspace: what was handed over, written down before it is, so that a killed run finds it again."""

import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.domain.batch import BatchRecord
from pipeline.domain.chat import ChatRequest
from pipeline.errors import StoreError
from pipeline.store.durable import create
from pipeline.store.records import Records

_REQUESTS = "requests.jsonl"


class Batches:
    """All batches below one folder, by our own ids: their requests, which never change, and records of their state."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._records = Records(root, BatchRecord)

    def prepare(self, batch: str, requests: tuple[ChatRequest, ...], record: BatchRecord) -> None:
        """Writes down the requests, then the first record. Raises: StoreError."""
        lines = "".join(f"{json.dumps(request.model_dump(mode='json'))}\n" for request in requests)
        create(self._root / batch / _REQUESTS, lines.encode("ascii"))
        self._records.append(batch, record)

    def append(self, batch: str, record: BatchRecord) -> None:
        """The batch's state from now on. Raises: StoreError."""
        self._records.append(batch, record)

    def all(self) -> Iterator[tuple[str, BatchRecord]]:
        """Every batch that was prepared, with its state, by id. Raises: StoreError for a damaged file."""
        for batch in self._records.ids():
            record = self._records.last(batch)
            if record is not None:
                yield batch, record

    def requests(self, batch: str) -> tuple[ChatRequest, ...]:
        """The requests of a batch, in their order. Raises: StoreError."""
        path = self._root / batch / _REQUESTS
        try:
            lines = path.read_text(encoding="ascii").splitlines()
            return tuple(ChatRequest.model_validate(json.loads(line)) for line in lines)
        except (OSError, ValueError) as error:
            hint = "the file is damaged; restore it from a copy"
            raise StoreError(f"cannot read {path}: {error}", hint=hint) from error
