"""Owns what changed between two wordings, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal

from pipeline.domain.base import Value

_WORDS = re.compile(r"\s*\S+|\s+$")
_FEW = 400


class Piece(Value):
    """A run of words: in both wordings, gone from the later one, or new in it. White space before a word is its own."""

    kind: Literal["same", "gone", "new"]
    text: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """The runs that make up both wordings, in order; empty where both are empty.

    What is the same or gone makes the earlier wording, what is the same or new the later one, character by character.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    # Comparing every word with every other takes seconds for 20,000 characters of one-letter words.
    matcher = SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > _FEW)
    found: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece(kind="same", text="".join(old[a:b])))
            continue
        if gone := "".join(old[a:b]):
            found.append(Piece(kind="gone", text=gone))
        if added := "".join(new[c:d]):
            found.append(Piece(kind="new", text=added))
    return tuple(found)
