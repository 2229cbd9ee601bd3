"""Sweeping: nothing that is needed is ever taken, whatever the workspace went through, and what is not needed goes."""

import hashlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.config.night import Store
from pipeline.domain.batch import BatchRecord
from pipeline.domain.correction import Corrections, RoleCorrection
from pipeline.domain.provenance import Provenance
from pipeline.domain.recording import Recording
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.speech import Diarization
from pipeline.errors import StoreError
from pipeline.judgement import Judgement, Judges
from pipeline.keeping import Keeper
from pipeline.redraft import redraft
from pipeline.reread import reread
from pipeline.rescore import heard, rescore
from pipeline.reviewing.acts import choose_improvement
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.batches import Batches
from pipeline.store.objects import Work
from pipeline.store.sounds import sound_key
from pipeline.store.workspace import Workspace
from pipeline.upkeep.sweep import Kind, Orphan, Wish, orphans, take_away
from tests.reviewed import THURSDAY, desk, make_call, now, only_call
from tests.scripted import ScriptedEngine, ScriptedReader, ScriptedTranscriber
from tests.test_run import record

LATER = time.time() + 30 * 86_400
"""A month on: everything that a test makes is old enough."""


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    record(folder / "a.wav", seed=1)
    record(folder / "b.wav", seed=2)
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w")


def night(workspace: Workspace, engine: ScriptedEngine, rubric: LoadedRubric | None = None) -> Night:
    return Night(workspace, Config(consent="assumed"), engine, rubric or find_rubric("discovery"))


def run(workspace: Workspace, folder: Path, engine: ScriptedEngine | None = None) -> list[str]:
    """The status of each call."""
    found = review_calls(night(workspace, engine or ScriptedEngine()), discover([folder]))
    return [outcome.status for outcome in found]


def other(identity: str) -> ScriptedEngine:
    """An engine whose recogniser is another one, so that all is heard anew."""
    engine = ScriptedEngine()
    engine.transcriber = ScriptedTranscriber(identity=identity)
    return engine


def swept(workspace: Workspace, *optional: Kind) -> list[Orphan]:
    """What was taken away, a month later."""
    found = orphans(workspace, Wish(optional=frozenset(optional)), now=lambda: LATER)
    take_away(workspace, found, planned_at=time.time())
    return list(found)


def kinds(found: list[Orphan]) -> dict[str, int]:
    return {kind: sum(each.kind == kind for each in found) for kind in {each.kind for each in found}}


def files(workspace: Workspace) -> set[Path]:
    return {path for path in workspace.root.rglob("*") if path.is_file()}


class TestWhatIsNeededStays:
    def test_nothing_of_a_fresh_night_is_an_orphan(self, workspace: Workspace, calls: Path) -> None:
        run(workspace, calls)
        before = files(workspace)
        assert swept(workspace, "unfinished", "exchange") == []
        assert files(workspace) == before

    def test_old_records_keep_their_results(self, workspace: Workspace, calls: Path) -> None:
        run(workspace, calls)
        run(workspace, calls, other("second"))
        assert swept(workspace) == []
        for call in workspace.calls.ids():
            first, second = workspace.calls.all(call)
            assert workspace.result(first).draft
            assert workspace.result(second).draft
            assert first.results["transcribe"] != second.results["transcribe"]

    def test_a_draft_that_a_person_chose_stays_as_its_review_names_it(self, tmp_path: Path) -> None:
        workspace = make_call(tmp_path)
        call, record = only_call(workspace), workspace.record(only_call(workspace))
        chosen = choose_improvement(desk(workspace), call, behaviour="patience", seen=now(workspace).seen)
        looked_at, _ = redraft(workspace, record, improvement="vague_close", today=THURSDAY)
        # The one that was only made, and that no review names, can go: choosing it makes it again.
        assert [Path(each.name).stem for each in swept(workspace)] == [looked_at]
        assert now(workspace) == chosen

    def test_what_another_stage_kept_of_a_call_in_quarantine_stays(self, workspace: Workspace, calls: Path) -> None:
        engine = ScriptedEngine()
        engine.diarizer.failing = RuntimeError("no memory")
        assert run(workspace, calls, engine) == ["quarantined", "quarantined"]
        assert swept(workspace, "unfinished") == []
        engine.diarizer.failing = None
        assert run(workspace, calls, engine) == ["done", "done"]
        assert engine.transcriber.n_calls == 2

    def test_a_recording_in_quarantine_that_is_gone_is_known_by_its_name(
        self, workspace: Workspace, calls: Path
    ) -> None:
        engine = ScriptedEngine()
        engine.diarizer.failing = RuntimeError("no memory")
        run(workspace, calls, engine)
        (calls / "a.wav").rename(calls.parent / "elsewhere.wav")
        assert swept(workspace, "unfinished") == []

    def test_a_night_after_a_sweep_has_nothing_to_do(self, workspace: Workspace, calls: Path) -> None:
        run(workspace, calls)
        _leave_a_trial(workspace)
        assert kinds(swept(workspace)) == {"superseded": 4}
        engine = ScriptedEngine()
        assert run(workspace, calls, engine) == ["skipped", "skipped"]
        records = [workspace.record(call) for call in workspace.calls.ids()]
        assert [o.status for o in reread(night(workspace, engine), records)] == ["skipped", "skipped"]
        assert [o.status for o in rescore(night(workspace, engine), records)] == ["skipped", "skipped"]
        assert (engine.transcriber.n_calls, engine.reader.n_calls) == (0, 0)


def _leave_a_trial(workspace: Workspace) -> None:
    """Judge the first call by another reader and record nothing, as a trial of a rubric does: four results."""
    first = workspace.record(next(workspace.calls.ids()))
    judges = Judges(ScriptedReader("another reader"))
    keeper = Keeper(workspace.objects)
    Judgement(heard(workspace, first), find_rubric("discovery"), judges, keeper=keeper).judge(today=THURSDAY)


class TestWhatNothingNeeds:
    def test_results_without_any_review_go_only_when_asked(self, workspace: Workspace, calls: Path) -> None:
        run(workspace, calls)
        for call in list(workspace.calls.ids())[:1]:
            for path in (workspace.root / "calls" / call).iterdir():
                path.unlink()
            (workspace.root / "calls" / call).rmdir()
        assert swept(workspace) == []
        # ingest, transcribe, diarize, attribute, measure, track, observe, verify, score, draft: all but the rubric
        assert kinds(swept(workspace, "unfinished")) == {"unfinished": 10}

    def test_temporary_files_and_parts_of_an_index_go(self, workspace: Workspace, calls: Path) -> None:
        run(workspace, calls)
        left = [
            workspace.root / "calls" / f".r.000001.json.{'0' * 32}.tmp",
            workspace.root / "index.new",
            workspace.root / "index.new.wal",
            workspace.root / "index.duckdb.wal",
        ]
        for path in left:
            path.write_bytes(b"x")
        assert {Path(each.name) for each in swept(workspace)} == set(left)

    def test_the_log_of_an_index_that_is_there_stays(self, workspace: Workspace, calls: Path) -> None:
        run(workspace, calls)
        for name in ("index.duckdb", "index.duckdb.wal"):
            (workspace.root / name).write_bytes(b"x")
        assert swept(workspace) == []

    def test_sound_of_calls_that_are_gone(self, workspace: Workspace, calls: Path) -> None:
        run(workspace, calls)
        kept = workspace.record(next(workspace.calls.ids())).results["ingest"]
        key = sound_key(workspace.objects.get("ingest", kept, Recording)[0])
        folder = workspace.root / "cache" / "sound"
        folder.mkdir(parents=True)
        for stem in (key, "f" * 64):
            for ending in (".flac", ".npy", ".json"):
                (folder / f"{stem}{ending}").write_bytes(b"x")
        assert {Path(each.name).stem for each in swept(workspace)} == {"f" * 64}

    def test_requests_of_batches_that_are_over(self, workspace: Workspace) -> None:
        batches, at = Batches(workspace.root / "batches"), datetime(2026, 11, 1, tzinfo=UTC)
        for state, batch in (("cleared", "over"), ("submitted", "open")):
            record = BatchRecord(state=state, model="m", n_requests=1, prepared_at=at, at=at)
            batches.prepare(batch, (), record)
        (gone,) = swept(workspace)
        assert (Path(gone.name).parent.name, Path(gone.name).name) == ("over", "requests.jsonl")
        assert [batch for batch, _ in batches.all()] == ["open", "over"]

    def test_paid_answers_only_when_asked(self, workspace: Workspace) -> None:
        work = Work(stage="exchange", code=1, inputs=("a" * 64,), model="m")
        workspace.objects.put(
            work, Diarization(segments=(), exclusive=()), Provenance(stage="exchange", code_version="1")
        )
        assert swept(workspace) == []
        assert kinds(swept(workspace, "exchange")) == {"exchange": 1}

    def test_recordings_that_were_fetched_and_none_that_a_person_put_there(self, workspace: Workspace) -> None:
        folder = workspace.root / "recordings" / "bucket"
        folder.mkdir(parents=True)
        fetched, own = folder / "a.wav", folder / "own.wav"
        version = folder / f".{hashlib.sha256(b'a.wav').hexdigest()[:16]}.version"
        for path in (fetched, own, version):
            path.write_bytes(b"x")
        wish = Wish(optional=frozenset({"recording"}), fetched=workspace.root / "recordings")
        found = orphans(workspace, wish, now=lambda: LATER)
        assert {Path(each.name) for each in found} == {fetched, version}

    def test_results_outside_the_workspace_only_when_asked(self, tmp_path: Path, calls: Path) -> None:
        workspace = Workspace(tmp_path / "w", store=Store(objects=str(tmp_path / "shared")))
        run(workspace, calls)
        _leave_a_trial(workspace)
        assert swept(workspace) == []  # another workspace may need them
        found = orphans(workspace, Wish(elsewhere=True), now=lambda: LATER)
        assert kinds(list(found)) == {"superseded": 4}


class TestCaution:
    def test_nothing_of_the_last_hour_is_taken_however_short_the_age(self, workspace: Workspace) -> None:
        path = workspace.root / "calls" / f".r.000001.json.{'0' * 32}.tmp"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
        wish = Wish(older_than_s=0)
        assert orphans(workspace, wish) == ()
        os.utime(path, (time.time() - 3601,) * 2)
        assert [Path(each.name) for each in orphans(workspace, wish)] == [path]
        os.utime(path, (time.time() + 9999,) * 2)  # the clock was set back since
        assert orphans(workspace, wish) == ()

    def test_a_record_written_after_the_plan_saves_what_it_names(self, workspace: Workspace, calls: Path) -> None:
        run(workspace, calls)
        _leave_a_trial(workspace)
        started = time.time()
        found = orphans(workspace, Wish(), now=lambda: LATER)
        call = next(workspace.calls.ids())
        record = workspace.record(call)
        draft = next(Path(each.name).stem for each in found if each.name.startswith("draft/"))
        workspace.calls.append(call, record.model_copy(update={"results": {**record.results, "draft": draft}}))
        with pytest.raises(StoreError, match="record that is new"):
            take_away(workspace, found, planned_at=started)
        assert all(workspace.objects.blobs.exists(each.name) for each in found)

    def test_an_object_that_cannot_be_read_stops_it_before_anything_is_deleted(
        self, workspace: Workspace, calls: Path
    ) -> None:
        run(workspace, calls)
        _leave_a_trial(workspace)
        path = workspace.objects.path("draft", next(workspace.objects.keys("draft")))
        path.chmod(0o644)
        path.write_text("torn")
        before = files(workspace)
        with pytest.raises(StoreError, match="does not begin with its work"):
            swept(workspace)
        assert files(workspace) == before


STEPS = st.lists(st.sampled_from(["run", "hear anew", "correct", "trial", "break", "sweep"]), min_size=2, max_size=6)


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happened_every_record_can_be_read_and_a_night_has_nothing_to_do_again(
    steps: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    record(folder / "a.wav", seed=1)
    workspace, engine = Workspace(folder / "w"), ScriptedEngine()
    for step in ["run", *steps]:
        if step == "hear anew":
            engine = other(f"{engine.transcriber.identity}, again")
        if step == "break":
            broken = other("broken")
            broken.diarizer.failing = RuntimeError("no memory")
            broken.diarizer.identity = "broken"
            run(workspace, folder / "a.wav", broken)
        elif step == "trial":
            _leave_a_trial(workspace)
        elif step == "correct":
            call = next(workspace.calls.ids())
            said = RoleCorrection(speaker="S1", role="customer", anchor=None)
            at = datetime(2026, 11, 1, tzinfo=UTC)
            workspace.corrections.append(call, Corrections(call=call, roles=(said,), author="mark", at=at))
        elif step == "sweep":
            swept(workspace)
        else:
            run(workspace, folder / "a.wav", engine)
    run(workspace, folder / "a.wav", engine)
    swept(workspace)
    for call in workspace.calls.ids():
        assert all(workspace.result(each).draft for each in workspace.calls.all(call))
    assert run(workspace, folder / "a.wav", engine) == ["skipped"]
