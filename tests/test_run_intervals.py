"""The spine tells the measures how times were had, so that each call gets the interval of its own kind."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.domain.metrics import Measure
from pipeline.domain.talk_interval import bounds_of, shipped_rules, talk_interval
from pipeline.rubrics import find_rubric
from pipeline.run import CODE, Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine
from tests.test_run import record

# Three minutes, 100 s of them the rep's.
VTT = """WEBVTT

00:00.000 --> 01:00.000
<v Rep>How do you plan the week today?</v>

01:00.000 --> 02:20.000
<v Customer>We use one large spreadsheet and it takes me four hours every Sunday night.</v>

02:20.000 --> 03:00.000
<v Rep>What does that cost you in a month?</v>
"""


@pytest.fixture
def night(tmp_path: Path) -> Night:
    now = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
    config = Config(consent="assumed")
    return Night(Workspace(tmp_path / "w"), config, ScriptedEngine(), find_rubric("discovery"), now=lambda: now)


def talk_ratio(night: Night, path: Path) -> Measure:
    (outcome,) = review_calls(night, discover([path]))
    assert outcome.status == "done", outcome.reason
    return night.workspace.result(night.workspace.record(outcome.call or "")).metrics.get("rep_talk_ratio")


def test_a_transcript_with_times_has_the_interval_of_transcripts(night: Night, tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    path.write_text(VTT)
    ratio = talk_ratio(night, path)
    # 100 of 180 s
    assert ratio.value == 0.556
    expected = bounds_of(0.556, shipped_rules()["transcript"], speech_s=180)
    assert (ratio.low, ratio.high, ratio.trust) == (expected.low, expected.high, None)


def test_a_transcript_without_times_has_neither_ratio_nor_interval(night: Night, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Rep: How do you plan the week?\nCustomer: By hand.\n")
    ratio = talk_ratio(night, path)
    assert (ratio.value, ratio.low, ratio.unavailable) == (None, None, "the transcript has no times")


def test_a_mix_has_the_interval_of_voices_or_its_reason(night: Night, tmp_path: Path) -> None:
    (outcome,) = review_calls(night, discover([record(tmp_path / "a.wav")]))
    metrics = night.workspace.result(night.workspace.record(outcome.call or "")).metrics
    ratio, talk = (
        metrics.get("rep_talk_ratio"),
        [metrics.get(n).value or 0.0 for n in ("rep_talk_s", "customer_talk_s")],
    )
    assert ratio.value is not None
    expected = talk_interval(ratio.value, times="voices", speech_s=sum(talk), n_voices=2)
    assert expected != talk_interval(ratio.value, times="transcript", speech_s=sum(talk), n_voices=2)
    if isinstance(expected, str):
        assert (ratio.low, ratio.high, ratio.trust) == (None, None, expected)
    else:
        assert (ratio.low, ratio.high) == (expected.low, expected.high)


def test_results_of_the_stage_before_it_gave_intervals_are_measured_anew() -> None:
    assert CODE["measure"] >= 2
