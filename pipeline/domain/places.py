"""Owns the places of a call: the sentences of its turns, as pointers, and those where a behaviour may show."""

from collections.abc import Iterator

from pipeline.domain.assessment import Quote
from pipeline.domain.base import Value
from pipeline.domain.normal import content_words, normal_words
from pipeline.domain.rubric import Identifier
from pipeline.domain.speech import Turn, Word

MIN_PLACE_WORDS = 3
"""Normal words, one of them no function word, that a place needs: the least that verification lets a quote have."""

MAX_PLACE_WORDS = 30
"""A sentence that goes on for longer is cut, so that a quote stays one that a manager reads at a glance."""

_SHORT_WORDS = 4
_ENDS = (".", "?", "!", "…")
_BREATHS = (",", ";", ":", "—", "–")
_JOINTS = frozenset({"and", "but", "so", "because", "then", "or", "which"})


class Opening(Value):
    """Where one behaviour may show: what a reader may point at for it. Empty where nothing in the call may show it."""

    behaviour: Identifier
    places: tuple[Quote, ...] = ()

    @property
    def turn_ids(self) -> tuple[str, ...]:
        """The turns of the places, each once, in order of time."""
        return tuple(dict.fromkeys(place.turn_id for place in self.places))


def places_of(turn: Turn) -> tuple[Quote, ...]:
    """The turn's sentences that could carry a quote, in order and without overlap.

    Ends are taken from punctuation; what recognisers run together is cut at pauses of breath and at joints ("and",
    "but"), so that no place has more than `MAX_PLACE_WORDS` words. A sentence of a word or two is joined to the next.
    Left out: places with words the recogniser may have invented, and those too short to show anything.
    """
    return tuple(
        Quote(turn_id=turn.id, first_word=first, last_word=last)
        for first, last in _runs(turn.words)
        if _is_sound(turn.words[first : last + 1])
    )


def _is_sound(words: tuple[Word, ...]) -> bool:
    normal = normal_words(" ".join(word.text for word in words))
    long_enough = len(normal) >= MIN_PLACE_WORDS and bool(content_words(normal))
    return long_enough and not any(word.unreliable for word in words)


def _runs(words: tuple[Word, ...]) -> Iterator[tuple[int, int]]:
    """First and last word of each sentence, inclusive; a short one goes with the next, the last with the one before."""
    first, waiting = 0, list[tuple[int, int]]()
    for at, word in enumerate(words):
        is_last = at == len(words) - 1
        if not (_ends_sentence(word.text) or is_last):
            continue
        if at - first + 1 < _SHORT_WORDS and not word.text.rstrip("\"')").endswith("?") and not is_last:
            continue
        waiting += _cut(words, first, at)
        first = at + 1
    yield from _with_short_end(waiting)


def _with_short_end(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if len(runs) > 1:
        (before, middle), (start, last) = runs[-2], runs[-1]
        if last - start + 1 < MIN_PLACE_WORDS and last - before < MAX_PLACE_WORDS and start == middle + 1:
            return [*runs[:-2], (before, last)]
    return runs


def _ends_sentence(word: str) -> bool:
    return word.rstrip("\"')]”’").endswith(_ENDS)


def _cut(words: tuple[Word, ...], first: int, last: int) -> list[tuple[int, int]]:
    """The run itself, or its parts where it is too long: cut at the breath, else the joint, next to its middle."""
    if last - first + 1 <= MAX_PLACE_WORDS:
        return [(first, last)]
    inner = range(first + _SHORT_WORDS - 1, last - _SHORT_WORDS + 1)
    breaths = [at for at in inner if words[at].text.endswith(_BREATHS)]
    joints = [at for at in inner if words[at + 1].text.lower() in _JOINTS]
    middle = (first + last) // 2
    at = min(breaths or joints or [middle], key=lambda i: abs(i - middle))
    return [*_cut(words, first, at), *_cut(words, at + 1, last)]
