"""Blind labels: what one is, how they are kept, which are in force, and what comes back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from evals.blind import BlindLabel, blind_labels, in_force, labelled, load_blind
from evals.collections.conversations import SpokenLine, untimed
from evals.labelled import LevelLabel, TurnLabel, VerdictLabel
from evals.raters import disagreements
from pipeline.domain.provenance import Provenance
from pipeline.domain.speech import Conversation
from pipeline.errors import StaleError
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace

AT = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
TALK = untimed("call-1", [SpokenLine("A", "rep", "What is it?"), SpokenLine("B", "customer", "A list.")])
KEY, OTHER_KEY, RUBRIC = "a" * 64, "b" * 64, "c" * 64


def blind(rater: str, *, shown: bool = True, transcript: str = KEY, turn: str = "t0001") -> BlindLabel:
    return BlindLabel(
        call="call-1",
        rater=rater,
        at=AT,
        transcript=transcript,
        rubric="discovery",
        rubric_sha256=RUBRIC,
        turns=(TurnLabel(turn_id=turn, rater=rater, behaviours=frozenset({"goal_asked"} if shown else ())),),
        verdicts=(VerdictLabel(behaviour="goal_asked", rater=rater, state="shown" if shown else "not_shown"),),
        levels=(LevelLabel(capability="asking", rater=rater, level=2),),
        seen_model=False,
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w")


def kept(workspace: Workspace) -> str:
    """The key of the conversation, kept as a run keeps it."""
    work = Work(stage="attribute", code=1)
    return workspace.objects.put(work, TALK, Provenance(stage="attribute", code_version="0"))


class TestLabel:
    def test_who_has_seen_the_software_s_view_gives_no_blind_label(self) -> None:
        with pytest.raises(ValidationError, match="are not blind"):
            BlindLabel.model_validate(blind("Ann").model_dump() | {"seen_model": True})

    def test_it_has_to_be_said_whether_it_was_seen(self) -> None:
        with pytest.raises(ValidationError, match="seen_model"):
            BlindLabel.model_validate({k: v for k, v in blind("Ann").model_dump().items() if k != "seen_model"})

    def test_labels_of_somebody_else_do_not_belong_in_it(self) -> None:
        with pytest.raises(ValidationError, match="holds labels by Ben, and is by Ann"):
            BlindLabel.model_validate(blind("Ann").model_dump() | {"verdicts": blind("Ben").verdicts})

    @pytest.mark.parametrize("field", ["turns", "verdicts", "levels"])
    def test_one_thing_has_one_label(self, field: str) -> None:
        label = blind("Ann")
        with pytest.raises(ValidationError, match="has two labels"):
            BlindLabel.model_validate(label.model_dump() | {field: getattr(label, field) * 2})


class TestRecords:
    def test_labels_are_numbered_files_of_the_call(self, workspace: Workspace) -> None:
        records = blind_labels(workspace)
        assert [records.append("call-1", blind(rater)) for rater in ("Ann", "Ben")] == [1, 2]
        files = sorted(path.relative_to(workspace.root).as_posix() for path in workspace.root.rglob("*.json"))
        assert files == ["labels/call-1/r.000001.json", "labels/call-1/r.000002.json"]
        assert [label.rater for label in records.all("call-1")] == ["Ann", "Ben"]

    def test_a_label_on_an_older_state_loses_and_is_told(self, workspace: Workspace) -> None:
        records = blind_labels(workspace)
        records.append("call-1", blind("Ann"), after=0)
        with pytest.raises(StaleError):
            records.append("call-1", blind("Ben"), after=0)


class TestInForce:
    def test_a_later_label_of_the_same_rater_stands_in(self) -> None:
        found = in_force([blind("Ann"), blind("Ben"), blind("Ann", shown=False)])
        assert [(label.rater, label.verdicts[0].state) for label in found] == [("Ann", "not_shown"), ("Ben", "shown")]

    def test_labels_on_an_earlier_transcript_count_no_longer(self) -> None:
        found = in_force([blind("Ann"), blind("Ben", transcript=OTHER_KEY)])
        assert [label.rater for label in found] == ["Ben"]

    def test_of_nothing_nothing_is_in_force(self) -> None:
        assert in_force([]) == ()


class TestLabelled:
    def test_all_raters_are_in_the_call(self) -> None:
        call = labelled([blind("Ann"), blind("Ben", shown=False)], TALK)
        assert (call.id, call.collection, call.rubric, call.raters) == ("call-1", "blind", "discovery", ("Ann", "Ben"))
        assert [label.rater for label in call.turns] == ["Ann", "Ben"]
        assert {(found.kind, found.question) for found in disagreements([call])} == {
            ("turn", "goal_asked"), ("verdict", "goal_asked"),
        }  # fmt: skip

    @pytest.mark.parametrize("labels", [[], [blind("Ann"), blind("Ben", transcript=OTHER_KEY)]])
    def test_different_grounds_do_not_mix(self, labels: list[BlindLabel]) -> None:
        with pytest.raises(ValueError, match="one transcript"):
            labelled(labels, TALK)

    def test_a_turn_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no turn t0009"):
            labelled([blind("Ann", turn="t0009")], TALK)


class TestLoading:
    def test_calls_come_with_the_transcript_that_was_labelled(self, workspace: Workspace) -> None:
        key = kept(workspace)
        for rater in ("Ann", "Ben"):
            blind_labels(workspace).append("call-1", blind(rater, transcript=key))
        (call,), skipped = load_blind(workspace)
        assert (call.raters, call.conversation, skipped) == (("Ann", "Ben"), TALK, ())
        assert isinstance(call.conversation, Conversation)

    def test_an_outdated_label_is_told_and_the_others_count(self, workspace: Workspace) -> None:
        blind_labels(workspace).append("call-1", blind("Ann"))
        blind_labels(workspace).append("call-1", blind("Ben", transcript=kept(workspace)))
        (call,), (skipped,) = load_blind(workspace)
        assert call.raters == ("Ben",)
        assert (skipped.what, skipped.reason) == (
            "call-1, label by Ann",
            "was given on an earlier transcript or rubric",
        )

    def test_a_call_whose_transcript_is_gone_stops_no_other(self, workspace: Workspace) -> None:
        blind_labels(workspace).append("call-0", blind("Ann").model_copy(update={"call": "call-0"}))
        blind_labels(workspace).append("call-1", blind("Ben", transcript=kept(workspace)))
        found, skipped = load_blind(workspace)
        assert [call.id for call in found] == ["call-1"]
        assert [s.what for s in skipped] == ["call-0"]

    def test_a_workspace_without_labels_has_none(self, workspace: Workspace) -> None:
        assert load_blind(workspace) == ((), ())
