"""What the stages ask of the outside world: small protocols that adapters fulfil."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.domain.assessment import Reading
from pipeline.domain.recording import Recording
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation, Diarization, Transcript

Samples = npt.NDArray[np.float32]
"""Sound in [-1, 1]: shape (samples,) for one channel, (channels, samples) for several."""

Progress = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1, never falling."""


def silent(_: float) -> None:
    """A progress that nobody watches."""


class Probe(Protocol):
    """What the container says of a file, without decoding it."""

    container: str
    codec: str
    sample_rate: int
    n_channels: int
    duration: float


class AudioReader(Protocol):
    """Decodes the sound of a recording."""

    def read(self, recording: Recording, *, sample_rate: int) -> Samples:
        """All channels, shape (channels, samples), at this rate. Raises: RecordingError."""
        ...


class Transcriber(Protocol):
    """A speech recogniser."""

    @property
    def identity(self) -> str:
        """Model, revision and every parameter that changes its words: part of the work key."""
        ...

    def transcribe(self, samples: Samples, *, language: str | None, progress: Progress = silent) -> Transcript:
        """The words of one channel of 16 kHz sound, in order of time, doubtful ones flagged."""
        ...


class Diarizer(Protocol):
    """Tells who spoke when in sound that mixes speakers."""

    @property
    def identity(self) -> str:
        """Model, revision and every parameter that changes its segments: part of the work key."""
        ...

    def diarize(
        self, samples: Samples, sample_rate: int, *, max_speakers: int | None = None, progress: Progress = silent
    ) -> Diarization:
        """Segments of one channel of sound, speakers named S1, S2, ... by first appearance."""
        ...


class Reader(Protocol):
    """Points at turns that may show a rubric's behaviours; its word is verified before it counts."""

    @property
    def identity(self) -> str:
        """Name, models, prompt and every parameter that changes its claims: part of the work key."""
        ...

    def read(self, conversation: Conversation, rubric: Rubric, *, progress: Progress = silent) -> Reading:
        """Claims for the behaviours that need reading, and those it could not judge."""
        ...
