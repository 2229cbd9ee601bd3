"""What is asked of a language model over the wire, what came back, and what it cost."""

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pipeline.domain.base import Value
from pipeline.domain.recording import Sha256


def _storable(text: object) -> object:
    """The text with halves of characters, which a cut answer can end in, replaced: no file can hold them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(text, str) else text


Storable = Annotated[str, BeforeValidator(_storable)]
Speaker = Literal["system", "user", "assistant"]
AnswerForm = Literal["schema", "json", "words"]
"""schema: the server holds the model to the JSON schema; json: it promises JSON of some shape, and the prompt has the
schema in words; words: it promises nothing, and the prompt has the schema in words."""


class Message(Value):
    """One message of a conversation with a language model."""

    role: Speaker
    text: Storable


class AnswerSchema(Value):
    """The JSON schema that an answer must have; `text` is its JSON, properties in the order in which they are best
    written: a model that is held to the schema writes them so."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    text: str

    @classmethod
    def of(cls, name: str, schema: object) -> Self:
        """The schema of this JSON value."""
        return cls(name=name, text=json.dumps(schema, separators=(",", ":"), ensure_ascii=False))


class ChatRequest(Value):
    """Everything that is sent to a language model and determines its answer, but for the model itself.

    `call` says whose words are in it; `max_tokens` is the most that the answer may have. `about` is a label for people
    (a capability's id, say) and no part of the key. `sample` is not sent: it numbers the times that the same is asked
    on purpose, and the first, 0, has the key it would have without a number.
    """

    call: str
    about: str
    messages: tuple[Message, ...] = Field(min_length=1)
    answer: AnswerSchema
    max_tokens: int = Field(gt=0)
    temperature: float = Field(default=0.0, ge=0, le=2)
    sample: int = Field(default=0, ge=0)

    def key(self, model: str) -> str:
        """The sha256 under which the exchange of this request with this model (its identity) is kept."""
        unkeyed = {"about"} if self.sample else {"about", "sample"}
        content = {"model": model, "request": self.model_dump(mode="json", exclude=unkeyed)}
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def n_characters(self) -> int:
        """Characters of all messages and of the schema."""
        return sum(len(message.text) for message in self.messages) + len(self.answer.text)


class TokenUse(Value):
    """Tokens as the server counted them; `cached_tokens` are those of `input_tokens` it had computed before."""

    input_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)

    def __add__(self, other: "TokenUse") -> "TokenUse":
        return TokenUse(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
        )


BATCH_SHARE = 0.5
"""What a batched request costs of its usual price (OpenAI, Batch API)."""


class Price(Value):
    """US dollars for a million tokens; cached input costs what other input does where no price of its own is given."""

    input: float = Field(ge=0)
    cached_input: float | None = Field(default=None, ge=0)
    output: float = Field(ge=0)

    def of(self, use: TokenUse, *, batched: bool = False) -> float:
        """US dollars for these tokens."""
        cached = min(use.cached_tokens, use.input_tokens)
        cached_price = self.input if self.cached_input is None else self.cached_input
        full = (use.input_tokens - cached) * self.input + cached * cached_price + use.output_tokens * self.output
        return full * (BATCH_SHARE if batched else 1.0) / 1_000_000


class Exchange(Value):
    """One request and what came back, as it came; kept under `request.key(model)` and never asked for again.

    `text` is the answer, empty where there was none; `body` the whole response. `finish` is the server's own word for
    why the answer ended ("stop", "length", "content_filter", ...), or "none" without any. `cost_usd` is None when no
    price of the model is known. `seconds` and `attempts` are those of the request that brought it.
    """

    request: ChatRequest
    model: str
    served_by: str = ""
    text: Storable
    refusal: Storable | None = None
    finish: str
    body: Storable
    use: TokenUse = TokenUse()
    cost_usd: float | None = Field(default=None, ge=0)
    seconds: float = Field(ge=0)
    attempts: int = Field(default=1, ge=1)
    form: AnswerForm = "schema"
    batched: bool = False

    @property
    def key(self) -> str:
        """The key of its request."""
        return self.request.key(self.model)


class Usage(Value):
    """What a result has used of a language model: the exchanges it rests on, whenever they were had.

    `cost_usd` is None as soon as the price of one of them is not known; `seconds` are those spent waiting for answers,
    added up.
    """

    exchanges: tuple[Sha256, ...] = ()
    tokens: TokenUse = TokenUse()
    cost_usd: float | None = Field(default=0.0, ge=0)
    seconds: float = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _free_without_exchanges(self) -> Self:
        if not self.exchanges and (self.tokens != TokenUse() or self.cost_usd):
            raise ValueError("tokens and cost come from exchanges")
        return self

    @classmethod
    def of(cls, exchanges: Iterable[Exchange]) -> Self:
        """The usage of these exchanges, each counted once."""
        distinct = {exchange.key: exchange for exchange in exchanges}
        tokens, cost, seconds = TokenUse(), 0.0, 0.0
        known = all(exchange.cost_usd is not None for exchange in distinct.values())
        for exchange in distinct.values():
            tokens, cost, seconds = tokens + exchange.use, cost + (exchange.cost_usd or 0), seconds + exchange.seconds
        return cls(
            exchanges=tuple(distinct),
            tokens=tokens,
            cost_usd=round(cost, 9) if known else None,
            seconds=round(seconds, 3),
        )
