"""Owns sentences made ready for phrases: plain words, each with the word of the turn it came from, and clause ends."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.assessment import Quote
from pipeline.domain.normal import WordRun
from pipeline.domain.phrases import plain_words
from pipeline.domain.speech import Turn

MAX_QUOTE_WORDS = 30
"""A longer sentence is quoted in part, so that a manager reads it at a glance."""

_ENDS = (".", "?", "!", "…")
_BREATHS = (",", ";", ":", "—", "–")
_JOINTS = frozenset({"but", "although", "though", "however", "because", "and", "while"})
_QUOTING = "\"')]”’"


@dataclass(frozen=True, slots=True)
class Sentence:
    """The plain words of a sentence; `places` gives for each the word of the turn that it stands in.

    `breaks` are the plain words with which a new clause starts, the first word always among them.
    """

    turn: Turn
    words: tuple[str, ...]
    places: tuple[int, ...]
    breaks: frozenset[int]

    @property
    def text(self) -> str:
        """The words of the turn, joined by single spaces."""
        return " ".join(word.text for word in self.turn.words[self.places[0] : self.places[-1] + 1])

    def clause_of(self, run: WordRun) -> WordRun:
        """The plain words from the start of the clause in which a run starts to the end of that in which it ends."""
        first = max(at for at in self.breaks if at <= run.first)
        later = [at for at in self.breaks if at > run.last]
        return WordRun(first, min(later, default=len(self.words)) - 1)

    def quote(self, within: WordRun, around: WordRun) -> Quote:
        """The words of the turn for these plain words, or the part of them around a run where they are too many."""
        first, last = self.places[within.first], self.places[within.last]
        if last - first + 1 > MAX_QUOTE_WORDS:
            inner = (self.places[around.first], self.places[around.last])
            spare = max(0, MAX_QUOTE_WORDS - (inner[1] - inner[0] + 1)) // 2
            first, last = max(first, inner[0] - spare), min(last, inner[1] + spare)
        return Quote(turn_id=self.turn.id, first_word=first, last_word=last)


def sentences_of(turn: Turn) -> tuple[Sentence, ...]:
    """The turn's sentences in order; a word that may be invented ends one and stands in none. None of a backchannel."""
    if turn.backchannel:
        return ()
    return tuple(made for first, last in _runs(turn) if (made := _sentence(turn, first, last)) is not None)


def _runs(turn: Turn) -> Iterator[tuple[int, int]]:
    first = 0
    for at, word in enumerate(turn.words):
        if word.unreliable:
            if at > first:
                yield first, at - 1
            first = at + 1
        elif word.text.rstrip(_QUOTING).endswith(_ENDS):
            yield first, at
            first = at + 1
    if first < len(turn.words):
        yield first, len(turn.words) - 1


def _sentence(turn: Turn, first: int, last: int) -> Sentence | None:
    words: list[str] = []
    places: list[int] = []
    breaks = {0}
    for at in range(first, last + 1):
        text = turn.words[at].text
        plain = plain_words(text)
        if plain and plain[0] in _JOINTS:
            breaks.add(len(words))
        words += plain
        places += [at] * len(plain)
        if text.rstrip(_QUOTING).endswith(_BREATHS):
            breaks.add(len(words))
    return (
        Sentence(turn, tuple(words), tuple(places), frozenset(b for b in breaks if b < len(words))) if words else None
    )
