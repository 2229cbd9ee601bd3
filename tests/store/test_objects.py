"""Objects: named by their work, written once, whole or absent."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.domain.provenance import Provenance
from pipeline.domain.span import Span
from pipeline.errors import NotFoundError, StoreError
from pipeline.store import durable
from pipeline.store.objects import ObjectStore, Work

MADE = Provenance(stage="measure", code_version="1")
WORK = Work(stage="measure", code=1, inputs=("a" * 64,))


def test_equal_work_has_one_key() -> None:
    assert WORK.key == Work(stage="measure", code=1, inputs=("a" * 64,)).key


@pytest.mark.parametrize(
    "change",
    [
        {"stage": "observe"},
        {"code": 2},
        {"inputs": ("b" * 64,)},
        {"model": "m"},
        {"parameters": (("language", "en"),)},
        {"prompt_sha256": "p"},
        {"rubric_sha256": "r"},
        {"redaction": 1},
    ],
)
def test_whatever_changes_the_result_changes_the_key(change: dict[str, object]) -> None:
    assert WORK.model_copy(update=change).key != WORK.key


def test_a_value_comes_back_as_it_was_put(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    key = store.put(WORK, Span(start=1, end=2), MADE)
    assert store.get("measure", key, Span) == (Span(start=1, end=2), MADE)
    assert store.has(WORK)


def test_the_first_value_of_a_work_stays(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    store.put(WORK, Span(start=1, end=2), MADE)
    store.put(WORK, Span(start=3, end=4), MADE)
    assert store.get("measure", WORK.key, Span)[0] == Span(start=1, end=2)


def test_what_is_there_already_needs_no_writing(tmp_path: Path) -> None:
    """So a run with nothing to do needs no disk, nor leave to write."""
    store = ObjectStore(tmp_path)
    store.put(WORK, Span(start=1, end=2), MADE)
    folder = store.path(WORK.stage, WORK.key).parent
    before = folder.stat().st_mtime_ns
    assert store.put(WORK, Span(start=1, end=2), MADE) == WORK.key
    assert folder.stat().st_mtime_ns == before


def test_of_many_writers_at_once_exactly_one_creates_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "x.json"
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda n: durable.create(path, str(n).encode() * 1000), range(8)))
    assert created.count(True) == 1
    assert path.read_bytes() == str(created.index(True)).encode() * 1000
    assert [p.name for p in path.parent.iterdir()] == ["x.json"]


def test_a_missing_object_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        ObjectStore(tmp_path).get("measure", "0" * 64, Span)
    assert "run the call again" in caught.value.hint


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"value": {"start": 2, "end": 1}, "provenance": {}})])
def test_a_damaged_object_is_named(tmp_path: Path, content: str) -> None:
    store = ObjectStore(tmp_path)
    path = store.path("measure", WORK.key)
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(StoreError, match=path.name):
        store.get("measure", WORK.key, Span)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "0" * 63, "G" * 64])
def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(StoreError, match="not an object's key"):
        ObjectStore(tmp_path).path("measure", key)


def test_a_folder_that_cannot_be_written_is_an_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "measure").write_text("a file where the folder should be")
    with pytest.raises(StoreError) as caught:
        ObjectStore(tmp_path).put(WORK, Span(start=0, end=1), MADE)
    assert "nothing is lost" in caught.value.hint


def test_keys_lists_what_is_there_and_no_leftovers(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    key = store.put(WORK, Span(start=0, end=1), MADE)
    (store.path("measure", key).parent / ".half.tmp").write_text("x")
    assert list(store.keys("measure")) == [key]
