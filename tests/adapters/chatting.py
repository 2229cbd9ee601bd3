"""What the tests of the chat adapter share: a clock that does not wait, a keeper in memory, a small question."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pipeline.adapters.chat import LangchainChat
from pipeline.adapters.chat_pace import Clock
from pipeline.adapters.metering import Meter
from pipeline.config import LanguageModel
from pipeline.domain.base import Value
from pipeline.domain.chat import AnswerSchema, ChatRequest, Exchange, Message
from tests.fault_server import MODEL

GOOD = '{"colour": "red"}'
MORNING = datetime(2026, 3, 2, 6, 0, 0, tzinfo=UTC)
KEY = "sk-secret-0123456789"
ENVIRONMENT: Mapping[str, str] = {"OPENAI_API_KEY": KEY}


class Colour(Value):
    """What the double is asked for."""

    colour: Literal["red", "green"]


class FakeTime:
    """Time that passes only by sleeping; `slept` has every pause, the longest that jitter allows."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.at += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            seconds=lambda: self.at,
            sleep=self.sleep,
            now=lambda: MORNING + timedelta(seconds=self.at - 1000),
            jitter=lambda: 1.0,
        )


class Shelf:
    """Exchanges in memory; fulfils the port `Exchanges`."""

    def __init__(self) -> None:
        self.kept: dict[str, Exchange] = {}

    def recall(self, model: str, request: ChatRequest) -> Exchange | None:
        return self.kept.get(request.key(model))

    def keep(self, exchange: Exchange) -> None:
        self.kept.setdefault(exchange.key, exchange)


def question(about: str = "colour", text: str = "Which colour?", *, max_tokens: int = 200) -> ChatRequest:
    """A request for a colour."""
    return ChatRequest(
        call="call-1",
        about=about,
        messages=(Message(role="system", text="You name colours."), Message(role="user", text=text)),
        answer=AnswerSchema.of("colour", Colour.model_json_schema()),
        max_tokens=max_tokens,
    )


def settings(url: str, **changed: Any) -> LanguageModel:
    """The double's settings: short time-outs, the rest as by default."""
    return LanguageModel.model_validate({"model": MODEL, "url": url, "timeout_s": 5.0, **changed})


def chat_at(url: str, *, time: FakeTime | None = None, meter: Meter | None = None, **changed: Any) -> LangchainChat:
    """A chat with the double."""
    clock = (time or FakeTime()).clock
    return LangchainChat(settings(url, **changed), meter=meter, clock=clock, environment=ENVIRONMENT)
