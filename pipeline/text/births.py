"""Dates of birth: what is said as a date after somebody spoke of a birth, and full dates of long ago."""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.domain.personal import Kind
from pipeline.text.spoken_numbers import Number, bare, numbers

Marks = dict[int, Kind]
"""The kind of each word that is personal, by the word's index."""

_WITHIN = 20
_CUES = frozenset("birth born birthday birthdate dob".split())
MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sept sep oct nov dec".split()
)
_BETWEEN = frozenset("the of and in on uh uhh um er so".split())
_MOST_BETWEEN = 3
_ORDINAL = re.compile(
    r"^(\d{1,2}(st|nd|rd|th)|first|second|third|\w+(?:ieth|teenth)|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"eleventh|twelfth)$"
)
_WRITTEN = re.compile(r"^\d{1,4}([/.-])\d{1,2}\1\d{2,4}$")
_LONG_AGO = 2012
"""A full date before this year is far more often a birth than anything that a sale is about."""


def birth_marks(words: Sequence[str]) -> Marks:
    """The words of dates of birth."""
    found: Marks = {}
    said = {n.first: n for n in numbers(words)}
    cues = [i for i, word in enumerate(words) if bare(word).removesuffix("'s") in _CUES]
    for chain in _chains(words, said):
        year = _year(words, chain, said)
        month = any(bare(words[i]) in MONTHS for i in chain)
        asked = any(0 < chain[0] - cue <= _WITHIN for cue in cues)
        full = month and year is not None and len(chain) >= 3
        if (asked and _is_a_date(words, chain, said)) or (full and year is not None and year < _LONG_AGO):
            found.update(dict.fromkeys(chain, "id"))
    return found


def _is_a_date(words: Sequence[str], chain: Sequence[int], said: Mapping[int, Number]) -> bool:
    """Whether a birth may be told by it: not "born in twenty sixteen", which is a product or a child."""
    if any(bare(words[i]) in MONTHS for i in chain):
        return len(chain) >= 2
    digits = "".join(said[i].digits for i in chain if i in said)
    n_ordinals = sum(_ORDINAL.match(bare(words[i])) is not None for i in chain)
    if len(digits) == 4 and digits[:2] in ("19", "20") and not n_ordinals:
        return int(digits) < _LONG_AGO
    return 4 <= len(digits) + n_ordinals <= 8 or any(_WRITTEN.match(bare(words[i])) for i in chain)


def _chains(words: Sequence[str], said: Mapping[int, Number]) -> Iterator[list[int]]:
    """Words of dates with nothing but small words between them."""
    dated = {i for n in said.values() if not n.amount for i in range(n.first, n.last + 1)}
    chain: list[int] = []
    for index, word in enumerate(words):
        text = bare(word)
        if index in dated or text in MONTHS or _ORDINAL.match(text) or _WRITTEN.match(text):
            chain.append(index)
        elif chain and (text not in _BETWEEN or index - chain[-1] > _MOST_BETWEEN):
            yield chain
            chain = []
    if chain:
        yield chain


def _year(words: Sequence[str], chain: Sequence[int], said: Mapping[int, Number]) -> int | None:
    """The year that is said last: "1984", "nineteen eighty four"."""
    digits = [said[i].digits for i in chain if i in said and not _ORDINAL.match(bare(words[i]))]
    for joined in ("".join(digits[-2:])[-4:], digits[-1] if digits else ""):
        if len(joined) == 4 and joined[:2] in ("19", "20"):
            return int(joined)
    return None
