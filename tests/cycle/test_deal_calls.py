"""The calls of a deal, as the index has them: every way of writing its name, and nobody's calls that are not seen."""

from pathlib import Path

import pytest

from pipeline.cycle.deal_calls import calls_of_deal
from pipeline.cycle.deals import deal_key
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace
from tests.review.rooms import add_calls

WRITTEN = ("Heron 2026", " heron  2026", "HERON\t2026", "Straße 5", "STRASSE 5", "Heron 2027")
EVERYTHING = ("true", ())


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder: Path = tmp_path_factory.mktemp("deal")
    made = Workspace(folder / "w")
    for n, deal in enumerate(WRITTEN):
        stated = {"deal": deal, "started_at": f"2026-03-0{6 - n}T10:00:00+00:00"}
        add_calls(made, folder / f"c{n}", ["Bert" if n == 1 else "Anna"], stated=stated)
    add_calls(made, folder / "none", ["Anna"])
    return made


@pytest.mark.parametrize("asked", [*WRITTEN, "strasse  5", "heron 2026 ", "", " ", "Kite"])
def test_a_deal_has_the_calls_whose_names_compare_equal(workspace: Workspace, asked: str) -> None:
    with Index(workspace.index_path) as index:
        workspace.refresh_index(index)
        found = calls_of_deal(index.rows, asked, EVERYTHING)
    same = [name for name in WRITTEN if deal_key(name) == deal_key(asked) != ""]
    assert sorted(str(call.past.deal).strip() for call in found) == sorted(name.strip() for name in same)
    assert [call.past.at for call in found] == sorted(call.past.at for call in found)


def test_levels_and_verdicts_come_with_the_calls_and_only_those_that_are_seen(workspace: Workspace) -> None:
    with Index(workspace.index_path) as index:
        workspace.refresh_index(index)
        (call,) = calls_of_deal(index.rows, "Heron 2026", ("rep_key = ?", ["bert"]))
        states = {
            str(b): s for b, s in index.rows("SELECT behaviour, state FROM verdicts WHERE call = ?", [call.past.call])
        }
        levels = {
            str(c): n for c, n in index.rows("SELECT capability, level FROM scores WHERE call = ?", [call.past.call])
        }
    assert call.rep == "Bert"
    assert dict(call.past.verdicts) == states
    assert {name: level.level for name, level in call.past.levels.items()} == levels
