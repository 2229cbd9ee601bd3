"""Numbers as people say them and as recognisers write them, brought to digits, each with the words it was said in."""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_UNITS = {
    **dict(zip("zero one two three four five six seven eight nine".split(), "0123456789", strict=True)),
    "oh": "0",
    "o": "0",
    "nought": "0",
    "naught": "0",
}
_TEENS = dict(
    zip(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
        map(str, range(10, 20)),
        strict=True,
    )
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), "23456789", strict=True))
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_GREAT = {"million", "billion", "trillion", "grand", "k", "percent", "bucks", "dollars", "pounds", "euros", "cents"}
_EDGE = "\"'()[]{}<>“”‘’.,?!;:…"
_HYPHENS = re.compile(r"[-–—‑()]")
_AMOUNT = re.compile(
    r"^(?:[$£€¥]|\d{1,3}(?:,\d{3})+$|\d*\.\d+$|\d+(?:st|nd|rd|th|k|m|x|am|pm|s|%)$|\d{1,2}:\d{2})|%$", re.I
)
_NUMBER = re.compile(r"^\+?\d+$")
_DOTTED = re.compile(r"^\+?\d+(?:[./]\d+){2,}$")

FILLERS = frozenset(
    "uh um er erm ah hm hmm mm mhm mm-hmm uh-huh okay ok yeah yes yep right sure so then and like well dash hyphen "
    "space minus plus alright sorry go ahead got it".split()
)
"""What may be said between two numbers that belong together."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was said in one go, in the words `first` to `last`, both included.

    `digits` is how it is written without separators. `single`: said digit by digit ("four", "double four"). `amount`:
    it counts or measures something (money, a share, a time of day, an ordinal) and belongs to no longer number.
    """

    first: int
    last: int
    digits: str
    single: bool = False
    amount: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    word: int
    text: str
    raw: str


def bare(word: str) -> str:
    """The word in small letters without the marks around it; what it says of money or shares stays."""
    return word.strip(_EDGE).lower()


def numbers(words: Sequence[str]) -> tuple[Number, ...]:
    """All numbers among the words, in order."""
    return tuple(_numbers([piece for i, word in enumerate(words) for piece in _pieces(i, word)]))


def _pieces(index: int, word: str) -> Iterator[_Piece]:
    """A word, or the numbers that hyphens or points join in it: "twenty-three", "4-1-1-1", "415.555.0134"."""
    stripped = bare(word)
    if _AMOUNT.search(stripped):
        yield _Piece(index, stripped, word)
        return
    parts = [part for part in _HYPHENS.split(stripped) if part]
    if _DOTTED.match(stripped):
        parts = re.split(r"[./]", stripped)
    parts = [part.strip(_EDGE) for part in parts]
    if len(parts) > 1 and all(_says_a_number(part) for part in parts):
        yield from (_Piece(index, part, word) for part in parts)
    else:
        yield _Piece(index, stripped, word)


def _says_a_number(text: str) -> bool:
    return text in _UNITS or text in _TEENS or text in _TENS or _NUMBER.match(text) is not None


def _numbers(pieces: Sequence[_Piece]) -> Iterator[Number]:
    at = 0
    while at < len(pieces):
        found, n_used = _number_at(pieces, at)
        if found is not None:
            yield found
        at += n_used


def _number_at(pieces: Sequence[_Piece], at: int) -> tuple[Number | None, int]:
    """The number that begins here, if one does, and how many pieces it takes."""
    text = pieces[at].text
    if _AMOUNT.search(text):
        return Number(pieces[at].word, pieces[at].word, re.sub(r"\D", "", text), amount=True), 1
    if (times := _TIMES.get(text)) and (digit := _digit(pieces, at + 1)):
        return Number(pieces[at].word, pieces[at + 1].word, digit * times, single=True), 2
    digits, n_used, single = _small(pieces, at)
    if not digits:
        return None, 1
    return _scaled(pieces, at, (digits, n_used, single))


def _small(pieces: Sequence[_Piece], at: int) -> tuple[str, int, bool]:
    text = pieces[at].text
    if _NUMBER.match(text):
        digits = text.lstrip("+")
        return digits, 1, len(digits) == 1
    if text in _UNITS:
        return _UNITS[text], 1, True
    if text in _TEENS:
        return _TEENS[text], 1, False
    if text in _TENS:
        unit = _UNITS.get(pieces[at + 1].text) if at + 1 < len(pieces) else None
        joined = unit not in (None, "0") and not _ends_a_clause(pieces[at])
        return (_TENS[text] + str(unit), 2, False) if joined else (_TENS[text] + "0", 1, False)
    return "", 1, False


def _scaled(pieces: Sequence[_Piece], at: int, small: tuple[str, int, bool]) -> tuple[Number, int]:
    """The number with the hundreds or thousands that follow it; with a million, or a unit of money, it is an amount."""
    digits, n_used, single = small
    amount = False
    while at + n_used < len(pieces) and not _ends_a_clause(pieces[at + n_used - 1]):
        following = pieces[at + n_used].text
        if following in ("hundred", "thousand"):
            digits += "00" if following == "hundred" else "000"
            amount = amount or (following == "thousand" and not single)
        elif following in _GREAT:
            amount = True
        else:
            break
        n_used, single = n_used + 1, False
    return Number(pieces[at].word, pieces[at + n_used - 1].word, digits, single, amount), n_used


def _digit(pieces: Sequence[_Piece], at: int) -> str | None:
    if at >= len(pieces):
        return None
    text = pieces[at].text
    return _UNITS.get(text) or (text if re.fullmatch(r"\d", text) else None)


def _ends_a_clause(piece: _Piece) -> bool:
    return piece.raw[-1:] in ".?!,;:" and piece.raw.strip(_EDGE).lower().endswith(piece.text)
