"""What was handed over in batches is written down whole, in order, and found again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.domain.batch import BatchFailure, BatchRecord
from pipeline.errors import StoreError
from pipeline.store.batches import Batches
from tests.adapters.chatting import question

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
RECORD = BatchRecord(state="prepared", model="openai/m", n_requests=2, prepared_at=NOW, at=NOW)
REQUESTS = (question(text="first\u2028line\x85two"), question(text="half a pair \ud83d"))


def test_requests_come_back_as_they_were(tmp_path: Path) -> None:
    Batches(tmp_path).prepare("batch-1", REQUESTS, RECORD)
    assert Batches(tmp_path).requests("batch-1") == REQUESTS


def test_last_state_counts_and_earlier_ones_stay(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    batches.prepare("batch-1", REQUESTS, RECORD)
    failure = BatchFailure(key="a" * 64, kind="expired", message="no time")
    ended = RECORD.model_copy(update={"state": "collected", "n_answered": 1, "failures": (failure,)})
    batches.append("batch-1", ended)
    assert list(Batches(tmp_path).all()) == [("batch-1", ended)]
    assert sorted(p.name for p in (tmp_path / "batch-1").iterdir()) == [
        "r.000001.json",
        "r.000002.json",
        "requests.jsonl",
    ]


def test_batch_whose_requests_alone_were_written_is_none(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    batches.prepare("batch-1", REQUESTS, RECORD)
    (tmp_path / "batch-1" / "r.000001.json").unlink()
    assert list(batches.all()) == []


def test_no_batches_in_a_new_workspace(tmp_path: Path) -> None:
    assert list(Batches(tmp_path / "none").all()) == []


def test_damaged_requests_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    batches.prepare("batch-1", REQUESTS, RECORD)
    (tmp_path / "batch-1" / "requests.jsonl").write_text('{"call":\n')
    with pytest.raises(StoreError, match=r"requests\.jsonl"):
        batches.requests("batch-1")
