"""What is kept and logged of a call that fails, where kept words are masked: nothing that was said in it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.domain.personal import Kind
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.stages.redact import Redactor
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine

WORDS = "okafor four one five"


class QuotingSpotter:
    """Fails, and quotes the words it was given; fulfils `Spotter`."""

    identity = "quoting"

    def marks(self, words: Sequence[str]) -> Mapping[int, Kind]:
        """Nothing. Raises: ValueError with the words."""
        raise ValueError(" ".join(words))

    def rules(self, words: Sequence[str]) -> Mapping[int, Kind]:
        """As `marks`."""
        return self.marks(words)


def _kept_of_a_failure(folder: Path, transcript: str) -> str:
    """All that a workspace keeps of a call that was set aside."""
    call = folder / "call.txt"
    call.write_text(transcript)
    config, space = Config(consent="assumed"), folder / "w"
    masks = Redactor(QuotingSpotter())
    rubric, now = find_rubric("discovery"), datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
    night = Night(Workspace(space), config, ScriptedEngine(), rubric, now=lambda: now, stated_redactor=masks)
    (outcome,) = review_calls(night, discover([call]))
    assert outcome.status == "quarantined"
    kept = "\n".join(p.read_text(errors="replace") for p in sorted((space / "quarantine").rglob("*")) if p.is_file())
    return f"{outcome.reason} {outcome.hint} {kept}"


def test_an_unforeseen_error_is_kept_without_what_it_says(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = _kept_of_a_failure(tmp_path, f"Rep: Hello?\nCustomer: {WORDS}\n")
    assert "ValueError" in kept
    assert "okafor" not in kept
    assert "okafor" not in " ".join(record.getMessage() for record in caplog.records)


def test_a_transcript_that_cannot_be_read_is_kept_by_its_line(tmp_path: Path) -> None:
    kept = _kept_of_a_failure(tmp_path, f"{WORDS}\nRep: Hello?\n")
    assert "call.txt:1" in kept
    assert "okafor" not in kept
