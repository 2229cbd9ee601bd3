"""The spine: the stages of a call in order, each done once and kept; a call that fails is set aside, others go on."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar

from pipeline import __version__
from pipeline.config import Config
from pipeline.domain.assessment import Assessment, Reading, Verification
from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.correction import RoleCorrection
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.provenance import Provenance
from pipeline.domain.recording import CallMetadata, Consent, Recording, SourceFile
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.speech import Conversation, Diarization, Transcript
from pipeline.domain.work import CallOutcome, CallRecord, QuarantineRecord, StageName
from pipeline.errors import FilmroomError, StageError
from pipeline.log import get_logger
from pipeline.ports import Engine, Progress, Samples
from pipeline.rubrics import reading_hash
from pipeline.stages.attribute import attribute
from pipeline.stages.draft import draft
from pipeline.stages.ingest import Candidate, Limits, identify, ingest, lasting
from pipeline.stages.measure import measure
from pipeline.stages.observe import observe
from pipeline.stages.roles import assign_roles
from pipeline.stages.score import assess
from pipeline.stages.transcribe import transcribe
from pipeline.stages.verify import verify
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace

_log = get_logger(__name__)
_V = TypeVar("_V", bound=Value)
SAMPLE_RATE = 16_000

CODE: dict[StageName, int] = {
    "ingest": 1,
    "transcribe": 1,
    "diarize": 1,
    "attribute": 1,
    "measure": 1,
    "observe": 1,
    "verify": 1,
    "score": 1,
    "draft": 1,
}
"""The version of each stage's own code. Raise one when its results change: it and what follows are then done again."""


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


@dataclass(frozen=True)
class Night:
    """What all calls of a run share."""

    workspace: Workspace
    config: Config
    engine: Engine
    rubric: LoadedRubric
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def review_calls(
    night: Night, candidates: Sequence[Candidate], *, watcher: Watcher | None = None
) -> Iterator[CallOutcome]:
    """What became of each call, in order. A call that fails is set aside with stage and reason; the others go on."""
    watcher = watcher or Unwatched()
    for number, candidate in enumerate(candidates, start=1):
        watcher.call_started(candidate.path, number, len(candidates))
        outcome = _review_call(night, candidate, watcher)
        watcher.call_finished(outcome)
        yield outcome


def _review_call(night: Night, candidate: Candidate, watcher: Watcher) -> CallOutcome:
    started = time.perf_counter()
    work = _CallWork(night, candidate, watcher)
    try:
        call = work.review()
    except FilmroomError as error:
        return _set_aside(night, work, error, time.perf_counter() - started)
    except Exception as error:  # noqa: BLE001 - one bad file must not stop a night; it is kept with its traceback
        _log.exception("%s failed on %s", work.failed_stage, candidate.path)
        hint = "this should not happen: please report it with the log; run again to retry"
        unexpected = StageError(work.failed_stage, f"{type(error).__name__}: {error}", hint=hint)
        return _set_aside(night, work, unexpected, time.perf_counter() - started)
    night.workspace.release(candidate.place, at=night.now())
    status = "done" if work.did_something else "skipped"
    return CallOutcome(call=call, path=candidate.path, status=status, seconds=time.perf_counter() - started)


def _set_aside(night: Night, work: "_CallWork", error: FilmroomError, seconds: float) -> CallOutcome:
    path, place, stage = work.candidate.path, work.candidate.place, work.failed_stage
    night.workspace.set_aside(
        QuarantineRecord(path=place, stage=stage, reason=error.message, hint=error.hint, at=night.now())
    )
    reason = error.message if isinstance(error, StageError) else f"{work.failed_stage}: {error.message}"
    return CallOutcome(call=work.call, path=path, status="quarantined", reason=reason, hint=error.hint, seconds=seconds)


class _CallWork:
    """The stages of one call; each result is looked up by its work key before it is made."""

    def __init__(self, night: Night, candidate: Candidate, watcher: Watcher) -> None:
        self.night = night
        self.candidate = candidate
        self.watcher = watcher
        self.failed_stage: StageName = "ingest"
        self.call: str | None = None
        self.did_something = False
        self.keys: dict[StageName, str] = {}
        self._lock = Lock()

    def review(self) -> str:
        """The call's id, when all its stages have a result and its record names them."""
        self._recording = self._ingest()
        self.call = self._recording.call
        transcript, diarization = self.night.engine.side_by_side(self._transcribe, self._diarize)
        conversation = self._attribute(transcript, diarization)
        metrics = self._measure(conversation)
        reading = self._observe(conversation, metrics)
        verification = self._verify(conversation, reading)
        assessment = self._score(conversation, metrics, reading, verification)
        self._draft(conversation, metrics, verification, assessment)
        self._record()
        return self.call

    def _ingest(self) -> Recording:
        config, candidate = self.night.config, self.candidate
        files = identify(candidate, require_consent=config.consent == "required")
        work = Work(
            stage="ingest",
            code=CODE["ingest"],
            inputs=tuple(f.sha256 for f in files),
            parameters=(
                ("metadata", self._metadata.model_dump_json()),
                ("roles", json.dumps([f.role for f in files])),
                ("max_hours", str(config.max_hours)),
            ),
        )
        recording = self._kept(work, Recording, lambda _: self._heard(files))
        return recording.at(tuple(file.path for file in files))

    @property
    def _metadata(self) -> CallMetadata:
        """What is stated of the call; consent too, where it was said for the whole run and not beside the call."""
        stated = self.candidate.metadata
        if self.night.config.consent == "assumed" and stated.consent is Consent.UNKNOWN:
            return stated.model_copy(update={"consent": Consent.YES})
        return stated

    def _heard(self, files: tuple[SourceFile, ...]) -> Recording:
        limits = Limits(max_duration_s=3600 * self.night.config.max_hours)
        recording = ingest(self.candidate, files, audio=self.night.engine.audio, limits=limits)
        return recording.model_copy(update={"metadata": self._metadata})

    @cached_property
    def _decoded(self) -> Samples:
        return self.night.engine.audio.read(self._recording, sample_rate=SAMPLE_RATE)

    def _samples(self) -> Samples:
        with self._lock:
            return self._decoded

    @property
    def _sound(self) -> tuple[str, ...]:
        """What determines the samples: the files' bytes, in order, and how their channels are used."""
        recording = self._recording
        apart = str(len(recording.sides)) if recording.sides else "mixed"
        return (*(f.sha256 for f in recording.files), apart)

    def _transcribe(self) -> Transcript:
        transcriber = self.night.engine.transcriber
        language = self._recording.metadata.language or self.night.config.language
        work = Work(
            stage="transcribe",
            code=CODE["transcribe"],
            inputs=self._sound,
            model=transcriber.identity,
            parameters=(("language", language or ""),),
        )
        return self._kept(
            work,
            Transcript,
            lambda progress: transcribe(self._samples(), transcriber=transcriber, language=language, progress=progress),
        )

    def _diarize(self) -> Diarization:
        """By channel where channels are sides, else by voice, with the number of speakers people gave as the most."""
        work = Work(stage="diarize", code=CODE["diarize"], inputs=self._sound)
        if self._recording.sides:
            channels = self.night.engine.channel_diarizer
            work = work.model_copy(update={"model": channels.identity})
            return self._kept(work, Diarization, lambda p: channels.diarize(self._samples(), progress=p))
        voices, most = self.night.engine.diarizer, self._recording.metadata.speakers
        work = work.model_copy(update={"model": voices.identity, "parameters": (("max_speakers", str(most)),)})
        return self._kept(
            work,
            Diarization,
            lambda p: voices.diarize(self._samples()[0], SAMPLE_RATE, max_speakers=most, progress=p),
        )

    def _attribute(self, transcript: Transcript, diarization: Diarization) -> Conversation:
        recording = self._recording
        corrections = self._corrections()
        said = [c.model_dump_json() for c in corrections]
        names = (recording.metadata.rep or "", recording.metadata.customer or "")
        work = Work(
            stage="attribute",
            code=CODE["attribute"],
            inputs=(self.keys["transcribe"], self.keys["diarize"]),
            parameters=(
                ("call", recording.call),
                ("sides", ",".join(recording.sides)),
                ("names", json.dumps(names)),
                ("corrections", sha256("\n".join(said).encode()).hexdigest() if said else ""),
            ),
        )

        def make(_: Progress) -> Conversation:
            spoken = attribute(transcript, diarization, call=recording.call, channels=recording.sides)
            return assign_roles(spoken, metadata=recording.metadata, corrections=corrections)

        return self._kept(work, Conversation, make)

    def _corrections(self) -> tuple[RoleCorrection, ...]:
        found = self.night.workspace.corrections.last(self._recording.call)
        return found.roles if found else ()

    def _measure(self, conversation: Conversation) -> CallMetrics:
        work = Work(stage="measure", code=CODE["measure"], inputs=(self.keys["attribute"],))
        return self._kept(work, CallMetrics, lambda _: measure(conversation))

    def _observe(self, conversation: Conversation, metrics: CallMetrics) -> Reading:
        reader, rubric = self.night.engine.reader, self.night.rubric
        work = Work(
            stage="observe",
            code=CODE["observe"],
            inputs=(self.keys["attribute"], self.keys["measure"]),
            model=reader.identity,
            rubric_sha256=reading_hash(rubric.rubric),
        )
        return self._kept(
            work,
            Reading,
            lambda progress: observe(
                conversation, rubric.rubric, questions=metrics.questions, reader=reader, progress=progress
            ),
        )

    def _verify(self, conversation: Conversation, reading: Reading) -> Verification:
        rubric = self.night.rubric
        work = self._judgement("verify", "attribute", "observe")
        return self._kept(
            work,
            Verification,
            lambda _: verify(claims=reading.claims, conversation=conversation, rubric=rubric.rubric),
        )

    def _score(
        self, conversation: Conversation, metrics: CallMetrics, reading: Reading, verification: Verification
    ) -> Assessment:
        work = self._judgement("score", "attribute", "measure", "observe", "verify")
        return self._kept(
            work,
            Assessment,
            lambda _: assess(
                conversation=conversation,
                rubric=self.night.rubric.rubric,
                metrics=metrics,
                observations=verification.observations,
                unread=reading.unread,
            ),
        )

    def _draft(
        self, conversation: Conversation, metrics: CallMetrics, verification: Verification, assessment: Assessment
    ) -> Draft:
        work = self._judgement("draft", "attribute", "measure", "verify", "score")
        started_at = self._recording.metadata.started_at
        work = work.model_copy(update={"parameters": (("started_at", str(started_at or "")),)})
        return self._kept(
            work,
            Draft,
            lambda _: draft(
                conversation=conversation,
                rubric=self.night.rubric.rubric,
                metrics=metrics,
                observations=verification.observations,
                assessment=assessment,
                today=self._today(),
            ),
        )

    def _today(self) -> date:
        """Steps are dated from the day the draft is made, since nobody can practise in the past."""
        return self.night.now().date()

    def _judgement(self, stage: StageName, *inputs: StageName) -> Work:
        keys = tuple(self.keys[name] for name in inputs)
        return Work(stage=stage, code=CODE[stage], inputs=keys, rubric_sha256=self.night.rubric.sha256)

    def _kept(self, work: Work, kind: type[_V], make: Callable[[Progress], _V]) -> _V:
        """The result of this work: as it was kept, or made now and kept before anything else happens."""
        stage: StageName = work.stage  # type: ignore[assignment]
        objects = self.night.workspace.objects
        try:
            if not objects.has(work):
                self._make(work, stage, make)
            self.keys[stage] = work.key
            self.watcher.stage_at(stage, 1.0)
            return objects.get(stage, work.key, kind)[0]
        except BaseException:
            self.failed_stage = stage
            raise

    def _make(self, work: Work, stage: StageName, make: Callable[[Progress], _V]) -> None:
        self.watcher.stage_at(stage, 0.0)
        started = time.perf_counter()
        value = make(lambda share: self.watcher.stage_at(stage, min(share, 0.99)))
        provenance = Provenance(
            stage=stage,
            code_version=__version__,
            model=work.model,
            prompt_sha256=work.prompt_sha256,
            rubric_sha256=work.rubric_sha256,
            seconds=round(time.perf_counter() - started, 3),
        )
        self.night.workspace.objects.put(work, value, provenance)
        self.did_something = True

    def _record(self) -> None:
        """Say which results are the call's own now, unless that is what its last record says."""
        workspace, recording = self.night.workspace, self._recording
        rubric = Work(stage="rubric", code=1, rubric_sha256=self.night.rubric.sha256)
        made_by = Provenance(stage="rubric", code_version=__version__, rubric_sha256=self.night.rubric.sha256)
        workspace.objects.put(rubric, self.night.rubric, made_by)
        record = CallRecord(
            call=recording.call,
            path=self.candidate.place,
            files=tuple(lasting(file.path) for file in recording.files),
            results=dict(self.keys),
            rubric=rubric.key,
            at=self.night.now(),
        )
        last = workspace.calls.last(recording.call)
        if last is None or not _says_the_same(last, record):
            workspace.calls.append(recording.call, record)


def _says_the_same(last: CallRecord, record: CallRecord) -> bool:
    """Whether the last record still holds: equal results, and its files still there, under whatever second name."""
    moved = last.files != record.files and not all(path.is_file() for path in last.files)
    return (last.results, last.rubric) == (record.results, record.rubric) and not moved
