"""A whole call read and drafted by a real model behind a real OpenAI-compatible server."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.adapters.json_text import json_object
from pipeline.adapters.kept_chat import ReplayChat
from pipeline.domain.chat import Exchange
from pipeline.domain.draft_lint import lint_draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.result import CallResult
from pipeline.run import review_calls
from pipeline.stages.ingest import discover
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.workspace import Workspace
from tests.llama_server import Served
from tests.llm_night import llm_night
from tests.test_llm_night import values
from tests.test_run import record

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Night:
    """What came of one call: asked once for all tests of this file, since a small model takes its time."""

    workspace: Path
    recordings: Path
    result: CallResult


@pytest.fixture(scope="module")
def reviewed(llama_small: Served, tmp_path_factory: pytest.TempPathFactory) -> Night:
    root = tmp_path_factory.mktemp("night")
    (root / "calls").mkdir()
    record(root / "calls" / "a.wav", seed=1)
    night = llm_night(llama_small.url, root / "w", model=llama_small.model, drafts=True)
    (outcome,) = review_calls(night, discover([root / "calls"]))
    assert outcome.status == "done", outcome.reason
    return Night(root / "w", root / "calls", night.workspace.result(night.workspace.record(outcome.call or "")))


def exchanges(workspace: Path) -> list[Exchange]:
    kept = sorted((workspace / "objects" / "exchange").glob("??/*.json"))
    return [Exchange.model_validate(json.loads(path.read_bytes())["value"]) for path in kept]


def test_every_shown_quote_is_a_slice_and_every_answer_is_valid_after_repair(
    reviewed: Night,
) -> None:
    result = reviewed.result
    turns = {turn.id: turn.text for turn in result.conversation.turns}
    assert all(observation.text in turns[observation.quote.turn_id] for observation in result.observations)
    unread = [verdict.reason for verdict in result.assessment.verdicts if verdict.state == "unread"]
    assert not any("model_failed" in reason for reason in unread)
    asked = exchanges(reviewed.workspace)
    assert len(asked) >= 4
    first_asked = [e for e in asked if not any(m.role == "assistant" for m in e.request.messages)]
    repairs = len(asked) - len(first_asked)
    bad = [e for e in asked if json_object(e.text) is None]
    assert len(bad) <= repairs, "an answer without JSON was not repaired"


def test_the_draft_is_clean_whatever_the_model_says(reviewed: Night) -> None:
    result = reviewed.result
    evidence = Evidence(
        conversation=result.conversation,
        rubric=result.rubric,
        metrics=result.metrics,
        observations=result.observations,
        assessment=result.assessment,
    )
    assert lint_draft(result.draft, evidence) == ()
    assert result.draft.phrasing.by == "model" or result.draft.phrasing.reason


def test_a_replay_gives_equal_bytes_with_the_server_away(reviewed: Night, llama_small: Served, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    shutil.copytree(reviewed.workspace, workspace)
    stages = ("observe", "verify", "score", "draft")
    first = {stage: values(workspace, stage) for stage in stages}
    for stage in stages:
        for path in (workspace / "objects" / stage).glob("??/*.json"):
            path.unlink()
    away = "http://127.0.0.1:9/v1"
    kept = KeptExchanges(Workspace(workspace).objects)
    replaying = ReplayChat(exchanges(workspace)[0].model, kept)
    night = llm_night(away, workspace, model=llama_small.model, drafts=True, chat=replaying)
    (outcome,) = review_calls(night, discover([reviewed.recordings]))
    assert outcome.status == "done", outcome.reason
    assert {stage: values(workspace, stage) for stage in stages} == first
