"""The numbers of a night for Prometheus: a file of its text format, for the textfile collector of the node exporter."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.domain.night import NightState
from pipeline.log import event, get_logger
from pipeline.shift.boards import Silent

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

_log = get_logger(__name__)


class MetricsFile(Silent):
    """Writes the state of the night to a file, whole at every moment; fulfils `Listener`.

    `last_success` is when a night before this one ended with nothing left to do.
    """

    def __init__(self, path: Path, *, last_success: datetime | None = None) -> None:
        self._path = path
        self._last_success = last_success

    def stands(self, night: NightState) -> None:
        """See `Listener`. A file that cannot be written is told in the log and stops no night."""
        if night.ended == "finished":
            self._last_success = night.at
        try:
            write_metrics(self._path, night, last_success=self._last_success)
        except OSError as error:
            event(_log, "metrics.not_written", {"error": type(error).__name__, "errno": error.errno}, warning=True)

    def ended(self, night: NightState) -> None:
        """See `Listener`."""
        self.stands(night)


def write_metrics(path: Path, night: NightState, *, last_success: datetime | None) -> None:
    """Put the night's numbers in the place of the file. Raises: OSError."""
    from prometheus_client import CollectorRegistry, write_to_textfile

    class _Collector:
        def collect(self) -> Iterator["Metric"]:
            yield from metrics_of(night, last_success=last_success)

    registry = CollectorRegistry()
    registry.register(_Collector())
    write_to_textfile(str(path), registry)


def metrics_of(night: NightState, *, last_success: datetime | None) -> Iterator["Metric"]:
    """All metrics, each with its help and unit; those that are not known are left out."""
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily

    calls = CounterMetricFamily("filmroom_calls", "Calls of this run by what became of them.", labels=["status"])
    for status, number in night.counts.model_dump().items():
        calls.add_metric([status], number)
    yield calls
    stages = SummaryMetricFamily(
        "filmroom_stage_seconds", "Times a stage was carried out, and seconds that took.", labels=["stage"]
    )
    for stage in night.stages:
        stages.add_metric([stage.stage], count_value=stage.times, sum_value=stage.seconds)
    yield stages
    yield CounterMetricFamily("filmroom_audio_seconds", "Seconds of sound in calls done.", value=night.audio_s)
    yield CounterMetricFamily("filmroom_worker_deaths", "Workers that died over a call.", value=night.deaths)
    if night.left is not None:
        yield GaugeMetricFamily("filmroom_calls_left", "Calls that are still to be done.", value=night.left)
    busy = GaugeMetricFamily("filmroom_calls_under_way", "Calls at a station now.", labels=["station"])
    for station in sorted({"listening", "voices", "reading"} | {at.station for at in night.under_way}):
        busy.add_metric([station], sum(at.station == station for at in night.under_way))
    yield busy
    yield from _spent(night)
    yield from _times(night, last_success)


def _spent(night: NightState) -> Iterator["Metric"]:
    from prometheus_client.core import CounterMetricFamily

    if (spent := night.spent) is None:
        return
    yield CounterMetricFamily("filmroom_model_requests", "Requests to a language model.", value=spent.requests)
    tokens = CounterMetricFamily("filmroom_model_tokens", "Tokens by kind, as the server counted.", labels=["kind"])
    tokens.add_metric(["input"], spent.input_tokens)
    tokens.add_metric(["cached_input"], spent.cached_tokens)
    tokens.add_metric(["output"], spent.output_tokens)
    yield tokens
    if spent.usd is not None:
        yield CounterMetricFamily("filmroom_model_cost_dollars", "US dollars for answers.", value=spent.usd)


def _times(night: NightState, last_success: datetime | None) -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily

    running = 0 if night.ended else 1
    yield GaugeMetricFamily("filmroom_run_active", "1 while a run goes on, else 0.", value=running)
    began, at = night.start.began.timestamp(), night.at.timestamp()
    yield GaugeMetricFamily("filmroom_run_start_timestamp_seconds", "When the run began.", value=began)
    yield GaugeMetricFamily("filmroom_heartbeat_timestamp_seconds", "When this file was written last.", value=at)
    if night.exit_code is not None:
        yield GaugeMetricFamily("filmroom_run_exit_code", "The exit code of the run that ended.", value=night.exit_code)
    if last_success is not None:
        told = "When a run ended last with nothing left to do."
        yield GaugeMetricFamily("filmroom_last_success_timestamp_seconds", told, value=last_success.timestamp())
