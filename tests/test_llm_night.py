"""A night with a language model: nothing is asked twice, whatever happens, as counted on the server's side."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.domain.rubric import LoadedRubric
from pipeline.errors import BudgetError
from pipeline.rubrics import content_hash, find_rubric
from pipeline.run import review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.conftest import CHECKOUT
from tests.fault_server import FaultServer, Reply, answer, error
from tests.llm_night import PARALLEL, llm_night
from tests.test_run import folder

__all__ = ["folder"]

NOTHING = answer('{"found": []}')
PAID_USD = (100 * 1.0 + 10 * 2.0) / 1e6
"""What the double counts for each answer, at the prices of the night."""


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(NOTHING) as running:
        yield running


def statuses(url: str, workspace: Path, folder: Path, **settings: object) -> list[str]:
    night = llm_night(url, workspace, **settings)  # type: ignore[arg-type]
    return [outcome.status for outcome in review_calls(night, discover([folder]))]


def values(workspace: Path, stage: str) -> dict[str, bytes]:
    """The bytes of each result of a stage, less its provenance, which has the time it took."""
    kept = {}
    for path in sorted((workspace / "objects" / stage).glob("??/*.json")):
        kept[path.stem] = path.read_bytes().split(b'"value":', 1)[1]
    return kept


def other_wording(capability: int) -> LoadedRubric:
    """The discovery rubric with one behaviour of one capability told otherwise."""
    changed = find_rubric("discovery").rubric.model_dump(mode="json")
    behaviours = changed["capabilities"][capability]["behaviours"]
    next(b for b in behaviours if b["measure"] is None)["text"] += " In the first minute."
    rubric = type(find_rubric("discovery").rubric).model_validate(changed)
    return LoadedRubric(rubric=rubric, sha256=content_hash(rubric))


def test_a_finished_night_again_sends_nothing(server: FaultServer, folder: Path, tmp_path: Path) -> None:
    assert statuses(server.url, tmp_path / "w", folder) == ["done", "done"]
    asked = server.n_requests
    assert asked >= 4
    assert statuses(server.url, tmp_path / "w", folder) == ["skipped", "skipped"]
    assert server.n_requests == asked


def test_one_capability_s_new_text_sends_that_capability_s_requests_only(
    server: FaultServer, folder: Path, tmp_path: Path
) -> None:
    statuses(server.url, tmp_path / "w", folder)
    asked = server.n_requests
    assert statuses(server.url, tmp_path / "w", folder, rubric=other_wording(0)) == ["done", "done"]
    assert server.n_requests == asked + 2  # one for each of the two calls


def test_what_was_read_knows_what_it_used(server: FaultServer, folder: Path, tmp_path: Path) -> None:
    statuses(server.url, tmp_path / "w", folder)
    space = Workspace(tmp_path / "w")
    results = [space.result(space.record(call)) for call in space.calls.ids()]
    read = [next(p for p in result.provenance if p.stage == "observe") for result in results]
    assert sum(p.input_tokens for p in read) == 100 * server.n_requests
    assert sum(p.output_tokens for p in read) == 10 * server.n_requests
    assert sum(p.cost_usd or 0 for p in read) == pytest.approx(server.n_requests * PAID_USD)


def test_a_replay_sends_nothing_and_gives_equal_bytes(server: FaultServer, folder: Path, tmp_path: Path) -> None:
    statuses(server.url, tmp_path / "w", folder)
    asked, stages = server.n_requests, ("observe", "verify", "score", "draft")
    first = {stage: values(tmp_path / "w", stage) for stage in stages}
    for stage in stages:
        for path in (tmp_path / "w" / "objects" / stage).glob("??/*.json"):
            path.unlink()
    assert statuses(server.url, tmp_path / "w", folder, replay=True) == ["done", "done"]
    assert {stage: values(tmp_path / "w", stage) for stage in stages} == first
    assert server.n_requests == asked


def test_a_replay_of_what_was_never_answered_waits_and_names_it(
    server: FaultServer, folder: Path, tmp_path: Path
) -> None:
    outcomes = list(review_calls(llm_night(server.url, tmp_path / "w", replay=True), discover([folder])))
    assert [o.status for o in outcomes] == ["waiting", "waiting"]
    assert all("never answered" in (o.reason or "") for o in outcomes)
    assert server.n_requests == 0


def test_a_budget_ends_the_night_before_it_is_passed_and_a_larger_one_goes_on(folder: Path, tmp_path: Path) -> None:
    each = (1000 * 1.0 + 500 * 2.0) / 1e6  # at the prices of the night; 14 requests cost 0.028
    dear = answer('{"found": []}', usage={"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500})
    with FaultServer(dear) as server:
        night = llm_night(server.url, tmp_path / "w", budget=0.012)
        with pytest.raises(BudgetError):
            list(review_calls(night, discover([folder])))
        assert 0 < server.n_requests * each <= 0.012
        assert statuses(server.url, tmp_path / "w", folder, budget=5.0) == ["done", "done"]
        needed = server.n_requests
        assert statuses(server.url, tmp_path / "fresh", folder) == ["done", "done"]
        assert server.n_requests - needed == needed  # nothing of what was paid before was asked again


def test_a_budget_that_is_enough_for_what_answers_really_cost_ends_no_night(
    server: FaultServer, folder: Path, tmp_path: Path
) -> None:
    """At their worst, three at a time could cost more than the budget; they wait for each other."""
    assert statuses(server.url, tmp_path / "w", folder, budget=0.012) == ["done", "done"]


def test_an_endpoint_that_is_down_sets_calls_aside_and_the_next_night_asks_only_what_is_missing(
    folder: Path, tmp_path: Path
) -> None:
    refused = error(401, "bad key", code="invalid_api_key")
    with FaultServer(NOTHING, NOTHING, refused) as server:
        assert statuses(server.url, tmp_path / "w", folder) == ["quarantined", "quarantined"]
        kept = 2
        assert len(values(tmp_path / "w", "exchange")) == kept
    with FaultServer(NOTHING) as server:
        assert statuses(server.url, tmp_path / "w", folder) == ["done", "done"]
        assert len(values(tmp_path / "w", "exchange")) == server.n_requests + kept


def test_killed_at_any_request_it_repeats_at_most_those_in_flight(folder: Path, tmp_path: Path) -> None:
    slow = Reply(body=NOTHING.body, delay_s=0.1)
    with FaultServer(slow) as server:
        command = [sys.executable, "-m", "tests.llm_night", server.url, str(tmp_path / "w"), str(folder)]
        n_kills = 0
        for at in (1, 4, 8):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=CHECKOUT)
            deadline = time.monotonic() + 60
            while process.poll() is None and server.n_requests < at:
                assert time.monotonic() < deadline
                time.sleep(0.005)
            n_kills += process.poll() is None
            process.kill()
            process.communicate()
        assert n_kills == 3
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=CHECKOUT, timeout=60)
        assert done.stdout.strip() == "['done', 'done']"
        needed = len(values(tmp_path / "w", "exchange"))
        assert needed <= server.n_requests <= needed + n_kills * PARALLEL


def test_what_the_model_failed_on_is_told_once_beside_a_call_that_is_done(folder: Path, tmp_path: Path) -> None:
    with FaultServer(answer("Hello there.")) as server:
        outcomes = list(review_calls(llm_night(server.url, tmp_path / "w"), discover([folder])))
        assert [o.status for o in outcomes] == ["done", "done"]
        assert all("behaviours not read: model_failed: no JSON" in (o.reason or "") for o in outcomes)
        assert all(f"filmroom show {o.call}" in (o.hint or "") for o in outcomes)
        again = list(review_calls(llm_night(server.url, tmp_path / "w"), discover([folder])))
        assert [(o.status, o.reason) for o in again] == [("skipped", None), ("skipped", None)]
