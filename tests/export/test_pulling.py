"""Fetching models as people see it: what is to come and how big, and what is here already."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.adapters import weights
from pipeline.errors import WeightsError
from pipeline.export.pulling import pull_models
from tests.command import pretend_model

SMALL = "segmentation-3.0"


def terminal(*, interactive: bool = False) -> Console:
    return Console(file=io.StringIO(), force_terminal=interactive, width=200)


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_is_here_already_is_said_and_nothing_fetched(tmp_path: Path) -> None:
    pretend_model("minilm", tmp_path)
    pretend_model("campplus", tmp_path)
    console = terminal()
    pull_models(["minilm", "campplus"], cache=tmp_path, console=console)
    assert shown(console) == "minilm: here already\ncampplus: here already\n"


def test_a_model_that_is_none_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    console = terminal()
    with pytest.raises(WeightsError, match="minilmm") as caught:
        pull_models(["campplus", "minilmm"], cache=tmp_path, console=console)
    assert "minilm" in caught.value.hint
    assert shown(console) == ""
    assert list(tmp_path.iterdir()) == []


def test_what_is_to_come_is_told_with_its_size_before_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from_folder(tmp_path / "brought", b"not these bytes", monkeypatch)
    pretend_model("campplus", tmp_path / "cache")
    console = terminal()
    with pytest.raises(WeightsError):
        pull_models(["campplus", SMALL], cache=tmp_path / "cache", console=console)
    entry = weights.find_model(SMALL)
    lines = shown(console).splitlines()
    assert lines[0] == "campplus: here already"
    assert f"once: {SMALL} ({entry.download_size / 1e6:.0f} MB)" in lines[1]
    assert "campplus" not in lines[1]


def test_a_wrong_file_ends_with_an_error_and_no_word_that_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_folder(tmp_path / "brought", b"not these bytes", monkeypatch)
    console = terminal(interactive=True)
    with pytest.raises(WeightsError, match="sha256"):
        pull_models([SMALL], cache=tmp_path / "cache", console=console)
    assert "fetched, every file checked" not in shown(console)
    assert not weights.is_present(SMALL, tmp_path / "cache")


@pytest.mark.slow
def test_a_fetched_model_is_named_with_the_promise_that_it_was_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = weights.require(SMALL, weights.default_cache())
    (file,) = weights.find_model(SMALL).files
    from_folder(tmp_path / "brought", (kept / file.name).read_bytes(), monkeypatch)
    console = terminal()
    pull_models([SMALL], cache=tmp_path / "cache", console=console)
    assert shown(console).splitlines()[-1] == f"{SMALL}: fetched, every file checked against its digest"
    assert weights.is_present(SMALL, tmp_path / "cache")


def from_folder(folder: Path, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's file is to be had from a folder on this machine, and from no network."""
    for file in weights.find_model(SMALL).files:
        path = folder / SMALL / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    monkeypatch.setenv("FILMROOM_MODELS_FROM", str(folder))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
