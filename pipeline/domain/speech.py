"""Words, speakers and turns: what was said, when and by whom."""

from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.recording import CallId, Role
from pipeline.domain.span import Span

Unreliable = Literal["no_speech", "repetition", "low_confidence", "silence"]
"""Why a word may not have been spoken at all: such a word carries no quote and enters no count."""


class Word(Value):
    """One word as the recogniser wrote it, punctuation included.

    `span` is absent in transcripts that came without times. `confidence` is the recogniser's, 0 to 1.
    `channel` is the index of the channel the word was heard on, where channels were transcribed apart.
    """

    text: str = Field(min_length=1)
    span: Span | None
    confidence: float | None = Field(default=None, ge=0, le=1)
    channel: int | None = Field(default=None, ge=0)
    unreliable: Unreliable | None = None


class Transcript(Value):
    """All words of a call in order of time; without times, in order of the text."""

    words: tuple[Word, ...]
    language: str | None = None
    duration: float = Field(ge=0)


class SpeakerSegment(Value):
    """An interval with one speaker: one line of an RTTM file."""

    span: Span
    speaker: str = Field(min_length=1)


def channel_label(channel: int) -> str:
    """The speaker label of a channel that is one side: ch0, ch1, ..."""
    return f"ch{channel}"


class Diarization(Value):
    """Who spoke when. `segments` may overlap each other; in `exclusive` at most one speaker speaks at any time."""

    segments: tuple[SpeakerSegment, ...]
    exclusive: tuple[SpeakerSegment, ...]

    @property
    def speakers(self) -> tuple[str, ...]:
        """Labels in order of first appearance."""
        return tuple(dict.fromkeys(s.speaker for s in self.segments))


class Turn(Value):
    """All that one speaker says until the floor passes. Its text and span are always those of its words."""

    id: str = Field(pattern=r"^t\d{4,}$")
    speaker: str = Field(min_length=1)
    role: Role
    words: tuple[Word, ...] = Field(min_length=1)
    backchannel: bool = False

    @property
    def text(self) -> str:
        """The words, joined by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def span(self) -> Span | None:
        """From the first word's start to the last word's end; absent when no word has a time."""
        spans = [word.span for word in self.words if word.span is not None]
        return Span(start=min(s.start for s in spans), end=max(s.end for s in spans)) if spans else None


class Speaker(Value):
    """An anonymous label with the role it was given, how sure that is (0 to 1), and by what."""

    label: str
    role: Role
    confidence: float = Field(ge=0, le=1)
    source: Literal["channel", "metadata", "inferred", "person", "transcript", "unknown"]
    reason: str = ""


class Conversation(Value):
    """Turns in order of time with speakers and roles: the ground on which everything later stands.

    `speech` holds who spoke when, overlaps included, as the diarizer or the channels saw it; empty without times.
    `timed` is False for a transcript that does not say of every turn when it begins and ends; single words may have
    times even so. `estimated`: times of single words are spread over the time of their turn, or guessed.
    """

    call: CallId
    turns: tuple[Turn, ...]
    speakers: tuple[Speaker, ...]
    speech: tuple[SpeakerSegment, ...] = ()
    duration: float = Field(ge=0)
    timed: bool = True
    estimated: bool = False
    language: str | None = None

    def turn(self, turn_id: str) -> Turn | None:
        """The turn with this id, or None."""
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    def role_of(self, speaker: str) -> Role:
        """The role of a speaker's label; unknown for a label that is not in the call."""
        return next((s.role for s in self.speakers if s.label == speaker), "unknown")
