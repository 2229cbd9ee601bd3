"""Results of stages that never change: objects/<stage>/<aa>/<key>.json, named by the work that made them."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from pipeline.domain.base import Value
from pipeline.domain.provenance import Provenance
from pipeline.errors import NotFoundError, StoreError
from pipeline.store.blobs import Blobs, FolderBlobs

_V = TypeVar("_V", bound=Value)
_T = TypeVar("_T")
_KEY = re.compile(r"^[0-9a-f]{64}$")


class Work(Value):
    """What determines a result; two works that are equal have equal results, so the second is never done.

    `code` is the version of the stage's own code. `inputs` are the keys of results that go in, or hashes of content.
    """

    stage: str
    code: int
    inputs: tuple[str, ...] = ()
    model: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    prompt_sha256: str | None = None
    rubric_sha256: str | None = None
    redaction: int = 0

    @property
    def key(self) -> str:
        """sha256 of the canonical JSON: sorted names, no white space, UTF-8."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


class _Origin(BaseModel):
    """Of a file, what says where its value comes from."""

    provenance: Provenance


class _Stored(_Origin, Generic[_V]):
    """Of a file, all but the work that its name stands for."""

    value: _V


@cache
def _form_of(kind: type[_V]) -> type[_Stored[_V]]:
    return _Stored[kind]  # type: ignore[valid-type]  # pydantic itself forgets the classes it makes


class ObjectStore:
    """Objects below one folder, or wherever `Blobs` keep them; create-if-absent is the only way to write.

    `before_writing` is called before each write, so that a workspace can say where its objects are.
    """

    def __init__(self, place: Path | Blobs, *, before_writing: Callable[[], None] = lambda: None) -> None:
        self._blobs = FolderBlobs(place) if isinstance(place, Path) else place
        self._before_writing = before_writing

    @property
    def blobs(self) -> Blobs:
        """What keeps them: for sweeping and erasing, which have to see names, sizes and times."""
        return self._blobs

    def name(self, stage: str, key: str) -> str:
        """The name of the object's blob. Raises: StoreError for a key that is none."""
        if not _KEY.match(key):
            raise StoreError(f"not an object's key: {key!r}", hint="keys are 64 hexadecimal digits")
        return f"{stage}/{key[:2]}/{key}.json"

    def path(self, stage: str, key: str) -> Path:
        """Where the object's file is, or would be. Raises: StoreError for a key that is none, and without files."""
        name = self.name(stage, key)
        if not isinstance(self._blobs, FolderBlobs):
            raise StoreError(f"objects are no files: they are in {self._blobs.place}", hint="read them by `get`")
        return self._blobs.path(name)

    def has(self, work: Work) -> bool:
        """Whether the work was done."""
        return self._blobs.exists(self.name(work.stage, work.key))

    def put(self, work: Work, value: Value, provenance: Provenance) -> str:
        """The key under which the value now stands; a value that stood there already is kept, and nothing written."""
        if self.has(work):
            return work.key
        body = {
            "work": work.model_dump(mode="json"),
            "provenance": provenance.model_dump(mode="json"),
            "value": value.model_dump(mode="json"),
        }
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        self._before_writing()
        self._blobs.create(self.name(work.stage, work.key), data)
        return work.key

    def get(self, stage: str, key: str, kind: type[_V]) -> tuple[_V, Provenance]:
        """The value of this kind and where it comes from. Raises: NotFoundError; StoreError for a damaged file."""
        stored = self._read(stage, key, _form_of(kind).model_validate_json)
        return stored.value, stored.provenance

    def provenance(self, stage: str, key: str) -> Provenance:
        """Where a value comes from. Raises: as `get`."""
        return self._read(stage, key, _Origin.model_validate_json).provenance

    def part(self, stage: str, key: str, form: TypeAdapter[_T]) -> _T:
        """As much of the file as this form reads, which is a form of {"value": ...}. Raises: as `get`."""
        return self._read(stage, key, form.validate_json)

    def _read(self, stage: str, key: str, parsed: Callable[[bytes], _T]) -> _T:
        """The file in the one pass that also checks it, since large calls are read at every view."""
        name = self.name(stage, key)
        try:
            return parsed(self._blobs.read(name))
        except FileNotFoundError:
            raise NotFoundError(
                f"no {stage} result {key[:12]} in the workspace",
                hint="run the call again: only what is missing is redone",
            ) from None
        except (OSError, ValidationError) as error:
            raise _damaged(f"{self._blobs.place}/{name}", error) from error

    def keys(self, stage: str) -> Iterator[str]:
        """The keys of all results of a stage, sorted."""
        for blob in self._blobs.all(stage):
            if _KEY.match(key := blob.name.rpartition("/")[2].removesuffix(".json")):
                yield key


def _damaged(path: str, reason: object) -> StoreError:
    return StoreError(
        f"cannot read {path}: {reason}",
        hint="the file is damaged or from another version; move it away and run the call again",
    )
