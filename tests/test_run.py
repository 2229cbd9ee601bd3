"""The spine: nothing is done twice, a failure keeps what is done, one bad file never stops the rest."""

import json
import wave
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.config import Config
from pipeline.correct import correct_roles
from pipeline.domain.base import Value
from pipeline.domain.provenance import Provenance
from pipeline.domain.work import STAGES, CallOutcome
from pipeline.errors import BudgetError, NotAnsweredError, StageError
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.index import Index
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace
from pipeline.trackers import find_trackers
from tests.scripted import ScriptedEngine, ScriptedReader

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def record(path: Path, *, seed: int = 0, consent: str | None = "yes") -> Path:
    """A wav of 2 s of noise, different for each seed, with a sidecar."""
    noise = np.random.default_rng(seed).integers(-9000, 9000, 16_000, dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(noise.tobytes())
    if consent:
        path.with_suffix(".json").write_text(json.dumps({"consent": consent, "rep": "Ann"}))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    calls = tmp_path / "calls"
    calls.mkdir()
    record(calls / "a.wav", seed=1)
    record(calls / "b.wav", seed=2)
    return calls


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def night(tmp_path: Path, engine: ScriptedEngine) -> Night:
    return Night(Workspace(tmp_path / "w"), Config(), engine, find_rubric("discovery"), now=lambda: NOW)


def review(night: Night, *paths: Path) -> list[CallOutcome]:
    return list(review_calls(night, discover(paths)))


def stored(night: Night) -> dict[str, bytes]:
    root = night.workspace.root
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_a_call_goes_from_sound_to_draft_with_a_result_for_each_stage(night: Night, folder: Path) -> None:
    outcomes = review(night, folder / "a.wav")
    assert [o.status for o in outcomes] == ["done"]
    record = night.workspace.record(outcomes[0].call or "")
    assert set(record.results) == set(STAGES)
    result = night.workspace.result(record)
    assert result.draft.text
    assert [p.stage for p in result.provenance] == list(STAGES)
    turns = {t.id: t.text for t in result.conversation.turns}
    assert result.observations
    assert all(o.text in turns[o.quote.turn_id] for o in result.observations)


def test_the_same_again_does_nothing(night: Night, engine: ScriptedEngine, folder: Path) -> None:
    review(night, folder)
    before = stored(night)
    assert [o.status for o in review(night, folder)] == ["skipped", "skipped"]
    assert stored(night) == before
    assert (engine.transcriber.n_calls, engine.diarizer.n_calls, engine.reader.n_calls) == (2, 2, 2)


def test_a_file_under_another_name_is_the_same_call(night: Night, engine: ScriptedEngine, folder: Path) -> None:
    first = review(night, folder / "a.wav")[0]
    (folder / "copy.wav").write_bytes((folder / "a.wav").read_bytes())
    (folder / "copy.json").write_text((folder / "a.json").read_text())
    second = review(night, folder / "copy.wav")[0]
    assert (second.call, second.status) == (first.call, "skipped")
    assert engine.transcriber.n_calls == 1


def test_records_name_files_by_paths_that_hold_wherever_a_later_command_starts(
    night: Night, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "bad.wav").write_bytes(b"x")
    (folder / "bad.json").write_text('{"consent": "yes"}')
    monkeypatch.chdir(folder)
    outcomes = review(night, Path("a.wav"), Path("../calls/bad.wav"))
    assert [str(o.path) for o in outcomes] == ["a.wav", "../calls/bad.wav"]  # people are answered in their own words
    record = night.workspace.record("c")
    assert (record.path, record.files) == (folder / "a.wav", (folder / "a.wav",))
    assert [q.path for q in night.workspace.quarantined()] == [folder / "bad.wav"]
    monkeypatch.chdir(folder.parent)
    (folder / "bad.wav").write_bytes((folder / "b.wav").read_bytes())
    assert [o.status for o in review(night, Path("calls/a.wav"), Path("calls/bad.wav"))] == ["skipped", "done"]
    assert list(night.workspace.quarantined()) == []  # the same file, by another path


def test_consent_withdrawn_later_sets_the_recording_aside_and_the_review_says_so(night: Night, folder: Path) -> None:
    review(night, folder)
    record(folder / "a.wav", seed=1, consent="no")
    assert [o.status for o in review(night, folder)] == ["quarantined", "skipped"]
    told = {
        r.path.name: night.workspace.set_aside_since(r)
        for r in map(night.workspace.record, night.workspace.calls.ids())
    }
    assert told["b.wav"] is None
    assert "did not consent" in (told["a.wav"].reason if told["a.wav"] else "")


def test_a_corrupt_file_is_set_aside_and_the_others_finish(night: Night, folder: Path) -> None:
    (folder / "aa.wav").write_bytes(b"RIFF\x00\x00not a recording")
    (folder / "aa.json").write_text('{"consent": "yes"}')
    outcomes = {o.path.name: o for o in review(night, folder)}
    assert {name: o.status for name, o in outcomes.items()} == {
        "a.wav": "done",
        "aa.wav": "quarantined",
        "b.wav": "done",
    }
    assert (outcomes["aa.wav"].reason or "").startswith("ingest: ")
    assert outcomes["aa.wav"].hint
    aside = list(night.workspace.quarantined())
    assert [(q.path.name, q.stage) for q in aside] == [("aa.wav", "ingest")]


def test_without_consent_nothing_is_decoded_and_the_call_is_set_aside(
    night: Night, engine: ScriptedEngine, tmp_path: Path
) -> None:
    path = record(tmp_path / "c.wav", consent=None)

    class Untouchable:
        def __getattr__(self, name: str) -> None:
            raise AssertionError(f"{name} was used before consent was known")

    engine.audio = Untouchable()  # type: ignore[assignment]
    outcome = review(night, path)[0]
    assert outcome.status == "quarantined"
    assert "consent" in (outcome.reason or "")


def test_a_broken_diarizer_leaves_the_transcript_and_a_retry_does_only_the_rest(
    night: Night, engine: ScriptedEngine, folder: Path
) -> None:
    engine.diarizer.failing = StageError("diarize", "out of memory", hint="retry")
    outcome = review(night, folder / "a.wav")[0]
    assert (outcome.status, (outcome.reason or "").split(":")[0]) == ("quarantined", "diarize")
    assert len(list(night.workspace.objects.keys("transcribe"))) == 1
    engine.diarizer.failing = None
    assert review(night, folder / "a.wav")[0].status == "done"
    assert engine.transcriber.n_calls == 1
    assert list(night.workspace.quarantined()) == []


def test_an_unexpected_failure_stops_one_call_only_and_is_named(
    night: Night, engine: ScriptedEngine, folder: Path
) -> None:
    engine.reader.failing = ZeroDivisionError("by nought")
    outcomes = review(night, folder)
    assert [o.status for o in outcomes] == ["quarantined", "quarantined"]
    assert "observe" in (outcomes[0].reason or "")
    assert "ZeroDivisionError" in (outcomes[0].reason or "")


@pytest.mark.parametrize("stage", [s for s in STAGES if s != "ingest"])
def test_killed_at_any_stage_a_second_run_repeats_that_stage_only(
    night: Night, folder: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """A kill is an exception that nothing catches, raised as the stage's result is about to be kept."""
    objects = night.workspace.objects
    put = objects.put
    kept: list[str] = []

    class Killed(BaseException):
        pass

    def killing_put(work: Work, value: Value, provenance: Provenance) -> str:
        if work.stage == stage and "killed" not in kept:
            kept.append("killed")
            raise Killed
        kept.append(work.stage)
        return put(work, value, provenance)

    monkeypatch.setattr(objects, "put", killing_put)
    with pytest.raises(Killed):
        review(night, folder / "a.wav")
    assert review(night, folder / "a.wav")[0].status == "done"
    done = [s for s in kept if s in STAGES]
    assert sorted(done) == sorted(STAGES)


def test_another_reader_reads_again_and_hears_nothing_again(night: Night, engine: ScriptedEngine, folder: Path) -> None:
    review(night, folder / "a.wav")
    engine.reader = ScriptedReader("another reader")
    assert review(night, folder / "a.wav")[0].status == "done"
    assert (engine.transcriber.n_calls, engine.diarizer.n_calls, engine.reader.n_calls) == (1, 1, 1)


def test_a_correction_by_hand_survives_every_later_run(night: Night, engine: ScriptedEngine, folder: Path) -> None:
    call = review(night, folder / "a.wav")[0].call or ""
    record = night.workspace.record(call)
    inferred = {s.label: s.role for s in night.workspace.result(record).conversation.speakers}
    assert inferred == {"S1": "rep", "S2": "customer"}
    correct_roles(night.workspace, record, ["S1=customer", "S2=rep"], author="kim", now=NOW)
    for _ in range(2):
        review(night, folder / "a.wav")
        speakers = night.workspace.result(night.workspace.record(call)).conversation.speakers
        assert {s.label: (s.role, s.source) for s in speakers} == {
            "S1": ("customer", "person"),
            "S2": ("rep", "person"),
        }
    assert (engine.transcriber.n_calls, engine.diarizer.n_calls) == (1, 1)


def test_changed_metadata_asks_no_model_again(night: Night, engine: ScriptedEngine, folder: Path) -> None:
    review(night, folder / "a.wav")
    (folder / "a.json").write_text(json.dumps({"consent": "yes", "rep": "Ann", "deal": "D-7"}))
    assert review(night, folder / "a.wav")[0].status == "done"
    assert night.workspace.result(night.workspace.record("c")).recording.metadata.deal == "D-7"
    assert (engine.transcriber.n_calls, engine.diarizer.n_calls, engine.reader.n_calls) == (1, 1, 1)


def test_the_index_rebuilt_from_files_equals_the_one_kept_up_to_date(night: Night, folder: Path) -> None:
    space = night.workspace
    (folder / "bad.wav").write_bytes(b"x")
    (folder / "bad.json").write_text('{"consent": "yes"}')
    review(night, folder / "a.wav")
    with Index(space.index_path) as index:
        assert space.refresh_index(index).changed == 1
    review(night, folder)
    with Index(space.index_path) as index:
        assert space.refresh_index(index).changed == 2  # b.wav is new, bad.wav is set aside
        assert space.refresh_index(index).changed == 0
        kept = index.content()
    space.rebuild_index()
    with Index(space.index_path) as index:
        assert index.content() == kept
    assert len(kept["calls"]) == 2
    assert len(kept["quarantine"]) == 1


class Noted:
    """A watcher that notes what it is told."""

    def __init__(self) -> None:
        self.shares: dict[str, list[float]] = {}
        self.finished: list[str] = []

    def call_started(self, path: Path, number: int, of: int) -> None:
        assert 1 <= number <= of

    def stage_at(self, stage: str, share: float) -> None:
        self.shares.setdefault(stage, []).append(share)

    def call_finished(self, outcome: CallOutcome) -> None:
        self.finished.append(outcome.status)


@pytest.fixture
def noted(night: Night, folder: Path) -> Noted:
    watcher = Noted()
    list(review_calls(night, discover([folder / "a.wav"]), watcher=watcher))
    return watcher


def test_a_watcher_sees_every_stage_to_its_end(noted: Noted) -> None:
    assert set(noted.shares) == set(STAGES)
    assert all(shares == sorted(shares) and shares[-1] == 1.0 for shares in noted.shares.values())
    assert noted.finished == ["done"]


def test_consent_said_for_the_whole_run_is_on_record(night: Night, tmp_path: Path) -> None:
    path = record(tmp_path / "c.wav", consent=None)
    said = Night(night.workspace, Config(consent="assumed"), night.engine, night.rubric, now=night.now)
    assert review(said, path)[0].status == "done"
    assert night.workspace.result(night.workspace.record("c")).recording.metadata.consent == "yes"


def test_a_call_whose_answers_are_not_there_yet_waits_and_is_not_set_aside(
    night: Night, engine: ScriptedEngine, folder: Path
) -> None:
    engine.reader.failing = NotAnsweredError("8 requests are in a batch", hint="run again later")
    outcomes = review(night, folder)
    assert [(o.status, o.reason, o.hint) for o in outcomes] == [
        ("waiting", "8 requests are in a batch", "run again later")
    ] * 2
    assert list(night.workspace.quarantined()) == []
    assert list(night.workspace.calls.ids()) == []
    engine.reader.failing = None
    assert [o.status for o in review(night, folder)] == ["done", "done"]
    assert engine.transcriber.n_calls == 2


def test_a_spent_budget_ends_the_run_and_sets_nothing_aside(night: Night, engine: ScriptedEngine, folder: Path) -> None:
    candidates = discover([folder])
    outcomes = review_calls(night, candidates)
    assert next(outcomes).status == "done"
    engine.reader.failing = BudgetError("$5.00 would be passed", hint="raise --budget, or go on tomorrow")
    with pytest.raises(BudgetError, match=r"\$5\.00"):
        next(outcomes)
    assert list(night.workspace.quarantined()) == []
    engine.reader.failing = None
    assert [o.status for o in review(night, folder)] == ["skipped", "done"]
    assert engine.transcriber.n_calls == 2


def test_a_call_is_read_against_the_rubric_of_its_stated_stage(night: Night, folder: Path) -> None:
    (folder / "a.json").write_text('{"consent": "yes", "stage": "closing"}')
    by_stage = {"closing": find_rubric("closing"), "demo": find_rubric("demo")}
    outcomes = {o.path.name: o for o in review(replace(night, by_stage=by_stage), folder)}
    rubrics = {
        name: night.workspace.result(night.workspace.record(o.call or "")).rubric.id for name, o in outcomes.items()
    }
    assert rubrics == {"a.wav": "closing", "b.wav": "discovery"}


def test_what_trackers_find_is_the_call_s_own_and_a_new_word_is_looked_for_again(
    night: Night, engine: ScriptedEngine, folder: Path
) -> None:
    (outcome,) = review(replace(night, trackers=find_trackers()), folder / "a.wav")
    found = night.workspace.result(night.workspace.record(outcome.call or "")).tracking
    assert found is not None
    assert {tracked.tracker for tracked in found.trackers} == {"competitor", "next_step", "objection", "price"}
    fewer = find_trackers()[:2]
    assert [o.status for o in review(replace(night, trackers=fewer), folder / "a.wav")] == ["done"]
    assert engine.reader.n_calls == 1


def test_a_call_reviewed_before_there_were_trackers_can_still_be_shown(night: Night, folder: Path) -> None:
    (outcome,) = review(night, folder / "a.wav")
    record = night.workspace.record(outcome.call or "")
    before = record.model_copy(update={"results": {s: k for s, k in record.results.items() if s != "track"}})
    assert night.workspace.result(before).tracking is None
    assert night.workspace.result(before).draft == night.workspace.result(record).draft
