"""Answers of a language model as values of a type: found in its text, validated, repaired once, or failed as data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.adapters.json_text import NoJsonError, json_object
from pipeline.domain.chat import ChatRequest, Exchange, Message
from pipeline.ports import ChatModel, Progress, silent
from pipeline.prompts import Prompt, shipped_prompt

_V = TypeVar("_V", bound=BaseModel)
Cause = Literal["truncated", "no JSON", "refusal", "filtered", "no answer", "wrong value"]

REPAIRABLE: frozenset[Cause] = frozenset({"truncated", "no JSON", "no answer", "wrong value"})
"""A refused or filtered request is refused again: asking once more would only cost."""

LONGER = 2
"""How many times the tokens an answer may have when it is asked for again because it was cut off."""

_MAX_QUOTED = 6_000
_MAX_PROBLEM = 600
_SHOWN_PROBLEMS = 4
_TRUNCATED = frozenset({"length", "max_tokens", "MAX_TOKENS"})
_FILTERED = frozenset({"content_filter", "SAFETY", "safety"})


@dataclass(frozen=True)
class Answer(Generic[_V]):
    """A value, or None and the reason why there is none; with the one or two exchanges that it took."""

    value: _V | None
    reason: str | None
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class _Failed:
    cause: Cause
    detail: str


def ask_for(
    chat: ChatModel,
    requests: Sequence[ChatRequest],
    kind: type[_V],
    *,
    check: Callable[[ChatRequest, _V], str | None] = lambda _request, _value: None,
    progress: Progress = silent,
) -> tuple[Answer[_V], ...]:
    """An answer of this kind for each request, in their order.

    `check` says what is wrong with a value that has the right type, in words for the model. What cannot be used is
    asked for once more, all such requests together, with what is wrong: the same messages first, so that the server
    finds them in its cache. One that was cut off is asked again as it was, with room for an answer twice as long. What
    fails then has the reason `model_failed: ...`. Raises: as `ChatModel.ask`.
    """
    first = chat.ask(requests, progress=lambda share: progress(share * 0.9))
    read = [_read(exchange, kind, _of(request, check)) for request, exchange in zip(requests, first, strict=True)]
    repairs = {
        at: _again(requests[at], first[at], found)
        for at, found in enumerate(read)
        if isinstance(found, _Failed) and found.cause in REPAIRABLE
    }
    second = dict(zip(repairs, chat.ask(tuple(repairs.values())) if repairs else (), strict=True))
    progress(1.0)
    return tuple(
        _answer((first[at],), found)
        if at not in second
        else _answer((first[at], second[at]), _read(second[at], kind, _of(requests[at], check)))
        for at, found in enumerate(read)
    )


def _of(request: ChatRequest, check: Callable[[ChatRequest, _V], str | None]) -> Callable[[_V], str | None]:
    return lambda value: check(request, value)


def _answer(exchanges: tuple[Exchange, ...], found: "_V | _Failed") -> Answer[_V]:
    if isinstance(found, _Failed):
        again = " (asked twice)" if len(exchanges) > 1 else ""
        return Answer(None, f"model_failed: {found.cause}: {found.detail}{again}", exchanges)
    return Answer(found, None, exchanges)


def _read(exchange: Exchange, kind: type[_V], check: Callable[[_V], str | None]) -> "_V | _Failed":
    """The value in an exchange's text, whatever the server says of how it ended, or why there is none."""
    try:
        value = kind.model_validate_json(json_object(exchange.text))
    except ValidationError as error:
        return _Failed("wrong value", _problems(error))
    except NoJsonError as error:
        return _without_json(exchange, str(error))
    problem = check(value)
    return value if problem is None else _Failed("wrong value", problem[:_MAX_PROBLEM])


def _without_json(exchange: Exchange, problem: str) -> _Failed:
    if exchange.refusal is not None:
        return _Failed("refusal", " ".join(exchange.refusal.split())[:_MAX_PROBLEM])
    if exchange.finish in _FILTERED:
        return _Failed("filtered", f"the server's content filter ended it ({exchange.finish})")
    if exchange.finish in _TRUNCATED:
        return _Failed("truncated", f"it was cut off at {exchange.request.max_tokens} tokens")
    if not exchange.text.strip():
        return _Failed("no answer", f"it is empty (finish: {exchange.finish})")
    return _Failed("no JSON", problem)


def _problems(error: ValidationError) -> str:
    """The first problems, each with its place; without the values, which may hold what was said."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    told = [f"{'.'.join(str(part) for part in problem['loc']) or 'it'}: {problem['msg']}" for problem in problems]
    more = f"; and {len(told) - _SHOWN_PROBLEMS} more" if len(told) > _SHOWN_PROBLEMS else ""
    return ("; ".join(told[:_SHOWN_PROBLEMS]) + more)[:_MAX_PROBLEM]


def _again(request: ChatRequest, exchange: Exchange, failed: _Failed) -> ChatRequest:
    """The request of the repair round; never equal to the first, whose answer is known."""
    if failed.cause == "truncated":
        return _changed(request, request.messages, max_tokens=request.max_tokens * LONGER)
    demand = repair_prompt().render(problem=failed.detail.rstrip("."))
    last = request.messages[-1]
    if exchange.text.strip():
        said = Message(role="assistant", text=exchange.text[:_MAX_QUOTED])
        return _changed(request, (*request.messages, said, Message(role="user", text=demand)))
    if last.role == "user":  # some models' templates refuse two messages of one speaker in a row
        return _changed(request, (*request.messages[:-1], Message(role="user", text=f"{last.text}\n\n{demand}")))
    return _changed(request, (*request.messages, Message(role="user", text=demand)))


def _changed(request: ChatRequest, messages: tuple[Message, ...], *, max_tokens: int | None = None) -> ChatRequest:
    return ChatRequest(
        call=request.call,
        about=request.about,
        messages=messages,
        answer=request.answer,
        max_tokens=max_tokens or request.max_tokens,
        temperature=request.temperature,
        sample=request.sample,
    )


@cache
def repair_prompt() -> Prompt:
    """The prompt that asks for an answer again; part of the identity of whoever uses `ask_for`."""
    return shipped_prompt("repair")
