"""What comes over the wire from a language model, read leniently: whatever is there is kept, nothing is required."""

import json
from collections.abc import Mapping
from typing import Protocol

from pipeline.domain.base import Value
from pipeline.domain.chat import AnswerForm, ChatRequest, Message, TokenUse
from pipeline.prompts import Prompt


class Answered(Value):
    """An answer as it came; `use` is None where the server counted nothing."""

    text: str
    refusal: str | None = None
    finish: str
    body: str
    use: TokenUse | None = None
    served_by: str = ""


class Sender(Protocol):
    """Sends one request once."""

    @property
    def forms(self) -> tuple[AnswerForm, ...]:
        """The forms of answer it can ask for, best first."""
        ...

    def send(self, request: ChatRequest, form: AnswerForm) -> Answered:
        """What came back. Raises: Fault when that is no answer."""
        ...

    def models(self) -> tuple[str, ...]:
        """The models that the endpoint has, as far as it says; never an error."""
        ...


def messages_in(request: ChatRequest, form: AnswerForm, schema_prompt: Prompt) -> tuple[Message, ...]:
    """The messages to send: with the schema in words at their very end, where the server is not told it otherwise.

    At the end, so that requests which share their beginning go on sharing it.
    """
    if form == "schema":
        return request.messages
    words = schema_prompt.render(schema=request.answer.text)
    last = request.messages[-1]
    if last.role == "user":
        return (*request.messages[:-1], Message(role="user", text=f"{last.text}\n\n{words}"))
    return (*request.messages, Message(role="user", text=words))


def read_completion(body: str) -> Answered | None:
    """The answer in the body of a chat completion; None when it is not one."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("choices"), list):
        return None
    choice = _mapping(next(iter(content["choices"]), None))
    message = _mapping(choice.get("message"))
    refusal = message.get("refusal")
    return Answered(
        text=clean(_text(message.get("content"))),
        refusal=clean(refusal) if isinstance(refusal, str) and refusal else None,
        finish=_text(choice.get("finish_reason")) or "none",
        body=body,
        use=_use(_mapping(content.get("usage")), _mapping(content.get("timings"))),
        served_by=_text(content.get("model")),
    )


def clean(text: str) -> str:
    """The text with what cannot be written as UTF-8 (halves of surrogate pairs) replaced."""
    return text.encode("utf-8", "replace").decode()


def _use(usage: Mapping[str, object], timings: Mapping[str, object]) -> TokenUse | None:
    """Tokens by the standard fields; for cached ones also DeepSeek's and llama.cpp's own where that is missing."""
    if not usage:
        return None
    standard = _mapping(usage.get("prompt_tokens_details")).get("cached_tokens")
    cached = next(
        (
            found
            for found in (standard, usage.get("prompt_cache_hit_tokens"), timings.get("cache_n"))
            if isinstance(found, int)
        ),
        0,
    )
    given = _count(usage.get("prompt_tokens"))
    return TokenUse(
        input_tokens=given,
        cached_tokens=min(_count(cached), given),
        output_tokens=_count(usage.get("completion_tokens")),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int:
    return max(0, value) if isinstance(value, int) else 0


def _text(value: object) -> str:
    """A text, or the texts of a list of parts, joined."""
    if isinstance(value, list):
        return "".join(_text(_mapping(part).get("text")) for part in value)
    return value if isinstance(value, str) else ""
