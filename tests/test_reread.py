"""Reading a call again: from what is kept of it, only where something changed, and as a run would do it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.correct import Said, correct, correct_roles
from pipeline.domain.assessment import Reading
from pipeline.domain.places import Opening
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.domain.work import CallOutcome
from pipeline.errors import BudgetError, StageError
from pipeline.ports import Progress, silent
from pipeline.reread import is_behind, reread
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.trackers import find_trackers
from tests.scripted import ScriptedEngine, ScriptedReader
from tests.test_run import engine, folder, night, review, stored

__all__ = ["engine", "folder", "night"]

NOW = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)


@pytest.fixture
def call(night: Night, folder: Path) -> str:
    """A reviewed call whose recording is gone since."""
    return review(night, folder / "a.wav")[0].call or ""


def again(night: Night, *calls: str) -> list[CallOutcome]:
    return list(reread(night, [night.workspace.record(call) for call in calls]))


def swap(night: Night, call: str) -> None:
    correct_roles(night.workspace, night.workspace.record(call), ["S1=customer", "S2=rep"], author="kim", now=NOW)


def result(night: Night, call: str) -> CallResult:
    return night.workspace.result(night.workspace.record(call))


def talk_ratio(found: CallResult) -> float:
    value = found.metrics.get("rep_talk_ratio").value
    assert value is not None
    return value


class TestSwappedRoles:
    def test_mirror_the_talk_ratio(self, night: Night, call: str) -> None:
        # S1 speaks in 0-5, 8-12 and 25-29 s, 13 s; S2 in 5-8, 12-25 and 29-34 s, 21 s: 34 s of both
        assert talk_ratio(result(night, call)) == pytest.approx(13 / 34, abs=1e-3)
        swap(night, call)
        assert [o.status for o in again(night, call)] == ["done"]
        assert talk_ratio(result(night, call)) == pytest.approx(21 / 34, abs=1e-3)

    def test_move_the_observations_to_the_other_voice(self, night: Night, call: str) -> None:
        def places(found: CallResult) -> set[tuple[str, str]]:
            speakers = {turn.id: turn.speaker for turn in found.conversation.turns}
            return {(o.role, speakers[o.quote.turn_id]) for o in found.observations}

        assert places(result(night, call)) <= {("rep", "S1"), ("customer", "S2")}
        assert ("rep", "S1") in places(result(night, call))
        swap(night, call)
        again(night, call)
        assert places(result(night, call)) <= {("rep", "S2"), ("customer", "S1")}
        assert places(result(night, call))

    def test_are_heard_by_nobody_again(self, night: Night, engine: ScriptedEngine, call: str, folder: Path) -> None:
        for path in folder.iterdir():
            path.unlink()
        swap(night, call)
        assert [o.status for o in again(night, call)] == ["done"]
        assert (engine.transcriber.n_calls, engine.diarizer.n_calls, engine.reader.n_calls) == (1, 1, 2)

    def test_leave_every_earlier_byte(self, night: Night, call: str) -> None:
        swap(night, call)
        before = stored(night)
        again(night, call)
        after = stored(night)
        assert {n for n in before if not after[n].startswith(before[n])} == set()
        old, new = night.workspace.calls.all(call)
        assert {stage for stage in old.results if old.results[stage] == new.results[stage]} == {
            "ingest",
            "transcribe",
            "diarize",
        }

    def test_stay_through_a_later_run_which_finds_everything_done(
        self, night: Night, engine: ScriptedEngine, call: str, folder: Path
    ) -> None:
        swap(night, call)
        again(night, call)
        before = stored(night)
        assert [o.status for o in review(night, folder / "a.wav")] == ["skipped"]
        assert stored(night) == before
        assert engine.reader.n_calls == 2
        speakers = result(night, call).conversation.speakers
        assert {s.label: (s.role, s.source) for s in speakers} == {
            "S1": ("customer", "person"),
            "S2": ("rep", "person"),
        }

    def test_a_run_and_a_reading_again_make_the_same(self, night: Night, call: str, folder: Path) -> None:
        swap(night, call)
        review(night, folder / "a.wav")
        before = stored(night)
        assert [o.status for o in again(night, call)] == ["skipped"]
        assert stored(night) == before


class TestACallIsBehind:
    def test_from_a_correction_until_it_was_read_again(self, night: Night, call: str) -> None:
        space = night.workspace
        assert not is_behind(space, space.record(call))
        swap(night, call)
        assert is_behind(space, space.record(call))
        again(night, call)
        assert not is_behind(space, space.record(call))

    def test_not_for_a_name(self, night: Night, engine: ScriptedEngine, call: str) -> None:
        space = night.workspace
        correct(space, space.record(call), Said(names={"S1": "Tom Reyes"}), author="kim", now=NOW)
        assert not is_behind(space, space.record(call))
        assert [o.status for o in again(night, call)] == ["skipped"]
        assert engine.reader.n_calls == 1

    def test_not_for_a_correction_that_another_took_back(self, night: Night, call: str) -> None:
        space = night.workspace
        swap(night, call)
        again(night, call)
        correct_roles(space, space.record(call), ["S1=rep", "S2=customer"], author="kim", now=NOW)
        assert is_behind(space, space.record(call))
        again(night, call)
        assert talk_ratio(result(night, call)) == pytest.approx(13 / 34, abs=1e-3)
        assert not is_behind(space, space.record(call))


class TestWithNothingChanged:
    def test_nothing_is_done_and_nothing_written(self, night: Night, engine: ScriptedEngine, call: str) -> None:
        before = stored(night)
        (outcome,) = again(night, call)
        assert (outcome.call, outcome.status, outcome.reason) == (call, "skipped", None)
        assert stored(night) == before
        assert engine.reader.n_calls == 1

    def test_another_reader_says_something_new(self, night: Night, engine: ScriptedEngine, call: str) -> None:
        engine.reader = ScriptedReader("another reader")
        assert [o.status for o in again(night, call)] == ["done"]
        assert engine.reader.n_calls == 1

    def test_other_trackers_are_followed_and_nothing_is_read(
        self, night: Night, engine: ScriptedEngine, call: str
    ) -> None:
        with_trackers = replace(night, trackers=find_trackers())
        assert [o.status for o in again(with_trackers, call)] == ["done"]
        assert engine.reader.n_calls == 1
        assert result(night, call).tracking is not None


def test_the_rubric_is_the_one_that_scored_the_call(night: Night, call: str) -> None:
    other = replace(night, rubric=find_rubric("closing"))
    swap(night, call)
    assert [o.status for o in again(other, call)] == ["done"]
    assert result(night, call).rubric == night.rubric.rubric


def test_a_transcript_is_read_again_without_its_file(night: Night, engine: ScriptedEngine, tmp_path: Path) -> None:
    path = tmp_path / "told.csv"
    path.write_text("role,text\nA,Hello this is Ann. How do you plan the week?\nB,With one large spreadsheet.\n")
    path.with_suffix(".json").write_text('{"consent": "yes"}')
    (told,) = review_calls(night, discover([path]))
    call = told.call or ""
    path.unlink()
    before = {s.label: s.role for s in result(night, call).conversation.speakers}
    correct_roles(night.workspace, night.workspace.record(call), ["A=customer", "B=rep"], author="kim", now=NOW)
    assert [o.status for o in again(night, call)] == ["done"]
    after = {s.label: s.role for s in result(night, call).conversation.speakers}
    assert (before["A"], after) != ("customer", before)
    assert after == {"A": "customer", "B": "rep"}
    assert (engine.transcriber.n_calls, engine.diarizer.n_calls) == (0, 0)


class TestAFailure:
    def test_leaves_the_call_as_it_was_and_the_others_go_on(
        self, night: Night, engine: ScriptedEngine, folder: Path
    ) -> None:
        calls = [o.call or "" for o in review(night, folder)]
        for call in calls:
            swap(night, call)
        records = [night.workspace.record(call) for call in calls]
        engine.reader.failing = StageError("observe", "out of memory", hint="close something")
        outcomes = reread(night, records)
        first = next(outcomes)
        assert (first.status, first.reason, first.hint) == ("failed", "observe: out of memory", "close something")
        assert night.workspace.record(calls[0]) == records[0]
        assert is_behind(night.workspace, records[0])
        engine.reader.failing = None
        assert next(outcomes).status == "done"

    def test_a_spent_budget_ends_it(self, night: Night, engine: ScriptedEngine, call: str) -> None:
        swap(night, call)
        engine.reader.failing = BudgetError("$5.00 would be passed", hint="raise --budget")
        with pytest.raises(BudgetError):
            again(night, call)

    def test_a_record_that_came_in_between_wins(self, night: Night, call: str) -> None:
        space, mine = night.workspace, night.workspace.record(call)
        swap(night, call)

        class Meanwhile(ScriptedReader):
            def read(
                self,
                conversation: Conversation,
                rubric: Rubric,
                openings: Sequence[Opening],
                *,
                progress: Progress = silent,
            ) -> Reading:
                space.calls.append(call, mine.model_copy(update={"at": NOW}))
                return super().read(conversation, rubric, openings, progress=progress)

        engine = ScriptedEngine()
        engine.reader = Meanwhile()
        (outcome,) = again(replace(night, engine=engine), call)
        assert outcome.status == "failed"
        assert "changed in between" in (outcome.reason or "")
        assert space.record(call).at == NOW
