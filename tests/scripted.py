"""Doubles for models, named scripted: they say what a test tells them to, at no cost, and count how often."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from pipeline.adapters.audio import PyAvAudio
from pipeline.adapters.channels import ChannelDiarizer
from pipeline.domain.assessment import Claim, Reading
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Diarization, SpeakerSegment, Transcript, Word
from pipeline.ports import Audio, Drafter, Progress, Samples, silent
from pipeline.text.resemblance import Embedder

_A = TypeVar("_A")
_B = TypeVar("_B")

Script = tuple[tuple[str, float, float, str], ...]
"""Speaker, start, end, text."""

SCRIPT: Script = (
    ("S1", 0.0, 5.0, "Hi, this is Ann from Heron Lane. Is now a good time to talk?"),
    ("S2", 5.0, 8.0, "Sure, go ahead please."),
    ("S1", 8.0, 12.0, "How do you plan the week today?"),
    ("S2", 12.0, 25.0, "We use one large spreadsheet and it takes me four hours every Sunday night."),
    ("S1", 25.0, 29.0, "What does that cost you in a month?"),
    ("S2", 29.0, 34.0, "I would guess three thousand dollars."),
)


def script_end(script: Script) -> float:
    """The second in which the script's last word ends."""
    return max(end for _, _, end, _ in script)


class ScriptedTranscriber:
    """Hears the script in whatever it is given; fails while `failing` is set."""

    def __init__(self, script: Script = SCRIPT, identity: str = "scripted transcriber") -> None:
        self.identity = identity
        self.script = script
        self.n_calls = 0
        self.failing: Exception | None = None

    def transcribe(self, samples: Samples, *, language: str | None, progress: Progress = silent) -> Transcript:
        self.n_calls += 1
        if self.failing:
            raise self.failing
        words: list[Word] = []
        for _, start, end, text in self.script:
            parts = text.split()
            times = np.linspace(start, end, len(parts) + 1)
            words += [
                Word(text=part, span=Span(start=float(a), end=float(b)), confidence=0.9)
                for part, a, b in zip(parts, times, times[1:], strict=False)
            ]
        progress(1.0)
        return Transcript(words=tuple(words), language="en", duration=max(40.0, script_end(self.script)))


class ScriptedDiarizer:
    """Hears the speakers of the script; fails while `failing` is set."""

    def __init__(self, script: Script = SCRIPT, identity: str = "scripted diarizer") -> None:
        self.identity = identity
        self.script = script
        self.n_calls = 0
        self.failing: Exception | None = None

    def diarize(
        self, samples: Samples, sample_rate: int, *, max_speakers: int | None = None, progress: Progress = silent
    ) -> Diarization:
        self.n_calls += 1
        if self.failing:
            raise self.failing
        found = tuple(SpeakerSegment(speaker=s, span=Span(start=a, end=b)) for s, a, b, _ in self.script)
        progress(1.0)
        return Diarization(segments=found, exclusive=found)


class ScriptedReader:
    """Claims that the first place of each opening shows its behaviour."""

    def __init__(self, identity: str = "scripted reader") -> None:
        self.identity = identity
        self.n_calls = 0
        self.failing: Exception | None = None

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        self.n_calls += 1
        if self.failing:
            raise self.failing
        claims = tuple(
            Claim(
                behaviour=opening.behaviour,
                turn_id=opening.places[0].turn_id,
                quote=opening.places[0].text(conversation),
                first_word=opening.places[0].first_word,
                strength=0.5,
            )
            for opening in openings
            if opening.places
        )
        progress(1.0)
        return Reading(claims=claims)


class ScriptedEngine:
    """An engine of scripted models that really decodes sound."""

    def __init__(self, script: Script = SCRIPT) -> None:
        self.audio: Audio = PyAvAudio()
        self.channel_diarizer = ChannelDiarizer()
        self.transcriber = ScriptedTranscriber(script)
        self.diarizer = ScriptedDiarizer(script)
        self.reader = ScriptedReader()
        self.drafter: Drafter | None = None
        self.embedder: Embedder | None = None

    def side_by_side(self, left: Callable[[], _A], right: Callable[[], _B]) -> tuple[_A, _B]:
        """Both results, the left one first; the right one is made even when the left fails."""
        try:
            first = left()
        except Exception:
            right()
            raise
        return first, right()
