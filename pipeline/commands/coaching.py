"""The group `filmroom coaching`: what of the coaching cycle leaves the workspace as a file."""

import csv
import io
from collections import defaultdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DEFAULT_WORKSPACE, WorkspaceOption, existing
from pipeline.cycle.reading import Rows, histories, past_calls
from pipeline.cycle.release import Purpose, Release, Scored, release
from pipeline.domain.people import User, same_name
from pipeline.errors import AllRefusedError, UsageError
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted
from pipeline.store.workspace import Workspace

app = typer.Typer(help="What of the coaching cycle may leave the workspace.", no_args_is_help=True)

_FIELDS = ("person", "call", "at", "mode", "stage", "rubric", "rubric_version", "capability", "level", "of")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class For(StrEnum):
    """What the scores are for."""

    COACHING = "coaching"
    EVALUATION = "evaluation"


class TableFormat(StrEnum):
    """Formats of a table."""

    CSV = "csv"
    JSON = "json"


@app.callback()
def group() -> None:
    """What of the coaching cycle may leave the workspace."""


@app.command()
def export(
    purpose: Annotated[For, typer.Option("--for", help="coaching, or evaluation (of employees).")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    rep: Annotated[str | None, typer.Option("--rep", help="Only this rep, by user id or name.")] = None,
    form: Annotated[TableFormat, typer.Option("--format", help="What to write.")] = TableFormat.CSV,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write; stdout without.")] = None,
) -> None:
    """The scores of reps by call; for evaluation, practice and what a focus was open on are refused, with reasons."""
    from pipeline.store.index import Index

    space = existing(workspace)
    with Index(space.index_path) as index:
        space.refresh_index(index)
        found = release(_scored(space, index.rows, rep), _purpose(purpose))
    text = found.model_dump_json(indent=1) + "\n" if form is TableFormat.JSON else to_csv(found)
    _write(text, out)
    for line in found.says:
        typer.echo(line, err=True)
    if found.nothing_left:
        raise AllRefusedError(
            f"all {counted(len(found.refused), 'score')} were refused for {purpose.value}",
            hint="evaluate by calls with customers that were taken outside an open focus, or export --for coaching",
        )


def to_csv(found: Release) -> str:
    """The rows as CSV below a head of comment lines: what it is for, what was refused and why, row by row.

    No cell begins as a formula does.
    """
    text = io.StringIO()
    for line in found.says:
        text.write(f"# {visible(line)}\n")
    for each in found.refused:
        text.write(f"# refused: {visible(each.person)}, call {each.call}, {visible(each.capability)}: {each.reason}\n")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_FIELDS)
    for row in found.rows:
        fields = row.model_dump(mode="json")
        table.writerow([_cell(fields[name]) for name in _FIELDS])
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else visible(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _purpose(chosen: For) -> Purpose:
    return "coaching" if chosen is For.COACHING else "evaluation"


def _scored(space: Workspace, rows: Rows, rep: str | None) -> tuple[Scored, ...]:
    """Everybody whose calls are known, users by id, then others by the name that calls know them by.

    Raises: UsageError where nobody of that name took a call.
    """
    users = [user for user_id in space.users.ids() if (user := space.users.last(user_id)) is not None]
    owner = {name: user for user in sorted(users, key=_standing, reverse=True) for name in user.names}
    names: defaultdict[str, set[str]] = defaultdict(set)
    known = set[str]()
    for (key,) in rows("SELECT DISTINCT rep_key FROM calls WHERE rep_key IS NOT NULL ORDER BY rep_key", []):
        user = owner.get(str(key))
        names[user.id if user else str(key)].add(str(key))
        known |= {user.id} if user else set()
    wanted = _wanted(rep, owner, names)
    happened = histories(rows, sorted(known))
    return tuple(
        Scored(person=person, calls=past_calls(rows, names[person]), history=happened.get(person, ()))
        for person in sorted(wanted, key=lambda p: (p not in known, p))
    )


def _standing(user: User) -> tuple[bool, str]:
    return user.removed, user.id


def _wanted(rep: str | None, owner: dict[str, User], names: dict[str, set[str]]) -> set[str]:
    if rep is None:
        return set(names)
    named = owner.get(same_name(rep))
    found = {rep, named.id if named else same_name(rep)} & set(names)
    if not found:
        raise UsageError(f"no call is by {visible(rep)}", hint="give a user's id, or the name that calls know them by")
    return found


def _write(text: str, out: Path | None) -> None:
    if out is None or out == Path("-"):
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}", hint="give another file with --out") from error
