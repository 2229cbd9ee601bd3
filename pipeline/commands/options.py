"""What several commands share: their options, and finding the workspace and the call they are about."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.domain.work import CallRecord
from pipeline.errors import UsageError
from pipeline.store.workspace import Workspace

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the results.", envvar="FILMROOM_WORKSPACE")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs: JSON on stdout.")]
CallArgument = Annotated[str | None, typer.Argument(help="The call's id, or its beginning.")]
LastOption = Annotated[bool, typer.Option("--last", help="The call that was reviewed last.")]
DEFAULT_WORKSPACE = Path("workspace")


def chosen(workspace: Workspace, call: str | None, *, last: bool) -> CallRecord:
    """The record of the call that is meant. Raises: UsageError, NotFoundError."""
    if call is not None:
        return workspace.record(call)
    if not last:
        raise UsageError("which call?", hint="give its id (see: filmroom list), or --last")
    records = [workspace.record(known) for known in workspace.calls.ids()]
    if not records:
        raise UsageError(f"no call in {workspace.root}", hint="review some first: filmroom run PATH")
    return max(records, key=lambda r: r.at)


def existing(workspace: Path) -> Workspace:
    """The workspace of a folder that is there. Raises: UsageError."""
    if not workspace.is_dir():
        raise UsageError(f"no workspace at {workspace}", hint="review some calls first: filmroom run PATH")
    return Workspace(workspace)
