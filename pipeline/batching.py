"""Owns nights that ask by batch: everything that can be done is done, what is missing is handed over, and so on."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.adapters.batch import BatchClient, Collected, Polled
from pipeline.adapters.kept_chat import CollectingChat
from pipeline.domain.chat import BATCH_SHARE, ChatRequest
from pipeline.domain.work import CallOutcome
from pipeline.errors import BudgetError, EndpointError
from pipeline.estimate import expense_of
from pipeline.ports import Exchanges
from pipeline.run import Night, Watcher, review_calls
from pipeline.stages.ingest import Candidate

POLL_S = 60.0
MOST_FAILED_POLLS = 30
MOST_IDLE_ROUNDS = 3
"""Rounds running that bring no answer at all, after which it is left for another night."""


def untold(_: str) -> None:
    """A listener that hears nothing."""


@dataclass
class Batching:
    """What a night by batches needs besides the night, whose language model is `collecting`.

    `refused` is what the endpoint will not answer, by request key; the night's model has to look into it.
    """

    client: BatchClient
    collecting: CollectingChat
    exchanges: Exchanges
    refused: dict[str, str] = field(default_factory=dict)
    budget_usd: float | None = None
    reserved_usd: float = 0.0
    """What this run has handed over, every answer counted as long as it may be."""
    wait: bool = True
    told: Callable[[str], None] = untold
    sleep: Callable[[float], None] = time.sleep

    def collect(self) -> Collected:
        """What the ended batches brought, kept by now."""
        collected = self.client.collect(self.exchanges)
        self.refused |= collected.refused
        for reason in collected.reasons:
            self.told(f"a batch was not carried out: {reason}")
        return collected


def review_in_batches(
    night: Night, candidates: Sequence[Candidate], batching: Batching, *, watcher: Watcher | None = None
) -> Iterator[CallOutcome]:
    """What became of each call, in the order in which that is known; those that still wait come last.

    Answers of batches that ended earlier, in whatever run, are taken first. It may be stopped at any moment, and the
    next run goes on: what was handed over is written down. Without `wait` it ends once everything is handed over.
    Raises: BudgetError before a batch that could pass the budget; EndpointError; StoreError.
    """
    left, idle = list(candidates), 0
    batching.client.poll()
    batching.collect()
    while left:
        waiting: list[CallOutcome] = []
        round_of, left = left, []
        batching.collecting.take()
        for candidate, outcome in zip(round_of, review_calls(night, round_of, watcher=watcher), strict=True):
            if outcome.status == "waiting":
                left.append(candidate)
                waiting.append(outcome)
            else:
                yield outcome
        if left:
            _hand_over(night, batching)
        if left and (not batching.wait or idle >= MOST_IDLE_ROUNDS):
            yield from waiting
            return
        if left:
            idle = 0 if _answered(batching) else idle + 1


def _hand_over(night: Night, batching: Batching) -> None:
    missing = batching.collecting.take()
    waiting = batching.client.waiting()
    _within_budget(night, batching, [r for r in missing if r.key(batching.client.identity) not in waiting])
    submitted = batching.client.submit(missing)
    if submitted.n_requests or submitted.n_waiting:
        batching.told(f"{submitted.n_requests} requests handed over, {submitted.n_waiting} wait since earlier")


def _within_budget(night: Night, batching: Batching, missing: Sequence[ChatRequest]) -> None:
    """Passes when these requests cannot cost more than the budget, each answer being as long as it may be."""
    if batching.budget_usd is None:
        return
    price = night.config.llm.prices.get(night.config.llm.model or "")
    most = (expense_of(missing, price).most_usd or 0.0) * BATCH_SHARE
    if batching.reserved_usd + most > batching.budget_usd:
        before = f", after ${batching.reserved_usd:.4f} handed over" if batching.reserved_usd else ""
        raise BudgetError(
            f"a batch of {len(missing)} requests could cost ${most:.4f}{before}: more than the budget of "
            f"${batching.budget_usd:g}",
            hint="raise --budget, or give fewer recordings at a time; this batch was not handed over",
        )
    batching.reserved_usd += most


def _answered(batching: Batching) -> bool:
    """Waits until a batch has ended; whether its answers, or refusals, lead any further."""
    polled = _polled(batching)
    while polled.n_ended == 0 and polled.n_waiting:
        batching.told(_words(polled))
        batching.sleep(POLL_S)
        polled = _polled(batching)
    collected = batching.collect()
    return bool(collected.n_answered or collected.refused)


def _polled(batching: Batching) -> Polled:
    """Where the batches stand. An endpoint that is gone for some minutes of a day is asked again, and it is said so."""
    for _ in range(MOST_FAILED_POLLS - 1):
        try:
            return batching.client.poll()
        except EndpointError as error:
            if error.lasting:
                raise
            batching.told(f"cannot ask where the batches stand, and will again: {error.message}")
            batching.sleep(POLL_S)
    return batching.client.poll()


def _words(polled: Polled) -> str:
    return "waiting for batches: " + ", ".join(sorted(polled.statuses.values()))
