"""Owns how the calls of a bucket are found: folder by folder, by the same rules as in folders of this machine.

Of each folder a likeness is made on this machine, for a moment: its metadata as it is, everything else as empty files.
What the rules say of the likeness is said of the bucket. No sound is fetched.
"""

import copy
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.adapters.bucket_recordings import version_of
from pipeline.buckets import Bucket, Listed
from pipeline.config.night import Store
from pipeline.domain.addresses import Address, parsed_address
from pipeline.errors import InputError, UsageError
from pipeline.stages.ingest.candidate import Candidate, CandidateFile
from pipeline.stages.ingest.folder import each_in
from pipeline.stages.ingest.formats import SIDECAR_ENDINGS
from pipeline.stages.ingest.sidecar import MAX_TABLE_BYTES
from pipeline.stages.ingest.table import TABLE_NAME

_LONGEST_NAME = 200


def lister(settings: Store) -> Callable[[str], Iterator[Candidate]]:
    """Gives the calls of an address, s3://bucket/prefix or s3://bucket/key, by these settings; see `calls_below`."""

    def calls(address: str) -> Iterator[Candidate]:
        where = parsed_address(address)
        return calls_below(where, Bucket(where.bucket, settings))

    return calls


def calls_below(where: Address, bucket: Bucket) -> Iterator[Candidate]:
    """The calls of an address, as they are found: of an object itself, or of all below a prefix, folder by folder.

    Raises: UsageError when nothing has that address; UnavailableError.
    """
    folder, _, name = where.key.rpartition("/")
    if where.key and bucket.head(where.key) is not None:
        of_name = (c for c in _calls_of(where.bucket, folder, bucket, {name}) if _is_of(c, where.path))
        yield from of_name
        return
    any_found = False
    for prefix in _folders(bucket, where.key):
        any_found = True
        yield from _calls_of(where.bucket, prefix, bucket, ())
    if not any_found:
        raise UsageError(f"{where}: there is nothing of that name", hint="check the spelling of the address")


def _folders(bucket: Bucket, prefix: str) -> Iterator[str]:
    """The prefix, if it holds anything, and all folders below it, by name; hidden ones are not entered."""
    waiting = [prefix]
    while waiting:
        at = waiting.pop()
        below, objects = bucket.folder(at)
        entered = [found for found in below if not found.rpartition("/")[2].startswith(".")]
        waiting.extend(reversed(entered))
        if objects or below:
            yield at


def _calls_of(name: str, prefix: str, bucket: Bucket, said: Collection[str]) -> Iterator[Candidate]:
    """The calls right in one folder of the bucket."""
    files = {found.key.rpartition("/")[2]: found for found in bucket.folder(prefix)[1]}
    with TemporaryDirectory(prefix="filmroom-listing-") as made:
        likeness = Path(made)
        _imitate(likeness, files, bucket)
        there = Address(bucket=name, key=prefix)
        for call in each_in(likeness, said):
            yield _moved(call, likeness, there, files)


def _imitate(likeness: Path, files: dict[str, Listed], bucket: Bucket) -> None:
    for name, found in files.items():
        if not name or len(name.encode()) > _LONGEST_NAME:
            continue  # a marker of the folder itself, or a name that no file can have
        is_metadata = name.lower().endswith(SIDECAR_ENDINGS) or name == TABLE_NAME
        fetched = is_metadata and found.size <= MAX_TABLE_BYTES
        (likeness / name).write_bytes(bucket.read(found.key) if fetched else b"")
        if is_metadata and not fetched:
            os.truncate(likeness / name, MAX_TABLE_BYTES + 1)  # too large here as there, and takes no room


def _is_of(call: Candidate, path: Path) -> bool:
    return path in (call.path, *(file.path for file in call.files))


def _moved(call: Candidate, likeness: Path, there: Address, files: dict[str, Listed]) -> Candidate:
    """The call of the likeness as the one of the bucket that it is."""

    def moved(path: Path) -> Path:
        return there.path / path.relative_to(likeness)

    def with_version(file: CandidateFile) -> CandidateFile:
        found = files.get(file.path.name)
        return replace(file, path=moved(file.path), version=found and version_of(found))

    stated = call.stated
    return replace(
        call,
        path=moved(call.path),
        files=tuple(map(with_version, call.files)),
        stated=stated if stated.path is None else replace(stated, path=moved(stated.path)),
        problem=None if call.problem is None else _said_of(call.problem, likeness, there),
    )


def _said_of(problem: InputError, likeness: Path, there: Address) -> InputError:
    said = copy.copy(problem)
    said.message = problem.message.replace(str(likeness), str(there))
    said.hint = problem.hint.replace(str(likeness), str(there))
    said.args = (said.message,)
    if said.path is not None and said.path.is_relative_to(likeness):
        said.path = there.path / said.path.relative_to(likeness)
    return said
