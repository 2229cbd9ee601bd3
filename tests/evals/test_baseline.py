"""What is measured on the calls that come with Filmroom is no worse than when evals/baseline.json was written.

After a change that is meant to be better, `filmroom eval run --data EMPTY_FOLDER --out evals/baseline.json` with the
suites speech, behaviours and drafts writes it anew (docs/evaluators.md).
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from evals import running
from evals.comparing import Comparison, compare
from evals.history import read_run
from evals.judging import remembering_reader
from evals.reference_readers import NothingReader
from evals.suites import Setting, SuiteName
from pipeline.adapters import weights
from pipeline.config import Config
from pipeline.ports import Reader
from tests.conftest import CHECKOUT

BASELINE = CHECKOUT / "evals" / "baseline.json"


def gated(tmp_path: Path, names: Sequence[SuiteName], reader: Callable[[], Reader]) -> Comparison:
    setting = Setting(data=None, models=weights.default_cache(), scratch=tmp_path, reader=cache(reader))
    return compare(
        read_run(BASELINE).findings,
        running.run_suites(setting, names, code=read_run(BASELINE).findings.code_sha256).findings,
    )


@pytest.mark.slow
def test_words_speakers_behaviours_and_drafts_are_no_worse_than_the_baseline(tmp_path: Path) -> None:
    def reader() -> Reader:
        return remembering_reader(Config(reader="similarity"), tmp_path)

    found = gated(tmp_path, ("speech", "behaviours", "drafts"), reader)
    assert {loss.name: (loss.before, loss.after) for loss in found.losses} == {}
    assert sum(change.outcome in ("equal", "same", "too_few") for change in found.changes) > 20


@pytest.mark.slow
def test_a_reader_that_finds_nothing_any_more_is_stopped_and_named(tmp_path: Path) -> None:
    # the worst that a broken prompt can do to a reader: it answers, and never yes
    found = gated(tmp_path, ("behaviours",), NothingReader)
    assert "behaviours.cases.f1" in {loss.name for loss in found.losses}
    assert "behaviours.cases.quotes_right" in {loss.name for loss in found.losses}


def test_the_baseline_names_no_place_of_a_machine() -> None:
    text = BASELINE.read_text(encoding="utf-8")
    assert all(place not in text for place in ("/tmp/", "/home/", "/root/", "/work/"))
