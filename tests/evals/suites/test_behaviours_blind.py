"""Blind labels of the review room, as the suite of behaviours measures against them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evals.suites import Setting, unwatched
from evals.suites.behaviours_own import own_part
from evals.suites.behaviours_part import Reading
from pipeline.domain.labels import LabelTask
from pipeline.domain.rubric import LoadedRubric
from pipeline.review.room import Room
from pipeline.rubrics import find_rubric
from tests.review.rooms import NOW, call_of, client, make_room
from tests.scripted import ScriptedReader

RUBRIC = find_rubric("discovery")
FIRST, SECOND = [b.id for b in RUBRIC.rubric.behaviours if b.measure is None][:2]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Otto labelled Anna's call in the room: the first behaviour shown, the second not."""
    room = make_room(tmp_path, ("Anna",))
    call = call_of(room, "Anna")
    room.workspace.label_tasks.append(call, LabelTask(call=call, raters=("otto",), record=1, by="mark", at=NOW))
    fields = {f"state.{FIRST}": "shown", f"state.{SECOND}": "not_shown"}
    assert client(room, "otto").put(f"/api/labelling/{call}", json={"fields": fields}).status_code == 200
    yield room
    room.close()


def setting(room: Room, scratch: Path) -> Setting:
    return Setting(data=None, models=scratch, scratch=scratch, reader=ScriptedReader, labelled=room.workspace)


def test_a_blind_label_is_a_call_to_measure_on(room: Room, tmp_path: Path) -> None:
    part = own_part(setting(room, tmp_path), Reading(ScriptedReader(), "own", unwatched))
    found = {measure.name: measure for measure in part.measures}
    assert list(part.skipped) == []
    # The scripted reader claims every behaviour that has a place: of two labelled verdicts it is judged on both.
    assert found["behaviours.own.f1"].n == 2


def test_labels_on_another_version_of_the_rubric_are_left_out_with_the_reason(room: Room, tmp_path: Path) -> None:
    other = LoadedRubric(rubric=RUBRIC.rubric.model_copy(update={"version": 99}), sha256="e" * 64)
    changed = replace(setting(room, tmp_path), rubrics={"discovery": other})
    part = own_part(changed, Reading(ScriptedReader(), "own", unwatched))
    assert part.measures == ()
    reason = "was labelled on another version of discovery: give that one with --rubric"
    assert [(s.what, s.reason) for s in part.skipped] == [(call_of(room, "Anna"), reason)]
