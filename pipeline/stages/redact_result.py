"""A call's result with masks, for whoever is outside this machine: its words, and the texts that quote them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pipeline.domain.base import Value
from pipeline.domain.personal import is_mask
from pipeline.domain.result import CallResult
from pipeline.domain.speech import Conversation
from pipeline.stages.redact import Redactor

_V = TypeVar("_V", bound=Value)
_LEAST_LITERAL = 4


def redact_result(result: CallResult, redactor: Redactor) -> CallResult:
    """The same call with masks in words, observations, draft, claims and mentions; every pointer still holds.

    What people stated of the call (names, its file's path) is not words of the call, and stays.
    """
    conversation = redactor.conversation(result.conversation)
    literals = literals_of(result.conversation, conversation)
    return result.model_copy(
        update={
            "conversation": conversation,
            **{
                name: redact_value(getattr(result, name), redactor, literals)
                for name in ("metrics", "assessment", "draft", "tracking")
                if getattr(result, name) is not None
            },
            "observations": tuple(redact_value(each, redactor, literals) for each in result.observations),
            "rejected": tuple(redact_value(each, redactor, literals) for each in result.rejected),
        }
    )


def literals_of(before: Conversation, after: Conversation) -> dict[str, str]:
    """What stands for each stretch of words that was masked, longest first: quotes have lost what was around them."""
    found: dict[str, str] = {}
    for old, new in zip(before.turns, after.turns, strict=True):
        held: list[tuple[str, str]] = []
        for a, b in [*((x.text, y.text) for x, y in zip(old.words, new.words, strict=True)), ("", "")]:
            if a != b and is_mask(b):
                held.append((a, b))
                continue
            found |= dict(_pairs(held))
            held = []
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _pairs(held: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    if held:
        yield " ".join(a for a, _ in held), " ".join(b for _, b in held)


def redact_value(value: _V, redactor: Redactor, literals: Mapping[str, str]) -> _V:
    """The same value, every text of it masked; names, ids and other words that stand alone stay.

    Raises: ValidationError if masks made it no value of its kind, which is a mistake here.
    """
    return type(value).model_validate(_walked(value.model_dump(), redactor, literals))


def _walked(part: Any, redactor: Redactor, literals: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        walked = {name: _walked(each, redactor, literals) for name, each in part.items()}
        if walked.get("sentences") and "text" in walked:
            from pipeline.domain.coaching import DraftSentence, written

            walked["text"] = written(DraftSentence.model_validate(s) for s in walked["sentences"])
        return walked
    if isinstance(part, tuple | list):
        return type(part)(_walked(each, redactor, literals) for each in part)
    return redact_text(part, redactor, literals) if type(part) is str else part


def redact_text(text: str, redactor: Redactor, literals: Mapping[str, str]) -> str:
    """The text with masks for what was masked in the call, and for what is personal by itself."""
    for raw, mask in literals.items():
        if raw in text and (len(raw) >= _LEAST_LITERAL or any(c.isdigit() for c in raw)):
            text = re.sub(rf"(?<!\w){re.escape(raw)}(?!\w)", lambda _, m=mask: m, text)  # type: ignore[misc]
    return redactor.text(text) if " " in text or "@" in text else text
