"""Counts what a run spends on a language model, and stops it before it could spend more than it may."""

import math
import threading
from dataclasses import dataclass

from pipeline.domain.chat import ChatRequest, Price, TokenUse
from pipeline.errors import BudgetError, UsageError

_ASCII_CHARACTERS_PER_TOKEN = 3.0
_TOKENS_PER_WIDE_CHARACTER = 1.5
_TOKENS_AROUND = 50


def estimate_tokens(n_characters: int, *, n_wide: int = 0) -> int:
    """More tokens than a text has, as a rule: a token for three characters, and 50 for what stands around messages.

    `n_wide` of the characters are outside ASCII and may take a token and a half each. See docs/llm-faults.md for how
    far it is off, as measured.
    """
    plain = max(0, n_characters - n_wide)
    return math.ceil(plain / _ASCII_CHARACTERS_PER_TOKEN + n_wide * _TOKENS_PER_WIDE_CHARACTER) + _TOKENS_AROUND


def request_tokens(request: ChatRequest) -> int:
    """An estimate of the input tokens of a request, rather too high than too low."""
    texts = [message.text for message in request.messages] + [request.answer.text]
    wide = sum(len(text) - len(text.encode("ascii", "ignore")) for text in texts)
    return estimate_tokens(request.n_characters, n_wide=wide)


@dataclass(frozen=True)
class Reservation:
    """What a request that is under way may cost at most, in tokens and, where the price is known, US dollars."""

    tokens: TokenUse
    usd: float


class Meter:
    """The money and tokens of one run. Safe to use in threads.

    A request may be sent only while all that was spent, all that is under way at its worst, and its own worst case stay
    within `budget_usd`; one that fits only if those under way cost less than that waits for them.
    Raises: UsageError for a budget when the model's price is not known.
    """

    def __init__(self, price: Price | None = None, budget_usd: float | None = None, *, model: str = "MODEL") -> None:
        if budget_usd is not None and price is None:
            raise UsageError(
                f"a budget needs the price of {model}, and [llm.prices] in filmroom.toml does not have it",
                hint=f"add these lines, in US dollars for a million tokens: {price_lines(model)}",
            )
        self._price = price
        self._budget = budget_usd
        self._lock = threading.Condition()
        self._n_under_way = 0
        self._under_way = 0.0
        self._maybe = 0.0
        self._spent = 0.0
        self._requests = 0
        self._tokens = TokenUse()

    @property
    def spent(self) -> float:
        """US dollars for the answers of this run; 0 where the price is not known."""
        return self._spent

    @property
    def maybe_spent(self) -> float:
        """US dollars at most for requests whose answers never arrived, but which the server may have charged."""
        return self._maybe

    @property
    def requests(self) -> int:
        """Requests sent by this run, answered or not."""
        return self._requests

    @property
    def tokens(self) -> TokenUse:
        """Tokens of the answers of this run, as the server counted them."""
        return self._tokens

    def reserve(self, request: ChatRequest) -> Reservation:
        """Sets aside what this request could cost at most, and counts it; may wait for requests of other threads.

        Raises: BudgetError, nothing counted, when it does not fit although nothing is under way.
        """
        worst = TokenUse(input_tokens=request_tokens(request), output_tokens=request.max_tokens)
        usd = 0.0 if self._price is None else self._price.of(worst)
        with self._lock:
            while self._budget is not None and self._spent + self._maybe + self._under_way + usd > self._budget:
                if self._n_under_way == 0 or self._spent + self._maybe + usd > self._budget:
                    raise _over(self._budget, self._spent, self._maybe, usd)
                self._lock.wait()
            self._n_under_way += 1
            self._under_way += usd
            self._requests += 1
        return Reservation(worst, usd)

    def settle(self, reservation: Reservation, use: TokenUse) -> float | None:
        """US dollars that an answer has cost, now counted as spent; None when the price is not known."""
        cost = None if self._price is None else self._price.of(use)
        with self._lock:
            self._end(reservation)
            self._spent += cost or 0.0
            self._tokens = self._tokens + use
        return cost

    def release(self, reservation: Reservation, *, maybe_paid: bool) -> None:
        """Ends a request that brought no answer; when the server may have charged it, the budget bears its worst."""
        with self._lock:
            self._end(reservation)
            self._maybe += reservation.usd if maybe_paid else 0.0

    def _end(self, reservation: Reservation) -> None:
        """No longer under way; who waits for it looks again once the lock is free."""
        self._n_under_way -= 1
        self._under_way = max(0.0, self._under_way - reservation.usd) if self._n_under_way else 0.0
        self._lock.notify_all()


def price_lines(model: str) -> str:
    """What to write into filmroom.toml for the price of a model."""
    return f'[llm.prices."{model}"], input = 0.00, cached_input = 0.00, output = 0.00, each on a line of its own'


def _over(budget: float, spent: float, maybe: float, next_usd: float) -> BudgetError:
    more = f", up to ${maybe:.4f} more for answers that never arrived" if maybe else ""
    told = f"{budget:.2f}" if budget >= 0.01 else f"{budget:g}"
    return BudgetError(
        f"the budget of ${told} is not enough for the next request: ${spent:.4f} spent{more}, "
        f"and it could cost ${next_usd:.4f}",
        hint="every answer so far is kept; run the same command with a higher --budget, and only the rest is asked",
    )
