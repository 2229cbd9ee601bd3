"""The filmroom command in this process, and what it printed where."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cli
from pipeline.adapters import weights
from pipeline.config import Config
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine


@dataclass(frozen=True)
class Printed:
    """The exit code, and what stood on stdout and stderr."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """The JSON value of each line of stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Command:
    """Runs the command as the shell would, in a folder without settings."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> Printed:
        """What came of it."""
        self.monkeypatch.setattr(sys, "argv", ["filmroom", *map(str, arguments)])
        self.capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        captured = self.capsys.readouterr()
        return Printed(code, captured.out, captured.err)


def fill(workspace: Path, *paths: Path) -> list[str]:
    """The calls' ids, once scripted models have reviewed these recordings into the workspace."""
    night = Night(Workspace(workspace), Config(), ScriptedEngine(), find_rubric("discovery"))
    return [outcome.call or "" for outcome in review_calls(night, discover(paths))]


def pretend_models(cache: Path) -> None:
    """Every model counts as here."""
    for entry in weights.list_models():
        pretend_model(entry.name, cache)


def pretend_model(name: str, cache: Path) -> None:
    """A model that counts as here: its marker, as sha256sum writes digests, and files with holes of the right size."""
    entry = weights.find_model(name)
    (cache / name).mkdir(parents=True)
    (cache / name / ".verified").write_text("".join(f"{file.sha256}  {file.name}\n" for file in entry.files))
    for file in entry.files:
        path = cache / name / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.truncate(file.size)
