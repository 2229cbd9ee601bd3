"""What the stages ask of the outside world: small protocols that adapters fulfil."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.domain.assessment import Reading
from pipeline.domain.chat import ChatRequest, Exchange
from pipeline.domain.coaching import Draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.places import Opening
from pipeline.domain.recording import Probe, Recording
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation, Diarization, Transcript
from pipeline.domain.work import CallOutcome, StageName
from pipeline.text.resemblance import Embedder

Samples = npt.NDArray[np.float32]
"""Sound in [-1, 1]: shape (samples,) for one channel, (channels, samples) for several."""

Progress = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1, never falling."""


def silent(_: float) -> None:
    """A progress that nobody watches."""


class AudioProbe(Protocol):
    """Opens one sound file, to find out what it is and to hear it once from end to end."""

    def probe(self, path: Path, *, sha256: str | None = None) -> Probe:
        """What the container says of the file, without decoding it. With a hash, of no other bytes.

        Raises: RecordingError.
        """
        ...

    def blocks(self, path: Path, *, sha256: str | None = None) -> Iterator[Samples]:
        """The decoded sound in order, (channels, samples) at the file's own rate, blocks of any length.

        Gaps in the file's timeline come as silence. With a hash, of no other bytes, and not of a file that changes on
        the way. Raises: RecordingError.
        """
        ...


class AudioReader(Protocol):
    """Decodes the sound of a recording."""

    def read(self, recording: Recording, *, sample_rate: int) -> Samples:
        """Shape (channels, samples) at this rate: a row for each of `recording.sides`, else one row, the mix of all.

        Raises: RecordingError.
        """
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


class ChannelDiarizer(Protocol):
    """Tells who spoke when where each channel is one side."""

    @property
    def identity(self) -> str:
        """Everything that changes its segments: part of the work key."""
        ...

    def diarize(self, samples: Samples, *, progress: Progress = silent) -> Diarization:
        """Segments of 16 kHz sound of shape (channels, samples), speakers named ch0, ch1, ... by channel."""
        ...


class Reader(Protocol):
    """Points at turns that may show a rubric's behaviours; its word is verified before it counts."""

    @property
    def identity(self) -> str:
        """Name, models, prompt and every parameter that changes its claims: part of the work key."""
        ...

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """Claims for the behaviours of these openings, and those it could not judge.

        It points at places of the openings only; a behaviour whose opening is empty needs no answer.
        Raises: StageError when it cannot read at all.
        """
        ...


class ChatModel(Protocol):
    """A language model that is asked by messages and answers in JSON of a schema."""

    @property
    def identity(self) -> str:
        """Provider, model and every parameter that changes its answers: part of the work key."""
        ...

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        """What came back for each request, in their order; an answer of whatever content is an exchange.

        Requests that share their beginning are best given together: the first is sent alone, so that the others find
        it in the server's cache. What has come back is kept even when a later request fails.
        Raises: EndpointError when the endpoint gives no answer at all; BudgetError before one that could pass the
        budget is sent; NotAnsweredError where answers are only collected for later.
        """
        ...


class Exchanges(Protocol):
    """Where exchanges are kept for good."""

    def recall(self, model: str, request: ChatRequest) -> Exchange | None:
        """The exchange of this request with the model of this identity, or None."""
        ...

    def keep(self, exchange: Exchange) -> None:
        """Keeps it durably before anything else happens; one that is there already stays as it is."""
        ...


class Drafter(Protocol):
    """Phrases a draft anew; code has chosen what it says, and decides whether the new words may stand."""

    @property
    def identity(self) -> str:
        """Name, model, prompt and every parameter that changes its words: part of the work key."""
        ...

    def phrase(self, draft: Draft, evidence: Evidence) -> Draft:
        """The draft in new words, or as it was, and its `phrasing` says which and why.

        Raises: EndpointError, BudgetError, NotAnsweredError: as `ChatModel.ask`.
        """
        ...


class Audio(AudioProbe, AudioReader, Protocol):
    """Both ways of reading sound."""


_A = TypeVar("_A")
_B = TypeVar("_B")


class Engine(Protocol):
    """What carries out stages: the models of one configuration, and how stages run beside each other."""

    @property
    def audio(self) -> Audio:
        """What reads sound."""
        ...

    @property
    def transcriber(self) -> Transcriber:
        """The recogniser."""
        ...

    @property
    def diarizer(self) -> Diarizer:
        """What tells voices apart in a mix."""
        ...

    @property
    def channel_diarizer(self) -> ChannelDiarizer:
        """What finds speech where each channel is one side."""
        ...

    @property
    def reader(self) -> Reader:
        """What points at behaviours."""
        ...

    @property
    def embedder(self) -> Embedder | None:
        """What tells how alike sentences are; None where only rules decide."""
        ...

    @property
    def drafter(self) -> Drafter | None:
        """What phrases drafts anew; None where the fixed words stand."""
        ...

    def side_by_side(self, left: Callable[[], _A], right: Callable[[], _B]) -> tuple[_A, _B]:
        """Both results; when one fails the other still runs to its end before the failure is raised."""
        ...


class Watcher(Protocol):
    """Told how a run goes on."""

    def call_started(self, path: Path, number: int, of: int) -> None:
        """A call is looked at: its number, from 1, of how many."""
        ...

    def stage_at(self, stage: StageName, share: float) -> None:
        """A stage of that call has done this share of its work; 1 when its result is kept."""
        ...

    def call_finished(self, outcome: CallOutcome) -> None:
        """Nothing more is done with the call in this run."""
        ...


class Unwatched:
    """A watcher that does nothing."""

    def call_started(self, path: Path, number: int, of: int) -> None:
        """See `Watcher`."""

    def stage_at(self, stage: StageName, share: float) -> None:
        """See `Watcher`."""

    def call_finished(self, outcome: CallOutcome) -> None:
        """See `Watcher`."""
