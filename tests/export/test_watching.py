"""A run on a terminal: a line when a call begins, one when it ends, bars in between, and names that are only names."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.domain.work import STAGES, CallOutcome
from pipeline.export.watching import TerminalWatcher
from tests.export.hostile import TEXT


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=False, width=200)


def shown(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return [line.strip() for line in console.file.getvalue().splitlines() if line.strip()]


def watched(path: Path, outcome: CallOutcome, *, console: Console | None = None) -> list[str]:
    console = console or terminal()
    with TerminalWatcher(console) as watcher:
        watcher.call_started(path, 1, 2)
        for stage in STAGES:
            for share in (0.0, 0.5, 1.0):
                watcher.stage_at(stage, share)
        watcher.call_finished(outcome)
    return shown(console)


def done(path: Path) -> CallOutcome:
    return CallOutcome(call="c0ffee123456", path=path, status="done", seconds=12.34)


def test_a_call_begins_with_its_number_and_ends_with_what_became_of_it() -> None:
    lines = watched(Path("calls/a.wav"), done(Path("calls/a.wav")))
    assert lines[0] == "1/2 a.wav"
    assert "done in 12.3 s  c0ffee123456" in lines


def test_a_call_set_aside_says_why_and_what_to_do() -> None:
    outcome = CallOutcome(
        call=None, path=Path("a.wav"), status="quarantined", reason="ingest: is empty", hint="copy it again", seconds=0
    )
    lines = watched(Path("a.wav"), outcome)
    assert lines[-3:] == ["set aside in 0.0 s", "ingest: is empty", "What to do: copy it again"]


def test_a_skipped_call_had_nothing_to_do() -> None:
    outcome = CallOutcome(call="c0ffee123456", path=Path("a.wav"), status="skipped", seconds=0.01)
    assert "nothing to do in 0.0 s  c0ffee123456" in watched(Path("a.wav"), outcome)


MARKUP = ["[red]a", "[bold", "a\\[b]", "[", "[@click=app.quit]a"]


@pytest.mark.parametrize("name", MARKUP)
def test_markup_in_a_name_is_part_of_the_name(name: str) -> None:
    assert watched(Path(name), done(Path(name)))[0] == f"1/2 {name}"


@pytest.mark.parametrize("reason", [*MARKUP, "[/]", "[/red]", "[link=https://evil.example]a[/link]"])
def test_markup_in_a_reason_is_part_of_the_reason(reason: str) -> None:
    outcome = CallOutcome(call=None, path=Path("a"), status="quarantined", reason=reason, hint=reason, seconds=0)
    assert watched(Path("a"), outcome)[-2:] == [reason, f"What to do: {reason}"]


def test_control_characters_never_reach_the_terminal() -> None:
    outcome = CallOutcome(
        call=None, path=Path("a.wav"), status="quarantined", reason=f"\x1b[2J{TEXT}", hint="\x9b31m\u202eb", seconds=0
    )
    console = terminal()
    watched(Path("\x1b[2Ja\u202egnp.wav"), outcome, console=console)
    assert isinstance(console.file, io.StringIO)
    assert not set(console.file.getvalue()) & set("\x1b\x9b\u202e\x07\x08\r")


def test_a_second_call_starts_with_no_bar_of_the_first() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with TerminalWatcher(console) as watcher:
        watcher.call_started(Path("a.wav"), 1, 2)
        watcher.stage_at("transcribe", 0.3)
        watcher.call_started(Path("b.wav"), 2, 2)
        watcher.stage_at("ingest", 1.0)
        assert isinstance(console.file, io.StringIO)
        console.file.truncate(0)
        watcher.call_finished(done(Path("b.wav")))
    assert "Transcribe" not in console.file.getvalue()


def test_a_stage_that_is_looked_up_again_may_be_done_at_once() -> None:
    with TerminalWatcher(terminal()) as watcher:
        watcher.call_started(Path("a.wav"), 1, 1)
        watcher.stage_at("ingest", 1.0)
        watcher.stage_at("ingest", 1.0)


def test_the_terminal_is_given_back_when_a_run_breaks_off() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with pytest.raises(KeyboardInterrupt):
        broken_off(console)
    assert isinstance(console.file, io.StringIO)
    # rich hides the cursor while bars are up: ESC [ ? 25 l, and shows it again: ESC [ ? 25 h
    assert console.file.getvalue().rfind("\x1b[?25h") > console.file.getvalue().rfind("\x1b[?25l")


def broken_off(console: Console) -> None:
    with TerminalWatcher(console) as watcher:
        watcher.call_started(Path("a.wav"), 1, 1)
        raise KeyboardInterrupt
