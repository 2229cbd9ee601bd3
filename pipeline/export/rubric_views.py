"""Owns what rubric authors are shown of checks and differences: plain lines when piped, colours on a terminal."""

from collections.abc import Iterable, Iterator
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.domain.rubric_changes import (
    BehaviourDiff,
    CapabilityDiff,
    Change,
    Effect,
    FieldChange,
    LevelChange,
    RubricDiff,
)
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted
from pipeline.workbench.findings import Checked

MAX_WIDTH = 110

SIGNS: dict[Change, tuple[str, str]] = {
    Change.ADDED: ("+", "green"),
    Change.REMOVED: ("-", "red"),
    Change.RENAMED: ("=", "cyan"),
    Change.CHANGED: ("~", "yellow"),
}
REACHES: dict[Effect, str] = {
    Effect.READING: "calls are read again",
    Effect.SCORING: "scored again, not read again",
    Effect.CHOICE: "changes which strength or improvement a draft picks",
    Effect.WORDING: "wording only",
}


def print_blocks(blocks: Iterable[RenderableType], console: Console) -> None:
    """Print the blocks as wide as the console and at most 110 columns; without colours and padding when piped."""
    width = min(console.width, MAX_WIDTH)
    if console.is_terminal:
        console.print(Group(*blocks), width=width, highlight=False, markup=False, emoji=False)
        return
    out = StringIO()
    plain = Console(file=out, width=width, color_system=None, force_terminal=False, legacy_windows=False)
    plain.print(Group(*blocks), highlight=False, markup=False, emoji=False)
    console.file.write("".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines()))


def indented(renderable: RenderableType, by: int = 2) -> Padding:
    """The block moved to the right by so many columns."""
    return Padding(renderable, (0, 0, 0, by))


def show_check(checked: Checked, console: Console) -> None:
    """Print what was found in a rubric file; when piped one line a finding, with its place as compilers write it."""
    if console.is_terminal:
        print_blocks((*_findings(checked), *_counts(checked)), console)
        return
    for finding in checked.findings:
        place = f"{checked.path}:{finding.line}:{finding.column}: {finding.severity}: "
        console.file.write(f"{place}{visible(finding.text)}\n  What to do: {visible(finding.fix)}\n")
    for line in _counts(checked):
        console.file.write(f"{line.plain}\n")


def _findings(checked: Checked) -> Iterator[RenderableType]:
    for finding in checked.findings:
        style = "bold red" if finding.severity == "error" else "yellow"
        place = f"{checked.path}:{finding.line}:{finding.column}"
        yield Text.assemble((place, "bold"), "  ", (finding.severity, style), (f"  {finding.rule}", "dim"))
        yield indented(Text(visible(finding.text)))
        yield indented(Text.assemble(("What to do: ", "cyan"), visible(finding.fix)))
        yield Text("")


def _counts(checked: Checked) -> Iterator[Text]:
    name = f"{checked.rubric}, version {checked.version}" if checked.rubric else str(checked.path)
    counts = f"{counted(len(checked.errors), 'error')}, {counted(len(checked.warnings), 'warning')}"
    yield Text(f"{name}: {counts}.{'' if checked.findings else ' Nothing to look at.'}", style="bold")
    if checked.not_looked_at:
        yield Text(f"Note: {checked.not_looked_at}.", style="dim")


def show_diff(diff: RubricDiff, console: Console) -> None:
    """Print what differs between two rubrics, capability by capability, and what it makes be done again."""
    print_blocks(diff_blocks(diff), console)


def diff_blocks(diff: RubricDiff) -> Iterator[RenderableType]:
    """The difference as blocks to print: what it reaches first, then each change under its capability."""
    other = f"{diff.old_id} version {diff.old_version} -> " if diff.old_id != diff.rubric_id else ""
    versions = f"{diff.rubric_id} version {diff.new_version}" if other else f"version {diff.old_version} -> "
    title = f"{other}{versions}" if other else f"{diff.rubric_id}: {versions}version {diff.new_version}"
    yield Text(title, style="bold")
    yield from (indented(Text(line)) for line in reach(diff))
    if diff.fields:
        yield Text("")
        yield indented(_fields(diff.fields))
    for name in _capabilities(diff):
        yield Text("")
        yield from _capability(name, diff)


def reach(diff: RubricDiff) -> Iterator[str]:
    """What the difference makes be done again, in sentences; that order alone changed is said so."""
    if diff.is_same:
        yield "No difference."
        return
    for effect in Effect:
        names = [b.id for b in diff.affecting(effect) if not b.is_order_only]
        names += [c.id for c in diff.capabilities if c.affects is effect]
        if names:
            yield f"{REACHES[effect].capitalize()}: {', '.join(dict.fromkeys(names))}."
    listed = [*diff.reordered, *(f"{f.field} of {b.id}" for b in diff.behaviours for f in b.fields if f.order_only)]
    if diff.rubric_id != diff.old_id and not (diff.fields or diff.capabilities or diff.behaviours):
        yield "Another id, so it is another rubric and no version of the old one; nothing else changes its meaning."
    if listed:
        yield f"Only the order changed, which means the same: {', '.join(listed)}."
    if not diff.changes_meaning:
        yield "Nothing changes its meaning."


def _capabilities(diff: RubricDiff) -> list[str]:
    return list(dict.fromkeys([*(c.id for c in diff.capabilities), *(b.capability for b in diff.behaviours)]))


def _capability(name: str, diff: RubricDiff) -> Iterator[RenderableType]:
    own = next((c for c in diff.capabilities if c.id == name), None)
    yield _heading(name, own)
    if own is not None and (own.fields or own.levels):
        grid = _grid()
        for field in own.fields:
            _field_rows(grid, field)
        for level in own.levels:
            _level_rows(grid, level)
        yield indented(grid)
    for behaviour in diff.behaviours:
        if behaviour.capability == name:
            yield indented(_behaviour(behaviour))
            if behaviour.fields:
                yield indented(_fields(behaviour.fields), 4)


def _heading(name: str, own: CapabilityDiff | None) -> Text:
    if own is None:
        return Text(name, style="bold underline")
    sign, style = SIGNS[own.change]
    was = f" (was {own.was})" if own.was else ""
    mark = "" if own.change is Change.CHANGED else f"{sign} {own.change}: "
    return Text.assemble((mark, style), (name, "bold underline"), was, (f"  {visible(own.name)}", "dim"))


def _behaviour(diff: BehaviourDiff) -> Text:
    sign, style = SIGNS[diff.change]
    notes = [f"was {diff.was}"] if diff.was else []
    notes += [f"from {diff.moved_from}"] if diff.moved_from else []
    reaches = "order only, means the same" if diff.is_order_only else REACHES[diff.affects]
    return Text.assemble(
        (f"{sign} {diff.change} ", style),
        (diff.id, "bold"),
        f" ({', '.join(notes)})" if notes else "",
        f"  {visible(diff.text)}",
        (f"  [{reaches}]", "dim"),
    )


def _grid() -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _fields(fields: Iterable[FieldChange]) -> Table:
    grid = _grid()
    for field in fields:
        _field_rows(grid, field)
    return grid


def _field_rows(grid: Table, field: FieldChange) -> None:
    if field.order_only:
        grid.add_row(field.field, " ", Text("the same in another order", style="dim"))
        return
    removed = [*field.removed, *([field.old] if field.old else [])]
    added = [*field.added, *([field.new] if field.new else [])]
    rows = [*(("-", "red", text) for text in removed), *(("+", "green", text) for text in added)]
    for i, (sign, style, text) in enumerate(rows):
        grid.add_row("" if i else field.field, Text(sign, style=style), Text(visible(text), style=style))


def _level_rows(grid: Table, level: LevelChange) -> None:
    rows = []
    if level.old_rule != level.new_rule:
        rows += [(sign, f"needs {rule}") for sign, rule in (("-", level.old_rule), ("+", level.new_rule)) if rule]
    if level.old_anchor != level.new_anchor:
        anchors = (("-", level.old_anchor), ("+", level.new_anchor))
        rows += [(sign, f"“{visible(anchor)}”") for sign, anchor in anchors if anchor]
    for i, (sign, text) in enumerate(rows):
        style = "red" if sign == "-" else "green"
        grid.add_row("" if i else f"level {level.level}", Text(sign, style=style), Text(text, style=style))
