"""Owns small changes of a transcript, such as another night's recogniser and diarizer could bring: the same call said
again by other ears. Each is determined by the call's id, so that the same call always changes in the same way.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from pipeline.domain.recording import Role
from pipeline.domain.speech import Conversation, Turn, Word

ChangeName = Literal["unpunctuated", "without_fillers", "without_question_marks", "other_turns"]
"""unpunctuated: all in lower case and without punctuation, as many recognisers write; without_fillers: no um and uh;
without_question_marks: half of the question marks are full stops; other_turns: some longer turns are cut in two, or
lose their last word to the next turn."""

QUESTION_MARKS_LOST = 0.5
TURNS_CHANGED = 0.25
"""Shares of question marks, and of turns long enough to be changed, that a change takes: drawn one by one."""

MIN_TURN_WORDS = 8
"""Words of a turn below which it is neither cut nor robbed."""

_FILLERS = frozenset({"um", "umm", "uh", "uhm", "uh-huh", "er", "erm", "ah", "hm", "hmm", "mm", "mhm"})
_APOSTROPHES = str.maketrans("’`", "''")
_EDGES = re.compile(r"^[^\w$€£]+|[^\w%$€£]+$")
_ENDS = (".", "?", "!")


@dataclass(frozen=True)
class Changed:
    """A call with a changed transcript; `origin` gives the turn of the call as it was for each turn it has now."""

    name: ChangeName
    conversation: Conversation
    origin: Mapping[str, str]


@dataclass(frozen=True)
class _Part:
    """A turn while the turns are changed: what it came from, who says it, and its words."""

    origin: str
    speaker: str
    role: Role
    words: tuple[Word, ...]
    backchannel: bool

    @classmethod
    def of(cls, turn: Turn) -> "_Part":
        return cls(turn.id, turn.speaker, turn.role, turn.words, turn.backchannel)


def changed(conversation: Conversation) -> tuple[Changed, ...]:
    """The call under each change that changes anything of it."""
    made = (_changed(conversation, name) for name in _CHANGES)
    return tuple(found for found in made if found.conversation.turns != conversation.turns)


def _changed(conversation: Conversation, name: ChangeName) -> Changed:
    draw = Random(f"{conversation.call} {name}")  # noqa: S311 - a change needs no secrecy
    parts = [_Part.of(turn) for turn in conversation.turns]
    kept = [part for part in _CHANGES[name](parts, draw) if part.words]
    turns = tuple(
        Turn(id=f"t{n:04}", speaker=p.speaker, role=p.role, words=p.words, backchannel=p.backchannel)
        for n, p in enumerate(kept, start=1)
    )
    origin = {turn.id: part.origin for turn, part in zip(turns, kept, strict=True)}
    return Changed(name, conversation.model_copy(update={"turns": turns}), origin)


def _with(word: Word, text: str) -> Word:
    return word if text == word.text else word.model_copy(update={"text": text})


def _unpunctuated(parts: list[_Part], _: Random) -> Iterator[_Part]:
    for part in parts:
        written = ((word, _EDGES.sub("", word.text.translate(_APOSTROPHES)).lower()) for word in part.words)
        yield replace(part, words=tuple(_with(word, text) for word, text in written if text))


def _without_fillers(parts: list[_Part], _: Random) -> Iterator[_Part]:
    for part in parts:
        yield replace(part, words=tuple(w for w in part.words if _EDGES.sub("", w.text).lower() not in _FILLERS))


def _without_question_marks(parts: list[_Part], draw: Random) -> Iterator[_Part]:
    for part in parts:
        lost = (w.text.endswith("?") and draw.random() < QUESTION_MARKS_LOST for w in part.words)
        words = (_with(w, f"{w.text[:-1]}.") if gone else w for w, gone in zip(part.words, lost, strict=True))
        yield replace(part, words=tuple(words))


def _other_turns(parts: list[_Part], draw: Random) -> Iterator[_Part]:
    """Either is what diarizers do at a pause, and at the point where one speaker takes over from the other."""
    waiting: tuple[Word, ...] = ()
    for n, part in enumerate(parts):
        here, waiting = replace(part, words=waiting + part.words), ()
        if len(part.words) < MIN_TURN_WORDS or draw.random() >= TURNS_CHANGED:
            yield here
        elif draw.random() < 0.5 and n + 1 < len(parts) and parts[n + 1].speaker != part.speaker:
            waiting = here.words[-1:]
            yield replace(here, words=here.words[:-1])
        else:
            at = _cut(here.words, draw)
            yield replace(here, words=here.words[:at])
            yield replace(here, words=here.words[at:])


def _cut(words: tuple[Word, ...], draw: Random) -> int:
    """Where a turn is cut: after a sentence where it has several, else anywhere but at its edges."""
    ends = [at for at in range(2, len(words) - 1) if words[at - 1].text.endswith(_ENDS)]
    return draw.choice(ends or list(range(2, len(words) - 1)))


_CHANGES: Mapping[ChangeName, Callable[[list[_Part], Random], Iterator[_Part]]] = {
    "unpunctuated": _unpunctuated,
    "without_fillers": _without_fillers,
    "without_question_marks": _without_question_marks,
    "other_turns": _other_turns,
}
