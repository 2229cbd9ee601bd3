"""Letters and digits that were spelled, joined to what they spell; account and identity numbers with letters."""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.domain.personal import Kind
from pipeline.text.spoken_numbers import FILLERS, bare, numbers

_NATO = {
    word: word[0]
    for word in (
        "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec "
        "romeo sierra tango uniform victor whiskey xray x-ray yankee zulu"
    ).split()
}
_CAPITALS = re.compile(r"^[A-Z]{1,4}$")
_MIXED = re.compile(r"^(?=.*\d)(?=.*[A-Z])[A-Z0-9]{2,34}$")
_LETTER = re.compile(r"^[a-z]$")
_FORMS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"[A-Z]{2}\d{2}[A-Z]{4}\d{8,18}|(?:DE|FR|ES|NL|IT|BE|AT|PT|PL|IE)\d{2}[A-Z0-9]{11,28}"), "account"),
    (re.compile(r"(?<![A-Z])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D](?![A-Z0-9])|QQ\d{6}[A-D]"), "id"),
    (re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d[A-Z\d]?\d[ABD-HJLNP-UW-Z]{2}(?![A-Z0-9])"), "address"),
)
"""IBAN (ISO 13616), a national insurance number of the United Kingdom, a post code of the United Kingdom."""

_PLACES = frozenset("address postcode postal post zip street road avenue lane drive live lives".split())

_ID_CUES = frozenset("passport licence license driver's drivers".split())
_LEAST_OF_AN_ID, _LEAST_DIGITS_OF_AN_ID = 7, 6

Spelled = tuple[str, tuple[int, ...]]
"""What was spelled, and the word of each of its characters."""


def spelled(words: Sequence[str]) -> Iterator[Spelled]:
    """Each stretch of letters and digits, joined, longest first of those that begin together."""
    said = {n.first: n for n in numbers(words) if not n.amount}
    text, owners, gap, at = "", [], 0, 0
    aside = explained(words)
    while at < len(words):
        if at in aside:
            at += 1
            continue
        piece, last = _piece(words, at, said)
        if piece:
            text, gap = text + piece[0], 0
            owners += piece[1]
        elif text and bare(words[at]) in FILLERS and gap < 3:
            gap += 1
        else:
            if len(text) > 1:
                yield text, tuple(owners)
            text, owners, gap = "", [], 0
        at = last + 1
    if len(text) > 1:
        yield text, tuple(owners)


def explained(words: Sequence[str]) -> frozenset[int]:
    """The words that only say which letter the one before them is: "as in juliet", "for bravo"."""
    said, found = [bare(word) for word in words], set[int]()
    for at, letter in enumerate(said):
        if not _LETTER.match(letter):
            continue
        n_words = 2 if said[at + 1 : at + 3] == ["as", "in"] else 1 if said[at + 1 : at + 2] == ["for"] else 0
        name = at + n_words + 1
        if n_words and name < len(said) and len(said[name]) > 2 and said[name].startswith(letter):
            found.update(range(at + 1, name + 1))
    return frozenset(found)


def _piece(words: Sequence[str], at: int, said: Mapping[int, object]) -> tuple[tuple[str, list[int]] | None, int]:
    stripped = words[at].strip("\"'()[].,?!;:")
    spoken = [n for n in numbers(words[at : at + 4]) if n.first == 0 and not n.amount]
    if at in said and spoken:
        last = at + max(n.last for n in spoken)
        digits = "".join(n.digits for n in spoken)
        return (
            digits,
            [at + min(i * (last - at + 1) // max(1, len(digits)), last - at) for i in range(len(digits))],
        ), last
    compact = stripped.replace("-", "").replace(".", "")
    if _MIXED.match(compact) or _CAPITALS.match(compact):
        return (compact, [at] * len(compact)), at
    text = bare(words[at])
    if text in ("double", "triple") and at + 1 < len(words) and _LETTER.match(bare(words[at + 1])):
        letter = bare(words[at + 1]).upper() * (2 if text == "double" else 3)
        return (letter, [at, *[at + 1] * (len(letter) - 1)]), at + 1
    if _LETTER.match(text) or text in _NATO:
        return (_NATO.get(text, text).upper(), [at]), at
    return None, at


def spelled_marks(words: Sequence[str]) -> dict[int, Kind]:
    """The words that spell a bank account, an identity number or a post code."""
    found: dict[int, Kind] = {}
    for text, owners in spelled(words):
        if _is_announced_id(words, text, owners[0]):
            found.update(dict.fromkeys(range(owners[0], owners[-1] + 1), "id"))
        for form, kind in _FORMS:
            for match in form.finditer(text):
                n_digits = sum(c.isdigit() for c in match[0])
                n_words = len(set(owners[match.start() : match.end()]))
                if kind == "address" and n_words > 2 and not _about_an_address(words, owners[match.start()]):
                    continue
                if n_digits >= 2:
                    found.update(dict.fromkeys(range(owners[match.start()], owners[match.end() - 1] + 1), kind))
    return found


def _is_announced_id(words: Sequence[str], text: str, first: int) -> bool:
    """Whether it is a passport's or a licence's number of letters and digits; their forms differ by country."""
    n_digits = sum(c.isdigit() for c in text)
    long = len(text) >= _LEAST_OF_AN_ID and _LEAST_DIGITS_OF_AN_ID <= n_digits < len(text)
    return long and not _ID_CUES.isdisjoint(bare(w).removesuffix("'s") for w in words[max(0, first - 8) : first])


def _about_an_address(words: Sequence[str], at: int) -> bool:
    return not _PLACES.isdisjoint(bare(word) for word in words[max(0, at - 25) : at])
