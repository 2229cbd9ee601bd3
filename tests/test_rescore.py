"""Back-scoring: old scores stay as they are until somebody asks, and stay readable after."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.work import CallOutcome
from pipeline.errors import StageError
from pipeline.rescore import calls_since, rescore
from pipeline.rubrics import content_hash
from pipeline.run import Night
from tests.scripted import ScriptedEngine
from tests.test_run import engine, folder, night, record, review, stored

__all__ = ["engine", "folder", "night"]


def version(rubric: LoadedRubric, number: int) -> LoadedRubric:
    """The rubric as a later version, with an example more in its first behaviour that is read."""
    changed = rubric.rubric.model_dump(mode="json")
    changed["version"] = number
    behaviour = next(b for c in changed["capabilities"] for b in c["behaviours"] if b["measure"] is None)
    behaviour["examples"].append("Who else feels it when the plan goes wrong?")
    loaded = type(rubric.rubric).model_validate(changed)
    return LoadedRubric(rubric=loaded, sha256=content_hash(loaded))


def under(night: Night, rubric: LoadedRubric) -> Night:
    return Night(night.workspace, night.config, night.engine, rubric, now=lambda: datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def later(night: Night) -> Night:
    return under(night, version(night.rubric, night.rubric.rubric.version + 1))


def rescored(night: Night, since: date | None = None) -> list[CallOutcome]:
    return list(rescore(night, calls_since(night.workspace, night.rubric.rubric.id, since=since)))


class TestANewVersion:
    def test_leaves_scored_calls_alone_and_says_so(
        self, night: Night, later: Night, engine: ScriptedEngine, folder: Path
    ) -> None:
        review(night, folder)
        before = stored(night)
        outcomes = review(later, folder)
        assert [o.status for o in outcomes] == ["skipped", "skipped"]
        assert all("version 1 of discovery, not 2" in (o.reason or "") for o in outcomes)
        assert stored(night) == before
        assert engine.reader.n_calls == 2

    def test_counts_for_calls_that_are_new(self, night: Night, later: Night, folder: Path) -> None:
        review(night, folder / "a.wav")
        statuses = {o.path.name: o.status for o in review(later, folder)}
        assert statuses == {"a.wav": "skipped", "b.wav": "done"}

    def test_an_edited_file_of_the_same_version_is_read_again(self, night: Night, folder: Path) -> None:
        review(night, folder)
        edited = under(night, version(night.rubric, night.rubric.rubric.version))
        assert [o.status for o in review(edited, folder)] == ["done", "done"]

    def test_another_rubric_is_read(self, night: Night, folder: Path) -> None:
        review(night, folder / "a.wav")
        other = night.rubric.rubric.model_copy(update={"id": "mine", "version": 7})
        loaded = LoadedRubric(rubric=other, sha256=content_hash(other))
        assert [o.status for o in review(under(night, loaded), folder / "a.wav")] == ["done"]


class TestRescore:
    def test_gives_further_records_and_leaves_every_old_byte(self, night: Night, later: Night, folder: Path) -> None:
        review(night, folder)
        before = stored(night)
        assert [o.status for o in rescored(later)] == ["done", "done"]
        after = stored(night)
        assert after.pop("changes.log").startswith(before.pop("changes.log"))
        assert {name: after[name] for name in before} == before
        for call in night.workspace.calls.ids():
            old, new = night.workspace.calls.all(call)
            assert night.workspace.result(old).rubric.version == 1
            assert night.workspace.result(new).rubric.version == 2
            assert old.results["measure"] == new.results["measure"]

    def test_a_second_time_does_nothing(self, night: Night, later: Night, folder: Path) -> None:
        review(night, folder)
        rescored(later)
        before = stored(night)
        assert [o.status for o in rescored(later)] == ["skipped", "skipped"]
        assert stored(night) == before

    def test_needs_no_recording(self, night: Night, later: Night, folder: Path) -> None:
        review(night, folder)
        for path in folder.iterdir():
            path.unlink()
        assert [o.status for o in rescored(later)] == ["done", "done"]

    def test_takes_calls_from_that_day_on(self, night: Night, later: Night, folder: Path) -> None:
        (folder / "a.json").write_text('{"consent": "yes", "started_at": "2026-02-10T09:00:00Z"}')
        review(night, folder)  # b states no time: it was reviewed on 2026-03-05
        assert len(calls_since(night.workspace, "discovery", since=date(2026, 2, 10))) == 2
        (only,) = calls_since(night.workspace, "discovery", since=date(2026, 2, 11))
        assert only.path.name == "b.wav"
        assert calls_since(night.workspace, "discovery", since=date(2026, 3, 6)) == ()
        assert calls_since(night.workspace, "closing") == ()

    def test_a_call_that_fails_is_as_it_was_and_the_others_go_on(
        self, night: Night, later: Night, engine: ScriptedEngine, folder: Path
    ) -> None:
        review(night, folder)
        before = stored(night)
        engine.reader.failing = StageError("observe", "out of memory", hint="close something")
        assert [(o.status, o.hint) for o in rescored(later)] == [("failed", "close something")] * 2
        assert stored(night) == before
        engine.reader.failing = None
        assert [o.status for o in rescored(later)] == ["done", "done"]

    def test_a_run_after_it_leaves_the_new_scores(self, night: Night, later: Night, folder: Path) -> None:
        review(night, folder)
        rescored(later)
        assert [(o.status, o.reason) for o in review(later, folder)] == [("skipped", None)] * 2

    def test_a_call_added_by_hand_is_rescored_in_order_of_its_day(
        self, night: Night, later: Night, folder: Path
    ) -> None:
        record(folder / "c.wav", seed=3)
        (folder / "c.json").write_text('{"consent": "yes", "started_at": "2025-01-01T09:00:00Z"}')
        review(night, folder)
        assert rescored(later)[0].path.name == "c.wav"
