"""Owns what authors are shown of a trial: what it takes, what changed in each call with the words, and the sum."""

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.domain.assessment import Score
from pipeline.domain.estimate import Expense
from pipeline.domain.phrasing import clock
from pipeline.domain.rubric import Parties
from pipeline.export.money import dollars
from pipeline.export.rubric_views import indented, print_blocks
from pipeline.export.untrusted import visible
from pipeline.export.wording import ROLES, counted
from pipeline.workbench.prompting import ChangedPrompt
from pipeline.workbench.trial import CallTrial, Effort, Flip, LevelMove, Picked, Shown, Summary, Trial

_STATES = {
    "shown": "shown",
    "not_shown": "not shown",
    "no_opportunity": "no opportunity",
    "unread": "unread",
    None: "not in the rubric",
}
_KINDS = {
    "gained": ("+", "green", "gained"),
    "lost": ("-", "red", "lost"),
    "requoted": ("~", "cyan", "other words"),
    "other": ("~", "yellow", "otherwise"),
}


def effort_lines(effort: Effort, expense: Expense | None) -> Iterator[str]:
    """What a trial will take, in sentences; `expense` is that of a reader that asks a language model over the wire."""
    new = effort.n_readings - effort.n_kept
    told = f"{counted(effort.n_calls, 'call')}, each read before and after: {counted(effort.n_readings, 'reading')}"
    yield f"{told}, {effort.n_kept} of them kept from earlier, {new} to be made."
    if effort.n_failed:
        yield f"{counted(effort.n_failed, 'call')} cannot be read: the trial says why, and the others go on."
    if new == 0:
        yield "Nothing is read anew, and nothing is paid."
        return
    took = f" About {effort.seconds:.0f} s, as earlier readings of these calls took." if effort.seconds else ""
    yield f"{counted(effort.n_behaviours, 'behaviour')} to read in all.{took}"
    if expense is not None:
        yield _expense(expense)


def _expense(expense: Expense) -> str:
    if expense.requests == 0:
        return "Every request was answered before: nothing is sent, and nothing is paid."
    told = f"{counted(expense.requests, 'request')}, about {expense.input_tokens:,} tokens in"
    told += f" and {expense.output_tokens:,} to {expense.most_output_tokens:,} out"
    if expense.least_usd is None or expense.most_usd is None:
        return f"{told}. Cost: not known, no price of the model in [llm.prices] of filmroom.toml."
    return f"{told}. Cost: {dollars(expense.least_usd)} to {dollars(expense.most_usd)}."


def show_prompt_change(changed: ChangedPrompt, console: Console) -> None:
    """Print which lines of a prompt are gone and which are new."""
    grid = Table.grid(padding=(0, 1))
    for sign, line in changed.changed_lines():
        style = "green" if sign == "+" else "red"
        grid.add_row(Text(sign, style=style), Text(visible(line), style=style))
    title = f"prompt {changed.new.id}: version {changed.shipped.version} (shipped) -> {changed.new.version}"
    print_blocks([Text(title, style="bold"), indented(grid), Text("")], console)


def show_trial(trial: Trial, console: Console) -> None:
    """Print each call of a trial, then the table of all of them."""
    print_blocks(_trial(trial), console)


def _trial(trial: Trial) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 2))
    for label, text in (("before", trial.before), ("after", trial.after), ("reader", trial.reader)):
        grid.add_row(Text(label, style="dim"), Text(text))
    yield grid
    for call in trial.calls:
        yield Text("")
        yield from _call(call, trial.parties)
    yield Text("")
    yield from _summary(trial.summary)


def _call(call: CallTrial, parties: Parties) -> Iterator[RenderableType]:
    yield Text.assemble(
        (call.call, "bold"), (f"  {visible(call.name)}", "dim"), ": as before" if call.is_unchanged else ""
    )
    if call.is_unchanged:
        return
    if call.failed:
        yield indented(Text.assemble(("could not be read: ", "red"), visible(call.failed)))
        return
    for flip in call.flips:
        yield indented(_headline(flip))
        rows = list(_quotes(flip, parties))
        if rows:
            yield indented(_grid(rows), 4)
    for move in call.moves:
        yield indented(_move(move))
    if call.before is not None and call.after is not None:
        yield indented(_picks(call.before, call.after))


def _headline(flip: Flip) -> Text:
    sign, style, word = _KINDS[flip.kind]
    states = f"{_STATES[flip.before]} -> {_STATES[flip.after]}"
    states = "shown, with other words" if flip.kind == "requoted" else states
    name = f"{flip.id} (was {flip.was})" if flip.was else flip.id
    against = " [against the goal]" if flip.polarity == "ineffective" else ""
    return Text.assemble(
        (f"{sign} {word} ", style), (name, "bold"), f"  {visible(flip.text)}", (against, "dim"), f": {states}"
    )


def _quotes(flip: Flip, parties: Parties) -> Iterator[tuple[str, Text]]:
    for label, quotes, reason in (
        ("before", flip.before_quotes, flip.before_reason),
        ("after", flip.after_quotes, flip.after_reason),
    ):
        for shown in quotes:
            yield label, _quoted(shown, parties)
        if reason and not quotes:
            yield label, Text(visible(reason), style="dim")


def _quoted(shown: Shown, parties: Parties) -> Text:
    when = f" [{clock(shown.span.start)}]" if shown.span is not None else ""
    speaker = parties.named(ROLES[shown.role])
    return Text.assemble((f"“{visible(shown.text)}”", "italic"), (f" {speaker}{when}", "dim"))


def _grid(rows: Sequence[tuple[str, Text]]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for i, (label, text) in enumerate(rows):
        grid.add_row(label if i == 0 or rows[i - 1][0] != label else "", text)
    return grid


def _move(move: LevelMove) -> Text:
    style = "green" if move.step > 0 else "red" if move.step < 0 else "yellow"
    return Text.assemble(
        ("level ", "dim"), f"{visible(move.name)}: ", (f"{_level(move.before)} -> {_level(move.after)}", style)
    )


def _level(score: Score | None) -> str:
    if score is None:
        return "not in the rubric"
    return f"{score.level} of {score.of}" if score.level is not None else f"unscored ({visible(score.unscored or '')})"


def _picks(before: Picked, after: Picked) -> Text:
    """The draft's strength and improvement, and whether they are other ones than before."""
    told = Text.assemble(("draft ", "dim"))
    for part, one, other in (
        ("strength", before.strength, after.strength),
        ("improvement", before.improvement, after.improvement),
    ):
        names = (one or "none", "dim") if one == other else (f"{one or 'none'} -> {other or 'none'}", "yellow")
        told.append("; " if part == "improvement" else "").append(f"{part} ").append(*names)
        told.append(" (as before)" if one == other else "", "dim")
    return told


def _summary(summary: Summary) -> Iterator[RenderableType]:
    n = summary.n_calls
    failed = f", {summary.n_failed} could not be read" if summary.n_failed else ""
    yield Text(f"{counted(n, 'call')}: {summary.n_unchanged} as before{failed}.", style="bold")
    if summary.behaviours:
        yield indented(_tally("behaviour", ("gained", "lost"), [(b.id, b.gained, b.lost) for b in summary.behaviours]))
    if summary.levels:
        rows = [(tally.id, tally.up, tally.down, tally.other) for tally in summary.levels]
        yield indented(_tally("level of", ("up", "down", "other"), rows))
    yield Text(
        f"Drafts: another strength in {summary.n_other_strength} of {n}, "
        f"another improvement in {summary.n_other_improvement} of {n}."
    )
    yield Text("Nothing of this counts: the calls' own scores and drafts are as they were.", style="dim")


def _tally(first: str, others: Sequence[str], rows: Sequence[tuple[str | int, ...]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(first, no_wrap=True, min_width=26)
    for other in others:
        table.add_column(other, justify="right")
    for name, *numbers in rows:
        table.add_row(str(name), *(str(number) if number else "." for number in numbers))
    return table
