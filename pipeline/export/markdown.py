"""Owns the Markdown page of a call: what a manager can paste into a note, short and without the transcript."""

import re
from collections.abc import Iterator

from pipeline.domain.result import CallResult
from pipeline.export.draft_sheet import DraftPart, DraftSheet
from pipeline.export.moments import Moment
from pipeline.export.scorecard import BehaviourRow, Card
from pipeline.export.sheet import Sheet, sheet
from pipeline.export.strips import legend, strips
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted, weekday

_STRIP_WIDTH = 64
_SPECIAL = re.compile(r"[\\`*_\[\]<>|~#&!@$]")
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_BLOCK_START = re.compile(r"^([+=-]|\d+(?=[.)]))")


def to_markdown(result: CallResult) -> str:
    """The page in GitHub's Markdown, ending in a newline. Text of the call can start no markup, link or image in it."""
    page = sheet(result)
    told = (_draft(page.draft), _scorecard(page), _mentions(page), _measures(page))
    parts = (_head(page), _timeline(page), *told, _foot(page))
    lines = [line for part in parts for line in part]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def escaped(text: str) -> str:
    """The text on one line such that Markdown shows it as it is, even at the start of a line."""
    shown = _SPECIAL.sub(r"\\\g<0>", visible(text))
    shown = _ADDRESS.sub(r"\\", shown)
    return _BLOCK_START.sub(_unblocked, shown)


def _unblocked(match: re.Match[str]) -> str:
    start = match.group()
    return f"{start}\\" if start[0].isdigit() else f"\\{start}"


def _head(page: Sheet) -> Iterator[str]:
    yield f"# Call review: {escaped(page.title)}"
    yield ""
    if page.simulated:
        yield "**Rehearsal: recorded with a colleague, not with a customer.**\n"
    for fact in page.facts:
        yield f"- {fact.label}: {escaped(fact.text)}"
    yield f"- Call: {page.call}"
    yield ""


def _timeline(page: Sheet) -> Iterator[str]:
    if page.timeline is None:
        return
    drawn = strips(page.timeline, page.marks, width=_STRIP_WIDTH)
    margin = max(len(s.label) for s in drawn) + 1
    yield "```text"
    for strip in drawn:
        yield (strip.label.ljust(margin) + strip.cells).rstrip()
    if page.marks:
        yield " " * margin + legend(page.marks)
    yield "```\n"


def _draft(draft: DraftSheet) -> Iterator[str]:
    yield "## Draft\n"
    yield from _part("What worked", draft.strength)
    yield from (f"{escaped(reason)}\n" for reason in draft.without_strength)
    if draft.facts:
        yield "### In figures\n"
        yield from (f"{escaped(passage.text)}\n" for passage in draft.facts)
    yield from _part("One thing to change", draft.improvement)
    for reason in draft.without_improvement:
        yield f"{escaped(reason)}\n"
    if draft.questions:
        yield "### Questions to ask\n"
        yield from (f"{n}. {escaped(question)}" for n, question in enumerate(draft.questions, start=1))
        yield ""
    if draft.steps or draft.practice:
        yield "### Activity\n"
        for n, step in enumerate(draft.steps, start=1):
            yield f"{n}. {escaped(step.text)} ({step.who}{f', by {weekday(step.by)}' if step.by else ''})"
        yield f"\nPractise: {escaped(draft.practice)}\n" if draft.practice else ""
    if draft.follow_up:
        yield f"Look at it again on {weekday(draft.follow_up)} (a proposal).\n"
    yield from (f"{escaped(line)}\n" for line in (draft.words, *draft.withheld))


def _part(title: str, part: DraftPart | None) -> Iterator[str]:
    if part is None:
        return
    yield f"### {title}\n"
    for passage in part.passages:
        text = escaped(passage.text) if passage.text or passage.moment is None else _quoted(passage.moment)
        yield f"{'> ' if passage.moment else ''}{text}\n"
    measured = f" ({escaped(part.measured)})" if part.measured else ""
    yield f"{escaped(part.capability)}: {escaped(part.behaviour)}{measured}\n"


def _quoted(moment: Moment) -> str:
    when = f" [{moment.clock}]" if moment.clock else ""
    return f"“{escaped(moment.text)}” {moment.speaker}{when}"


def _scorecard(page: Sheet) -> Iterator[str]:
    yield f"## Scorecard\n\nAgainst {escaped(page.rubric)}.\n"
    for card in page.cards:
        yield f"### {escaped(card.name)}: {_level(card)}\n"
        if card.anchor:
            yield f"{escaped(card.anchor)}\n"
        for row in card.behaviours:
            yield f"- **{row.verdict}**: {escaped(row.text)}{_notes(row)}"
            yield from (f"  - {_quoted(moment)}" for moment in row.quotes)
            yield from (f"  - missed: {_quoted(moment)}" for moment in row.missed)
        yield ""


def _level(card: Card) -> str:
    return f"unscored, {escaped(card.unscored)}" if card.level is None else f"level {card.level} of {card.of}"


def _notes(row: BehaviourRow) -> str:
    looked = f"looked for in {counted(len(row.looked_in), 'turn')}" if row.looked_in and not row.quotes else ""
    notes = [escaped(note) for note in (row.measured, row.reason, looked, row.unused) if note]
    return f" ({'; '.join(notes)})" if notes else ""


def _mentions(page: Sheet) -> Iterator[str]:
    if not page.trackers:
        return
    yield "## Mentions\n"
    for tracker in page.trackers:
        yield f"- **{escaped(tracker.title)}**: {tracker.summary}"
        for mention in tracker.mentions:
            when = f" [{mention.clock}]" if mention.clock else ""
            note = f" ({escaped(mention.note)})" if mention.note else ""
            yield f"  - “{escaped(mention.text)}” {mention.speaker}{when}{note}"
    yield ""


def _measures(page: Sheet) -> Iterator[str]:
    yield "## Measures\n"
    yield f"| Measure | {escaped(page.parties.named('This call'))} | What it is |"
    yield "| --- | --- | --- |"
    for row in page.measures:
        value = f"unavailable: {escaped(row.unavailable)}" if row.value is None else f"{row.value} {row.unit}".strip()
        known = f"{value} ({row.interval})" if row.interval else value
        told = f"{known}, {escaped(row.trust)}" if row.trust else known
        yield f"| {row.title} | {told} | {row.definition} |"
    yield ""


def _foot(page: Sheet) -> Iterator[str]:
    if page.rejected:
        yield "## Claims that were refused\n"
        yield from (f"- {n}: {reason}" for reason, n in page.rejected)
        yield ""
    yield "## Where this comes from\n"
    yield from (f"- {escaped(origin.stage)}: {escaped(origin.text)}" for origin in page.origins)
