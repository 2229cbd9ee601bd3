"""A language model for tests of those who ask one: told what to say, it remembers what it was asked."""

import json
from collections.abc import Callable, Sequence

from pipeline.domain.chat import ChatRequest, Exchange, TokenUse
from pipeline.ports import Progress, silent


class AnsweringChat:
    """Answers as a function of the request says; every exchange has 100 input tokens, 80 of them cached, and 7 more."""

    def __init__(self, answer: Callable[[ChatRequest], str], *, identity: str = "told") -> None:
        self.identity = identity
        self.asked: list[ChatRequest] = []
        self._answer = answer

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """An exchange for each request, in their order."""
        self.asked += requests
        progress(1.0)
        return tuple(self._exchange(request) for request in requests)

    def _exchange(self, request: ChatRequest) -> Exchange:
        return Exchange(
            request=request,
            model=self.identity,
            text=self._answer(request),
            finish="stop",
            body="{}",
            use=TokenUse(input_tokens=100, cached_tokens=80, output_tokens=7),
            cost_usd=0.001,
            seconds=0.5,
        )


def found(*places: tuple[str, str, str, bool]) -> str:
    """An answer that points at these places: letter, quote, turn, plain."""
    keys = ("behaviour", "quote", "turn", "plain")
    return json.dumps({"found": [dict(zip(keys, place, strict=True)) for place in places]})


def nothing(_: ChatRequest) -> str:
    """The answer that nothing shows."""
    return found()
