"""Owns how words are compared: the normal form of words, and where a run of them stands in a turn.

Two texts are the same when their normal words are the same, one by one. Nothing is close enough: no distance, no
stem, no pattern made from what somebody wrote. Only how a word is *written down* is levelled out, never what it says.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.domain.speech import Turn, Word

_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u2032`\u00b4"), "'")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_MEANT_AT_EDGES = frozenset("%\u2030#&@\u00b0")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_DASH = re.compile(f"[{re.escape(_DASHES)}]+")
_NEGATIVE = re.compile(r"[^\w\s$€£¥.-]*[-\u2212][$€£¥]?\.?\d")


@lru_cache(maxsize=65536)
def normal_words(text: str) -> tuple[str, ...]:
    """The normal words of a text, in order; empty when it holds only punctuation.

    Case, Unicode compatibility forms, kinds of apostrophe and dash, invisible characters, punctuation at the edges of
    words and separators of thousands are levelled out; a word with hyphens is its parts, so `follow-up` is `follow up`.
    What changes the meaning stays: `$40` is not `40`, nor is `40%`, `#40`, `-40`, `4.0` or `.40`, and `don't` is
    neither `dont` nor `do not`.
    """
    visible = "".join(c for c in text.translate(_APOSTROPHES) if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).casefold()
    plain = unicodedata.normalize("NFKC", folded).translate(_APOSTROPHES)
    return tuple(part for token in plain.split() for part in _parts(token))


def _parts(token: str) -> Iterator[str]:
    token = _GROUPED.sub(lambda match: match.group().replace(",", ""), token)
    sign = "-" if _NEGATIVE.match(token) else ""
    for piece in _DASH.split(token):
        core = _without_edges(piece)
        if core:
            yield sign + core
            sign = ""


def _without_edges(piece: str) -> str:
    start, end = 0, len(piece)
    while start < end and not _is_meant(piece[start]) and not _is_decimal_point(piece, start):
        start += 1
    while end > start and not _is_meant(piece[end - 1]):
        end -= 1
    return piece[start:end]


def _is_meant(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LNM" or category in ("Sc", "Sm") or character in _MEANT_AT_EDGES


def _is_decimal_point(piece: str, at: int) -> bool:
    return piece[at] == "." and piece[at + 1 : at + 2].isdigit() and (at == 0 or piece[at - 1] != ".")


@dataclass(frozen=True, slots=True)
class WordRun:
    """Words first to last of a turn, both inclusive, counted from 0."""

    first: int
    last: int

    def overlaps(self, other: "WordRun") -> bool:
        """Whether the runs share a word."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class NormalTurn:
    """The normal words of a turn, each with the index of the word it came from. Made by `normal_turn`."""

    parts: tuple[str, ...]
    places: tuple[int, ...]

    def runs_of(self, words: Sequence[str]) -> tuple[WordRun, ...]:
        """Every place where these normal words stand one after another, whole words only, overlapping ones too.

        A run neither starts nor ends inside a word: `up` is not found in `follow-up`, nor `yes` in `yesterday`.
        Words that are nothing but punctuation may stand in between. Empty for no words at all.
        """
        wanted, n = tuple(words), len(words)
        if not n:
            return ()
        return tuple(
            WordRun(self.places[i], self.places[i + n - 1])
            for i in range(len(self.parts) - n + 1)
            if self.parts[i] == wanted[0] and self.parts[i : i + n] == wanted and self._is_whole(i, i + n)
        )

    def _is_whole(self, start: int, end: int) -> bool:
        starts = start == 0 or self.places[start - 1] != self.places[start]
        ends = end == len(self.places) or self.places[end - 1] != self.places[end]
        return starts and ends


def normal_turn(turn: Turn | Sequence[Word]) -> NormalTurn:
    """The turn (or its words) in normal form, ready to be searched."""
    words = turn.words if isinstance(turn, Turn) else turn
    found = [(part, place) for place, word in enumerate(words) for part in normal_words(word.text)]
    return NormalTurn(tuple(part for part, _ in found), tuple(place for _, place in found))


_FUNCTION_WORDS = (
    "a an the this that these those it its i me my mine we us our you your he him his she her they them their "
    "of to in on at by for from with about into over as than and or but so if because though then there here "
    "am is are was were be been being do does did done have has had having will would can could shall should may "
    "might must not no yes yeah yep yup nope ok okay well right sure oh ah uh um er hm hmm mm mhm huh just like "
    "i'm i've i'd i'll you're you've you'd you'll we're we've we'd we'll they're they've they'd they'll he's she's "
    "it's that's there's let's don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Words of English that show nothing by themselves; asking words (why, how, what, ...) are not among them."""


def content_words(words: Sequence[str]) -> tuple[str, ...]:
    """Those of the normal words that are no function words, in order."""
    return tuple(word for word in words if word not in FUNCTION_WORDS)
