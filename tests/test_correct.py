"""Roles put right by hand: kept as records, each holding all that is in force, refused where they name nobody."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.correct import correct_roles
from pipeline.domain.span import Span
from pipeline.domain.work import CallRecord
from pipeline.errors import UsageError
from pipeline.rubrics import find_rubric
from pipeline.run import Night
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine
from tests.test_run import record as recorded
from tests.test_run import review

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "w")
    night = Night(workspace, Config(), ScriptedEngine(), find_rubric("discovery"), now=lambda: NOW)
    review(night, recorded(tmp_path / "a.wav"))
    return workspace


@pytest.fixture
def record(space: Workspace) -> CallRecord:
    return space.record("c")


def roles(space: Workspace, call: str) -> dict[str, str]:
    last = space.corrections.last(call)
    return {c.speaker: c.role for c in last.roles} if last else {}


def test_a_correction_says_who_when_and_where_the_voice_is_heard(space: Workspace, record: CallRecord) -> None:
    found = correct_roles(space, record, ["S2=other"], author="kim", now=NOW)
    assert (found.call, found.author, found.at) == (record.call, "kim", NOW)
    # of S2's speech, 5-8 s, 12-25 s and 29-34 s, the longest is 13 s long
    assert [(c.speaker, c.role, c.anchor) for c in found.roles] == [("S2", "other", Span(start=12.0, end=25.0))]
    assert space.corrections.last(record.call) == found


def test_a_later_correction_keeps_the_earlier_ones_and_replaces_its_own_speaker_s(
    space: Workspace, record: CallRecord
) -> None:
    correct_roles(space, record, ["S1=customer"], author="kim", now=NOW)
    correct_roles(space, record, ["S2=rep"], author="kim", now=NOW)
    assert roles(space, record.call) == {"S1": "customer", "S2": "rep"}
    correct_roles(space, record, ["S1=other"], author="lee", now=NOW)
    assert roles(space, record.call) == {"S1": "other", "S2": "rep"}
    assert [c.author for c in space.corrections.all(record.call)] == ["kim", "kim", "lee"]


def test_of_one_speaker_named_twice_the_last_word_counts(space: Workspace, record: CallRecord) -> None:
    correct_roles(space, record, ["S1=customer", "S1=rep"], author="kim", now=NOW)
    assert roles(space, record.call) == {"S1": "rep"}


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("S9=rep", "S1, S2"),
        ("S1=boss", "rep, customer, other, unknown"),
        ("S1", "rep, customer, other, unknown"),
        ("=rep", "S1, S2"),
        ("", "S1, S2"),
        ("s1=rep", "S1, S2"),
        ("S1=Rep", "rep, customer"),
    ],
)
def test_a_wrong_speaker_or_role_is_refused_with_those_there_are(
    space: Workspace, record: CallRecord, setting: str, named: str
) -> None:
    with pytest.raises(UsageError) as caught:
        correct_roles(space, record, [setting], author="kim", now=NOW)
    assert named in caught.value.hint


def test_one_wrong_setting_keeps_none_of_them(space: Workspace, record: CallRecord) -> None:
    with pytest.raises(UsageError):
        correct_roles(space, record, ["S1=customer", "S9=rep"], author="kim", now=NOW)
    assert space.corrections.last(record.call) is None
