"""Owns recordings that are fetched from buckets: each once, whole, and kept where the review room can play it."""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from pipeline.buckets import Bucket, Listed
from pipeline.config.night import Store
from pipeline.domain.addresses import Address, is_address, parsed_address
from pipeline.errors import RecordingError, UnavailableError

_LONGEST_NAME = 200
Connect = Callable[[str, Store], Bucket]


def version_of(found: Listed) -> str:
    """What differs whenever the bytes of an object do."""
    etag = found.etag.strip('"')
    return f"{etag}:{found.size}"


class BucketRecordings:
    """The recordings of buckets, kept below a folder as <bucket>/<key>; several processes may share the folder.

    A file lies beside its version, in a hidden file: another version in the bucket takes its place.
    """

    def __init__(self, folder: Path, settings: Store, *, connect: Connect = Bucket) -> None:
        self._folder = folder
        self._settings = settings
        self._connect = connect
        self._buckets: dict[str, Bucket] = {}

    def fetch(self, path: Path, version: str | None) -> Path:
        """Where the file is on this machine; a path that means nothing in a bucket is that place itself.

        A file that is kept in this version is not asked for again. Raises: RecordingError when it is gone, has changed
        since it was listed, or has a name that no folder can hold; UnavailableError.
        """
        if not is_address(path):
            return path
        address = parsed_address(path)
        _check(address, path)
        to = self._folder / address.bucket / address.key
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            with _alone(_beside(to, "lock")):
                if not _is_kept(to, version or self._version_now(address, path)):
                    self._download(address, to, version)
        except OSError as error:
            hint = "check that the disk has room and that the folder may be written, then run again: nothing is lost"
            raise UnavailableError(f"cannot keep {address} in {to.parent}: {error.strerror}", hint=hint) from error
        return to

    def _download(self, address: Address, to: Path, version: str | None) -> None:
        path, part = address.path, _beside(to, f"{uuid4().hex}.part")
        try:
            try:
                found = self._bucket(address).download(address.key, part)
            except FileNotFoundError:
                raise _gone(path) from None
            size = part.stat().st_size
            if size != found.size:
                message = f"only {size} of its {found.size} bytes arrived"
                raise UnavailableError(f"{address}: {message}", hint="run again: nothing is lost")
            if version not in (None, version_of(found)):
                raise RecordingError("has changed since it was listed", hint="run again", path=path)
            _beside(to, "version").unlink(missing_ok=True)  # first: a file never lies beside another's version
            part.replace(to)
            _beside(to, "version").write_text(version_of(found), encoding="utf-8")
        finally:
            part.unlink(missing_ok=True)

    def _version_now(self, address: Address, path: Path) -> str:
        found = self._bucket(address).head(address.key)
        if found is None:
            raise _gone(path)
        return version_of(found)

    def _bucket(self, address: Address) -> Bucket:
        if address.bucket not in self._buckets:
            self._buckets[address.bucket] = self._connect(address.bucket, self._settings)
        return self._buckets[address.bucket]


def _check(address: Address, path: Path) -> None:
    """Passes for a key that names a file below the folder, whoever wrote it into the bucket."""
    parts = address.key.split("/")
    if any(part in ("", ".", "..") or "\0" in part or len(part.encode()) > _LONGEST_NAME for part in parts):
        raise RecordingError("has a name that no file can have here", hint="rename it in the bucket", path=path)


def _gone(path: Path) -> RecordingError:
    return RecordingError("is not in the bucket any more", hint="put it back, or leave it out", path=path)


def _is_kept(to: Path, version: str) -> bool:
    try:
        kept = _beside(to, "version").read_text(encoding="utf-8")
        return kept == version and version.endswith(f":{to.stat().st_size}")
    except FileNotFoundError:
        return False


def _beside(to: Path, what: str) -> Path:
    return to.with_name(f".{hashlib.sha256(to.name.encode()).hexdigest()[:16]}.{what}")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time: the stations of a call ask for its recording at once."""
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
