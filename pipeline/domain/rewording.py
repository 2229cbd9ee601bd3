"""Owns whether two sentences say the same: what another wording of a sentence adds, loses or turns around.

Nothing is weighed, nothing is close enough. Each word of the one has to be in the other as it is, but for the joining
words, the phrases that go without saying and the equal expressions of rewording.toml. So no wording can bring a name, a
number, a motive or a promise, soften what was found or harden it. The order may differ by about one phrase that moves
(`MOST_NEW_NEIGHBOURS`), and a denial, a person and a possibility keep the word they belong to: "you asked" does not
become "the customer asked", nor "no question" "a question".
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import product

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.normal import normal_words

MARK = re.compile(r"\[\[(\d+)\]\]")
"""What stands for a quotation in a sentence: [[1]], [[2]], ..."""

MOST_NEW_NEIGHBOURS = 3
"""Pairs of words that stand side by side in the new wording only: moving one phrase makes three at most."""

_LONGER = 1.5
_SLACK = 20
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ,.;:?'\u2019-")
_END = ""
_SENTENCE_END = re.compile(r"[.?](?=\s|$)")
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
_REPEATED = re.compile(r"\b(\w+)[\s,.;:-]+\1\b", re.IGNORECASE)
_SPELLED = re.compile(r"\b(what|that|it|who|how|there|where|here)['\u2019]s\b|\b(\w+)n['\u2019]t\b", re.IGNORECASE)
_HAVE = re.compile(r"\b(\w+)['\u2019](ve|d|ll|re)\b", re.IGNORECASE)
_FULL = {"ve": "have", "d": "would", "ll": "will", "re": "are"}


class Lexicon(Value):
    """What rewording.toml says; the file explains each field. Phrases are tuples of normal words."""

    joining: frozenset[str]
    understood: frozenset[tuple[str, ...]]
    equals: dict[tuple[str, ...], str]
    keeping: frozenset[str]
    denials: frozenset[str]
    persons: frozenset[str]
    talks: frozenset[str]
    longest: int = Field(ge=1)

    def knows(self, phrase: tuple[str, ...]) -> bool:
        """Whether the phrase goes without saying or has equals."""
        return phrase in self.understood or phrase in self.equals

    def keeps(self, word: str) -> bool:
        """Whether the word keeps the word after it, or is an expression that denies."""
        return word in self.keeping or not self.denials.isdisjoint(word.split())

    def persons_of(self, words: Sequence[str]) -> list[str]:
        """The persons that these words begin with or are, in order: you, customer, you said, ..."""
        return [word for word in words if self.persons.intersection(word.removeprefix("the ").split()[:1])]


def differences(template: str, said: str) -> tuple[str, ...]:
    """How the new wording of a sentence says something else, one line each; empty when it says the same.

    Quotations are marks in both ([[1]]), and each comes back exactly once. A question stays one, and one sentence
    stays one sentence.
    """
    return tuple(dict.fromkeys((*_marks(template, said), *_signs(template, said), *_words(template, said))))


def fingerprint() -> str:
    """Twelve digits that change with the lexicon."""
    return sha256(_source().encode()).hexdigest()[:12]


def _marks(template: str, said: str) -> Iterator[str]:
    wanted, found = Counter(MARK.findall(template)), Counter(MARK.findall(said))
    for mark in wanted | found:
        if found[mark] == 0:
            yield f"[[{mark}]] is missing"
        elif wanted[mark] == 0:
            yield f"[[{mark}]] belongs to another sentence"
        elif found[mark] != wanted[mark]:
            yield f"[[{mark}]] stands there {found[mark]} times"


def _signs(template: str, said: str) -> Iterator[str]:
    """Length, characters, sentence ends and capitals."""
    if len(said) > len(template) * _LONGER + _SLACK:
        yield "is much longer"
    plain, before = MARK.sub("", said), MARK.sub("", template)
    odd = sorted(set(plain) - _PLAIN - set(before))
    if odd:
        yield f"has the characters {' '.join(map(ascii, odd))}"
    if said.endswith("?") != template.endswith("?"):
        yield "asks where it told, or tells where it asked"
    if len(_SENTENCE_END.findall(plain)) > max(1, len(_SENTENCE_END.findall(before))):
        yield "is more than one sentence"
    if _REPEATED.search(said) and not _REPEATED.search(template):
        yield "says a word twice"
    yield from (f"writes “{word}” with a capital" for word in sorted(_raised(said) - _raised(template)))


def _raised(text: str) -> set[str]:
    """Words with a capital that the beginning of the sentence does not give them."""
    first, *others = [match.group() for match in _WORD.finditer(text)] or [""]
    return {word for word in others if word != word.lower()} | ({first} if first[1:] != first[1:].lower() else set())


def _words(template: str, said: str) -> Iterator[str]:
    (before, n_before), (after, n_after) = _meant(template), _meant(said)
    wanted, found = Counter(before), Counter(after)
    new, lost = found - wanted, wanted - found
    yield from (f"says “{word}”, which is not said there" for word in new if not MARK.fullmatch(word))
    yield from (f"leaves out “{word}”" for word in lost if not MARK.fullmatch(word))
    if n_after > n_before and not _lexicon().talks.isdisjoint(before):
        yield "speaks of this call where another was meant"
    if not new and not lost:
        yield from _order(before, after)


def _order(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    lexicon, pairs, paired = _lexicon(), Counter(_pairs(before)), Counter(_pairs(after))
    for word, following in pairs - paired:
        if lexicon.keeps(word) or _is_amount(word):
            yield f"takes “{word}” away from “{following or 'the end'}”"
    if lexicon.persons_of(before) != lexicon.persons_of(after):
        yield "names the people in another order"
    if (paired - pairs).total() > MOST_NEW_NEIGHBOURS:
        yield "puts the words in another order"


def _is_amount(word: str) -> bool:
    """Whether it is a number that says how much, and no clock time."""
    return ":" not in word and not MARK.fullmatch(word) and any(character.isnumeric() for character in word)


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(words, (*words[1:], _END), strict=True))


def _meant(text: str) -> tuple[tuple[str, ...], int]:
    """The words that carry meaning, in order, equal expressions by the same name; and how many went without saying."""
    words, lexicon = _normal(text), _lexicon()
    found: list[str] = []
    n_understood = at = 0
    while at < len(words):
        sizes = range(min(lexicon.longest, len(words) - at), 0, -1)
        n = next((n for n in sizes if lexicon.knows(words[at : at + n])), 1)
        phrase = words[at : at + n]
        n_understood += phrase in lexicon.understood
        if phrase in lexicon.equals:
            found.append(lexicon.equals[phrase])
        elif not lexicon.knows(phrase) and words[at] not in lexicon.joining:
            found.append(words[at])
        at += n
    return tuple(found), n_understood


def _normal(text: str) -> tuple[str, ...]:
    parts = re.split(r"(\[\[\d+\]\])", _HAVE.sub(lambda m: f"{m[1]} {_FULL[m[2].lower()]}", _SPELLED.sub(_full, text)))
    return tuple(w for part in parts for w in ((part,) if MARK.fullmatch(part) else normal_words(part)))


def _full(match: re.Match[str]) -> str:
    if match[1]:
        return f"{match[1]} is"
    return {"ca": "can", "wo": "will"}.get(match[2].lower(), match[2]) + " not"


def _source() -> str:
    return files("pipeline.domain").joinpath("rewording.toml").read_text(encoding="utf-8")


@cache
def _lexicon() -> Lexicon:
    data = tomllib.loads(_source())
    understood = {way for line in data["understood"] for way in product(*(p.split("|") for p in line.split()))}
    equals: dict[tuple[str, ...], str] = {}
    for line in data["equals"]:
        first, *others = (tuple(phrase.split()) for phrase in line.split(" / "))
        for phrase in (first, *others):
            equals[phrase] = " ".join(first)
    return Lexicon(
        joining=frozenset(data["joining"]),
        understood=frozenset(understood),
        equals=equals,
        keeping=frozenset(word for words in data["keeping"].values() for word in words),
        denials=frozenset(data["keeping"]["denial"]),
        persons=frozenset(data["keeping"]["person"]),
        talks=frozenset(data["talks"]),
        longest=max(map(len, (*understood, *equals))),
    )
