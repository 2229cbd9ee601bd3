"""Owns what a labelled call is, whoever labelled it: a recording or a transcript, and what people say of it.

Loaders in `evals.collections` make these values from the formats of others and from a user's own files; suites take
from them what they measure. Every label is optional, and a label that is absent is never taken for a no.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.labels import LevelLabel, Openness, TurnLabel, VerdictLabel
from pipeline.domain.recording import CallMetadata, Role
from pipeline.domain.speech import Conversation, SpeakerSegment

__all__ = ["LabelledCall", "LevelLabel", "Openness", "Quality", "Reference", "TurnLabel", "VerdictLabel"]

Quality = Literal["high", "low"]


class Reference(Value):
    """What a recording holds by people's word: all words in order, those of each speaker, who speaks when.

    `timed_words` are (speaker, start, end, words), seconds, as a line of an STM file. `duration` is the end of what was
    labelled, seconds: nothing after it is scored. `machine_made` words are another recogniser's, right for most part.
    """

    words: str | None = None
    by_speaker: dict[str, str] | None = None
    timed_words: tuple[tuple[str, float, float, str], ...] | None = None
    segments: tuple[SpeakerSegment, ...] | None = None
    duration: float | None = Field(default=None, ge=0)
    machine_made: bool = False


class LabelledCall(Value):
    """A call with what people say of it.

    `conversation` is absent where there is only a recording. `files` are the recording's, all sides. `roles` are those
    of the reference's speakers. `talk_s` is the seconds each role speaks. `raters` are all who labelled this call, also
    those with nothing to say of it. `quality` is a judgement of the whole call by whoever published it.

    `metadata` is what people state beside the recording: sides, channels, language. `heard` is what another recogniser
    and diarizer made of the call. `voices` is how many people are heard. `stated` are measures of the call as whoever
    labelled it states them, by the pipeline's names, in its units.
    """

    id: str = Field(min_length=1)
    collection: str = Field(pattern=r"^[a-z0-9_]+$")
    conversation: Conversation | None = None
    files: tuple[Path, ...] = ()
    metadata: CallMetadata = CallMetadata()
    language: str | None = None
    reference: Reference = Reference()
    heard: Conversation | None = None
    voices: int | None = Field(default=None, ge=1)
    roles: dict[str, Role] = Field(default_factory=dict)
    talk_s: dict[Role, float] = Field(default_factory=dict)
    stated: dict[str, float] = Field(default_factory=dict)
    rubric: str | None = None
    raters: tuple[str, ...] = ()
    turns: tuple[TurnLabel, ...] = ()
    verdicts: tuple[VerdictLabel, ...] = ()
    levels: tuple[LevelLabel, ...] = ()
    quality: Quality | None = None
    outcome: float | None = None
