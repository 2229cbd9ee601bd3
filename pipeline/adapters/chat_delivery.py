"""Brings one request to its answer: the only layer that tries again, and the breaker that stops trying."""

import difflib
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.adapters.chat_faults import MAYBE_PAID, TRANSIENT, Endpoint, Fault, FaultKind, endpoint_error
from pipeline.adapters.chat_pace import Clock, Pace
from pipeline.adapters.chat_wire import Answered, Sender
from pipeline.adapters.metering import Meter, estimate_tokens, request_tokens
from pipeline.domain.chat import AnswerForm, ChatRequest, Exchange, TokenUse
from pipeline.errors import EndpointError
from pipeline.log import get_logger

FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
LONGEST_WAIT_S = 600.0
"""An endpoint that asks to be left alone for longer is given up for now."""

MOST_UNSURE: Mapping[FaultKind, int] = {"slow": 2, "cut": 3}
"""How often a request is sent that ends so: each may be charged, and what timed out twice hardly fares better then."""

IN_A_ROW = 3
"""Requests without an answer, one after another, after which no more are sent for a while."""

REST_S = 300.0
"""How long no more are sent then; after it one request may try whether the endpoint is back."""

_log = get_logger(__name__)


class Breaker:
    """Keeps requests from an endpoint that was found dead. Safe to use in threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._error: EndpointError | None = None
        self._opened = 0.0

    def check(self) -> None:
        """Passes while the endpoint may be asked. Raises: EndpointError, that which was found before."""
        with self._lock:
            error = self._error
            if error is None:
                return
            if not error.lasting and self._clock.seconds() - self._opened >= REST_S:
                self._opened = self._clock.seconds()
                return
        raise EndpointError(f"{error.message} (not asked again)", hint=error.hint, lasting=error.lasting)

    def answered(self) -> None:
        """The endpoint is alive."""
        with self._lock:
            self._in_a_row, self._error = 0, None

    def failed(self, error: EndpointError) -> None:
        """A request was given up."""
        with self._lock:
            self._in_a_row += 1
            if error.lasting or self._in_a_row >= IN_A_ROW:
                self._error, self._opened = error, self._clock.seconds()


class Forms:
    """The form of answer that an endpoint is asked for: the best it was not yet found to refuse."""

    def __init__(self, forms: tuple[AnswerForm, ...], *, may_change: bool) -> None:
        self._forms = forms
        self._may_change = may_change
        self._lock = threading.Lock()
        self._at = 0

    @property
    def current(self) -> AnswerForm:
        """The form to ask for now."""
        return self._forms[self._at]

    def refused(self, form: AnswerForm, why: str) -> bool:
        """Whether another form is left after this one was refused; said once in the log."""
        with self._lock:
            if not self._may_change or form == self._forms[-1]:
                return False
            if form == self._forms[self._at]:
                self._at += 1
                _log.warning("the endpoint refuses answers by %s, asking by %s: %s", form, self._forms[self._at], why)
            return True


@dataclass
class _Tries:
    """How often one request was sent so far, and how often that brought no answer, by what went wrong."""

    sent: int = 0
    failed: Counter[FaultKind] = field(default_factory=Counter)


@dataclass(frozen=True)
class Delivery:
    """Everything that one endpoint's requests share. `attempts` is how often one is sent before it is given up."""

    sender: Sender
    model: str
    endpoint: Endpoint
    attempts: int
    forms: Forms
    pace: Pace
    meter: Meter
    breaker: Breaker
    clock: Clock

    def deliver(self, request: ChatRequest, *, cancelled: Callable[[], bool] = lambda: False) -> Exchange:
        """The exchange of this request. Raises: EndpointError, BudgetError; Cancelled when nobody waits any more."""
        tries = _Tries()
        while True:
            self.breaker.check()
            if cancelled():
                raise Cancelled
            form = self.forms.current
            try:
                exchange = self._once(request, form, tries)
            except Fault as fault:
                if fault.kind == "form" and self.forms.refused(form, fault.message):
                    continue
                tries.failed[fault.kind] += 1
                self._pause(fault, tries)
            else:
                self.breaker.answered()
                return exchange

    def _once(self, request: ChatRequest, form: AnswerForm, tries: _Tries) -> Exchange:
        expected = request_tokens(request) + request.max_tokens
        self.pace.wait(expected)
        reserved = self.meter.reserve(request)
        tries.sent += 1
        begun = self.clock.seconds()
        try:
            answered = self.sender.send(request, form)
        except BaseException as error:
            certain = isinstance(error, Fault) and error.kind not in MAYBE_PAID
            self.meter.release(reserved, maybe_paid=not certain)
            raise
        use = answered.use or _estimated(request, answered)
        self.pace.correct(estimated=expected, used=use.input_tokens + use.output_tokens)
        return Exchange(
            request=request,
            model=self.model,
            served_by=answered.served_by,
            text=answered.text,
            refusal=answered.refusal,
            finish=answered.finish,
            body=answered.body,
            use=use,
            cost_usd=self.meter.settle(reserved, use),
            seconds=round(self.clock.seconds() - begun, 3),
            attempts=tries.sent,
            form=form,
        )

    def _pause(self, fault: Fault, tries: _Tries) -> None:
        """Waits before the next attempt. Raises: EndpointError when there is none."""
        asked, failed = fault.retry_after_s or 0.0, tries.failed.total()
        give_up = (
            fault.kind not in TRANSIENT
            or failed >= self.attempts
            or tries.failed[fault.kind] >= MOST_UNSURE.get(fault.kind, self.attempts)
            or asked > LONGEST_WAIT_S
        )
        if give_up:
            near = self._near() if fault.kind == "model" else ""
            if asked > LONGEST_WAIT_S:
                fault.message += f"; it asks to wait {asked:.0f} s"
            error = endpoint_error(fault, self.endpoint, attempts=tries.sent, near=near)
            if fault.kind != "context":
                self.breaker.failed(error)
            raise error from fault
        own = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (failed - 1)) * (0.5 + self.clock.jitter() / 2)
        pause = max(asked, own)
        if asked:
            self.pace.hold(asked)
        _log.info("%s: %s; again in %.1f s (%d of %d)", fault.kind, fault.message, pause, failed, self.attempts)
        self.clock.sleep(pause)

    def _near(self) -> str:
        names = self.sender.models()
        close = difflib.get_close_matches(self.endpoint.model, names, n=3, cutoff=0.2)
        return ", ".join(close or names[:3])


class Cancelled(Exception):
    """The run was stopped by a person; nothing more is sent."""


def _estimated(request: ChatRequest, answered: Answered) -> TokenUse:
    """Where a server counts nothing, what it must have been, rather too much than too little."""
    return TokenUse(input_tokens=request_tokens(request), output_tokens=estimate_tokens(len(answered.text)))
