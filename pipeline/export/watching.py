"""How a run looks while it goes on: a line per call and a bar per stage on a terminal, nothing when piped."""

from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from pipeline.domain.work import CallOutcome, StageName
from pipeline.export.untrusted import visible

_LABELS: dict[StageName, str] = {
    "ingest": "Ingest",
    "import": "Read the transcript",
    "transcribe": "Transcribe",
    "diarize": "Tell speakers apart",
    "attribute": "Words to speakers",
    "measure": "Measure",
    "track": "Find price, next steps, ...",
    "observe": "Read against the rubric",
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


class TerminalWatcher:
    """Shows a run on stderr; a context manager, since the bars must be taken down whatever happens."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            SpinnerColumn(finished_text=" "),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._tasks: dict[StageName, TaskID] = {}
        self._title = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def call_started(self, path: Path, number: int, of: int) -> None:
        """Name the call; bars come as its stages begin."""
        self._clear()
        self._title = f"[bold]{number}/{of}[/] {_plain(path.name)}"
        self._progress.console.print(self._title, highlight=False)

    def stage_at(self, stage: StageName, share: float) -> None:
        """Move the stage's bar; it only pulses until its first share is known."""
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(f"  {_LABELS[stage]:<24}", total=None)
        self._progress.update(self._tasks[stage], total=1.0 if share > 0 else None, completed=share)

    def call_finished(self, outcome: CallOutcome) -> None:
        """Leave one line that says what became of the call."""
        self._clear()
        line = f"      {_MARKS[outcome.status]} in {outcome.seconds:.1f} s"
        if outcome.call:
            line += f"  [cyan]{outcome.call}[/]"
        self._progress.console.print(line, highlight=False)
        if outcome.reason:
            self._progress.console.print(f"      {_plain(outcome.reason)}", highlight=False)
        if outcome.hint:
            self._progress.console.print(f"      [yellow]What to do:[/] {_plain(outcome.hint)}", highlight=False)

    def _clear(self) -> None:
        for task in self._tasks.values():
            self._progress.remove_task(task)
        self._tasks.clear()


def _plain(text: str) -> str:
    return escape(visible(text))
