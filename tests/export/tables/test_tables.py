"""`filmroom tables`: what analysts are given, that its columns are those of the document, and what never leaves."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from cli import app
from pipeline.export.tables.views import VIEWS, View
from pipeline.export.tables.writing import PURPOSE, TableWriter
from pipeline.review.room import Room
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace
from tests.conftest import CHECKOUT
from tests.review.rooms import add_calls, approve, call_of, make_room

SILENT = [view for view in VIEWS if not view.words]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    made = make_room(tmp_path_factory.mktemp("tables"))
    approve(made, call_of(made, "Anna"))
    made.close()
    return made


def run(room: Room, out: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["tables", "--workspace", str(room.workspace.root), "--out", str(out), *more])


def asked(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(":memory:") as database:
        return database.execute(query).fetchall()


def parquet(path: Path) -> list[tuple[Any, ...]]:
    return asked(f"SELECT * FROM '{path}'")


@pytest.fixture
def unmasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings by which words leave as they are kept."""
    (tmp_path / "filmroom.toml").write_text("[redact]\nleaving = false\n")
    monkeypatch.chdir(tmp_path)


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("view", SILENT, ids=lambda view: view.name)
def test_a_view_has_every_row_of_the_workspace(view: View, room: Room, tmp_path: Path) -> None:
    assert run(room, tmp_path, "--view", view.name).exit_code == 0
    with Index(room.workspace.index_path) as index:
        table = view.source
        (n_rows,) = index.rows(f"SELECT count(*) FROM {table}")[0]
    assert len(parquet(tmp_path / f"{view.name}.parquet")) == n_rows
    assert n_rows or view.name in ("rejected", "quarantine")


@pytest.mark.usefixtures("unmasked")
def test_columns_have_the_names_and_types_that_the_document_says(room: Room, tmp_path: Path) -> None:
    run(room, tmp_path, "--words")
    document = (CHECKOUT / "docs" / "tables.md").read_text(encoding="utf-8")
    for view in VIEWS:
        part = document.split(f"\n## {view.name}\n", 1)[1].split("\n## ", 1)[0]
        stated = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", part, re.MULTILINE)
        assert stated == [(c.name, c.type, c.meaning) for c in view.columns]
        assert view.meaning[1:] in part
        described = asked(f"DESCRIBE SELECT * FROM '{tmp_path / view.name}.parquet'")
        assert [(row[0], row[1]) for row in described] == [(name, kind) for name, kind, _ in stated]


def test_a_csv_has_the_same_rows_as_the_parquet(room: Room, tmp_path: Path) -> None:
    run(room, tmp_path)
    run(room, tmp_path, "--format", "csv")
    for view in SILENT:
        assert len(cells(tmp_path / f"{view.name}.csv")) == len(parquet(tmp_path / f"{view.name}.parquet"))
    measured = {(row["call"], row["name"]): row["value"] for row in cells(tmp_path / "measures.csv")}
    found = parquet(tmp_path / "measures.parquet")
    assert all(value is None or float(measured[str(call), str(name)]) == value for call, name, value, *_ in found)


def test_every_file_says_what_it_is_for(room: Room, tmp_path: Path) -> None:
    run(room, tmp_path)
    about = json.loads((tmp_path / "about.json").read_text(encoding="utf-8"))
    assert about["purpose"] == PURPOSE
    assert [file["view"] for file in about["files"]] == [view.name for view in SILENT]
    metadata = asked(f"SELECT value FROM parquet_kv_metadata('{tmp_path}/levels.parquet')")
    assert metadata == [(PURPOSE.encode(),)]


def test_no_spoken_word_leaves_unless_it_is_asked_for(room: Room, tmp_path: Path) -> None:
    run(room, tmp_path, "--format", "csv")
    assert not {"turns.csv", "quotes.csv"} & {path.name for path in tmp_path.iterdir()}
    space = Workspace(room.workspace.root)
    said = {
        observation.text
        for call in space.calls.ids()
        for observation in space.result(space.record(call)).observations
        if len(observation.text) > 12
    }
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert said
    assert not [text for text in said if text in written]


@pytest.mark.usefixtures("unmasked")
def test_with_words_a_quote_is_the_turn_s_own(room: Room, tmp_path: Path) -> None:
    assert run(room, tmp_path, "--words").exit_code == 0
    turns = {(call, turn): text for call, turn, _, _, _, _, text in parquet(tmp_path / "turns.parquet")}
    quotes = parquet(tmp_path / "quotes.parquet")
    assert quotes
    assert all(str(text) in str(turns[call, turn]) for call, _, turn, text in quotes)


def test_the_words_of_a_view_have_to_be_asked_for(room: Room, tmp_path: Path) -> None:
    done = run(room, tmp_path, "--view", "turns")
    assert done.exit_code != 0
    assert not list(tmp_path.iterdir())


def test_a_view_that_is_none_is_an_error_that_names_all(room: Room, tmp_path: Path) -> None:
    done = run(room, tmp_path, "--view", "emotions")
    assert done.exception is not None
    assert "calls, measures" in getattr(done.exception, "hint", "")


def test_nothing_of_the_coaching_cycle_is_in_any_view(room: Room) -> None:
    assert not [view.name for view in VIEWS if "happened" in view.source or "comments" in view.source]


class TestWriting:
    VIEW = next(view for view in VIEWS if view.name == "rejected")

    def test_no_cell_of_a_csv_begins_as_a_formula(self, tmp_path: Path) -> None:
        rows = [("c1", text, "t0001", "not_found") for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "a=1")]
        TableWriter(tmp_path, "csv").write(self.VIEW, rows)
        assert [row["behaviour"] for row in cells(tmp_path / "rejected.csv")] == [
            "'=1+1", "'+1", "'-1", "'@SUM(A1)", "' x", "a=1",
        ]  # fmt: skip

    def test_marks_that_cannot_be_seen_become_blanks_in_csv_and_stay_in_parquet(self, tmp_path: Path) -> None:
        row = ("c1", "a\u202eb\x1b[31m", "t0001", "not_found")
        TableWriter(tmp_path, "csv").write(self.VIEW, [row])
        TableWriter(tmp_path, "parquet").write(self.VIEW, [row])
        assert cells(tmp_path / "rejected.csv")[0]["behaviour"] == "a b [31m"
        assert parquet(tmp_path / "rejected.parquet") == [row]

    def test_more_rows_than_are_held_at_a_time_all_arrive(self, tmp_path: Path) -> None:
        rows = (("c1", f"b{n}", None, "not_found") for n in range(12_001))
        written = TableWriter(tmp_path, "parquet").write(self.VIEW, rows)
        assert (written.rows, len(parquet(tmp_path / "rejected.parquet"))) == (12_001, 12_001)

    def test_a_file_is_whole_or_as_it_was(self, tmp_path: Path) -> None:
        writer = TableWriter(tmp_path, "csv")
        writer.write(self.VIEW, [("c1", "before", "t0001", "not_found")])

        def failing() -> object:
            yield ("c1", "after", "t0001", "not_found")
            raise OSError("the disk is gone")

        with pytest.raises(Exception, match="the disk is gone"):
            writer.write(self.VIEW, failing())  # type: ignore[arg-type]
        assert [row["behaviour"] for row in cells(tmp_path / "rejected.csv")] == ["before"]
        assert [path.name for path in tmp_path.iterdir()] == ["rejected.csv"]


def test_a_customer_s_name_that_is_a_formula_is_none_in_the_table(tmp_path: Path) -> None:
    made = make_room(tmp_path / "room")
    add_calls(made.workspace, tmp_path / "more", ["Anna"], stated={"customer": "=HYPERLINK(1)"})
    made.index.refresh()
    made.close()
    run(made, tmp_path / "out", "--format", "csv", "--view", "calls")
    customers = {row["customer"] for row in cells(tmp_path / "out" / "calls.csv")}
    assert "'=HYPERLINK(1)" in customers
    assert "=HYPERLINK(1)" not in customers


def test_words_leave_masked_unless_the_settings_say_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_room(tmp_path / "room")
    said = "Sure, you can call me back on four one five, five five five, zero one three four, any day after nine."
    script = (("S1", 1.0, 8.0, "Good morning, how can I reach you?"), ("S2", 10.0, 30.0, said))
    add_calls(made.workspace, tmp_path / "more", ["Anna"], script=script)
    made.close()
    for leaving in ("true", "false"):
        (tmp_path / "filmroom.toml").write_text(f"[redact]\nleaving = {leaving}\n")
        monkeypatch.chdir(tmp_path)
        done = run(made, tmp_path / leaving, "--words", "--view", "turns")
        assert done.exit_code == 0
    texts = {leaving: str(parquet(tmp_path / leaving / "turns.parquet")) for leaving in ("true", "false")}
    assert "five five five" in texts["false"]
    assert "five five five" not in texts["true"]
    assert "[phone]" in texts["true"]
