"""A night after something was withheld: drafts are made anew, and nothing else is done again."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.domain.stability import Withheld
from pipeline.rescore import rescore
from pipeline.rubrics import load_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine
from tests.workbench.calls import NOW, TalkativeTranscriber, WordReader, records
from tests.workbench.rubrics import written

UNSTEADY = Withheld(behaviour="plan_asked", cause="readings", why="3 of 9 pairs of readings differ: 33%, above 20%")
TEXT = """Rep: Hi, this is Ann from Heron Lane. I have read about your three sites. I will take notes while we talk.
Customer: Sure, go ahead please.
Rep: So how do you plan the week today, and who is it that makes the plan in the end?
Customer: We use one large spreadsheet and it takes me four hours every Sunday night.
Rep: What does that cost you in a month, all told?
Customer: I would guess three thousand dollars.
"""


@pytest.fixture
def engine() -> ScriptedEngine:
    engine = ScriptedEngine()
    engine.reader, engine.transcriber = WordReader(), TalkativeTranscriber()
    return engine


@pytest.fixture
def night(tmp_path: Path, engine: ScriptedEngine) -> Night:
    (tmp_path / "a.txt").write_text(TEXT)
    rubric = load_rubric(written(tmp_path))
    return Night(Workspace(tmp_path / "w"), Config(consent="assumed"), engine, rubric, now=lambda: NOW)


def withholding(night: Night, *withheld: Withheld, rubric: str = "small") -> Night:
    return replace(night, withheld={rubric: withheld} if withheld else {})


def review(night: Night, folder: Path) -> str:
    (outcome,) = review_calls(night, discover([folder / "a.txt"]))
    assert outcome.status != "quarantined", outcome.reason
    return outcome.status


def results(night: Night) -> dict[str, str]:
    (record,) = records(night.workspace)
    return {str(stage): key for stage, key in record.results.items()}


def test_a_changed_set_redoes_drafting_alone(night: Night, engine: ScriptedEngine, tmp_path: Path) -> None:
    assert review(night, tmp_path) == "done"
    before = results(night)
    assert review(withholding(night, UNSTEADY), tmp_path) == "done"
    after = results(night)
    assert {stage for stage in before if before[stage] != after[stage]} == {"draft"}
    assert engine.reader.n_calls == 1
    assert review(withholding(night, UNSTEADY), tmp_path) == "skipped"


def test_the_draft_rests_on_something_else_and_the_scorecard_keeps_the_verdict(night: Night, tmp_path: Path) -> None:
    review(night, tmp_path)
    usual = night.workspace.result(records(night.workspace)[0])
    assert usual.draft.strength is not None
    assert usual.draft.strength.behaviour == "plan_asked"
    review(withholding(night, UNSTEADY), tmp_path)
    other = night.workspace.result(records(night.workspace)[0])
    assert other.draft.strength is not None
    assert other.draft.strength.behaviour == "cost_asked"
    assert other.draft.withheld == (UNSTEADY,)
    assert other.assessment == usual.assessment
    assert other.assessment.verdict("plan_asked").state == "shown"


def test_with_nothing_withheld_any_more_the_first_draft_is_found_again(night: Night, tmp_path: Path) -> None:
    review(night, tmp_path)
    first = results(night)
    review(withholding(night, UNSTEADY), tmp_path)
    review(night, tmp_path)
    assert results(night) == first


def test_what_is_withheld_of_another_rubric_changes_nothing(night: Night, tmp_path: Path) -> None:
    review(night, tmp_path)
    assert review(withholding(night, UNSTEADY, rubric="other"), tmp_path) == "skipped"


def test_rescoring_withholds_as_a_night_does(night: Night, tmp_path: Path) -> None:
    review(night, tmp_path)
    (outcome,) = rescore(withholding(night, UNSTEADY), records(night.workspace))
    assert outcome.status == "done"
    assert night.workspace.result(records(night.workspace)[0]).draft.withheld == (UNSTEADY,)
