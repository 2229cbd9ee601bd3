"""The spine: the stages of a call in order, each done once and kept; a call that fails is set aside, others go on."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Literal

from pipeline.callwork import CODE, CallWork, Night
from pipeline.domain.recording import CallMetadata, Consent, Recording, SourceFile
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.script import Script
from pipeline.domain.speech import Conversation, Diarization, Transcript
from pipeline.domain.work import CallOutcome, CallRecord, QuarantineRecord
from pipeline.engines.redaction import keyed
from pipeline.errors import BudgetError, EndpointError, FilmroomError, NotAnsweredError, StageError, UnavailableError
from pipeline.judgement import UNREAD_HINT
from pipeline.keeping import Keeper, LookingKeeper
from pipeline.log import get_logger
from pipeline.ports import Progress, Samples, Unwatched, Watcher
from pipeline.stages.ingest import Candidate, Limits, format_of, identify, ingest, lasting, read_script
from pipeline.stages.transcribe import transcribe
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace

__all__ = [
    "CODE",
    "Attempt",
    "Night",
    "Unwatched",
    "Watcher",
    "attempt",
    "go_through",
    "hear",
    "if_kept",
    "review_calls",
    "settle",
]

_log = get_logger(__name__)
SAMPLE_RATE = 16_000

HearingPart = Literal["transcribe", "diarize"]


def review_calls(
    night: Night, candidates: Sequence[Candidate], *, watcher: Watcher | None = None
) -> Iterator[CallOutcome]:
    """What became of each call, in order. A call that fails is set aside with stage and reason; the others go on.

    Raises: as `attempt`; what was done before is kept.
    """
    watcher = watcher or Unwatched()
    for number, candidate in enumerate(candidates, start=1):
        watcher.call_started(candidate.path, number, len(candidates))
        outcome = settle(night.workspace, attempt(night, candidate, watcher))
        watcher.call_finished(outcome)
        yield outcome


def go_through(night: Night, candidate: Candidate, keeper: Keeper) -> str:
    """The call's id, once this keeper has, or has made, the result of every stage; nothing is recorded of the call.

    Raises: whatever a stage or the keeper raises.
    """
    return _RunCall(night, candidate, keeper).go_through()


@dataclass(frozen=True)
class Attempt:
    """What came of one call, and what its records are to say; all results of stages are kept already.

    It can be sent from one process to another. `record` makes the results the call's own, `aside` says why they are
    not there, and `done` is the place that quarantine lets go. `unanswered` says that it was for want of an answer from
    a language model's endpoint: now, or until a person changes something.
    """

    outcome: CallOutcome
    record: CallRecord | None = None
    aside: QuarantineRecord | None = None
    done: Path | None = None
    at: datetime | None = None
    unanswered: Literal["now", "lasting"] | None = None


def attempt(night: Night, candidate: Candidate, watcher: Watcher) -> Attempt:
    """What came of the call; no record of it is written.

    Raises: BudgetError, UnavailableError when nothing can be kept: each ends a run, and the call is as it was.
    """
    return _attempted(night, candidate, watcher, _RunCall.review)


def if_kept(night: Night, candidate: Candidate) -> Attempt | None:
    """What there is to settle of a call whose every result is kept already; None when any of it is to be made.

    No model is loaded and nothing is decoded, sent or written. Whatever stands in the way is left for `attempt` to find
    and to tell: it is None here.
    """
    started = time.perf_counter()
    work = _RunCall(night, candidate, LookingKeeper(night.workspace.objects))
    try:
        call = work.review()
    except Exception:  # noqa: BLE001 - a result that is missing, or what `attempt` will meet and tell
        return None
    return _gone_through(night, work, call, time.perf_counter() - started)


def hear(night: Night, candidate: Candidate, watcher: Watcher, *, part: HearingPart) -> Attempt | None:
    """None once recogniser or diarizer has been through the call's recording; else why it could not.

    Raises: as `attempt`.
    """
    done = _attempted(night, candidate, watcher, lambda work: work.hear(part))
    return done if done.aside is not None else None


def settle(workspace: Workspace, attempt: Attempt) -> CallOutcome:
    """The outcome of the attempt, once records say it; one process does this for a workspace. Raises: StoreError."""
    if attempt.aside is not None:
        workspace.set_aside(attempt.aside)
    if (record := attempt.record) is not None:
        last = workspace.calls.last(record.call)
        if last is None or not _says_the_same(last, record):
            workspace.calls.append(record.call, record)
    if attempt.done is not None and attempt.at is not None:
        workspace.release(attempt.done, at=attempt.at)
    return attempt.outcome


def _told_of(error: Exception, night: Night) -> str:
    """Its kind and what it says; where kept words are masked only its kind, for it may quote them unmasked."""
    kind, masked = type(error).__name__, night.config.redact.stored or night.stated_redactor is not None
    return f"{kind} (what it says is left out: it may quote words)" if masked else f"{kind}: {error}"


def _attempted(night: Night, candidate: Candidate, watcher: Watcher, way: Callable[["_RunCall"], str]) -> Attempt:
    started = time.perf_counter()
    work = _RunCall(night, candidate, Keeper(night.workspace.objects, stage_at=watcher.stage_at))
    try:
        call = way(work)
    except (BudgetError, UnavailableError):
        raise  # no call is to blame
    except NotAnsweredError as error:
        seconds = time.perf_counter() - started
        path, reason = candidate.path, error.message
        return Attempt(
            CallOutcome(call=work.call, path=path, status="waiting", reason=reason, hint=error.hint, seconds=seconds)
        )
    except FilmroomError as error:
        return _set_aside(night, work, error, time.perf_counter() - started)
    except Exception as error:  # noqa: BLE001 - one bad file must not stop a night; it is kept with its traceback
        _log.exception("%s failed on %s", work.keeper.failed_stage, candidate.path)
        hint = "this should not happen: please report it with the log; run again to retry"
        unexpected = StageError(work.keeper.failed_stage, _told_of(error, night), hint=hint)
        return _set_aside(night, work, unexpected, time.perf_counter() - started)
    return _gone_through(night, work, call, time.perf_counter() - started)


def _gone_through(night: Night, work: "_RunCall", call: str, seconds: float) -> Attempt:
    status = "done" if work.keeper.did_something else "skipped"
    unread = work.unread if status == "done" else None  # told once, when it happened
    outcome = CallOutcome(
        call=call,
        path=work.candidate.path,
        status=status,
        reason=work.left or unread,
        hint=unread and UNREAD_HINT.format(call=call),
        seconds=seconds,
    )
    return Attempt(outcome, record=work.record, done=work.candidate.place, at=night.now())


def _set_aside(night: Night, work: "_RunCall", error: FilmroomError, seconds: float) -> Attempt:
    path, place, stage = work.candidate.path, work.candidate.place, work.keeper.failed_stage
    aside = QuarantineRecord(path=place, stage=stage, reason=error.message, hint=error.hint, at=night.now())
    reason = error.message if isinstance(error, StageError) else f"{work.keeper.failed_stage}: {error.message}"
    outcome = CallOutcome(
        call=work.call, path=path, status="quarantined", reason=reason, hint=error.hint, seconds=seconds
    )
    return Attempt(outcome, aside=aside, unanswered=_unanswered(error))


def _unanswered(error: FilmroomError) -> Literal["now", "lasting"] | None:
    if not isinstance(error, EndpointError):
        return None
    return "lasting" if error.lasting else "now"


class _RunCall:
    """The stages of one call, from its files on; each result is looked up by its work key before it is made."""

    def __init__(self, night: Night, candidate: Candidate, keeper: Keeper) -> None:
        self.night = night
        self.candidate = candidate
        self.keeper = keeper
        self.call: str | None = None
        self.left: str | None = None
        self.unread: str | None = None
        self.record: CallRecord | None = None
        self._lock = Lock()

    def review(self) -> str:
        """The call's id, when all its stages have a result and its record names them."""
        call = self.go_through()
        if self.left is None:
            files = tuple(lasting(file.path) for file in self._recording.files)
            self.record = self._work.new_record(self.candidate.place, files, self._rubric)
        return call

    def hear(self, part: HearingPart) -> str:
        """The call's id, when this part of hearing it has a result; the other and what follows are others' work."""
        self._recording = self._ingest()
        self.call = self._recording.call
        if self._recording.kind == "audio":
            self._transcribe() if part == "transcribe" else self._diarize()
        return self.call

    def go_through(self) -> str:
        """The call's id, when all its stages have a result; nothing says yet that these are the call's own."""
        self._recording = self._ingest()
        self.call = self._recording.call
        self._work = CallWork(self.night, self._recording, self.keeper)
        conversation = self._told() if self._recording.kind == "transcript" else self._heard_by_models()
        metrics = self._work.follow(conversation)
        self._rubric = self.night.by_stage.get(self._recording.metadata.stage or "", self.night.rubric)
        if not self._is_scored_under_another_version():
            self.unread = self._work.judge(conversation, metrics, self._rubric)
        return self.call

    def _is_scored_under_another_version(self) -> bool:
        """Whether the call, as it is heard now, has its scores from another version of the same rubric.

        A new version counts for new calls; old scores change on purpose only (`pipeline.rescore`).
        """
        workspace, rubric = self.night.workspace, self._rubric.rubric
        last = self.night.facts.last(self._recording.call)
        if last is None or any(last.results.get(stage) != key for stage, key in self.keeper.keys.items()):
            return False
        former = workspace.objects.get("rubric", last.rubric, LoadedRubric)[0].rubric
        if former.id != rubric.id or former.version == rubric.version:
            return False
        self.left = f"scored with version {former.version} of {rubric.id}, not {rubric.version}: see filmroom rescore"
        return True

    def _ingest(self) -> Recording:
        config, candidate = self.night.config, self.candidate
        files = identify(candidate, require_consent=config.consent == "required", fetch=self.night.fetch)
        work = Work(
            stage="ingest",
            code=CODE["ingest"],
            inputs=tuple(f.sha256 for f in files),
            parameters=(
                ("metadata", self._metadata.model_dump_json()),
                ("roles", json.dumps([f.role for f in files])),
                ("max_hours", str(config.max_hours)),
                *self._formats(files),
            ),
        )
        recording = self.keeper.kept(work, Recording, lambda _: self._heard(files))
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

    def _formats(self, files: tuple[SourceFile, ...]) -> tuple[tuple[str, str], ...]:
        """How the bytes are read, where they are a transcript's: the same text may be a table under another ending."""
        return (("formats", ",".join(format_of(f.path) for f in files)),) if self.candidate.is_transcript else ()

    def _told(self) -> Conversation:
        """The conversation as a finished transcript tells it."""
        return self._work.told(self._import())

    def _import(self) -> Script:
        files, hours = self._recording.files, self.night.config.max_hours
        language = self._recording.metadata.language or self.night.config.language
        work = Work(
            stage="import",
            code=CODE["import"],
            inputs=tuple(f.sha256 for f in files),
            parameters=(
                ("language", language or ""),
                ("roles", json.dumps([f.role for f in files])),
                ("max_hours", str(hours)),
                *self._formats(files),
            ),
        )
        redactor = self.night.redactor

        def told(_: object) -> Script:
            script = read_script(files, max_duration_s=3600 * hours, language=language)
            return script if redactor is None else redactor.script(script)

        return self.keeper.kept(keyed(work, redactor), Script, told)

    def _heard_by_models(self) -> Conversation:
        """The conversation as recogniser and diarizer hear it."""
        return self._work.heard(*self.night.engine.side_by_side(self._transcribe, self._diarize))

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
        redactor = self.night.redactor

        def heard(progress: Progress) -> Transcript:
            words = transcribe(self._samples(), transcriber=transcriber, language=language, progress=progress)
            return words if redactor is None else redactor.transcript(words)

        return self.keeper.kept(keyed(work, redactor), Transcript, heard)

    def _diarize(self) -> Diarization:
        """By channel where channels are sides, else by voice, with the number of speakers people gave as the most."""
        work = Work(stage="diarize", code=CODE["diarize"], inputs=self._sound)
        if self._recording.sides:
            channels = self.night.engine.channel_diarizer
            work = work.model_copy(update={"model": channels.identity})
            return self.keeper.kept(work, Diarization, lambda p: channels.diarize(self._samples(), progress=p))
        voices, most = self.night.engine.diarizer, self._recording.metadata.speakers
        work = work.model_copy(update={"model": voices.identity, "parameters": (("max_speakers", str(most)),)})
        return self.keeper.kept(
            work,
            Diarization,
            lambda p: voices.diarize(self._samples()[0], SAMPLE_RATE, max_speakers=most, progress=p),
        )


def _says_the_same(last: CallRecord, record: CallRecord) -> bool:
    """Whether the last record still holds: equal results, and its files still there, under whatever second name."""
    moved = last.files != record.files and not all(path.is_file() for path in last.files)
    return (last.results, last.rubric) == (record.results, record.rubric) and not moved
