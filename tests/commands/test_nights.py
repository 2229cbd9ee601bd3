"""Flags about language models: each does what it says, or is refused before anything is done."""

from pathlib import Path

import pytest

from pipeline.commands.nights import open_night
from pipeline.config import Config
from pipeline.rubrics import find_rubric
from tests.command import Command
from tests.test_cli import USAGE, calls, filmroom, refused

__all__ = ["calls", "filmroom"]


def settings(text: str) -> None:
    Path("filmroom.toml").write_text(text)


@pytest.mark.parametrize("flags", [["--model", "m"], ["--budget", "5"], ["--batch"], ["--replay"]])
def test_a_flag_about_a_language_model_is_refused_where_none_is_asked(
    filmroom: Command, calls: Path, flags: list[str]
) -> None:
    message = refused(filmroom("run", calls, "--reader", "similarity", *flags), USAGE)
    assert f"{flags[0]} would do nothing" in message
    assert "--reader llm" in message


def test_a_drafter_that_asks_is_enough_for_them(filmroom: Command, calls: Path) -> None:
    ended = filmroom("run", calls, "--reader", "similarity", "--drafter", "llm", "--model", "m", "--replay")
    assert "would do nothing" not in ended.err


def test_a_batch_is_never_asked_for_request_by_request(filmroom: Command, calls: Path) -> None:
    settings('[llm]\nmodel = "m"\nprovider = "ollama"\n')
    message = refused(filmroom("run", calls, "--reader", "llm", "--batch"), USAGE)
    assert "no Batch API" in message


def test_not_to_wait_is_for_batches(filmroom: Command, calls: Path) -> None:
    assert "--no-wait" in refused(filmroom("run", calls, "--no-wait"), USAGE)


def test_two_ways_at_once_are_refused(filmroom: Command, calls: Path) -> None:
    assert "exclude" in refused(filmroom("run", calls, "--dry-run", "--batch"), USAGE)


@pytest.mark.parametrize("rubric", ["discovery", "closing", "by-stage"])
def test_a_one_to_one_among_the_calls_is_read_against_the_rubric_for_one(tmp_path: Path, rubric: str) -> None:
    night = open_night(tmp_path / "w", Config(rubric=rubric, reader="similarity")).night
    assert night.by_stage["coaching"].sha256 == find_rubric("coaching").sha256
    assert set(night.by_stage) == ({"coaching"} if rubric != "by-stage" else {*night.by_stage, "coaching"})
    assert night.rubric.rubric.id == ("discovery" if rubric == "by-stage" else rubric)


def test_a_rubric_for_one_to_ones_that_is_asked_for_is_the_one_that_counts(tmp_path: Path) -> None:
    assert open_night(tmp_path / "w", Config(rubric="coaching", reader="similarity")).night.by_stage == {}
