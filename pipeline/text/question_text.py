"""Owns the text that question rules read: a turn's words, cleaned, cut into sentences, each tied to its place.

Cleaning keeps what carries grammar and drops what a speaker stumbles over: hesitations, repetitions, cut-off
syllables, transcribers' notes in brackets. Every word that is kept remembers its index in ``text.split()``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

COMMA = ","
QUOTED = "<quoted>"


def word_set(text: str) -> frozenset[str]:
    """The words of a text parted by spaces: a closed word list, readable in its source."""
    return frozenset(text.split())


_HESITATIONS = word_set("uh um er erm uhm umm ah ahm hm hmm mm mmm mmh eh ugh")
_TITLES = word_set("dr. mr. mrs. ms. vs. jr. sr. e.g. i.e. approx. ext.")
_FILLER_PHRASES = re.compile(
    r"(?<!\S)(?:(?:if |do )?you know what i(?: mean|'m saying|'m talking about)(?! (?:by|when)\b)"
    r"|(?<!do )(?<!did )(?<!don't )(?<!didn't )(?<!would )(?<!if )(?<!what )(?<!as )(?<!that )(?<!how )(?<!let )"
    r"you know(?! (?:about|what|how|if|why|who|where|when|which|any\w*|that|the|of|whether|your|my|it|them|him|her)\b)"
    r"|i mean(?! (?:by|that|it)\b))(?!\S)"
)
_EDGES = re.compile(r"^[^\w$]+|[^\w%]+$")
_END = re.compile(r"[.?!…]+[\"')\]]*$")
_PAUSE = re.compile(r"(?:[,;:—–]|-)[\"')\]]*$")
_MAX_REPEAT = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence's cleaned words: lower case, parted by single spaces, a pause written as a lone comma.

    ``places[i]`` is where word ``i`` of ``text`` stands in the turn; a comma has the place of the word before it.
    ``first`` and ``last`` are the inclusive ends of the whole sentence in the turn, stumbles included.
    ``marked`` tells whether it ended in a question mark.
    """

    text: str
    places: tuple[int, ...]
    first: int
    last: int
    marked: bool

    def place_at(self, offset: int) -> int:
        """The index in the turn of the word of ``text`` that starts at this character offset."""
        return self.places[self.text.count(" ", 0, offset)]


def sentences(text: str, *, use_marks: bool = True) -> Iterator[Sentence]:
    """The sentences of a turn in order, what stands in quotation marks replaced by one stand-in word.

    Without ``use_marks`` a question mark ends a sentence and tells nothing else. Sentences of which nothing is left
    after cleaning are skipped.
    """
    raw = text.lower().replace("’", "'").replace("“", '"').replace("”", '"').split()
    hidden, quoted = _noted(raw), _quoted(raw)
    words: list[str] = []
    places: list[int] = []
    first = 0
    for place, token in enumerate(raw):
        if not hidden[place]:
            _read_token(token, place, words, places, quoted=quoted[place])
        ends = _END.search(token) and token not in _TITLES and not (quoted[place] and _is_inside(quoted, place))
        if ends or place == len(raw) - 1:
            marked = use_marks and "?" in token.rpartition('"')[2] and not hidden[place]
            cleaned = _cleaned(words, places)
            if cleaned[0]:
                yield Sentence(" ".join(cleaned[0]), tuple(cleaned[1]), first, place, marked)
            words, places, first = [], [], place + 1


def _is_inside(quoted: list[bool], place: int) -> bool:
    return place + 1 < len(quoted) and quoted[place + 1]


def _noted(raw: list[str]) -> list[bool]:
    """For each token, whether it belongs to a transcriber's note such as ``[crosstalk]`` or ``<laughter>``."""
    inside, flags = False, []
    for token in raw:
        inside = inside or token.startswith(("[", "<"))
        flags.append(inside)
        inside = inside and not any(mark in token for mark in "]>")
    return flags


def _quoted(raw: list[str]) -> list[bool]:
    """For each token, whether it stands in double quotation marks; none does where the marks do not pair."""
    counts = [token.count('"') for token in raw]
    if sum(counts) % 2:
        return [False] * len(raw)
    inside, flags = False, []
    for count in counts:
        flags.append(inside or count > 0)
        inside ^= count % 2 == 1
    return flags


def _read_token(token: str, place: int, words: list[str], places: list[int], *, quoted: bool) -> None:
    core = QUOTED if quoted else _core(token)
    if core and not (core == QUOTED and words and words[-1] == QUOTED):
        words.append(core)
        places.append(place)
    if _PAUSE.search(token) and words and words[-1] != COMMA:
        words.append(COMMA)
        places.append(place)


@lru_cache(maxsize=4096)
def _core(token: str) -> str:
    """The word itself: no punctuation at its edges, no stammer (``i-i`` is ``i``), empty for a hesitation."""
    cut_off = token.rstrip('."')
    bare = _EDGES.sub("", token)
    if bare in _HESITATIONS or (cut_off.endswith("-") and not cut_off.endswith("--") and len(bare) <= 1):
        return ""
    parts = [part for part in bare.split("-") if part]
    while len(parts) > 1 and parts[1].startswith(parts[0]):
        parts.pop(0)
    return "-".join(part for part in parts if part not in _HESITATIONS) if len(parts) > 1 else "".join(parts)


def _cleaned(words: list[str], places: list[int]) -> tuple[list[str], list[int]]:
    words, places = _without_repeats(words, places)
    text = " ".join(words)
    if "you know" not in text and "i mean" not in text:
        return words, places
    kept = [True] * len(words)
    for match in _FILLER_PHRASES.finditer(text):
        start = text.count(" ", 0, match.start())
        for i in range(start, start + match.group().count(" ") + 1):
            kept[i] = False
    words = [word for word, keep in zip(words, kept, strict=True) if keep]
    places = [place for place, keep in zip(places, kept, strict=True) if keep]
    return _without_repeats(words, places)


def _without_repeats(words: list[str], places: list[int]) -> tuple[list[str], list[int]]:
    """The words with false starts said again dropped (``do you, do you`` keeps the last), and doubled pauses."""
    out: list[str] = []
    where: list[int] = []
    for word, place in zip(words, places, strict=True):
        if word == COMMA and (not out or out[-1] == COMMA):
            continue
        out.append(word)
        where.append(place)
        _drop_repeat(out, where)
    while out and out[-1] == COMMA:
        out.pop()
        where.pop()
    return out, where


def _drop_repeat(out: list[str], where: list[int]) -> None:
    if out[-1] == COMMA:
        return
    for n in range(_MAX_REPEAT, 0, -1):
        tail = out[-n:]
        if COMMA in tail:
            continue
        for gap in (0, 1):
            start = len(out) - 2 * n - gap
            if start >= 0 and out[start : start + n] == tail and (gap == 0 or out[start + n] == COMMA):
                del out[start : start + n + gap], where[start : start + n + gap]
                return
