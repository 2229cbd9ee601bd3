"""A language model behind an endpoint, by langchain; fulfils the port `ChatModel`, made to be left alone at night.

What goes out and comes in is in chat_openai.py and chat_vendors.py, what may go wrong in chat_faults.py, trying again
in chat_delivery.py, and how fast in chat_pace.py.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from pipeline.adapters.chat_address import key_of, shown_address, url_of
from pipeline.adapters.chat_delivery import Breaker, Delivery, Forms
from pipeline.adapters.chat_faults import Endpoint
from pipeline.adapters.chat_pace import Clock, Pace
from pipeline.adapters.chat_threads import first_then_others
from pipeline.adapters.chat_wire import Sender
from pipeline.adapters.metering import Meter
from pipeline.config import LanguageModel
from pipeline.domain.chat import AnswerForm, ChatRequest, Exchange
from pipeline.errors import UsageError
from pipeline.ports import Progress, silent
from pipeline.prompts import shipped_prompt

OPENAI = "openai"
MODEL_LINES = (
    'write into filmroom.toml, for a server of your own: [llm], model = "its name", url = "http://127.0.0.1:8080/v1"; '
    'for OpenAI: [llm], model = "its name", and put the key into OPENAI_API_KEY (each on a line of its own)'
)


def forget(_: Exchange) -> None:
    """Keeps nothing."""


def chat_identity(settings: LanguageModel) -> str:
    """Provider, model and what changes its answers: no address and no key. Raises: UsageError without a model."""
    if not settings.model:
        raise UsageError("no language model is configured: [llm] has no model", hint=MODEL_LINES)
    prompt = shipped_prompt("json-answer").identity
    return (
        f"{settings.provider}/{settings.model} temperature={settings.temperature:g} answers={settings.answers} {prompt}"
    )


class LangchainChat:
    """The model that the settings name. Nothing is loaded or sent before the first `ask`.

    `meter` counts and limits what is spent, `environment` has the keys, `sender` stands in for what the settings name.
    Raises: UsageError for settings that cannot work, a missing key among them.
    """

    def __init__(
        self,
        settings: LanguageModel,
        *,
        meter: Meter | None = None,
        clock: Clock | None = None,
        environment: Mapping[str, str] = os.environ,
        sender: Sender | None = None,
    ) -> None:
        self.identity = chat_identity(settings)
        self.meter = meter or Meter(settings.prices.get(settings.model or ""))
        self._settings = settings
        self._clock = clock or Clock()
        self._environment = environment
        self._given = sender
        url_of(settings)
        if sender is None and settings.provider == OPENAI:
            key_of(settings, environment)
        elif sender is None:  # whether its package is there and what it needs is known only to the package
            self._given = self._sender()

    def ask(
        self,
        requests: Sequence[ChatRequest],
        *,
        progress: Progress = silent,
        keep: Callable[[Exchange], None] = forget,
    ) -> tuple[Exchange, ...]:
        """What came back for each request, in their order: the first is sent alone, then the others side by side.

        `keep` is given each exchange as soon as it is there, in whichever thread, before anything else happens; also
        when another request fails. Raises: EndpointError, BudgetError.
        """
        delivery = self._delivery

        def deliver(request: ChatRequest, cancelled: Callable[[], bool]) -> Exchange:
            exchange = delivery.deliver(request, cancelled=cancelled)
            keep(exchange)
            return exchange

        return first_then_others(deliver, requests, parallel=self._settings.parallel, progress=progress)

    @cached_property
    def _delivery(self) -> Delivery:
        settings, clock = self._settings, self._clock
        sender = self._given or self._sender()
        return Delivery(
            sender=sender,
            model=self.identity,
            endpoint=Endpoint(
                address=shown_address(settings), model=settings.model or "", key_variable=settings.key_variable
            ),
            attempts=settings.attempts,
            forms=Forms(_forms(settings, sender), may_change=settings.answers == "auto"),
            pace=Pace(
                requests_per_minute=settings.requests_per_minute,
                tokens_per_minute=settings.tokens_per_minute,
                clock=clock,
            ),
            meter=self.meter,
            breaker=Breaker(clock),
            clock=clock,
        )

    def _sender(self) -> Sender:
        settings, prompt = self._settings, shipped_prompt("json-answer")
        if settings.provider == OPENAI:
            from pipeline.adapters.chat_openai import OpenAiSender

            return OpenAiSender(settings, schema_prompt=prompt, clock=self._clock, environment=self._environment)
        from pipeline.adapters.chat_vendors import VendorSender

        return VendorSender(settings, schema_prompt=prompt, clock=self._clock, environment=self._environment)


def _forms(settings: LanguageModel, sender: Sender) -> tuple[AnswerForm, ...]:
    """Those that the settings allow and the sender can ask for, best first; the sender's where that leaves none."""
    if settings.answers == "auto":
        return sender.forms
    return tuple(form for form in sender.forms if form == settings.answers) or sender.forms
