"""The group `eval` as a person types it: from labels filled in by hand to a gate that stops a loss and names it."""

import csv
import json
from pathlib import Path

import pytest

from evals.commands import app
from pipeline.errors import InputError, NotFoundError, UsageError
from tests.commands.runner import Ended, run

CALL = """Rep: Thanks for the time. What would you like to get out of it?
Customer: I want to know what it costs.
Rep: Sure. How many seats do you have today?
Customer: Twelve.
Rep: Then I will send you an offer on Monday.
Customer: Do you have one for ten?
"""
ASKS = (True, False, True, False, False, True)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a transcript, an empty folder of collections, and no models."""
    monkeypatch.setenv("FILMROOM_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("FILMROOM_WORKSPACE", raising=False)
    monkeypatch.delenv("FILMROOM_SHARED", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "seats.txt").write_text(CALL)
    return tmp_path


def labelled(asks: tuple[bool, ...] = ASKS, *, cases: str = "cases") -> Path:
    """The transcript labelled by one person through the files that new-labels writes."""
    ended = run(app, "new-labels", "seats.txt", "--out", cases, "--rater", "maya")
    assert ended.code == 0, ended.err
    (table,) = Path(cases).glob("*.turns.maya.csv")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, value in zip(rows, asks, strict=True):
        row["asks"] = "yes" if value else "no"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return Path(cases)


def questions(cases: Path, *more: str) -> Ended:
    return run(app, "run", "--suite", "questions", "--cases", cases, "--data", "empty", "--workspace", "space", *more)


def latest() -> str:
    return str(json.loads(run(app, "list", "--workspace", "space", "--json").out)[-1]["id"])


def test_labels_filled_in_by_hand_are_measured() -> None:
    ended = questions(labelled(), "--json")
    assert ended.code == 0
    figures = json.loads(ended.out)
    # all three questions of six turns are found, and nothing else
    assert figures["questions.own.f1_marks"]["value"] == 1.0
    assert figures["questions.own.f1_marks"]["n"] == 6
    assert {"value", "n", "low", "high", "baseline"} <= set(figures["questions.own.f1_marks"])


def test_a_run_is_listed_shown_and_written_as_a_page() -> None:
    ended = questions(labelled(), "--report", "page.html", "--note", "first labels")
    assert ended.code == 0
    assert "f1_marks" in ended.out
    assert "not measured (questions): phone" in ended.out
    assert latest() in Path("page.html").read_text(encoding="utf-8")
    assert "first labels" in run(app, "list", "--workspace", "space").out
    shown = run(app, "show", "last", "--workspace", "space", "--markdown").out
    assert "| `questions.own.f1_marks` |" in shown


def test_an_equal_run_passes_the_gate() -> None:
    cases = labelled()
    questions(cases, "--out", "baseline.json")
    questions(cases)
    ended = run(app, "gate", "--baseline", "baseline.json", "--workspace", "space")
    assert ended.code == 0
    assert "No measure is significantly worse" in ended.out


def test_a_loss_ends_with_1_and_is_named() -> None:
    questions(labelled(), "--out", "baseline.json")
    table = next(Path("cases").glob("*.turns.maya.csv"))
    table.write_text(table.read_text(encoding="utf-8").replace("Twelve.,no", "Twelve.,yes"), encoding="utf-8")
    questions(Path("cases"))
    ended = run(app, "gate", "--baseline", "baseline.json", "--workspace", "space")
    # four lines ask by now and three are found: recall falls from 1 to 0.75, more than the 0.02 that few units may
    assert ended.code == 1
    assert "worse: questions.own.recall_marks, 1.000 before, 0.750 now" in ended.err


def test_a_comparison_can_be_had_as_json_and_as_a_page() -> None:
    cases = labelled()
    questions(cases, "--out", "a.json")
    questions(cases, "--out", "b.json")
    ended = run(app, "compare", "a.json", "b.json", "--workspace", "space", "--json", "--report", "changes.html")
    assert {change["outcome"] for change in json.loads(ended.out)["changes"]} == {"equal"}
    assert "http://" not in Path("changes.html").read_text(encoding="utf-8").replace("http://www.w3.org", "")


def test_with_nothing_to_measure_it_says_what_to_give() -> None:
    ended = run(app, "run", "--suite", "questions", "--data", "empty", "--workspace", "space")
    assert isinstance(ended.error, UsageError)
    assert "--cases" in ended.error.hint


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--cases", "nowhere"), "no folder at nowhere"),
        (("run", "--data", "nowhere"), "no folder at nowhere"),
        (("run", "--out", "nowhere/run.json"), "--out nowhere/run.json: no file can be written there"),
        (("run", "--report", "nowhere/page.html"), "--report nowhere/page.html: no file can be written there"),
        (("show", "last", "--report", "cases"), "--report cases: no file can be written there"),
        (("show", "last", "--markdown", "--json"), "--markdown stands alone"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_done(arguments: tuple[str, ...], message: str) -> None:
    questions(labelled())
    ended = run(app, *arguments, "--workspace", "space")
    assert isinstance(ended.error, UsageError)
    assert message in ended.error.message


def test_a_prompt_that_the_reader_does_not_ask_by_is_refused(folder: Path) -> None:
    (folder / "mine.md").write_text(
        "---\nid: turnwise_turn\nversion: 9\nvariables: [customer, rep, behaviour]\n---\n"
        "{{customer}} {{rep}} {{behaviour}}\n"
    )
    ended = run(app, "run", "--suite", "behaviours", "--prompt", "mine.md", "--data", "empty", "--workspace", "space")
    assert isinstance(ended.error, UsageError)
    assert "--reader turnwise" in ended.error.hint


def test_a_run_that_is_not_there_is_an_error_that_says_where_to_look() -> None:
    ended = run(app, "gate", "--baseline", "e2020", "--workspace", "space")
    assert isinstance(ended.error, NotFoundError)
    assert "filmroom eval list" in ended.error.hint


def test_a_shared_folder_without_data_is_told(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("FILMROOM_SHARED", str(folder / "empty"))
    ended = run(app, "run", "--suite", "questions", "--workspace", "space")
    assert isinstance(ended.error, UsageError)
    assert "FILMROOM_SHARED" in ended.error.message


def test_labels_of_a_call_are_never_overwritten() -> None:
    labelled()
    ended = run(app, "new-labels", "seats.txt", "--out", "cases", "--rater", "maya")
    assert isinstance(ended.error, InputError)
