"""Addresses as people say them: e-mail and web addresses with "dot" and "at", streets with their numbers."""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.personal import Kind
from pipeline.text.spelled import explained
from pipeline.text.spoken_numbers import bare, numbers

_SIGNS = {
    "dot": ".",
    "period": ".",
    "at": "@",
    "underscore": "_",
    "dash": "-",
    "hyphen": "-",
    "slash": "/",
    "plus": "+",
    "@": "@",
}
_SKIPPED = frozenset("uh um er erm ah hm hmm okay ok mm mhm".split())
_TLD = (
    "com|net|org|io|co|edu|gov|biz|info|ai|app|dev|us|uk|ca|de|fr|es|it|nl|eu|in|au|ie|ch|at|be|se|no|dk|fi|pl|pt|br|"
    "mx|jp|me|tech|cloud|example|test"
)
_PROVIDERS = "gmail|googlemail|g mail|yahoo|hotmail|outlook|icloud|aol|proton ?mail"
_LABEL = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_DOMAIN = rf"(?:(?:[a-z0-9]+ ){{0,2}}|(?:[a-z0-9] ){{0,25}}){_LABEL}(?:\.{_LABEL})*\.(?:{_TLD})(?![a-z0-9])"
_LOCAL = r"(?<![a-z0-9'])(?:[a-z0-9] )*[a-z0-9']+(?:(?:[._+-]|[._+-](?=[a-z0-9]))(?:[a-z0-9] )*[a-z0-9]+)*"
_EMAIL = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_DOMAIN}|(?:{_PROVIDERS})\b)")
_OPEN_ENDED = re.compile(r"(?<![a-z0-9])(?P<local>[a-z0-9]+(?:[._][a-z0-9]+)+)@(?P<domain>[a-z0-9]+)")
_PERSONAL_PAGE = re.compile(rf"(?:www\.)?{_DOMAIN}(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)+(?: [a-z0-9])*")
_PLAIN = frozenset(
    "a an the is it it's its my me mine email's our us we you i i'm to so and or of for on in by be are was at this "
    "your that that's there here e-mail email mail address send "
    "reach contact write just would will can could please name "
    "sent under with from about one yes yeah sure um uh "
    "okay ok alright right looking look see find all over work works "
    "working start shop back him her his he she they them then like which what where also best over".split()
)
_ABOUT_PLACES = frozenset("look looking looked see find us me all back here over there available live up out".split())


_ASIDES = re.compile(r"\b(?:all )?(?:one word|lower ?case|small letters|no spaces)\b")
_TENS = re.compile(r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety) $")


@dataclass(frozen=True)
class _Text:
    """Words with the signs that they stand for; `owners` has the word of each character."""

    text: str
    owners: tuple[int, ...]


def web_marks(words: Sequence[str]) -> dict[int, Kind]:
    """The words that say an e-mail address, or a web address with somebody's own page in it."""
    joined, found = _signed(words), {}
    lowered = joined.text
    for match in [*_EMAIL.finditer(lowered), *_OPEN_ENDED.finditer(lowered)]:
        if _is_email(match):
            first = _further_left(words, joined.owners[match.start()])
            found.update(_between(first, joined.owners[match.end() - 1], "email"))
    for match in _PERSONAL_PAGE.finditer(lowered):
        found.update(_between(joined.owners[match.start()], joined.owners[match.end() - 1], "address"))
    return found


def _between(first: int, last: int, kind: Kind) -> dict[int, Kind]:
    return dict.fromkeys(range(first, last + 1), kind)


def _signed(words: Sequence[str]) -> _Text:
    text, owners = "", []
    aside = _asides(words)
    for index, word in enumerate(words):
        said = bare(word)
        if index in aside or said in _SKIPPED or not said:
            continue
        sign = _SIGNS.get(said)
        piece = sign or re.sub(r"^(?:https?://|mailto:)", "", said)
        spaced = text and sign is None and text[-1] not in "._-/+@" and piece[0] not in "._-/+@"
        text += (" " if spaced else "") + piece
        owners += [index] * (len(piece) + bool(spaced))
        if word[-1] in "?!" or (word[-1] == "." and sign is None):
            text, owners = text + " | ", [*owners, index, index, index]
    return _Text(text, tuple(owners))


def _asides(words: Sequence[str]) -> frozenset[int]:
    """Words that tell how an address is written, and are no part of it: "as in juliet", "all one word"."""
    starts, text = [], ""
    for word in words:
        starts.append(len(text))
        text += bare(word) + " "
    spans = [match.span() for match in _ASIDES.finditer(text)]
    return explained(words) | {i for i, at in enumerate(starts) for start, end in spans if start <= at < end}


def _is_email(match: re.Match[str]) -> bool:
    """Not "look at example dot com", not "two of us at the office"."""
    local, domain = match["local"], match["domain"]
    last = re.split(r"[ ._+-]", local)[-1]
    if domain in _PLAIN or (match.re is _OPEN_ENDED and re.fullmatch(_TLD, last)):
        return False
    plain = local in _PLAIN and not _TENS.search(match.string[: match.start()])
    return any(c.isalpha() for c in local) and local not in _ABOUT_PLACES and not plain


def _further_left(words: Sequence[str], first: int) -> int:
    """The first word of the part before "at": spelled letters, numbers, and up to two words of a name said whole."""
    at, whole = first - 1, 0
    aside = _asides(words)
    numbered = {i for n in numbers(words) if not n.amount for i in range(n.first, n.last + 1)}
    while at >= 0:
        said = bare(words[at])
        if at in aside or said in _SKIPPED:
            at -= 1
            continue
        ends = words[at][-1] in ".?!:;" and len(said) > 1
        is_letter = at in numbered or (len(said) == 1 and (said != "a" or len(bare(words[at + 1])) == 1))
        if ends or (said in _PLAIN and not is_letter) or (not is_letter and whole >= 2):
            break
        whole += not is_letter
        first = at
        at -= 1
    return first
