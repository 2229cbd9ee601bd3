"""Events get into a person's stream one after the other, each decided on what happened before it."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from pipeline.cycle.desk import CycleDesk, history_of
from pipeline.cycle.reading import history
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.goals import GoalEnded, GoalSet
from pipeline.errors import UsageError
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def desk(tmp_path: Path, author: str = "anna") -> CycleDesk:
    return CycleDesk(Workspace(tmp_path / "w"), NOW, author)


def test_events_are_numbered_from_one_in_their_order(tmp_path: Path) -> None:
    at = desk(tmp_path)
    assert at.add("anna", lambda _: GoalSet(text="ask more")) == 1
    assert at.add("anna", lambda _: GoalEnded(goal="g1", reached=True)) == 2
    found = history_of(at.workspace, "anna")
    assert [(h.number, h.author, h.what.kind) for h in found] == [(1, "anna", "goal_set"), (2, "anna", "goal_ended")]


def test_nothing_decided_is_nothing_written(tmp_path: Path) -> None:
    at = desk(tmp_path)
    assert at.add("anna", lambda _: None) == 0
    assert history_of(at.workspace, "anna") == ()


def test_a_rule_that_forbids_writes_nothing(tmp_path: Path) -> None:
    def forbid(_: History) -> None:
        raise UsageError("no", hint="not so")

    at = desk(tmp_path)
    with pytest.raises(UsageError):
        at.add("anna", forbid)
    assert history_of(at.workspace, "anna") == ()


def test_two_at_the_same_moment_decide_on_each_others_events(tmp_path: Path) -> None:
    """Ten writers count the goals they saw: each sees another number, whoever is quicker."""
    at = desk(tmp_path)

    def count(history: History) -> GoalSet:
        return GoalSet(text=f"goal {len(history) + 1}")

    writers = [Thread(target=at.add, args=("anna", count)) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    texts = [h.what.text for h in history_of(at.workspace, "anna") if isinstance(h.what, GoalSet)]
    assert texts == [f"goal {n}" for n in range(1, 7)]


def test_the_index_gives_back_what_the_files_say(tmp_path: Path) -> None:
    at = desk(tmp_path)
    at.add("anna", lambda _: GoalSet(text="ask “more”\nbefore I show"))
    at.add("anna", lambda _: GoalEnded(goal="g1", reached=False, text="not now"))
    with Index(at.workspace.index_path) as index:
        at.workspace.refresh_index(index)
        assert history(index.rows, "anna") == history_of(at.workspace, "anna")
        assert history(index.rows, "bert") == ()
