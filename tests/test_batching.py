"""A night by batches ends as one that asks request by request, at half the price, and may be left at any time."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipeline.adapters.batch import BatchClient, Polled, RefusingChat
from pipeline.adapters.kept_chat import CollectingChat
from pipeline.batching import Batching, review_in_batches
from pipeline.domain.work import CallOutcome
from pipeline.errors import BudgetError, EndpointError
from pipeline.run import Night
from pipeline.stages.ingest import discover
from pipeline.store.batches import Batches
from pipeline.store.exchanges import KeptExchanges
from tests.adapters.chatting import ENVIRONMENT, FakeTime
from tests.batch_server import BatchServer, Body, Plan, completed
from tests.llm_night import llm_night
from tests.test_llm_night import PAID_USD, values
from tests.test_run import folder

__all__ = ["folder"]


def nothing_found(_: Body) -> tuple[int, Body]:
    return completed('{"found": []}')


def refused(_: Body) -> tuple[int, Body]:
    return 400, {"error": {"message": "this model is not for you", "type": "invalid_request_error", "code": None}}


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer(nothing_found) as running:
        yield running


@dataclass
class Setup:
    """A night by batches at some address; `told` is what its operator was told."""

    url: str
    workspace: Path
    told: list[str] = field(default_factory=list)

    def night(self, *, wait: bool = True, budget: float | None = None) -> tuple[Night, Batching]:
        night = llm_night(self.url, self.workspace)
        exchanges = KeptExchanges(night.workspace.objects)
        client = BatchClient(
            night.config.llm,
            Batches(self.workspace / "batches"),
            environment=ENVIRONMENT,
            clock=FakeTime().clock,
        )
        collecting = CollectingChat(client.identity, exchanges)
        batching = Batching(
            client,
            collecting,
            exchanges,
            budget_usd=budget,
            wait=wait,
            told=self.told.append,
            sleep=lambda _: time.sleep(0.01),
        )
        asking = llm_night(self.url, self.workspace, chat=RefusingChat(collecting, batching.refused))
        return replace(asking, workspace=night.workspace), batching

    def run(self, folder: Path, *, wait: bool = True, budget: float | None = None) -> list[CallOutcome]:
        night, batching = self.night(wait=wait, budget=budget)
        return list(review_in_batches(night, discover([folder]), batching))


@pytest.fixture
def setup(server: BatchServer, tmp_path: Path) -> Setup:
    return Setup(server.url, tmp_path / "w")


def test_all_calls_are_read_in_one_batch(setup: Setup, server: BatchServer, folder: Path) -> None:
    assert [o.status for o in setup.run(folder)] == ["done", "done"]
    assert len(server.batches) == 1
    assert set(server.executed.values()) == {1}


def test_it_ends_as_a_night_that_asks_one_by_one_at_half_the_price(
    setup: Setup, server: BatchServer, folder: Path
) -> None:
    setup.run(folder)
    space = llm_night(server.url, setup.workspace).workspace
    read = [
        next(p for p in space.result(space.record(call)).provenance if p.stage == "observe")
        for call in space.calls.ids()
    ]
    n = len(server.executed)
    assert sum(p.input_tokens for p in read) == 100 * n
    assert sum(p.cost_usd or 0 for p in read) == pytest.approx(n * PAID_USD / 2)


def test_without_waiting_it_hands_over_and_a_later_run_takes_the_answers(
    setup: Setup, server: BatchServer, folder: Path
) -> None:
    assert [o.status for o in setup.run(folder, wait=False)] == ["waiting", "waiting"]
    deadline = time.monotonic() + 30
    while len(server.executed) < 14 and not all(b.outcome for b in server.batches.values()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert [o.status for o in setup.run(folder, wait=False)] == ["done", "done"]
    assert len(server.batches) == 1
    assert set(server.executed.values()) == {1}


def test_run_again_before_the_answers_are_there_hands_nothing_over_twice(tmp_path: Path, folder: Path) -> None:
    with BatchServer(nothing_found, Plan(polls_needed=4)) as slow:
        setup = Setup(slow.url, tmp_path / "w")
        for _ in range(2):
            assert [o.status for o in setup.run(folder, wait=False)] == ["waiting", "waiting"]
        assert [o.status for o in setup.run(folder)] == ["done", "done"]
        assert len(slow.batches) == 1
        assert any("in_progress" in line for line in setup.told)


def test_expired_requests_go_into_the_next_batch_and_only_they(tmp_path: Path, folder: Path) -> None:
    with BatchServer(nothing_found, Plan(expired=3)) as server:
        setup = Setup(server.url, tmp_path / "w")
        assert [o.status for o in setup.run(folder)] == ["done", "done"]
        assert [b.n_requests for b in server.batches.values()] == [14, 3]
        assert set(server.executed.values()) == {1}


def test_refused_requests_set_their_calls_aside_and_are_not_sent_again_and_again(tmp_path: Path, folder: Path) -> None:
    with BatchServer(refused) as server:
        outcomes = Setup(server.url, tmp_path / "w").run(folder)
        assert [o.status for o in outcomes] == ["quarantined", "quarantined"]
        assert all("not for you" in (o.reason or "") for o in outcomes)
        assert len(server.batches) == 1


def test_an_endpoint_that_carries_nothing_out_is_left_for_another_night(tmp_path: Path, folder: Path) -> None:
    with BatchServer(nothing_found, Plan(invalid="token limit of the day reached")) as server:
        setup = Setup(server.url, tmp_path / "w")
        assert [o.status for o in setup.run(folder)] == ["waiting", "waiting"]
        assert len(server.batches) == 4
        assert any("token limit of the day" in line for line in setup.told)


def test_a_batch_that_could_pass_the_budget_is_not_handed_over(setup: Setup, server: BatchServer, folder: Path) -> None:
    with pytest.raises(BudgetError, match="14 requests"):
        setup.run(folder, budget=0.001)
    assert server.n_uploads == 0
    assert [o.status for o in setup.run(folder, budget=5.0)] == ["done", "done"]


def test_its_exchanges_are_those_that_a_night_without_batches_would_ask_for(
    setup: Setup, server: BatchServer, folder: Path
) -> None:
    setup.run(folder)
    assert len(values(setup.workspace, "exchange")) == len(server.executed) == 14


def test_the_budget_counts_every_batch_of_the_run(tmp_path: Path, folder: Path) -> None:
    with BatchServer(nothing_found, Plan(expired=14)) as server:  # the first batch brings nothing, and is asked again
        setup = Setup(server.url, tmp_path / "w")
        with pytest.raises(BudgetError, match="handed over"):
            setup.run(folder, budget=0.05)
        assert [b.n_requests for b in server.batches.values()] == [14]


def test_an_endpoint_that_is_gone_for_a_while_is_asked_again(setup: Setup, folder: Path) -> None:
    night, batching = setup.night()
    real, failures = batching.client.poll, iter([False, True, True])

    def poll() -> Polled:
        if next(failures, False):
            raise EndpointError("nobody there", hint="wait")
        return real()

    batching.client.poll = poll  # type: ignore[method-assign]
    assert [o.status for o in review_in_batches(night, discover([folder]), batching)] == ["done", "done"]
    assert sum("nobody there" in line for line in setup.told) == 2


def test_what_an_earlier_run_handed_over_is_not_in_a_later_one_s_budget(tmp_path: Path, folder: Path) -> None:
    with BatchServer(nothing_found, Plan(polls_needed=3)) as slow:
        setup = Setup(slow.url, tmp_path / "w")
        assert [o.status for o in setup.run(folder, wait=False)] == ["waiting", "waiting"]
        assert [o.status for o in setup.run(folder, budget=0.0001)] == ["done", "done"]
        assert len(slow.batches) == 1
