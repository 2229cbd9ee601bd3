"""Results that are kept: the same object for the same results, another for other ones, and never too many."""

from pathlib import Path

import pytest

from pipeline.review.results import Results
from pipeline.store.workspace import Workspace
from tests.review.rooms import add_calls


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("results")
    workspace = Workspace(folder / "w")
    add_calls(workspace, folder / "calls", ("Anna", "Bert", "Carl"))
    return workspace


def n_words(space: Workspace, call: str) -> int:
    return sum(len(turn.words) for turn in space.result(space.record(call)).conversation.turns)


def test_a_call_that_was_looked_at_is_not_read_again(space: Workspace) -> None:
    results = Results(space)
    record = space.record(next(space.calls.ids()))
    first = results.get(record)
    assert first == space.result(record)
    assert results.get(record.model_copy()) is first


def test_a_later_record_is_another_result(space: Workspace) -> None:
    results = Results(space)
    record = space.record(next(space.calls.ids()))
    first = results.get(record)
    moved = record.model_copy(update={"files": (Path("elsewhere.wav"),)})
    assert results.get(moved).recording.files[0].path == Path("elsewhere.wav")
    assert results.get(record) is first


def test_what_was_asked_for_longest_ago_goes_first_when_there_are_too_many_words(space: Workspace) -> None:
    first, second, third = (space.record(call) for call in space.calls.ids())
    words = n_words(space, first.call)  # every call of the script has as many
    results = Results(space, most_words=2 * words)
    kept = {record.call: results.get(record) for record in (first, second)}
    assert results.get(first) is kept[first.call]
    results.get(third)
    assert results.get(first) is kept[first.call]
    assert results.get(second) is not kept[second.call]


def test_a_call_with_more_words_than_are_kept_is_read_every_time(space: Workspace) -> None:
    record = space.record(next(space.calls.ids()))
    results = Results(space, most_words=1)
    assert results.get(record) == results.get(record)
    assert results.get(record) is not results.get(record)
