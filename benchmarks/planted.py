"""Invented personal data, said in many ways in the middle of sales talk: the ground truth of the redaction's measure.

Everything follows from a seed. Numbers are of ranges that are kept for fiction where there are such ranges.
"""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.domain.personal import Kind
from pipeline.text.personal_numbers import passes_luhn

_ONES = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_FIRST = "jane omar lucy victor priya sven marta kofi helen dmitri aisha george".split()
_LAST = "roe okafor winter lindqvist patel haddad moreau castle brandt novak".split()
_PLACES = "example northwind bluebird contoso acmetools harborline".split()
_STREETS = ["elm street", "oak avenue", "sycamore lane", "harbour road", "king street", "maple boulevard"]
_TOWNS = [("springfield", "illinois"), ("reno", "nevada"), ("dayton", "ohio"), ("salem", "oregon")]
_MONTHS = "january february march april may june july august september october november december".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_BEFORE = [
    "Sure, before we talk about the forty five seats,",
    "Right, and for the two hundred thousand dollar renewal,",
    "We have 1,200 users in Q3 2026, and",
    "Okay. So",
    "Twenty percent off sounds fine.",
    "",
]
_AFTER = ["and that is for the whole team.", "Thanks. We close at 10:30.", "Is that all you need for the 45 seats?", ""]


@dataclass(frozen=True)
class Planted:
    """One item of a kind in a way of saying it: who says what, the words of the item in braces.

    `secret` is what must not be left: digits, or words.
    """

    kind: Kind
    way: str
    turns: tuple[tuple[str, str], ...]
    secret: str

    def words(self) -> tuple[list[tuple[str, list[str]]], set[int]]:
        """The words of each turn without braces, and the indices, over all turns, of those that are to be masked."""
        spoken: list[tuple[str, list[str]]] = []
        marked: set[int] = set()
        inside, index = False, 0
        for speaker, text in self.turns:
            words = []
            for raw in text.split():
                inside = inside or raw.startswith("{")
                if inside:
                    marked.add(index)
                if raw.rstrip(".,?!").endswith("}"):
                    inside = False
                words.append(raw.replace("{", "").replace("}", ""))
                index += 1
            spoken.append((speaker, words))
        return spoken, marked


def planted(seed: int, *, each: int = 3) -> tuple[Planted, ...]:
    """`each` items of every way."""
    chance = random.Random(seed)
    return tuple(_item(chance, *way) for way in _WAYS for _ in range(each))


def _item(
    chance: random.Random, kind: Kind, way: str, cue: str, say: Callable[[random.Random], tuple[str, str]]
) -> Planted:
    said, secret = say(chance)
    before, after = chance.choice(_BEFORE), chance.choice(_AFTER)
    turns: list[tuple[str, str]] = []
    parts = said.split("|")
    turns.append(("customer", f"{before} {cue} {parts[0].strip()}".strip()))
    for part in parts[1:]:
        turns += [("rep", chance.choice(["Okay.", "Mm-hmm.", "Yes, go ahead."])), ("customer", part.strip())]
    if after:
        turns[-1] = ("customer", f"{turns[-1][1]} {after}")
    return Planted(kind, way, tuple(turns), secret)


def _digits(chance: random.Random, n: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(n))


def _us_phone(chance: random.Random) -> str:
    return f"{chance.choice(['415', '212', '617', '303'])}555{chance.randint(100, 199):04d}"


def _uk_phone(chance: random.Random) -> str:
    return f"0{chance.choice(['2079460', '1144960', '1174960'])}{chance.randint(100, 999)}"


def _card(chance: random.Random) -> str:
    while True:
        number = chance.choice("45") + _digits(chance, 15)
        if passes_luhn(number):
            return number


def say_digits(digits: str, *, zero: str = "oh") -> str:
    """Each digit as a word."""
    return " ".join(zero if d == "0" else _ONES[int(d)] for d in digits)


def _doubled(digits: str) -> str:
    told, at = [], 0
    while at < len(digits):
        n = next((k for k in (3, 2) if digits[at : at + k] == digits[at] * k), 1)
        word = "zero" if digits[at] == "0" else _ONES[int(digits[at])]
        told.append({1: word, 2: f"double {word}", 3: f"triple {word}"}[n])
        at += n
    return " ".join(told)


def _pair(pair: str) -> str:
    tens, ones = int(pair[0]), int(pair[1])
    if tens == 0:
        return f"oh {_ONES[ones]}" if ones else "double oh"
    if tens == 1:
        return _TEENS[ones]
    return _TENS[tens] + (f" {_ONES[ones]}" if ones else "")


def _pairs(digits: str) -> str:
    return " ".join(_pair(digits[i : i + 2]) for i in range(0, len(digits), 2))


def _in(text: str) -> str:
    return "{" + text + "}"


def _name(chance: random.Random) -> tuple[str, str, str]:
    return chance.choice(_FIRST), chance.choice(_LAST), chance.choice(_PLACES)


def _email(form: Callable[[str, str, str], str]) -> Callable[[random.Random], tuple[str, str]]:
    def say(chance: random.Random) -> tuple[str, str]:
        first, last, place = _name(chance)
        return _in(form(first, last, place)), f"{last} {place}"

    return say


def _number(
    make: Callable[[random.Random], str], form: Callable[[str], str]
) -> Callable[[random.Random], tuple[str, str]]:
    def say(chance: random.Random) -> tuple[str, str]:
        digits = make(chance)
        return form(digits), digits

    return say


def _address(form: Callable[[str, str, str, str, str], str]) -> Callable[[random.Random], tuple[str, str]]:
    def say(chance: random.Random) -> tuple[str, str]:
        (town, state), street = chance.choice(_TOWNS), chance.choice(_STREETS)
        number, code = str(chance.randint(11, 99)) + _digits(chance, 2), "6" + _digits(chance, 4)
        return form(number, street, town, state, code), street.split()[0]

    return say


def _born(written: bool) -> Callable[[random.Random], tuple[str, str]]:
    def say(chance: random.Random) -> tuple[str, str]:
        day, month, year = chance.randint(1, 12), chance.randint(0, 11), chance.randint(55, 99)
        if written:
            return _in(f"{month + 1:02d}/{day:02d}/19{year}"), f"19{year}"
        return f"the {{{_ORDINALS[day - 1]}}} of {{{_MONTHS[month]} nineteen {_pair(str(year))}}}", _MONTHS[month]

    return say


def _iban(chance: random.Random) -> str:
    return "GB" + _digits(chance, 2) + "NWBK" + _digits(chance, 14)


def _nino(chance: random.Random) -> str:
    return "QQ" + _digits(chance, 6) + chance.choice("ABCD")


def _spell(text: str) -> str:
    return " ".join(say_digits(c) if c.isdigit() else c.lower() for c in text)


def _blocks(text: str, *sizes: int, by: str = " ") -> str:
    return by.join(_cut(text, sizes))


def _cut(text: str, sizes: tuple[int, ...]) -> Iterator[str]:
    at = 0
    for size in sizes:
        yield text[at : at + size]
        at += size


_CALL = "you can call me at"
_MINE = "my number is"
_WAYS: tuple[tuple[Kind, str, str, Callable[[random.Random], tuple[str, str]]], ...] = (
    ("phone", "written 3-3-4", _CALL, _number(_us_phone, lambda d: _in(_blocks(d, 3, 3, 4, by="-")) + ".")),
    ("phone", "written (3) 3-4", "it's", _number(_us_phone, lambda d: _in(f"({d[:3]}) {d[3:6]}-{d[6:]}") + ",")),
    ("phone", "written apart", _MINE, _number(_us_phone, lambda d: _in(_blocks(d, 3, 3, 4)))),
    ("phone", "written, British", "ring me on", _number(_uk_phone, lambda d: _in(_blocks(d, 3, 4, 4)))),
    ("phone", "written, +44", "it is", _number(_uk_phone, lambda d: _in("+44 " + _blocks(d[1:], 2, 4, 4)))),
    ("phone", "hyphens", "that's", _number(_us_phone, lambda d: _in("-".join(d)) + ".")),
    ("phone", "digits as words", _MINE, _number(_us_phone, lambda d: _in(say_digits(d)))),
    ("phone", "words, no announcement", "", _number(_us_phone, lambda d: _in(say_digits(d, zero="zero")))),
    ("phone", "double, triple", _CALL, _number(_uk_phone, lambda d: _in(_doubled(d)))),
    (
        "phone",
        "pairs",
        _MINE,
        _number(_us_phone, lambda d: _in(f"{say_digits(d[:3])} {_pairs(d[3:5])} {_ONES[5]} {_pairs(d[6:])}")),
    ),
    (
        "phone",
        "with um",
        _MINE,
        _number(
            _us_phone, lambda d: f"{_in(say_digits(d[:3]))} um {_in(say_digits(d[3:6]))} uh {_in(say_digits(d[6:]))}"
        ),
    ),
    (
        "phone",
        "over an okay",
        _MINE,
        _number(
            _us_phone, lambda d: f"{_in(say_digits(d[:3]))} | {_in(say_digits(d[3:6]))} | {_in(say_digits(d[6:]))}"
        ),
    ),
    (
        "phone",
        "echoed end",
        _MINE,
        _number(_us_phone, lambda d: f"{_in(say_digits(d))} | so {_in(say_digits(d[6:]))} at the end"),
    ),
    ("card", "written 4-4-4-4", "the card is", _number(_card, lambda d: _in(_blocks(d, 4, 4, 4, 4)))),
    ("card", "written whole", "use", _number(_card, _in)),
    ("card", "hyphens", "it's", _number(_card, lambda d: _in(_blocks(d, 4, 4, 4, 4, by="-")) + ".")),
    ("card", "digits as words", "my visa is", _number(_card, lambda d: _in(say_digits(d)))),
    ("card", "words, no announcement", "", _number(_card, lambda d: _in(say_digits(d, zero="zero")))),
    ("card", "pairs", "card number", _number(_card, lambda d: _in(_pairs(d)))),
    (
        "card",
        "over an okay",
        "the card number is",
        _number(_card, lambda d: " | ".join(_in(say_digits(p)) for p in _cut(d, (4, 4, 4, 4)))),
    ),
    ("card", "last four, words", "the last four are", _number(lambda c: _digits(c, 4), lambda d: _in(say_digits(d)))),
    (
        "card",
        "last four, written",
        "the card ending in",
        _number(lambda c: "7" + _digits(c, 3), lambda d: _in(d) + "."),
    ),
    ("email", "written", "write to", _email(lambda f, s, p: f"{f}.{s}@{p}.com")),
    ("email", "dot and at", "it's", _email(lambda f, s, p: f"{f} dot {s} at {p} dot com")),
    ("email", "underscore, co uk", "my email is", _email(lambda f, s, p: f"{f} underscore {s} at {p} dot co dot uk")),
    ("email", "name said whole", "send it to", _email(lambda f, s, p: f"{f} {s} at {p} dot io")),
    ("email", "spelled", "my email is", _email(lambda f, s, p: f"{' '.join(f)} dot {' '.join(s)} at {p} dot com")),
    ("email", "with digits", "reach me at", _email(lambda f, s, p: f"{f}{s[0]} four seven at {p} dot org")),
    ("email", "half written", "it's", _email(lambda f, s, p: f"{f}.{s} at {p}.com")),
    (
        "account",
        "sort code and number",
        "sort code",
        _number(
            lambda c: _digits(c, 14), lambda d: f"{_in(_pairs(d[:6]))} and account number {_in(say_digits(d[6:]))}"
        ),
    ),
    (
        "account",
        "account, words",
        "the account number is",
        _number(lambda c: _digits(c, 9), lambda d: _in(say_digits(d))),
    ),
    (
        "account",
        "routing, written",
        "the routing number is",
        _number(lambda c: "0" + _digits(c, 8), lambda d: _in(d) + "."),
    ),
    ("account", "IBAN, written", "our IBAN is", _number(_iban, lambda d: _in(_blocks(d, 4, 4, 4, 4, 4, 2)))),
    ("account", "IBAN, spelled", "the i ban is", _number(_iban, lambda d: _in(_spell(d)))),
    (
        "id",
        "SSN, written",
        "my social is",
        _number(lambda c: "078" + _digits(c, 6), lambda d: _in(_blocks(d, 3, 2, 4, by="-")) + "."),
    ),
    (
        "id",
        "SSN, words",
        "social security number",
        _number(lambda c: "078" + _digits(c, 6), lambda d: _in(say_digits(d))),
    ),
    ("id", "NI number, written", "national insurance", _number(_nino, lambda d: _in(_blocks(d, 2, 2, 2, 2, 1)))),
    ("id", "NI number, spelled", "my n i number is", _number(_nino, lambda d: _in(_spell(d)))),
    ("id", "passport, words", "the passport number is", _number(lambda c: _digits(c, 9), lambda d: _in(say_digits(d)))),
    ("id", "birth, written", "my date of birth is", _born(written=True)),
    ("id", "birth, words", "I was born on", _born(written=False)),
    (
        "address",
        "written",
        "we are at",
        _address(lambda n, s, t, a, z: _in(f"{n} {s.title()}, {t.title()}, {a.title()} {z}") + "."),
    ),
    ("address", "street only", "ship it to", _address(lambda n, s, t, a, z: _in(f"{n} {s.title()}"))),
    (
        "address",
        "words",
        "my address is",
        _address(lambda n, s, t, a, z: _in(f"{_pairs(n)} {s} {t} {a} {say_digits(z)}")),
    ),
    ("address", "digits as words", "the office is at", _address(lambda n, s, t, a, z: _in(f"{say_digits(n)} {s}"))),
    (
        "address",
        "with a flat",
        "we live at",
        _address(lambda n, s, t, a, z: _in(f"{n} {s.title()}, apartment {z[1]}") + "."),
    ),
)
