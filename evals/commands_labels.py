"""The command `filmroom eval new-labels`: the files in which a person labels a call."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DEFAULT_WORKSPACE, WorkspaceOption, existing
from pipeline.config import BY_STAGE, load_config
from pipeline.errors import UsageError


def make_labels(
    call: Annotated[str, typer.Argument(help="A call's id or its beginning, or the file of a finished transcript.")],
    out: Annotated[Path, typer.Option("--out", help="The folder that the files go to.")],
    rater: Annotated[str, typer.Option(help="Who labels; each person has their own tables.")],
    rubric: Annotated[
        str | None, typer.Option(help="The rubric of a transcript's labels: a file or an id; a call has its own.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Write the files to label a call in: one for the call, and tables for turns, behaviours and levels.

    What Filmroom makes of the call is not in them. No file is ever overwritten.
    """
    from evals.new_labels import call_to_label, new_labels, transcript_to_label
    from pipeline.store.rubrics import PublishedRubrics
    from pipeline.workbench.naming import named_rubric

    file = Path(call)
    if file.is_file():
        wanted = rubric or load_config(Path.cwd()).rubric
        if wanted == BY_STAGE:
            raise UsageError("a transcript is labelled by one rubric", hint="name it: --rubric discovery")
        made = transcript_to_label(file, named_rubric(wanted, PublishedRubrics(workspace)).loaded)
    elif rubric is not None:
        raise UsageError("a call is labelled by the rubric it was read by", hint="leave --rubric out")
    else:
        made = call_to_label(existing(workspace), call)
    for path in new_labels(made, folder=out, rater=rater):
        typer.echo(str(path))
    typer.echo(f"Fill in the tables, then: filmroom eval run --cases {out}", err=True)
