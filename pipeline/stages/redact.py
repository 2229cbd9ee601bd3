"""Puts masks in the place of personal words; the number of words, their times and their places stay as they are."""

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.domain.personal import Kind, is_mask, mask_of
from pipeline.domain.script import Script
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Transcript, Turn, Word

PAD_S = 0.25
"""Added to each end of a silence: a recogniser's word may be heard this much before or after its time."""
_REMEMBERED = 8
_MOST_BETWEEN = 15
"""Words of others in the middle of which somebody still dictates the same number: an echo, an "okay"."""

Stretch = tuple[str, Sequence[str]]
"""Who speaks, and the words."""


class Spotter(Protocol):
    """Finds personal words."""

    @property
    def identity(self) -> str:
        """Everything that changes what it finds: part of the work key."""
        ...

    def marks(self, words: Sequence[str]) -> Mapping[int, Kind]:
        """The kind of each personal word, by its index."""
        ...

    def rules(self, words: Sequence[str]) -> Mapping[int, Kind]:
        """As `marks`, but only what is quick: for words that `marks` has seen in another order."""
        ...


@dataclass
class Redactor:
    """Masks words and texts with what one spotter finds."""

    spotter: Spotter
    _made: deque[Conversation] = field(default_factory=lambda: deque(maxlen=_REMEMBERED), init=False, repr=False)

    @property
    def identity(self) -> str:
        """That of the spotter."""
        return self.spotter.identity

    def transcript(self, transcript: Transcript) -> Transcript:
        """The same with masks; each channel is looked through by itself, too."""
        marks = spotted(_by_channel(transcript.words), self.spotter)
        return transcript.model_copy(update={"words": _masked(transcript.words, marks, 0)})

    def script(self, script: Script) -> Script:
        """The same with masks."""
        marks = spotted([(u.speaker, [w.text for w in u.words]) for u in script.utterances], self.spotter)
        told, at = [], 0
        for utterance in script.utterances:
            told.append(utterance.model_copy(update={"words": _masked(utterance.words, marks, at)}))
            at += len(utterance.words)
        return script.model_copy(update={"utterances": tuple(told)})

    def conversation(self, conversation: Conversation) -> Conversation:
        """The same with masks: every quote of either points at the same words. What it made itself it gives back."""
        if any(made is conversation for made in tuple(self._made)):
            return conversation
        marks = spotted([(t.speaker, [w.text for w in t.words]) for t in conversation.turns], self.spotter)
        turns, at = [], 0
        for turn in conversation.turns:
            turns.append(turn.model_copy(update={"words": _masked(turn.words, marks, at)}))
            at += len(turn.words)
        masked = conversation.model_copy(update={"turns": tuple(turns)})
        self._made.append(masked)
        return masked

    def text(self, text: str) -> str:
        """A text of any kind, each personal word of it masked, its white space as it was."""
        pieces = re.split(r"(\s+)", text)
        words = [piece for piece in pieces if piece and not piece.isspace()]
        marks = self.spotter.marks(words) if _may_be_personal(text) else {}
        told, at = [], 0
        for piece in pieces:
            if not piece or piece.isspace():
                told.append(piece)
                continue
            told.append(mask_of(marks[at], piece) if at in marks else piece)
            at += 1
        return "".join(told)


def _may_be_personal(text: str) -> bool:
    return len(text) > 3 and any(c.isalnum() for c in text)


def spotted(stretches: Sequence[Stretch], spotter: Spotter) -> dict[int, Kind]:
    """The kind of each personal word of all stretches, by its index among all their words.

    They are looked through as they follow each other, each by itself, and each speaker's over short words of others.
    """
    flat = [word for _, words in stretches for word in words]
    found = dict(spotter.marks(flat))
    for indices in (*_each(stretches), *_of_speakers(stretches)):
        found |= {indices[i]: kind for i, kind in spotter.rules([flat[i] for i in indices]).items()}
    return found


def _each(stretches: Sequence[Stretch]) -> Iterable[range]:
    at = 0
    for _, words in stretches:
        yield range(at, at + len(words))
        at += len(words)


def _of_speakers(stretches: Sequence[Stretch]) -> list[list[int]]:
    """The words of a speaker over several stretches, where others said little in between."""
    told: list[list[int]] = []
    going: dict[str, tuple[list[int], int]] = {}
    at = 0
    for (speaker, words), indices in zip(stretches, _each(stretches), strict=True):
        held, ended = going.get(speaker, ([], at))
        if held and at - ended > _MOST_BETWEEN:
            told.append(held)
            held = []
        at += len(words)
        going[speaker] = ([*held, *indices], at)
    return [indices for indices in (*told, *(held for held, _ in going.values())) if indices]


def _by_channel(words: Sequence[Word]) -> list[Stretch]:
    """Words in order of time as stretches of one channel each."""
    told: list[tuple[str, list[str]]] = []
    for word in words:
        channel = str(word.channel)
        if not told or told[-1][0] != channel:
            told.append((channel, []))
        told[-1][1].append(word.text)
    return [(channel, texts) for channel, texts in told]


def _masked(words: Sequence[Word], marks: Mapping[int, Kind], at: int) -> tuple[Word, ...]:
    return tuple(
        word.model_copy(update={"text": mask_of(marks[at + i], word.text)}) if at + i in marks else word
        for i, word in enumerate(words)
    )


def masked_spans(conversation: Conversation) -> tuple[Span, ...]:
    """Where the sound of masked words is, with `PAD_S` at both ends; of a word without a time, its whole turn."""
    spans = sorted(
        (
            span
            for turn in conversation.turns
            for word in turn.words
            if is_mask(word.text) and (span := _span(word, turn))
        ),
        key=lambda span: span.start,
    )
    padded = [(max(0.0, span.start - PAD_S), span.end + PAD_S) for span in spans]
    joined: list[tuple[float, float]] = []
    for start, end in padded:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(Span(start=start, end=end) for start, end in joined)


def _span(word: Word, turn: Turn) -> Span | None:
    return word.span or turn.span
