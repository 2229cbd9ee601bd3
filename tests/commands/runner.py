"""Runs a command group by itself, as the shell would, with what it printed where."""

from dataclasses import dataclass
from pathlib import Path

import typer
from typer.testing import CliRunner

from pipeline.errors import FilmroomError


@dataclass(frozen=True)
class Ended:
    """The exit code, stdout, stderr, and the error that ended the command, if one did."""

    code: int
    out: str
    err: str
    error: FilmroomError | None


def run(app: typer.Typer, *arguments: str | Path) -> Ended:
    """What came of the command; any other exception is raised."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    error = result.exception
    if error is not None and not isinstance(error, FilmroomError | SystemExit):
        raise error
    failed = error if isinstance(error, FilmroomError) else None
    return Ended(failed.exit_code if failed else result.exit_code, result.stdout, result.stderr, failed)
