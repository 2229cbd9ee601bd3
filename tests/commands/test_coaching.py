"""`filmroom coaching export`: what leaves for which purpose, and that it says why it refuses."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app
from pipeline.commands.coaching import to_csv
from pipeline.cycle.release import Release, ScoreRow
from pipeline.errors import AllRefusedError
from tests.review.cycle.second.coached_team import coached_team
from tests.review.rooms import NOW


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = coached_team(tmp_path_factory.mktemp("release"))
    room.close()
    return room.workspace.root


def export(workspace: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["coaching", "export", "--workspace", str(workspace), *more])


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def test_everything_leaves_for_coaching_with_a_word_on_its_use(workspace: Path) -> None:
    done = export(workspace, "--for", "coaching")
    assert done.exit_code == 0
    assert done.stdout.startswith("# For coaching: not to be used to judge anybody")
    assert {row["person"] for row in rows(done.stdout)} == {"anna", "bert", "carl"}
    assert {row["mode"] for row in rows(done.stdout)} == {"recorded", "simulated"}


def test_practice_and_an_open_focus_are_refused_for_evaluation_in_file_and_on_stderr(workspace: Path) -> None:
    everything = rows(export(workspace, "--for", "coaching").stdout)
    done = export(workspace, "--for", "evaluation")
    assert done.exit_code == 0
    assert "Refused" in done.stderr
    assert "it is no call with a customer" in done.stderr
    refused = [line for line in done.stdout.splitlines() if line.startswith("# refused: ")]
    given = rows(done.stdout)
    assert len(given) + len(refused) == len(everything)
    assert not any(row["mode"] == "simulated" for row in given)
    assert any(line.endswith(": practice") for line in refused)


def test_json_has_the_reasons_in_fields(workspace: Path) -> None:
    found = json.loads(export(workspace, "--for", "evaluation", "--format", "json", "--rep", "Anna").stdout)
    assert found["purpose"] == "evaluation"
    assert {each["person"] for each in found["rows"] + found["refused"]} == {"anna"}
    assert {each["reason"] for each in found["refused"]} <= {"practice", "open_focus"}
    assert all(each["why"] for each in found["refused"])


def test_where_all_is_refused_the_file_is_written_and_the_command_fails(tmp_path: Path) -> None:
    from pipeline.store.workspace import Workspace
    from tests.review.rooms import add_calls, add_people

    space = Workspace(tmp_path / "w")
    add_people(space)
    add_calls(space, tmp_path / "calls", ["Anna"], stated={"mode": "simulated"})
    out = tmp_path / "scores.csv"
    done = export(space.root, "--for", "evaluation", "--out", str(out))
    assert isinstance(done.exception, AllRefusedError)
    assert done.exception.exit_code == 10
    assert "# refused: anna" in out.read_text(encoding="utf-8")
    assert rows(out.read_text(encoding="utf-8")) == []


def test_nobody_of_that_name_is_said_so(workspace: Path) -> None:
    done = export(workspace, "--for", "coaching", "--rep", "Zoe")
    assert done.exit_code != 0
    assert "no call is by Zoe" in str(done.exception)


def test_no_cell_begins_as_a_formula_does() -> None:
    row = ScoreRow(
        person="=cmd()", call="call-1", at=NOW, mode="live", stage=None, rubric="discovery", rubric_version=1,
        capability="needs", level=None, of=5,
    )  # fmt: skip
    (cells,) = rows(to_csv(Release(purpose="coaching", says=("x\ny",), rows=(row,), refused=())))
    assert (cells["person"], cells["level"]) == ("'=cmd()", "")
