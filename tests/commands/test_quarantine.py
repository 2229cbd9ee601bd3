"""`filmroom quarantine`: what it prints, and that a retry runs exactly what was asked for and keeps what was made."""

from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.command import Command, fill
from tests.scripted import ScriptedEngine
from tests.test_cli import QUARANTINE, STORE, USAGE, calls, filmroom, refused

__all__ = ["calls", "filmroom"]


@pytest.fixture
def space(tmp_path: Path, calls: Path) -> Path:
    """A workspace with one call that is reviewed, and two files that are none."""
    (calls / "b.wav").write_bytes(b"")
    (calls / "c.wav").write_text("no sound")
    fill(tmp_path / "w", calls)
    return tmp_path / "w"


def ids(filmroom: Command, space: Path) -> dict[str, str]:
    """The ids of what is set aside, by the file's name."""
    found = filmroom("quarantine", "list", "-w", space, "--json").json()
    return {Path(each["path"]).name: each["id"] for each in found["set_aside"]}


def test_the_list_counts_reasons_and_names_each_recording(filmroom: Command, space: Path) -> None:
    printed = filmroom("quarantine", "list", "-w", space)
    assert printed.code == 0
    assert all(known in printed.out for known in ids(filmroom, space).values())
    assert "ingest" in printed.out
    found = filmroom("quarantine", "list", "-w", space, "--json").json()
    assert sum(count["n"] for count in found["counts"]) == 2


def test_an_empty_quarantine_says_so(filmroom: Command, tmp_path: Path, calls: Path) -> None:
    fill(tmp_path / "w", calls)
    assert filmroom("quarantine", "list", "-w", tmp_path / "w").err == "Nothing is set aside.\n"
    assert filmroom("quarantine", "list", "-w", tmp_path / "w", "--json").json() == {"counts": [], "set_aside": []}


def test_one_is_shown_with_reason_what_to_do_and_the_command(filmroom: Command, space: Path, calls: Path) -> None:
    known = ids(filmroom, space)["b.wav"]
    printed = filmroom("quarantine", "show", calls / "b.wav", "-w", space)
    assert f"filmroom quarantine retry {known}" in printed.out.replace("\n", " ")
    shown = filmroom("quarantine", "show", known[:9], "-w", space, "--json").json()
    assert (shown["id"], shown["stage"], shown["there"], shown["reviewed"]) == (known, "ingest", True, None)
    assert shown["reason"]
    assert shown["hint"]


def test_a_retry_tries_exactly_what_is_named(filmroom: Command, space: Path, calls: Path) -> None:
    printed = filmroom("quarantine", "retry", calls / "b.wav", "-w", space, "--consent", "yes", "--json")
    assert printed.code == QUARANTINE
    assert [(Path(line["path"]).name, line["status"]) for line in printed.lines()] == [("b.wav", "quarantined")]


def test_what_is_no_longer_there_is_told_and_not_tried(filmroom: Command, space: Path, calls: Path) -> None:
    (calls / "b.wav").unlink()
    printed = filmroom("quarantine", "retry", calls / "b.wav", "-w", space)
    assert printed.code == 0
    assert "no longer there" in printed.err
    assert "Nothing to try again." in printed.err


def test_a_retry_of_nothing_and_of_no_stage_is_refused(filmroom: Command, space: Path) -> None:
    assert "all" in refused(filmroom("quarantine", "retry", "-w", space), USAGE)
    assert "diarize" in refused(filmroom("quarantine", "retry", "--stage", "hear", "-w", space), USAGE)
    assert "quarantine list" in refused(filmroom("quarantine", "show", "nosuch", "-w", space), STORE)


def test_what_is_retried_does_only_the_stages_that_failed(tmp_path: Path, calls: Path) -> None:
    workspace, engine = Workspace(tmp_path / "w"), ScriptedEngine()
    engine.diarizer.failing = RuntimeError("no memory")
    night = Night(workspace, Config(consent="assumed"), engine, find_rubric("discovery"))
    list(review_calls(night, discover([calls])))
    engine.diarizer.failing = None
    paths = [record.path for record in workspace.quarantined()]
    assert len(paths) == 2
    outcomes = list(review_calls(night, discover(paths)))
    assert [outcome.status for outcome in outcomes] == ["done", "done"]
    # The words of both calls were kept when their voices could not be told apart: 2 transcripts, 2 + 2 diarizations.
    assert (engine.transcriber.n_calls, engine.diarizer.n_calls) == (2, 4)
    assert list(workspace.quarantined()) == []
