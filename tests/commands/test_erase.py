"""The command `filmroom erase`: what it asks for, what it prints, what it leaves."""

import json
from pathlib import Path

import pytest

from pipeline.erasing.carrying_out import carry_out
from pipeline.erasing.finding import plan_of
from pipeline.erasing.plan import Asked, Step
from pipeline.erasing.scope import scope_of
from pipeline.store.workspace import Workspace
from tests.command import Command, fill
from tests.review.rooms import NOW, sound

USAGE, STORE = 2, 6


@pytest.fixture
def filmroom(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture
def call(tmp_path: Path) -> str:
    """A call of Ann's, reviewed into the workspace w."""
    folder = tmp_path / "calls"
    folder.mkdir()
    said = {"rep": "Ann", "consent": "yes", "started_at": "2020-01-01T10:00:00Z"}
    sound(folder / "a.wav").with_suffix(".json").write_text(json.dumps(said))
    (made,) = fill(tmp_path / "w", folder)
    return made


def test_a_dry_run_counts_what_would_go_and_changes_nothing(filmroom: Command, call: str) -> None:
    printed = filmroom("erase", "--call", call, "-w", "w", "--dry-run", "--json")
    told = printed.json()
    # ten stages have a result each: ingest, transcribe, diarize, attribute, measure, track, observe, verify, score,
    # draft
    assert (told["calls"], told["counts"]["result"], told["counts"]["record"]) == ([call], 10, 1)
    assert [Path(path).name for path in told["recordings_left"]] == ["a.wav"]
    assert Workspace(Path("w")).calls.has(call)


def test_the_receipt_is_printed_and_kept(filmroom: Command, call: str) -> None:
    printed = filmroom("erase", "--rep", "ann", "-w", "w", "--yes", "--json")
    told = printed.json()
    assert (printed.code, told["calls"]) == (0, 1)
    assert json.loads((Path("w") / "erasures" / f"{told['id']}.json").read_text()) == told
    assert "left to you" in printed.err
    assert not Workspace(Path("w")).calls.has(call)


def test_the_same_recording_can_be_reviewed_again_and_is_the_same_call(filmroom: Command, call: str) -> None:
    filmroom("erase", "--call", call, "-w", "w", "--yes")
    assert fill(Path("w"), Path("calls")) == [call]
    assert Workspace(Path("w")).calls.last_number(call) == 1


def test_what_expired_goes_with_its_recording_where_the_settings_say_so(filmroom: Command, call: str) -> None:
    Path("filmroom.toml").write_text("[retention]\ndays = 30\nrecordings = true\n")
    assert filmroom("erase", "--expired", "-w", "w", "--yes").code == 0
    assert list(Path("calls").iterdir()) == []
    assert filmroom("erase", "--expired", "-w", "w", "--yes").code == 0  # nothing is left, and that is no error


def test_nobody_to_ask_is_told(filmroom: Command, call: str) -> None:
    printed = filmroom("erase", "--call", call, "-w", "w")
    assert printed.code == USAGE
    assert "--yes" in printed.err
    assert Workspace(Path("w")).calls.has(call)


@pytest.mark.parametrize(
    "asked", [[], ["--call", "c1", "--rep", "Ann"], ["--rep", " "], ["--expired", "--customer", "x"]]
)
def test_exactly_one_thing_is_asked_for(filmroom: Command, call: str, asked: list[str]) -> None:
    printed = filmroom("erase", *asked, "-w", "w", "--yes")
    assert printed.code == USAGE
    assert "one of --call" in printed.err


def test_an_unknown_call_is_told(filmroom: Command, call: str) -> None:
    assert filmroom("erase", "--call", "nosuch", "-w", "w", "--yes").code == STORE


def test_an_erasure_that_was_broken_off_is_finished_first(filmroom: Command, call: str) -> None:
    space = Workspace(Path("w"))

    def killed(step: Step) -> None:
        if step.act == "object":
            raise KeyboardInterrupt

    plan = plan_of(space, scope_of(space, Asked(how="call", name=call), now=NOW), at=NOW, by="adam")
    with pytest.raises(KeyboardInterrupt):
        carry_out(space, plan, now=lambda: NOW, before=killed)
    printed = filmroom("erase", "--call", call, "-w", "w", "--yes")
    assert printed.code == 0
    assert f"Finishing the erasure {plan.id}" in printed.err
    assert list(space.objects.keys("draft")) == []
