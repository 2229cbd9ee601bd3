"""Finds the JSON object in what a language model wrote, by fixed rules; anything that is left unclear is no JSON.

A byte order mark goes, and so does reasoning at the beginning that ends in `</think>`. Then the object starts at the
first brace, so that words and a code fence before it do no harm, and what follows its end is not looked at. Only the
first brace counts: an object within one that was cut off must not be taken for the whole. Names twice in an object, NaN
and Infinity are refused: JSON readers do not agree on them.
"""

import json
from typing import NoReturn

_MAX_CHARACTERS = 1_000_000
_BEFORE, _AFTER = "<think>", "</think>"


class NoJsonError(ValueError):
    """A text that holds no JSON object; the message says why, in words that a model can act upon."""


def json_object(text: str) -> str:
    """The JSON object in this text, as it was written. Raises: NoJsonError."""
    if len(text) > _MAX_CHARACTERS:
        raise NoJsonError(f"it has {len(text)} characters")
    rest = text.lstrip("\ufeff").lstrip()
    if rest.startswith(_BEFORE):
        _, ended, rest = rest.partition(_AFTER)
        if not ended:
            raise NoJsonError("it has reasoning that does not end, and no JSON")
    try:
        return _first_object(rest)
    except NoJsonError:  # some servers leave out where the reasoning starts, and it may have braces of its own
        _, ended, answer = rest.partition(_AFTER)
        if not ended or rest.startswith(("{", "```")):
            raise
        return _first_object(answer)


def _first_object(text: str) -> str:
    start = text.find("{")
    if start == -1:
        raise NoJsonError("it has no JSON object")
    try:
        _, end = _DECODER.raw_decode(text, start)
    except RecursionError:
        raise NoJsonError("its JSON is nested too deeply") from None
    except NoJsonError:
        raise
    except ValueError as error:
        raise NoJsonError(f"its JSON is broken: {error}") from None
    return text[start:end]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise NoJsonError("a name stands twice in one object")
    return content


def _no_number(name: str) -> NoReturn:
    raise NoJsonError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
