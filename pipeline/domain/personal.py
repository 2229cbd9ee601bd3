"""The kinds of personal data that are taken out of words, and the masks that stand in their place."""

import re
from typing import Literal, get_args

Kind = Literal["phone", "email", "card", "account", "id", "address", "name"]
"""phone: of whatever country. email: with spelled ones. card: payment cards, their last digits and dates. account:
bank accounts, routing, sort codes and IBAN. id: national and tax numbers, passports, dates of birth. address: streets,
post codes and personal web addresses. name: people's names, where asked for."""

KINDS: tuple[Kind, ...] = get_args(Kind)
VERSION = 2
"""Of the rules. Part of every work key that rests on masked words; raise it when what is found changes."""

_MASK = re.compile(rf"^\[(?:{'|'.join(KINDS)})\]")
_TAIL = re.compile(r"[.?!,;:…]+$")


def mask_of(kind: Kind, word: str) -> str:
    """What stands in a word's place: its kind, and the marks with which the word ended a sentence or a clause."""
    tail = _TAIL.search(word)
    return f"[{kind}]{tail[0] if tail else ''}"


def is_mask(word: str) -> bool:
    """Whether the word is a mask."""
    return _MASK.match(word) is not None
