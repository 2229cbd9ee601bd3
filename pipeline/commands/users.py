"""The group `filmroom users`: who works with the review room, as what, and who reports to whom."""

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.domain.people import User
from pipeline.errors import StoreError, UsageError
from pipeline.export.wording import counted
from pipeline.review.audit import Audit, Wanted
from pipeline.review.enrolment import COMMAND_LINE, Enrolment, particulars
from pipeline.review.people import People
from pipeline.store.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.review.admin.view import UsersView

app = typer.Typer(help="Who works with the review room: their roles, and who reports to whom.", no_args_is_help=True)

_ID = "The user's id: lower-case letters, digits and hyphens, four or more."
_ROLES = "rep, manager, second_level, author or admin; may be given several times."
UserArgument = Annotated[str, typer.Argument(help=_ID)]
NameOption = Annotated[str | None, typer.Option("--name", help="The name that people read.")]
RoleOption = Annotated[list[str] | None, typer.Option("--role", help=_ROLES)]
ReportsOption = Annotated[str | None, typer.Option("--reports-to", help="The id of their manager; - for nobody.")]
KnownOption = Annotated[
    list[str] | None, typer.Option("--known-as", help="Another name for them in the metadata of calls; several times.")
]
EmailOption = Annotated[str | None, typer.Option("--email", help="Their e-mail address; - for none.")]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
NoPasswordOption = Annotated[
    bool, typer.Option("--no-password", help="No password: they sign in by OIDC or through the trusted proxy.")
]


@app.command()
def add(
    user: UserArgument,
    name: Annotated[str, typer.Option("--name", help="The name that people read.")],
    role: Annotated[list[str], typer.Option("--role", help=_ROLES)],
    reports_to: ReportsOption = None,
    known_as: KnownOption = None,
    email: EmailOption = None,
    password_stdin: StdinOption = False,
    no_password: NoPasswordOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Add a user; asks for a password."""
    enrolment = _enrolment(Workspace(workspace))
    said = particulars(
        name=name,
        roles=_roles(role),
        known_as=tuple(known_as or ()),
        reports_to=_or_none(reports_to),
        email=_or_none(email),
    )
    kept = None if no_password else _password((user, name, email or ""), stdin=password_stdin)
    added = enrolment.add(user, said, password=kept)
    typer.echo(f"Added {added.id}: {added.name}, {_named(added)}.", err=True)


@app.command()
def change(
    user: UserArgument,
    name: NameOption = None,
    role: RoleOption = None,
    reports_to: ReportsOption = None,
    known_as: KnownOption = None,
    email: EmailOption = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
    password_stdin: StdinOption = False,
    no_password: NoPasswordOption = False,
    restore: Annotated[bool, typer.Option("--restore", help="Let a removed user in again.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Change what is given and nothing else; --role and --known-as replace all there were."""
    if sum((password, password_stdin, no_password)) > 1:
        raise UsageError("more than one of --password, --password-stdin, --no-password", hint="give one")
    enrolment = _enrolment(existing(workspace))
    number, before = enrolment.numbered(user)
    said = particulars(
        name=before.name if name is None else name,
        roles=_roles(role) if role else before.roles,
        known_as=before.known_as if known_as is None else tuple(k for k in known_as if k != "-"),
        reports_to=before.reports_to if reports_to is None else _or_none(reports_to),
        email=before.email if email is None else _or_none(email),
    )
    kept = _password((user, said.name, said.email or ""), stdin=password_stdin) if password or password_stdin else None
    if restore:
        enrolment.restore(user, after=number)
    enrolment.change(user, said)
    if kept or no_password:
        enrolment.set_password(user, kept)
    _, after = enrolment.numbered(user)
    typer.echo(f"{after.id}: {after.name}, {_named(after)}.", err=True)


@app.command()
def remove(user: UserArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Let a user in no more; what they wrote stays, and so do their calls for those above them."""
    left = _enrolment(existing(workspace)).remove(user)
    typer.echo(f"Removed {user}.", err=True)
    if left:
        names = ", ".join(u.id for u in left)
        told = f"Still reporting to {user}: {names}. Those above {user} go on seeing their calls; nobody new does."
        typer.echo(f"{told}\nWhat to do: filmroom users change ID --reports-to ANOTHER", err=True)


@app.command(name="list")
def list_users(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Also the names in calls that are no user's; reads every call.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """All users, each below the one they report to."""
    from pipeline.review.admin.unknown import names_in_files, unknown_names
    from pipeline.review.admin.view import users_view

    space = existing(workspace)
    people = People(space)
    names = unknown_names(names_in_files(space), people.all(removed=True)) if unknown else None
    view = users_view(people, names)
    if as_json:
        typer.echo(view.model_dump_json())
    else:
        _show(view, Console())


def audit(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    user: Annotated[str | None, typer.Option(help="Only what this user did.")] = None,
    call: Annotated[str | None, typer.Option(help="Only what was done to this call.")] = None,
    last: Annotated[int, typer.Option("--last", min=1, max=10_000, help="So many of the newest lines.")] = 50,
    verify: Annotated[bool, typer.Option("--verify", help="Check instead that no line was changed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The audit trail, newest first: who did what to which call; --verify ends with 6 where the chain is broken."""
    from pipeline.review.admin.trail import broken_words, event_view

    space = existing(workspace)
    trail, people = Audit(space, now=_now), People(space)
    if verify:
        chain = trail.verify()
        typer.echo(chain.model_dump_json() if as_json else f"{counted(chain.lines, 'line')}, the last is {chain.head}")
        if chain.wrong is not None:
            raise StoreError(broken_words(chain), hint="compare it with your copies of the workspace")
        return
    found = trail.find(Wanted(user=user, call=call), n=last)
    views = [event_view(people, event) for event in found.events]
    if as_json:
        typer.echo(json.dumps([view.model_dump(mode="json") for view in views]))
        return
    table = Table("when (UTC)", "who", "what", "call", "from", box=None)
    for v in views:
        table.add_row(f"{v.at:%Y-%m-%d %H:%M:%S}", escape(v.name), escape(v.words), v.call or "", v.address)
    Console().print(table)


def _show(view: "UsersView", console: Console) -> None:
    table = Table("user", "name", "roles", "known as", "signs in by", box=None)
    for u in view.users:
        shown = f"{'  ' * u.depth}{u.id}" + (" (removed)" if u.removed else "")
        known = ", ".join(u.known_as)
        table.add_row(shown, escape(u.name), ", ".join(u.roles), escape(known), u.signs_in_by)
    console.print(table)
    if gone := [u for u in view.removed if u.id not in {v.id for v in view.users}]:
        console.print(f"Removed: {', '.join(u.id for u in gone)}")
    for name in view.unknown or ():
        called = escape(f"{name.name}: rep of {counted(name.as_rep, 'call')}, manager of {name.as_manager}")
        console.print(f"No user is known as {called}", highlight=False)


def _enrolment(space: Workspace) -> Enrolment:
    return Enrolment(People(space), Audit(space, now=_now), now=_now, by=COMMAND_LINE)


def _now() -> datetime:
    return datetime.now(UTC)


def _password(names: tuple[str, ...], *, stdin: bool) -> str:
    """The hash of the password that was typed twice, or that stands on standard input. Raises: UsageError."""
    from pipeline.review.sign_in.passwords import hash_password

    if stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        typed = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        raise UsageError("there is nobody to type a password", hint="give --password-stdin or --no-password")
    return hash_password(typed, names=names)


def _roles(given: list[str]) -> frozenset[str]:
    return frozenset(role.strip().replace("-", "_") for part in given for role in part.split(","))


def _or_none(given: str | None) -> str | None:
    return None if given in ("-", "", None) else given


def _named(user: User) -> str:
    above = f", reports to {user.reports_to}" if user.reports_to else ""
    return ", ".join(sorted(user.roles)).replace("_", " ") + above
