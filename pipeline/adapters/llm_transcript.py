"""A conversation as a language model is shown it: numbered lines of data, `t0012 REP: words`, and nothing else.

One line is one turn. Left out are backchannels and words that the recogniser may have invented ("…" stands for them):
neither can carry a quote.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.domain.assessment import Quote
from pipeline.domain.recording import Role, Stage
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation, Turn, Word
from pipeline.text.hygiene import one_line

MAX_LINE_TOKENS = 400
"""A monologue longer than this is several lines of one id, so that every line fits into the smallest window."""

_LABELS: Mapping[Role, str] = {"rep": "REP", "customer": "CUSTOMER", "other": "OTHER", "unknown": "UNKNOWN"}
_COACHING: Mapping[Role, str] = {**_LABELS, "rep": "MANAGER", "customer": "REP"}
_GAP = "…"
_MAX_WORD_CHARACTERS = 100
_CHARACTERS_PER_TOKEN = 3.2
_TOKENS_PER_FOREIGN_CHARACTER = 1.2
_ENDS = (".", "?", "!", "…")


@dataclass(frozen=True, slots=True)
class Line:
    """A turn, or a part of a long one: words first to last, both inclusive; `text` is the line as the model sees it."""

    turn_id: str
    role: Role
    first_word: int
    last_word: int
    text: str

    def holds(self, place: Quote) -> bool:
        """Whether a word of the place stands in this line."""
        same = place.turn_id == self.turn_id
        return same and place.first_word <= self.last_word and self.first_word <= place.last_word


def estimated_tokens(text: str) -> int:
    """Tokens that the text has for the tokenisers in use, rather too many than too few: no two of them agree."""
    n_ascii = sum(character.isascii() for character in text)
    n_other = len(text) - n_ascii
    return math.ceil(n_ascii / _CHARACTERS_PER_TOKEN + n_other * _TOKENS_PER_FOREIGN_CHARACTER)


def label_of(role: Role, rubric: Rubric) -> str:
    """What somebody of this role is called in the lines; in a one-to-one the coached one is the manager."""
    return (_COACHING if rubric.stage == Stage.COACHING else _LABELS)[role]


def lines_of(conversation: Conversation, rubric: Rubric) -> tuple[Line, ...]:
    """The lines of a conversation in order of time; a turn without any sound word has none."""
    return tuple(
        _line(turn, piece, label_of(turn.role, rubric))
        for turn in conversation.turns
        if not turn.backchannel
        for piece in _pieces(turn.words)
        if any(_is_shown(word) for word in turn.words[piece.start : piece.stop])
    )


def text_of(lines: Iterable[Line]) -> str:
    """The lines under each other."""
    return "\n".join(line.text for line in lines)


def _line(turn: Turn, piece: range, label: str) -> Line:
    words = " ".join(_shown(turn.words[piece.start : piece.stop]))
    return Line(turn.id, turn.role, piece.start, piece.stop - 1, f"{turn.id} {label}: {one_line(words)}")


def _shown(words: Iterable[Word]) -> Iterator[str]:
    """The words as they were written, one gap for each run of those that are not shown."""
    in_gap = False
    for word in words:
        if _is_shown(word):
            yield word.text
        elif not in_gap:
            yield _GAP
        in_gap = not _is_shown(word)


def _is_shown(word: Word) -> bool:
    text = one_line(word.text)
    return word.unreliable is None and 0 < len(text) <= _MAX_WORD_CHARACTERS


def _pieces(words: tuple[Word, ...]) -> Iterator[range]:
    """The words in runs of at most `MAX_LINE_TOKENS`, cut after a sentence where the last third of a run has one."""
    first = 0
    while first < len(words):
        end = _reach(words, first)
        if end < len(words):
            stops = [at for at in range(first + (end - first) * 2 // 3, end) if words[at].text.endswith(_ENDS)]
            end = stops[-1] + 1 if stops else end
        yield range(first, end)
        first = end


def _reach(words: tuple[Word, ...], first: int) -> int:
    """Where the longest run that starts with this word ends; it has one word at least."""
    used = 0.0
    for at in range(first, len(words)):
        used += min(estimated_tokens(words[at].text + " "), MAX_LINE_TOKENS)
        if used > MAX_LINE_TOKENS and at > first:
            return at
    return len(words)
