"""Owns the list of rubrics: what is shipped, what a workspace has published, by whom, when and why."""

import json
from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from pipeline.domain.rubric import Rubric
from pipeline.domain.rubric_diff import rule_in_words
from pipeline.export.rubric_views import indented, print_blocks
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted
from pipeline.store.rubrics import PublishedRubric
from pipeline.workbench.naming import RubricEntry


def show_rubrics(entries: Sequence[RubricEntry], console: Console) -> None:
    """Print each rubric on a line: what runs use now, and what it follows."""
    table = Table(
        Column("rubric", no_wrap=True), "version", "from", "published", "title", box=None, padding=(0, 2, 0, 0)
    )
    for entry in entries:
        latest = entry.published[-1] if entry.published else None
        when = f"{latest.at:%Y-%m-%d}, {visible(latest.author)}" if latest else "-"
        origin = "published" if latest else "shipped"
        rubric = entry.current
        table.add_row(rubric.id, str(rubric.version), origin, Text(when), Text(visible(rubric.title)))
    print_blocks([table], console)


def show_rubric(entry: RubricEntry, console: Console) -> None:
    """Print what runs use of one rubric, and its versions, the newest first, with author, day and note."""
    print_blocks(_rubric(entry), console)


def _rubric(entry: RubricEntry) -> Iterator[RenderableType]:
    rubric = entry.current
    yield Text.assemble((f"{rubric.id} version {rubric.version}", "bold"), f"  {visible(rubric.title)}")
    yield indented(_versions(entry))
    for capability in rubric.capabilities:
        yield Text("")
        yield Text.assemble((visible(capability.name), "bold underline"), (f"  {capability.id}", "dim"))
        yield indented(Text(visible(capability.goal), style="italic"))
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column()
        for behaviour in capability.behaviours:
            grid.add_row(behaviour.id, Text(visible(behaviour.text)))
        for level in capability.levels[1:]:
            grid.add_row(f"level {level.level}", Text(f"needs {rule_in_words(level.needs, capability)}"))
        yield indented(grid)


def _versions(entry: RubricEntry) -> Table:
    grid = Table.grid(padding=(0, 2))
    for published in reversed(entry.published):
        said = f"published {published.at:%Y-%m-%d %H:%M} by {visible(published.author)}: {visible(published.note)}"
        grid.add_row(Text(f"version {published.rubric.version}"), Text(said))
    if entry.shipped is not None:
        grid.add_row(Text(f"version {entry.shipped.version}"), Text(f"shipped with Filmroom, {_size(entry.shipped)}"))
    return grid


def _size(rubric: Rubric) -> str:
    capabilities = counted(len(rubric.capabilities), "capability", "capabilities")
    return f"{capabilities}, {counted(len(rubric.behaviours), 'behaviour')}"


def rubrics_json(entries: Sequence[RubricEntry]) -> str:
    """All rubrics as one JSON list: id, version, origin, shipped_version or null, and published with its versions."""
    return json.dumps([_entry(entry) for entry in entries], ensure_ascii=False)


def rubric_json(entry: RubricEntry) -> str:
    """One rubric as a JSON object: as in the list, and `rubric` with everything in it."""
    return json.dumps({**_entry(entry), "rubric": entry.current.model_dump(mode="json")}, ensure_ascii=False)


def published_json(published: PublishedRubric) -> str:
    """A published version as a JSON object: id, version, sha256, author, at and note."""
    return json.dumps(_version(published), ensure_ascii=False)


def _entry(entry: RubricEntry) -> dict[str, object]:
    return {
        "id": entry.current.id,
        "version": entry.current.version,
        "origin": "published" if any(known.rubric == entry.current for known in entry.published) else "shipped",
        "shipped_version": entry.shipped.version if entry.shipped else None,
        "published": [_version(published) for published in entry.published],
    }


def _version(published: PublishedRubric) -> dict[str, object]:
    return {
        "id": published.rubric.id,
        "version": published.rubric.version,
        "sha256": published.sha256,
        "author": published.author,
        "at": published.at.isoformat(),
        "note": published.note,
    }
