"""Models that are loaded by the first call that needs them, so that a run with nothing to do loads none."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol

from pipeline.domain.assessment import Reading
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation, Diarization
from pipeline.ports import Progress, Samples, silent


class DiarizerModel(Protocol):
    """What a diarizer is once it is loaded."""

    def diarize(
        self, samples: Samples, sample_rate: int, *, max_speakers: int | None = None, progress: Progress | None = None
    ) -> Diarization:
        """As `Diarizer.diarize`."""
        ...


class ReaderModel(Protocol):
    """What a reader is once it is loaded."""

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """As `Reader.read`."""
        ...


class LazyDiarizer:
    """A diarizer whose identity is known before its models are loaded."""

    def __init__(self, identity: str, load: Callable[[], DiarizerModel]) -> None:
        self.identity = identity
        self._load = load

    @cached_property
    def _model(self) -> DiarizerModel:
        return self._load()

    def diarize(
        self, samples: Samples, sample_rate: int, *, max_speakers: int | None = None, progress: Progress = silent
    ) -> Diarization:
        """See `Diarizer.diarize`."""
        return self._model.diarize(samples, sample_rate, max_speakers=max_speakers, progress=progress)


class LazyReader:
    """A reader whose identity is known before its models are loaded."""

    def __init__(self, identity: str, load: Callable[[], ReaderModel], *, prompt_sha256: str | None = None) -> None:
        self.identity = identity
        self.prompt_sha256 = prompt_sha256
        self._load = load

    @cached_property
    def _model(self) -> ReaderModel:
        return self._load()

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """See `Reader.read`."""
        return self._model.read(conversation, rubric, openings, progress=progress)
