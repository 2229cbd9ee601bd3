"""Language models that remember: what was answered once is never asked again, and what was not can be collected."""

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.domain.chat import ChatRequest, Exchange
from pipeline.errors import NotAnsweredError
from pipeline.ports import ChatModel, Exchanges, Progress, silent

_NAMED = 3


class Asked(Protocol):
    """A language model that hands over each exchange as soon as it is there."""

    @property
    def identity(self) -> str:
        """As that of `ChatModel`."""
        ...

    def ask(
        self, requests: Sequence[ChatRequest], *, progress: Progress = silent, keep: Callable[[Exchange], None]
    ) -> tuple[Exchange, ...]:
        """As `ChatModel.ask`; `keep` is called with each exchange, in any thread, also when another request fails."""
        ...


class KeptChat:
    """Asks only what was never answered, each request once, and keeps each answer at once; fulfils `ChatModel`."""

    def __init__(self, chat: Asked, exchanges: Exchanges) -> None:
        self.identity = chat.identity
        self._chat = chat
        self._exchanges = exchanges

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """As `ChatModel.ask`."""
        known, missing = _recalled(self._exchanges, self.identity, requests)
        if missing:
            asked = self._chat.ask(tuple(missing.values()), progress=progress, keep=self._exchanges.keep)
            known |= dict(zip(missing, asked, strict=True))
        progress(1.0)
        return tuple(known[request.key(self.identity)] for request in requests)


class ReplayChat:
    """Answers from what was kept, and sends nothing; fulfils `ChatModel`."""

    def __init__(self, identity: str, exchanges: Exchanges) -> None:
        self.identity = identity
        self._exchanges = exchanges

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """As `ChatModel.ask`. Raises: NotAnsweredError naming what was never answered."""
        known, missing = _recalled(self._exchanges, self.identity, requests)
        if missing:
            raise NotAnsweredError(
                f"never answered by {self.identity}: {_named(tuple(missing.values()))}",
                hint="run without --replay to ask it; a changed prompt, rubric, model or setting makes another request",
            )
        progress(1.0)
        return tuple(known[request.key(self.identity)] for request in requests)


class CollectingChat:
    """Answers from what was kept, and gathers what is missing instead of sending it; fulfils `ChatModel`."""

    def __init__(self, identity: str, exchanges: Exchanges) -> None:
        self.identity = identity
        self.missing: list[ChatRequest] = []
        """What would have to be asked, each request once, in the order in which it was wanted."""
        self._exchanges = exchanges
        self._keys: set[str] = set()

    def take(self) -> tuple[ChatRequest, ...]:
        """What was gathered, which is then forgotten: asked for again, it is gathered anew."""
        taken = tuple(self.missing)
        self.missing.clear()
        self._keys.clear()
        return taken

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """As `ChatModel.ask`. Raises: NotAnsweredError once all that is missing of these was gathered."""
        known, missing = _recalled(self._exchanges, self.identity, requests)
        self.missing += [request for key, request in missing.items() if key not in self._keys]
        self._keys |= missing.keys()
        if missing:
            raise NotAnsweredError(
                f"{len(missing)} of {len(requests)} requests wait for an answer: {_named(tuple(missing.values()))}",
                hint="they were collected; run the same command again when they are answered",
            )
        progress(1.0)
        return tuple(known[request.key(self.identity)] for request in requests)


class SampledChat:
    """Asks a model once more what it may have been asked before, on purpose; fulfils `ChatModel`.

    Sample 0 is what every night asks, and shares its kept answers; each other number has answers of its own.
    """

    def __init__(self, chat: ChatModel, sample: int) -> None:
        self.identity = chat.identity
        self._chat = chat
        self._sample = sample

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """As `ChatModel.ask`; the exchanges' requests carry the number."""
        numbered = [request.model_copy(update={"sample": self._sample}) for request in requests]
        return self._chat.ask(numbered, progress=progress)


def _recalled(
    exchanges: Exchanges, identity: str, requests: Sequence[ChatRequest]
) -> tuple[dict[str, Exchange], dict[str, ChatRequest]]:
    """The exchanges that are kept, and the requests that have none, each once, by key."""
    known: dict[str, Exchange] = {}
    missing: dict[str, ChatRequest] = {}
    for request in requests:
        key = request.key(identity)
        if key in known or key in missing:
            continue
        exchange = exchanges.recall(identity, request)
        if exchange is None:
            missing[key] = request
        else:
            known[key] = exchange
    return known, missing


def _named(requests: Sequence[ChatRequest]) -> str:
    names = [f"{request.about} of call {request.call}" for request in requests[:_NAMED]]
    more = f" and {len(requests) - _NAMED} more" if len(requests) > _NAMED else ""
    return ", ".join(names) + more
