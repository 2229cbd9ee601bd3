"""Roles put right by hand: kept as records, each holding all that is in force, refused where they name nobody."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.correct import Said, correct, correct_roles, longest
from pipeline.domain.correction import Corrections, NameCorrection, RoleCorrection, names_of
from pipeline.domain.span import Span
from pipeline.domain.work import CallRecord
from pipeline.errors import StaleError, UsageError
from pipeline.rubrics import find_rubric
from pipeline.run import Night
from pipeline.store.workspace import Workspace
from tests.conversations import conversation
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


class TestNames:
    def test_a_name_says_where_the_voice_is_heard_and_leaves_roles_alone(
        self, space: Workspace, record: CallRecord
    ) -> None:
        correct_roles(space, record, ["S2=other"], author="kim", now=NOW)
        found = correct(space, record, Said(names={"S1": " Tom Reyes "}), author="lee", now=NOW)
        # of S1's speech, 0-5 s, 8-12 s and 25-29 s, the longest is 5 s long
        assert [(c.speaker, c.name, c.anchor) for c in found.names] == [("S1", "Tom Reyes", Span(start=0.0, end=5.0))]
        assert roles(space, record.call) == {"S2": "other"}

    def test_an_empty_name_takes_the_earlier_one_away(self, space: Workspace, record: CallRecord) -> None:
        correct(space, record, Said(names={"S1": "Tom", "S2": "Ann"}), author="kim", now=NOW)
        found = correct(space, record, Said(names={"S1": "  "}), author="kim", now=NOW)
        assert [(c.speaker, c.name) for c in found.names] == [("S2", "Ann")]

    def test_survive_other_labels_for_the_same_voices(self) -> None:
        before = conversation([("rep", 0.0, 5.0, "one two"), ("customer", 5.0, 25.0, "three four")])
        name = NameCorrection(speaker="S1", name="Tom", anchor=longest(before, "S1"))
        relabelled = conversation([("customer", 0.0, 5.2, "one two"), ("rep", 5.2, 25.0, "three four")])
        said = Corrections(call="c0000", roles=(), names=(name,), author="kim", at=NOW)
        assert names_of(before, said) == {"S1": "Tom"}
        assert names_of(relabelled, said) == {"S2": "Tom"}  # S2 is who speaks in 0-5 s there
        assert names_of(relabelled, None) == {}

    def test_a_stale_correction_is_refused(self, space: Workspace, record: CallRecord) -> None:
        correct(space, record, Said(names={"S1": "Theirs"}), author="kim", now=NOW, after=0)
        with pytest.raises(StaleError):
            correct(space, record, Said(names={"S1": "Mine"}), author="lee", now=NOW, after=0)


def test_of_one_voice_the_later_word_counts_though_it_had_another_label_then(
    space: Workspace, record: CallRecord
) -> None:
    """The voice of 12-25 s was corrected when it was called S1; it is S2 by now, and is corrected again."""
    old = RoleCorrection(speaker="S1", role="rep", anchor=Span(start=12.0, end=25.0))
    space.corrections.append(record.call, Corrections(call=record.call, roles=(old,), author="kim", at=NOW))
    found = correct_roles(space, record, ["S2=other"], author="kim", now=NOW)
    assert [(c.speaker, c.role) for c in found.roles] == [("S2", "other")]


def test_corrections_from_before_there_were_names_still_load_and_make_the_same_key(
    space: Workspace, record: CallRecord
) -> None:
    old = '{"call":"c0000","roles":[{"speaker":"S1","role":"rep","anchor":{"start":0.0,"end":5.0}}],"author":"kim",'
    loaded = Corrections.model_validate_json(old + '"at":"2026-03-05T07:00:00Z"}')
    assert loaded.names == ()
    # the attribution's work key is made of this text
    assert loaded.roles[0].model_dump_json() == '{"speaker":"S1","role":"rep","anchor":{"start":0.0,"end":5.0}}'
