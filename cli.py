"""The filmroom command: its groups, and what an error looks like. The commands are in `pipeline.commands`."""

import typer
from rich.console import Console
from rich.markup import escape

from evals.commands import app as evaluation
from pipeline.commands import (
    calls,
    coaching,
    doctor,
    egress,
    erase,
    models,
    prompt,
    quarantine,
    remind,
    reread,
    rescore,
    review,
    rubric,
    run,
    status,
    sweep,
    tables,
    users,
    webhooks,
)
from pipeline.errors import FilmroomError

app = typer.Typer(
    name="filmroom",
    help="Reviews sales calls the way a team reviews game film: every sentence of a draft rests on the recording.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run.run)
app.command()(status.status)
app.command()(calls.show)
app.command(name="list")(calls.list_calls)
app.command()(calls.export)
app.command()(tables.tables)
app.command()(calls.roles)
app.command()(rescore.rescore)
app.command()(reread.reread)
app.command()(review.review)
app.command()(remind.remind)
app.command()(doctor.doctor)
app.command()(sweep.sweep)
app.command()(egress.egress)
app.command()(users.audit)
app.command()(erase.erase)
app.add_typer(users.app, name="users")
app.add_typer(coaching.app, name="coaching")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(rubric.app, name="rubric")
app.add_typer(prompt.app, name="prompt")
app.add_typer(evaluation, name="eval")
app.add_typer(models.models_app, name="models")
app.add_typer(models.index_app, name="index")


def main() -> None:
    """Run the command; an expected error becomes one message with a hint, and an exit code by its class."""
    try:
        app()
    except FilmroomError as error:
        console = Console(stderr=True)
        console.print(f"[red bold]Error:[/] {escape(error.message)}", highlight=False, soft_wrap=True)
        console.print(f"[yellow]What to do:[/] {escape(error.hint)}", highlight=False, soft_wrap=True)
        raise SystemExit(error.exit_code) from None


if __name__ == "__main__":
    main()
