"""Owns phrases: how a tracker's file writes what people say, and where a phrase stands in a sentence.

    we also [already] talked to      words in brackets may be left out
    (switch|move) away from          one of several
    i will .. send                   two dots: up to three words of any kind
    ^ how much $                     the sentence starts, and ends, here
    {when} works                     a slot: words that somebody else recognised, such as a day

Words are compared in normal form with contractions written out, on both sides: "we'll" is "we will".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from pipeline.domain.normal import WordRun, normal_words

SlotName = Literal["when", "name", "money"]
"""when: a day in words; name: one of the tracker's names; money: an amount of it."""

Slots = Mapping[SlotName, Sequence[WordRun]]

MAX_GAP = 3
_TOKEN = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|[^\s()\[\]{}]+|\S")
_IRREGULAR = {
    "won't": ("will", "not"),
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "shan't": ("shall", "not"),
    "ain't": ("is", "not"),
    "let's": ("let", "us"),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
}
_ENDINGS = (("n't", "not"), ("'ll", "will"), ("'ve", "have"), ("'re", "are"), ("'m", "am"), ("'d", "would"))
_BEFORE_IS = "it that there here what who where how when he she this everything nothing"
_IS = frozenset(_BEFORE_IS.split())


def plain_words(text: str) -> tuple[str, ...]:
    """The normal words of a text with contractions written out: "we'll" is will, "it's" is is, "I'd" is would."""
    return tuple(part for word in normal_words(text) for part in _written_out(word))


@lru_cache(maxsize=16384)
def _written_out(word: str) -> tuple[str, ...]:
    if "'" not in word and word not in _IRREGULAR:
        return (word,)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, full in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return (word[: -len(ending)], full)
    stem = word.removesuffix("'s")
    return (stem, "is") if stem != word and stem in _IS else (word,)


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    name: SlotName


@dataclass(frozen=True, slots=True)
class _Gap:
    pass


@dataclass(frozen=True, slots=True)
class _Edge:
    start: bool


_Part = _Choice | _Slot | _Gap | _Edge


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """Where a phrase stands: words first to last, and which of them a gap took, so that they are none of its own."""

    run: WordRun
    free: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, ready to be looked for. Made by `parse_phrase`."""

    parts: tuple[_Part, ...]

    @property
    def firsts(self) -> frozenset[str] | None:
        """The words with which it can start; None where it can start with anything."""
        first = self.parts[0]
        if not isinstance(first, _Choice) or not _is_fixed(first):
            return None
        return frozenset(option[0] for option in first.options)

    @property
    def slots(self) -> frozenset[SlotName]:
        """The slots it has."""
        return frozenset(part.name for part in self.parts if isinstance(part, _Slot))

    def match_at(self, words: Sequence[str], at: int, slots: Slots) -> PhraseMatch | None:
        """The longest match that starts at this word, its gaps as short as can be; None where it does not."""
        found = [(end, free) for end, free in self._ends(0, words, at, slots) if end > at]
        if not found:
            return None
        end, free = max(found, key=lambda pair: (pair[0], -len(pair[1])))
        return PhraseMatch(WordRun(at, end - 1), frozenset(free))

    def _ends(self, part: int, words: Sequence[str], at: int, slots: Slots) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Every index behind the last word of a match of the parts from this one on, with the words gaps took."""
        if part == len(self.parts):
            yield at, ()
            return
        for end in _steps(self.parts[part], words, at, slots):
            taken = tuple(range(at, end)) if isinstance(self.parts[part], _Gap) else ()
            for last, free in self._ends(part + 1, words, end, slots):
                yield last, taken + free


def _is_fixed(part: _Part) -> bool:
    return isinstance(part, _Choice) and all(part.options)


def _steps(part: _Part, words: Sequence[str], at: int, slots: Slots) -> Iterator[int]:
    if isinstance(part, _Edge):
        if at == (0 if part.start else len(words)):
            yield at
    elif isinstance(part, _Gap):
        yield from range(at, min(at + MAX_GAP, len(words)) + 1)
    elif isinstance(part, _Slot):
        yield from (run.last + 1 for run in slots.get(part.name, ()) if run.first == at)
    else:
        yield from (at + len(o) for o in part.options if tuple(words[at : at + len(o)]) == o)


@lru_cache(maxsize=4096)
def parse_phrase(text: str) -> Phrase:
    """The phrase that this text writes.

    Raises: ValueError that says what is wrong with it.
    """
    parts = tuple(_part(token, text) for token in _TOKEN.findall(text))
    if not any(isinstance(part, _Slot) or _is_fixed(part) for part in parts):
        raise ValueError(f"{text!r} has no word that must be said")
    if isinstance(parts[0], _Gap) or isinstance(parts[-1], _Gap):
        raise ValueError(f"{text!r} starts or ends with a gap, which says nothing")
    return Phrase(parts)


def _part(piece: str, text: str) -> _Part:
    if piece == "..":
        return _Gap()
    if piece in "^$":
        return _Edge(start=piece == "^")
    if piece.startswith("{") and piece.endswith("}"):
        return _slot(piece[1:-1], text)
    if piece in "()[]{}":
        raise ValueError(f"{text!r} has a {piece} without its partner")
    body = piece.strip("()[]")
    options = tuple(plain_words(option) for option in body.split("|"))
    if not all(options):
        raise ValueError(f"{text!r} has an empty place in {piece}")
    return _Choice((*options, ()) if piece.startswith("[") else options)


def _slot(name: str, text: str) -> _Slot:
    known: dict[str, SlotName] = {slot: slot for slot in get_args(SlotName)}
    if name not in known:
        raise ValueError(f"{text!r} has an unknown slot {{{name}}}; known: {', '.join(known)}")
    return _Slot(known[name])
