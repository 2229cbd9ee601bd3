"""Which numbers belong together, and what stands around them: the ground on which a number's kind is told."""

# ruff: noqa: SIM905 - words are read more easily in a row than as a list

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.domain.personal import Kind
from pipeline.text.spoken_numbers import FILLERS, Number, bare, numbers

MOST_BETWEEN = 4
BEFORE, AFTER = 14, 5

_PHONE = "phone cell cellphone mobile telephone tel dial fax extension whatsapp landline voicemail text call reach ring"
_CARD = "card visa mastercard amex cvv cvc expiry expiration expires expiring"
_ACCOUNT = "account iban aba routing swift bsb acct"
_ID = "ssn social passport licence license insurance ein itin nhs medicare taxpayer nino"
CUES: Mapping[str, Kind] = {
    **dict.fromkeys(_PHONE.split(), "phone"),
    **dict.fromkeys(_CARD.split(), "card"),
    **dict.fromkeys(_ACCOUNT.split(), "account"),
    **dict.fromkeys(_ID.split(), "id"),
}
"""Words by which people announce a number."""

STRONG: Mapping[tuple[str, ...], Kind] = {
    ("last", "four"): "card",
    ("last", "4"): "card",
    ("ending", "in"): "card",
    ("ends", "in"): "card",
    ("ending", "with"): "card",
    **{(card, "ending"): "card" for card in ("card", "visa", "mastercard", "amex")},
    ("security", "code"): "card",
    ("cvv",): "card",
    ("cvc",): "card",
    ("expiry",): "card",
    ("expiration",): "card",
    ("card", "number"): "card",
    ("account", "number"): "account",
    ("routing", "number"): "account",
    ("routing",): "account",
    ("sort", "code"): "account",
    ("pin",): "account",
    ("pin", "number"): "account",
    ("iban",): "account",
    ("social",): "id",
    ("social", "security"): "id",
    ("ssn",): "id",
    ("ein",): "id",
    ("itin",): "id",
    ("ni", "number"): "id",
    ("passport",): "id",
    ("passport", "number"): "id",
    ("licence", "number"): "id",
    ("license", "number"): "id",
    ("tax", "id"): "id",
    ("national", "insurance"): "id",
    ("extension",): "phone",
    ("area", "code"): "phone",
    ("dialling", "code"): "phone",
    ("phone", "number"): "phone",
    ("zip",): "address",
    ("zip", "code"): "address",
    ("postal", "code"): "address",
    ("post", "code"): "address",
    ("postcode",): "address",
}
"""What announces even a short number, just before it."""

_COUNTED = frozenset(
    "seats users people reps calls days weeks months years hours minutes seconds dollars bucks pounds euros percent "
    "licenses licences units employees customers clients times points stores sites branches locations agents deals "
    "accounts items orders miles feet inches kilos pages steps things folks guys questions o'clock am pm".split()
)


@dataclass(frozen=True)
class Run:
    """Numbers with nothing but fillers between them, among `words`."""

    words: Sequence[str]
    numbers: tuple[Number, ...]

    @cached_property
    def digits(self) -> str:
        """All digits, joined."""
        return "".join(number.digits for number in self.numbers)

    @property
    def first(self) -> int:
        """Its first word."""
        return self.numbers[0].first

    @property
    def last(self) -> int:
        """Its last word."""
        return self.numbers[-1].last

    @property
    def groups(self) -> tuple[int, ...]:
        """How many digits each number has."""
        return tuple(len(number.digits) for number in self.numbers)

    @property
    def n_single(self) -> int:
        """How many of its digits were said one by one."""
        return sum(len(number.digits) for number in self.numbers if number.single)

    @cached_property
    def spelled(self) -> str:
        """The longest stretch of digits said one by one without a break."""
        best = stretch = ""
        for number in self.numbers:
            stretch = stretch + number.digits if number.single else ""
            best = max(best, stretch, key=len)
        return best

    @property
    def counts_up(self) -> bool:
        """Whether it is "one two three four": a counting or a test, nobody's number."""
        steps = {int(b) - int(a) for a, b in zip(self.digits, self.digits[1:], strict=False)}
        values = [int(number.digits) for number in self.numbers if len(number.digits) <= 2]
        rising = len(values) == len(self.numbers) > 3 and values[0] <= 2 and sorted(set(values)) == values
        return rising or steps in ({1}, {-1}) or self.digits in ("1234567890", "0987654321")

    @property
    def has_plus(self) -> bool:
        """Whether it begins as an international number does."""
        before = bare(self.words[self.first - 1]) if self.first else ""
        return self.words[self.first].lstrip("(\"'").startswith("+") or before == "plus"

    @cached_property
    def cue(self) -> Kind | None:
        """What the words around say that it is; the nearest before it counts most."""
        for index in [*range(self.first - 1, max(-1, self.first - 1 - BEFORE), -1), *self._behind]:
            if (kind := CUES.get(_stem(bare(self.words[index])))) is not None:
                return kind
        return None

    @cached_property
    def announced(self) -> Kind | None:
        """What the words just before say that it is, where they say it outright ("ending in", "sort code")."""
        before = [bare(word) for word in self.words[max(0, self.first - 6) : self.first]]
        for at in range(len(before) - 1, -1, -1):
            for length in (2, 1):
                if (kind := STRONG.get(tuple(before[at : at + length]))) is not None and at + length <= len(before):
                    return kind
        return None

    @property
    def _behind(self) -> range:
        return range(self.last + 1, min(len(self.words), self.last + 1 + AFTER))

    @property
    def is_of_years(self) -> bool:
        """Whether every number of it could be a year, or is round."""
        return all(_is_year(n.digits) or (n.digits.endswith("0") and not n.single) for n in self.numbers)


def runs(words: Sequence[str]) -> tuple[Run, ...]:
    """All runs of numbers among the words; amounts are in none."""
    return tuple(_runs(words))


def _runs(words: Sequence[str]) -> Iterator[Run]:
    held: list[Number] = []
    for number in numbers(words):
        if number.amount or _counts_something(words, number):
            if held:
                yield Run(words, tuple(held))
            held = []
            continue
        if held and not _joined(words, held[-1], number):
            yield Run(words, tuple(held))
            held = []
        held.append(number)
    if held:
        yield Run(words, tuple(held))


def _joined(words: Sequence[str], former: Number, following: Number) -> bool:
    between = words[former.last + 1 : following.first]
    return len(between) <= MOST_BETWEEN and all(bare(word) in FILLERS or not bare(word) for word in between)


def _counts_something(words: Sequence[str], number: Number) -> bool:
    after = bare(words[number.last + 1]) if number.last + 1 < len(words) else ""
    return after in _COUNTED and len(number.digits) <= 4 and not words[number.last].rstrip("\"')").endswith((".", "?"))


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")


def _stem(word: str) -> str:
    return word.removesuffix("'s")
