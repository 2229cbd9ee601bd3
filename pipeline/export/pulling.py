"""How fetching models looks: what is still to come and how big, a bar per model, and one line each when it is there."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from pipeline.adapters import weights


def pull_models(names: Sequence[str], *, cache: Path, console: Console) -> None:
    """Have these models in the cache, those that are there left as they are. Raises: WeightsError."""
    entries = [weights.find_model(name) for name in names]
    missing = [entry for entry in entries if not weights.is_present(entry, cache)]
    for entry in entries:
        if entry not in missing:
            console.print(f"{entry.name}: here already", style="dim", highlight=False)
    if not missing:
        return
    n_bytes = sum(entry.download_size for entry in missing)
    listed = ", ".join(f"{entry.name} ({entry.download_size / 1e6:.0f} MB)" for entry in missing)
    console.print(f"Fetching {n_bytes / 1e9:.2f} GB of models, once: {listed}", highlight=False)
    for entry in missing:
        _pull(entry, cache=cache, console=console)
        console.print(f"{entry.name}: fetched, every file checked against its digest", highlight=False)


def _pull(entry: weights.ModelEntry, *, cache: Path, console: Console) -> None:
    columns = (TextColumn("  {task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(entry.name, total=entry.download_size)

        def report(label: str, done_bytes: int, total_bytes: int) -> None:
            progress.update(task, description=label, completed=done_bytes, total=total_bytes)

        weights.pull(entry, cache=cache, progress=report)
