"""The file for Prometheus: names by its conventions, numbers of the night, whole at every moment, without names."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.domain.night import Counts, Spent, StageTime, UnderWay
from pipeline.export.night_metrics import MetricsFile
from tests.shift.night_values import night

STATE = night(
    expected=10,
    counts=Counts(done=3, quarantined=1),
    audio_s=7200.0,
    deaths=2,
    stages=(StageTime(stage="transcribe", times=4, seconds=80.5),),
    under_way=(UnderWay(number=5, station="voices"),),
    spent=Spent(requests=7, input_tokens=100, cached_tokens=40, output_tokens=10, usd=0.25),
)
SUCCESS = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)


def samples(path: Path) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(path.read_text())
    return {(s.name, tuple(s.labels.values())): s.value for family in families for s in family.samples}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "filmroom.prom"


def test_it_has_the_numbers_of_the_night(file: Path) -> None:
    MetricsFile(file, last_success=SUCCESS).stands(STATE)
    found = samples(file)
    assert found["filmroom_calls_total", ("done",)] == 3
    assert found["filmroom_calls_total", ("quarantined",)] == 1
    assert found["filmroom_calls_left", ()] == 6  # of 10, 4 have ended
    assert found["filmroom_calls_under_way", ("voices",)] == 1
    assert found["filmroom_calls_under_way", ("reading",)] == 0
    assert found["filmroom_stage_seconds_sum", ("transcribe",)] == 80.5
    assert found["filmroom_stage_seconds_count", ("transcribe",)] == 4
    assert found["filmroom_audio_seconds_total", ()] == 7200
    assert found["filmroom_worker_deaths_total", ()] == 2
    assert found["filmroom_model_tokens_total", ("cached_input",)] == 40
    assert found["filmroom_model_cost_dollars_total", ()] == 0.25
    assert found["filmroom_last_success_timestamp_seconds", ()] == SUCCESS.timestamp()
    assert found["filmroom_run_active", ()] == 1


def test_names_follow_the_conventions(file: Path) -> None:
    MetricsFile(file, last_success=SUCCESS).stands(STATE)
    for family in text_string_to_metric_families(file.read_text()):
        assert family.name.startswith("filmroom_")
        assert family.documentation.endswith(".")
        for sample in family.samples:
            assert (family.type == "counter") == sample.name.endswith("_total")


def test_a_run_that_ended_well_is_the_last_success(file: Path) -> None:
    MetricsFile(file).ended(STATE.model_copy(update={"ended": "finished", "exit_code": 7}))
    found = samples(file)
    assert found["filmroom_last_success_timestamp_seconds", ()] == STATE.at.timestamp()
    assert (found["filmroom_run_active", ()], found["filmroom_run_exit_code", ()]) == (0, 7)


def test_what_is_not_known_is_left_out(file: Path) -> None:
    MetricsFile(file).stands(night())
    names = {name for name, _ in samples(file)}
    assert not names & {"filmroom_calls_left", "filmroom_last_success_timestamp_seconds", "filmroom_run_exit_code"}
    assert not any(name.startswith("filmroom_model") for name in names)


def test_nothing_but_the_file_is_left_in_its_folder(file: Path) -> None:
    metrics = MetricsFile(file)
    for _ in range(3):
        metrics.stands(STATE)
    assert list(file.parent.iterdir()) == [file]


def test_a_file_that_cannot_be_written_stops_no_night(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING", logger="filmroom"):
        MetricsFile(tmp_path / "nowhere" / "a.prom").stands(STATE)
    assert "metrics.not_written" in caplog.text
