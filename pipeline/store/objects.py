"""Results of stages as files that never change: objects/<stage>/<aa>/<key>.json, named by the work that made them."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipeline.domain.base import Value
from pipeline.domain.provenance import Provenance
from pipeline.errors import NotFoundError, StoreError
from pipeline.store.durable import create

_V = TypeVar("_V", bound=Value)
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


class ObjectStore:
    """Objects below one folder; create-if-absent is the only way to write."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, stage: str, key: str) -> Path:
        """Where the object is, or would be. Raises: StoreError for a key that is none."""
        if not _KEY.match(key):
            raise StoreError(f"not an object's key: {key!r}", hint="keys are 64 hexadecimal digits")
        return self._root / stage / key[:2] / f"{key}.json"

    def has(self, work: Work) -> bool:
        """Whether the work was done."""
        return self.path(work.stage, work.key).is_file()

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
        create(self.path(work.stage, work.key), data)
        return work.key

    def get(self, stage: str, key: str, kind: type[_V]) -> tuple[_V, Provenance]:
        """The value of this kind and where it comes from. Raises: NotFoundError; StoreError for a damaged file."""
        body = self._body(stage, key)
        return self._parse(stage, key, kind, body.get("value")), self._parse(
            stage, key, Provenance, body.get("provenance")
        )

    def provenance(self, stage: str, key: str) -> Provenance:
        """Where a value comes from. Raises: as `get`."""
        return self._parse(stage, key, Provenance, self._body(stage, key).get("provenance"))

    def _body(self, stage: str, key: str) -> dict[str, object]:
        path = self.path(stage, key)
        try:
            body = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise NotFoundError(
                f"no {stage} result {key[:12]} in the workspace",
                hint="run the call again: only what is missing is redone",
            ) from None
        except (OSError, ValueError) as error:
            raise _damaged(path, error) from error
        if not isinstance(body, dict):
            raise _damaged(path, "not an object")
        return body

    def _parse(self, stage: str, key: str, kind: type[_V], part: object) -> _V:
        try:
            return kind.model_validate_json(json.dumps(part))
        except ValidationError as error:
            raise _damaged(self.path(stage, key), error) from error

    def keys(self, stage: str) -> Iterator[str]:
        """The keys of all results of a stage, sorted."""
        for path in sorted((self._root / stage).glob("??/*.json")):
            if _KEY.match(path.stem):
                yield path.stem


def _damaged(path: Path, reason: object) -> StoreError:
    return StoreError(
        f"cannot read {path}: {reason}",
        hint="the file is damaged or from another version; move it away and run the call again",
    )
