"""A reader that is made by the first call that needs it, so that a run with nothing to read loads no model."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol

from pipeline.domain.assessment import Reading
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.ports import Progress, silent


class ReaderModel(Protocol):
    """What a reader is once it is loaded."""

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """As `Reader.read`."""
        ...


class LazyReader:
    """A reader whose identity is known before its models are loaded."""

    def __init__(self, identity: str, load: Callable[[], ReaderModel]) -> None:
        self.identity = identity
        self._load = load

    @cached_property
    def _model(self) -> ReaderModel:
        return self._load()

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """See `Reader.read`."""
        return self._model.read(conversation, rubric, openings, progress=progress)
