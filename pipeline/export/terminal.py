"""Owns what `filmroom show` prints for people: plain text when piped, quiet colour on a terminal."""

from collections.abc import Iterator
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.domain.result import CallResult
from pipeline.export.draft_sheet import DraftPart, DraftSheet
from pipeline.export.mentions import MentionRow
from pipeline.export.moments import Moment
from pipeline.export.scorecard import BehaviourRow, Card, Tone
from pipeline.export.sheet import Sheet, sheet
from pipeline.export.strips import legend, strips
from pipeline.export.wording import counted, weekday

_MAX_WIDTH = 100
_MIN_STRIP = 20
_MOST_MENTIONS = 3
_SIDES = {"rep": "blue", "customer": "yellow"}
_TONES: dict[Tone, tuple[str, str]] = {
    "good": ("●", "green"),
    "gap": ("◆", "red"),
    "absent": ("–", "dim"),
    "open": ("○", "dim"),
}


def show_call(result: CallResult, console: Console) -> None:
    """Print the call, as wide as the console and at most 100 columns; without colours and padding when piped."""
    if console.is_terminal:
        _print(result, console, min(console.width, _MAX_WIDTH))
    else:
        console.file.write(to_text(result, width=console.width))


def to_text(result: CallResult, *, width: int = 80) -> str:
    """The same as plain text, no line longer than `width` columns nor than 100."""
    out, columns = StringIO(), min(width, _MAX_WIDTH)
    plain = Console(file=out, width=columns, color_system=None, force_terminal=False, legacy_windows=False)
    _print(result, plain, columns)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _print(result: CallResult, console: Console, width: int) -> None:
    page = sheet(result)
    told = (_draft(page.draft), _scorecard(page), _mentions(page), _measures(page))
    parts = (_head(page), _timeline(page, width), *told, _foot(page))
    blocks = [block for part in parts for block in part]
    console.print(Group(*blocks), width=width, highlight=False, markup=False, emoji=False)


def _indented(renderable: RenderableType, by: int = 2) -> Padding:
    return Padding(renderable, (0, 0, 0, by))


def _title(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _head(page: Sheet) -> Iterator[RenderableType]:
    yield Text(page.title, style="bold")
    if page.simulated:
        yield Text("Rehearsal: recorded with a colleague, not with a customer", style="yellow")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for fact in page.facts:
        grid.add_row(fact.label, Text(fact.text))
    grid.add_row("Call", page.call)
    yield grid


def _timeline(page: Sheet, width: int) -> Iterator[RenderableType]:
    if page.timeline is None:
        return
    margin = max(len(f"{lane.label} 100%") for lane in page.timeline.lanes) + 1
    yield Text("")
    for strip in strips(page.timeline, page.marks, width=max(_MIN_STRIP, width - margin)):
        style = _SIDES.get(strip.role or "", "dim" if strip.cells.strip()[:1].isdigit() else "")
        yield Text.assemble((strip.label.ljust(margin), style), (strip.cells, style), no_wrap=True, overflow="crop")
    if page.marks:
        yield Text(" " * margin + legend(page.marks), style="dim", no_wrap=True, overflow="crop")


def _draft(draft: DraftSheet) -> Iterator[RenderableType]:
    yield _title("Draft")
    yield from _part("What worked", draft.strength)
    yield from (_indented(Text(reason)) for reason in draft.without_strength)
    if draft.facts:
        yield Text("In figures", style="underline")
        yield from (_indented(Text(passage.text)) for passage in draft.facts)
    yield from _part("One thing to change", draft.improvement)
    yield from (_indented(Text(reason)) for reason in draft.without_improvement)
    if draft.questions:
        yield Text("Questions to ask", style="underline")
        yield _listed([Text(q) for q in draft.questions])
    if draft.steps or draft.practice:
        yield Text("Activity", style="underline")
        steps = [
            Text.assemble(s.text, (f" ({s.who}{f', by {weekday(s.by)}' if s.by else ''})", "dim")) for s in draft.steps
        ]
        yield _listed(steps)
        if draft.practice:
            yield _indented(Text(f"Practise: {draft.practice}"))
    if draft.follow_up:
        yield _indented(Text(f"Look at it again on {weekday(draft.follow_up)} (a proposal)."))
    yield from (_indented(Text(line, style="dim")) for line in (draft.words, *draft.withheld))


def _listed(items: list[Text]) -> Padding:
    grid = Table.grid(padding=(0, 1))
    for n, item in enumerate(items, start=1):
        grid.add_row(f"{n}.", item)
    return _indented(grid)


def _part(title: str, part: DraftPart | None) -> Iterator[RenderableType]:
    if part is None:
        return
    yield Text(title, style="underline")
    for passage in part.passages:
        if passage.moment is None:
            yield _indented(Text(passage.text))
        else:
            told = Text(passage.text, style=_SIDES.get(passage.moment.role, "")) if passage.text else None
            yield _indented(told or _quoted(passage.moment), 4)
    if part.measured:
        yield _indented(Text(part.measured, style="dim"), 4)


def _quoted(moment: Moment) -> Text:
    when = f" [{moment.clock}]" if moment.clock else ""
    missed = ", where it was called for" if moment.kind == "missed" else ""
    said = (f"“{moment.text}”", "italic")
    return Text.assemble(said, (f" {moment.speaker}{when}{missed}", _SIDES.get(moment.role, "dim")))


def _scorecard(page: Sheet) -> Iterator[RenderableType]:
    yield _title("Scorecard")
    yield Text(page.rubric, style="dim")
    for card in page.cards:
        yield Text.assemble(card.name, ": ", _level(card))
        if card.anchor:
            yield _indented(Text(card.anchor, style="italic"))
        grid = Table.grid(padding=(0, 1))
        for row in card.behaviours:
            sign, style = _TONES[row.tone]
            grid.add_row(Text(sign, style=style), _behaviour(row))
        yield _indented(grid)


def _level(card: Card) -> Text:
    if card.level is None:
        return Text(f"unscored, {card.unscored}", style="dim")
    return Text(f"level {card.level} of {card.of} {'■' * card.level}{'□' * (card.of - card.level)}", style="bold")


def _behaviour(row: BehaviourRow) -> Text:
    looked = f"looked for in {counted(len(row.looked_in), 'turn')}" if row.looked_in and not row.quotes else ""
    missed = ", ".join(f"[{m.clock}]" for m in row.missed if m.clock)
    notes = [n for n in (row.measured, row.reason, looked, f"missed at {missed}" if missed else "", row.unused) if n]
    times = "".join(f" [{m.clock}]" for m in row.quotes if m.clock)
    verdict = f": {row.verdict[0].lower()}{row.verdict[1:]}{times}"
    return Text.assemble(row.text, (verdict, _TONES[row.tone][1]), ("".join(f"; {n}" for n in notes), "dim"))


def _mentions(page: Sheet) -> Iterator[RenderableType]:
    if not page.trackers:
        return
    yield _title("Mentions")
    for tracker in page.trackers:
        yield Text.assemble(tracker.title, (f": {tracker.summary}", "dim"))
        yield from (_indented(_mentioned(mention)) for mention in tracker.mentions[:_MOST_MENTIONS])
        more = len(tracker.mentions) - _MOST_MENTIONS
        if more > 0:
            yield _indented(Text(f"and {more} more (all with --json)", style="dim"))


def _mentioned(mention: MentionRow) -> Text:
    when = f" [{mention.clock}]" if mention.clock else ""
    said = (f"“{mention.text}”", "italic")
    note = f" ({mention.note})" if mention.note else ""
    return Text.assemble(said, (f" {mention.speaker}{when}", _SIDES.get(mention.role, "dim")), (note, "dim"))


def _measures(page: Sheet) -> Iterator[RenderableType]:
    yield _title("Measures")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(min_width=26)
    grid.add_column(justify="right", no_wrap=True, min_width=5)
    grid.add_column(style="dim", overflow="fold")
    for row in page.measures:
        if row.value is None:
            grid.add_row(row.title, "–", Text(f"unavailable: {row.unavailable}"))
        else:
            note = f"{row.unit} ({row.interval})" if row.interval else row.unit
            grid.add_row(row.title, row.value, Text(", ".join(part for part in (note, row.trust) if part)))
    yield grid


def _foot(page: Sheet) -> Iterator[RenderableType]:
    if not page.rejected:
        return
    n = sum(count for _, count in page.rejected)
    reasons = "; ".join(f"{count}: {reason}" for reason, count in page.rejected)
    yield Text("")
    yield Text(f"{counted(n, 'claim')} of the reader refused ({reasons}). Nothing above rests on them.", style="dim")
