"""Owns which results are of some calls: what was made of their recordings, what was made of that, and so on.

Records name some of them only: those of a run that was broken off, of trials and of superseded code are named by none.
Each result says what went into it, so all are found from the recordings on.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.erasing.scope import KnownCall
from pipeline.errors import StoreError
from pipeline.store.blobs import Blob, Blobs, FolderBlobs

_HEAD = 4096
_BEGINS = '{"work":'
_OF_NO_CALL = frozenset({"rubric"})
_BY_CONTENT: frozenset[str] = frozenset({"exchange", "evaluation"})
"""Stages whose results name the calls they are about in their values, and not by what went into them."""


class Result(NamedTuple):
    """A result in the store of objects: its stage, its key, the blob that has it."""

    stage: str
    key: str
    blob: Blob


def results_of(blobs: Blobs, calls: Iterable[KnownCall], others: Iterable[KnownCall]) -> tuple[Result, ...]:
    """Every result of these calls and of no other one. Raises: StoreError."""
    ours = tuple(calls)
    if not ours:
        return ()
    kept = frozenset(key for call in others for record in call.records for key in record.results.values())
    ids = [call.call.encode() for call in ours]
    named = frozenset(key for call in ours for record in call.records for key in record.results.values())
    made_of: defaultdict[str, list[Result]] = defaultdict(list)
    found: dict[str, Result] = {}
    for result in results(blobs):
        if result.stage in _BY_CONTENT:
            if holds(blobs, result.blob.name, ids):
                found[result.key] = result
            continue
        if result.key in named:
            found[result.key] = result
        for put_in in inputs_of(blobs, result.blob.name):
            made_of[put_in].append(result)
    found |= _made_of([*named, *(digest for call in ours for digest in call.hashes)], made_of)
    return tuple(result for result in found.values() if result.key not in kept)


def results(blobs: Blobs) -> Iterator[Result]:
    """Every result of a store of objects but rubrics, by name."""
    for blob in blobs.all():
        match blob.name.split("/"):
            case [stage, _, file] if stage not in _OF_NO_CALL and file.endswith(".json"):
                yield Result(stage, file.removesuffix(".json"), blob)


def left_by_writers(blobs: Blobs, keys: Iterable[str]) -> tuple[Blob, ...]:
    """What writers of results of these keys left unfinished when they were killed."""
    wanted = frozenset(key[:60] for key in keys)
    return tuple(blob for blob in blobs.leftovers() if blob.name.rpartition("/")[2].lstrip(".")[:60] in wanted)


def inputs_of(blobs: Blobs, name: str) -> tuple[str, ...]:
    """What went into a result: it begins with that. Raises: StoreError for one that does not."""
    try:
        work = _work(_head(blobs, name)) or _work(blobs.read(name).decode("utf-8", "ignore"))
    except OSError as error:
        raise _unreadable(name, error) from error
    if work is None:
        raise _unreadable(name, "it does not say what went into it")
    return tuple(str(each) for each in work)


def holds(blobs: Blobs, name: str, needles: Iterable[bytes]) -> bool:
    """Whether one of these stands in a result. Raises: StoreError."""
    try:
        data = blobs.read(name)
    except OSError as error:
        raise _unreadable(name, error) from error
    return any(each in data for each in needles)


def _head(blobs: Blobs, name: str) -> str:
    """The beginning of a result; of one in a bucket all of it, which is one request in either case."""
    if not isinstance(blobs, FolderBlobs):
        return blobs.read(name).decode("utf-8", "ignore")
    with blobs.path(name).open("rb") as file:
        return file.read(_HEAD).decode("utf-8", "ignore")


def _made_of(seeds: Iterable[str], made_of: dict[str, list[Result]]) -> dict[str, Result]:
    found: dict[str, Result] = {}
    waiting = list(seeds)
    while waiting:
        for result in made_of.get(waiting.pop(), ()):
            if result.key not in found:
                found[result.key] = result
                waiting.append(result.key)
    return found


def _work(text: str) -> list[object] | None:
    if not text.startswith(_BEGINS):
        return None
    try:
        work = json.JSONDecoder().raw_decode(text, len(_BEGINS))[0]
    except ValueError:
        return None
    inputs = work.get("inputs") if isinstance(work, dict) else None
    return inputs if isinstance(inputs, list) else None


def _unreadable(name: str, why: object) -> StoreError:
    return StoreError(
        f"cannot tell whose result {name} is: {why}",
        hint="the result is damaged: delete it (what is missing is made anew by the next run), then erase again",
    )
