"""The board of a night on a terminal: how far it is, how fast, what it costs, and what each worker does now.

A line for each call that has ended scrolls away above it. It is drawn from the night's state and keeps nothing but the
names of the calls under way.
"""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console, ConsoleRenderable, Group
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pipeline.domain.addresses import shown
from pipeline.domain.night import NightState, UnderWay
from pipeline.domain.work import CallOutcome, StageName
from pipeline.export.money import dollars
from pipeline.export.untrusted import visible
from pipeline.shift.boards import Silent
from pipeline.shift.stations import StationName

LABELS: dict[StageName, str] = {
    "ingest": "Ingest",
    "import": "Read the transcript",
    "transcribe": "Transcribe",
    "diarize": "Tell speakers apart",
    "attribute": "Words to speakers",
    "measure": "Measure",
    "track": "Find prices, next steps",
    "observe": "Read against rubric",
    "verify": "Verify quotes",
    "score": "Score",
    "draft": "Draft",
}
_MARKS = {
    "done": "[green]done[/]",
    "skipped": "[dim]nothing to do[/]",
    "quarantined": "[red]set aside[/]",
    "waiting": "[yellow]waits for answers[/]",
    "failed": "[red]as it was before[/]",
}
_MOST_ROWS = 12
_STATIONS: dict[str, int] = {"listening": 0, "voices": 1, "reading": 2}


class LiveBoard(Silent):
    """Shows a night on a terminal; a context manager, since the board must be taken down whatever happens."""

    def __init__(self, console: Console, state: Callable[[], NightState]) -> None:
        self._state = state
        self._names: dict[int, str] = {}
        self._live = Live(
            console=console, get_renderable=self._drawn, refresh_per_second=4, transient=True, redirect_stderr=True
        )
        self._console = console

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Take the board down and give the terminal back."""
        self._live.stop()

    def began(self, number: int, path: Path, station: StationName) -> None:  # noqa: ARG002 - drawn from the state
        """See `Board`."""
        self._names[number] = visible(path.name)

    def died(self, number: int, station: StationName, why: str) -> None:
        """See `Board`."""
        name = escape(self._names.get(number, f"call {number}"))
        line = f"[yellow]A worker died over {name}[/] ({station}): {escape(visible(why))}"
        self._console.print(line, highlight=False, soft_wrap=True)

    def finished(self, number: int, outcome: CallOutcome) -> None:
        """Leave one line that says what became of the call, and for one set aside why and what to do."""
        self._names.pop(number, None)
        call = f"  [cyan]{outcome.call}[/]" if outcome.call else ""
        name = escape(visible(shown(outcome.path)))
        line = f"{_MARKS[outcome.status]} in {outcome.seconds:.1f} s{call}  {name}"
        self._console.print(line, highlight=False, soft_wrap=True)
        if outcome.reason:
            self._console.print(f"      {escape(visible(outcome.reason))}", highlight=False, soft_wrap=True)
        if outcome.hint:
            hint = f"      [yellow]What to do:[/] {escape(visible(outcome.hint))}"
            self._console.print(hint, highlight=False, soft_wrap=True)

    def _drawn(self) -> ConsoleRenderable:
        return board_of(self._state(), self._names)


def board_of(night: NightState, names: dict[int, str]) -> ConsoleRenderable:
    """The board: three lines about the whole night, and one for each call at a station, at most twelve."""
    under_way = sorted(night.under_way, key=lambda at: (_STATIONS.get(at.station, 3), at.number))
    parts: list[ConsoleRenderable] = [Text(""), _head(night), _progress(night), _rates(night)]
    if under_way:
        rows = Table.grid(padding=(0, 1))
        for width in (9, 25, 23):
            rows.add_column(width=width, no_wrap=True, overflow="ellipsis")
        rows.add_column(width=14)
        rows.add_column(width=4, justify="right")
        for at in under_way[:_MOST_ROWS]:
            rows.add_row(*_row(at, names))
        parts.append(rows)
    elif night.start.watching:
        parts.append(Text("Waiting for recordings to arrive. Ctrl-C ends it.", style="dim"))
    if len(under_way) > _MOST_ROWS:
        parts.append(Text(f"and {len(under_way) - _MOST_ROWS} more", style="dim"))
    return Group(*parts)


def _head(night: NightState) -> Text:
    counts = night.counts
    text = Text(no_wrap=True, overflow="ellipsis")
    of = f" of {night.expected:,}" if night.expected is not None else ""
    text.append(f"{counts.total:,}{of} calls", style="bold")
    for number, words, style in (
        (counts.quarantined, "set aside", "red"),
        (counts.waiting, "waiting", "yellow"),
        (counts.skipped, "had nothing to do", "dim"),
        (night.deaths, "workers died", "yellow"),
    ):
        if number:
            text.append(f"   {number:,} {words}", style=style)
    return text.append(f"   {duration(night.seconds)}", style="dim")


def _progress(night: NightState) -> ConsoleRenderable:
    """A bar where it is known how many calls there are, else words."""
    if night.expected is None:
        words = "Looking for arriving files" if night.start.watching else "Still counting the calls"
        return Text(words, style="dim")
    line = Table.grid(padding=(0, 1))
    share = night.counts.total / night.expected if night.expected else 1.0
    left = night.time_left_s
    told = f"{share:4.0%}" + (f"   about {duration(left)} left" if left else "")
    line.add_row(ProgressBar(total=1.0, completed=share, width=40), Text(told, no_wrap=True))
    return line


def _rates(night: NightState) -> Text:
    told = []
    if night.calls_per_hour is not None:
        told.append(f"{night.calls_per_hour:,.0f} calls an hour")
    if night.audio_per_hour:
        told.append(f"{night.audio_per_hour:,.1f} hours of sound an hour")
    if (spent := night.spent) is not None:
        cost = f"{spent.requests:,} requests" if spent.usd is None else f"{dollars(spent.usd)} spent"
        told.append(cost + (f" (up to {dollars(spent.maybe_usd)} more)" if spent.maybe_usd else ""))
    return Text("   ".join(told) or "No call has ended yet", style="dim" if not told else "", no_wrap=True)


def _row(at: UnderWay, names: dict[int, str]) -> tuple[ConsoleRenderable, ...]:
    label = LABELS[at.stage] if at.stage else "Begins"
    known = at.stage is not None and at.share > 0
    bar: ConsoleRenderable = ProgressBar(total=1.0, completed=at.share, width=14)
    return (
        Text(at.station, style="cyan"),
        Text(names.get(at.number, f"call {at.number}")),
        Text(label),
        bar if known else Text(duration(at.seconds), style="dim"),
        Text(f"{at.share:.0%}" if known else "", style="dim"),
    )


def duration(seconds: float) -> str:
    """Seconds in words, to two units.

    >>> duration(8), duration(64), duration(3725), duration(180000)
    ('8 s', '1 min 4 s', '1 h 2 min', '2 d 2 h')
    """
    whole = round(seconds)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
