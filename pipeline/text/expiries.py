"""When a card expires, said in whatever way: only where somebody speaks of a card, for contracts expire too."""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

import re
from collections.abc import Mapping, Sequence

from pipeline.domain.personal import Kind
from pipeline.text.births import MONTHS
from pipeline.text.spoken_numbers import bare, numbers

_CUES = frozenset("expiry expiration expires expire exp valid".split())
_OF_CARDS = frozenset("card visa mastercard amex debit cvv cvc".split())
_BETWEEN = frozenset("date is it's to thru through until on in the of slash end and uh um er".split())
_WRITTEN = re.compile(r"^\d{1,2}[/-]\d{2,4}$")
_FURTHEST_BEFORE, _FURTHEST_AFTER, _MOST_WORDS = 40, 15, 8


def expiry_marks(words: Sequence[str], found: Mapping[int, Kind]) -> dict[int, Kind]:
    """The words that say when a card expires, where one was found or spoken of just before or after."""
    said = [bare(word) for word in words]
    dated = {i for n in numbers(words) for i in range(n.first, n.last + 1)}
    dated |= {i for i, text in enumerate(said) if text in MONTHS or _WRITTEN.match(text)}
    marks: dict[int, Kind] = {}
    for cue, text in enumerate(said):
        around = range(max(0, cue - _FURTHEST_BEFORE), min(len(words), cue + _FURTHEST_AFTER))
        if text not in _CUES or not any(said[i] in _OF_CARDS or found.get(i) == "card" for i in around):
            continue
        for at in range(cue + 1, min(len(words), cue + 1 + _MOST_WORDS)):
            if at in dated:
                marks[at] = "card"
            elif said[at] not in _BETWEEN:
                break
    return marks
