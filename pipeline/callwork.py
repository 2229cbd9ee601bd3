"""Owns what follows once a call was heard: attribution, measures, trackers and judgement, each kept; and its record.

A run comes here from a recording (`pipeline.run`), a reading again from what is kept of one (`pipeline.reread`): both
find the same results by the same keys.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from pipeline.adapters.bucket_recordings import BucketRecordings
from pipeline.config import Config
from pipeline.cycle.current_focus import FocusBook, focus_book, when_taken
from pipeline.domain.correction import RoleCorrection
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.recording import Recording, Stage
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.script import Script
from pipeline.domain.speech import Conversation, Diarization, Transcript
from pipeline.domain.stability import Withheld
from pipeline.domain.talk_interval import Times
from pipeline.domain.tracker import LoadedTracker, Tracking
from pipeline.domain.work import CallRecord, StageName
from pipeline.engines.redaction import stored_redactor
from pipeline.judgement import Heard, Judgement, Judges
from pipeline.keeping import Keeper
from pipeline.ports import Engine
from pipeline.stages.attribute import attribute, attribute_script
from pipeline.stages.ingest import Fetch
from pipeline.stages.measure import measure
from pipeline.stages.redact import Redactor
from pipeline.stages.roles import assign_roles
from pipeline.stages.track import track
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace

CODE: dict[StageName, int] = {
    "ingest": 1,
    "import": 1,
    "transcribe": 1,
    "diarize": 1,
    "attribute": 2,
    "measure": 2,
    "track": 1,
}
"""The version of each stage's own code. Raise one when its results change: it and what follows are then done again."""


class Facts(Protocol):
    """What people and earlier runs said of calls: records, which workers on other machines have to ask for."""

    def last(self, call: str) -> CallRecord | None:
        """The latest record of a call, or None. Raises: StoreError."""
        ...

    def corrections(self, call: str) -> tuple[RoleCorrection, ...]:
        """Who is who in the call, as people put it right. Raises: StoreError."""
        ...

    def focus_of(self, recording: Recording, rubric: LoadedRubric, *, now: datetime) -> str | None:
        """The focus that a draft of this call keeps to; None without one. Raises: StoreError."""
        ...


class KnownFacts:
    """The facts of a workspace on this machine; fulfils `Facts`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def last(self, call: str) -> CallRecord | None:
        """See `Facts`."""
        return self._workspace.calls.last(call)

    def corrections(self, call: str) -> tuple[RoleCorrection, ...]:
        """See `Facts`."""
        found = self._workspace.corrections.last(call)
        return found.roles if found else ()

    def focus_of(self, recording: Recording, rubric: LoadedRubric, *, now: datetime) -> str | None:
        """See `Facts`; what each rep works on is as it was when the first draft of the night asked."""
        taken = when_taken(self._workspace, recording, now=now)
        return self._focuses.at(recording.metadata.rep, taken, rubric=rubric.rubric.id)

    @cached_property
    def _focuses(self) -> FocusBook:
        return focus_book(self._workspace)


@dataclass(frozen=True)
class Night:
    """What all calls of a run share. `facts` are those of the workspace, unless somebody else is to be asked."""

    workspace: Workspace
    config: Config
    engine: Engine
    rubric: LoadedRubric
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    trackers: tuple[LoadedTracker, ...] = ()
    by_stage: Mapping[str, LoadedRubric] = field(default_factory=dict)
    """Rubrics that take the place of `rubric` for calls of their stated stage. A guessed one is shown and decides
    nothing: on calls it was not tuned on it is right too seldom (docs/measured.md)."""
    withheld: Mapping[str, tuple[Withheld, ...]] = field(default_factory=dict)
    """Behaviours on which no draft may rest, by the id of their rubric."""

    stated_facts: Facts | None = None
    stated_redactor: Redactor | None = None
    """What masks words before they are kept, where it is not the one that the settings ask for."""

    @cached_property
    def facts(self) -> Facts:
        """What people and earlier runs said of calls."""
        return self.stated_facts or KnownFacts(self.workspace)

    @cached_property
    def redactor(self) -> Redactor | None:
        """What masks words before they are kept; None where they are kept as they were said. Raises: WeightsError."""
        return self.stated_redactor or stored_redactor(self.config)

    @cached_property
    def fetch(self) -> Fetch:
        """Where a recording is on this machine, which is fetched when it is in a bucket."""
        store = self.config.store
        return BucketRecordings(store.recordings or self.workspace.root / "recordings", store).fetch


class CallWork:
    """The stages of one call after hearing it; `keeper` has the keys of what was heard."""

    def __init__(self, night: Night, recording: Recording, keeper: Keeper) -> None:
        self.night = night
        self.recording = recording
        self.keeper = keeper

    def told(self, script: Script) -> Conversation:
        """The conversation as a finished transcript tells it."""
        metadata = self.recording.metadata
        channels = json.dumps(metadata.channels) if metadata.channels else ""
        return self._attribute(
            lambda: attribute_script(script, call=self.recording.call, metadata=metadata),
            "import",
            more=(("channels", channels),),
        )

    def heard(self, transcript: Transcript, diarization: Diarization) -> Conversation:
        """The conversation as recogniser and diarizer heard it."""
        call, sides = self.recording.call, self.recording.sides
        return self._attribute(
            lambda: attribute(transcript, diarization, call=call, channels=sides), "transcribe", "diarize"
        )

    def follow(self, conversation: Conversation) -> CallMetrics:
        """The measures of the conversation, once trackers have been through it too."""
        metrics = self._measure(conversation)
        self._track(conversation)
        return metrics

    def judge(self, conversation: Conversation, metrics: CallMetrics, rubric: LoadedRubric) -> str | None:
        """What was left unread, in one line, once the call was read, verified, scored and drafted; None for nothing."""
        engine, metadata = self.night.engine, self.recording.metadata
        heard = Heard(conversation, metrics, dict(self.keeper.keys), metadata.started_at)
        judges, withheld = Judges(engine.reader, engine.drafter), self.night.withheld.get(rubric.rubric.id, ())
        focus = self.night.facts.focus_of(self.recording, rubric, now=self.night.now())
        judgement = Judgement(heard, rubric, judges, keeper=self.keeper, withheld=withheld, focus=focus)
        return judgement.judge(today=self.night.now().date()).unread

    def new_record(self, place: Path, files: tuple[Path, ...], rubric: LoadedRubric) -> CallRecord:
        """What says that these results are the call's own from now on; not kept yet."""
        return CallRecord(
            call=self.recording.call,
            path=place,
            files=files,
            results=dict(self.keeper.keys),
            rubric=self.night.workspace.keep_rubric(rubric),
            at=self.night.now(),
        )

    def _attribute(
        self, spoken: Callable[[], Conversation], *inputs: StageName, more: tuple[tuple[str, str], ...] = ()
    ) -> Conversation:
        """The conversation with everybody's role, made of the results of these stages."""
        recording = self.recording
        corrections = self.night.facts.corrections(recording.call)
        said = [c.model_dump_json() for c in corrections]
        metadata = recording.metadata
        names = [metadata.rep or "", metadata.customer or ""]
        if metadata.stage is Stage.COACHING:  # where other people talk, and other cues count
            names += [Stage.COACHING.value, metadata.manager or ""]
        work = Work(
            stage="attribute",
            code=CODE["attribute"],
            inputs=tuple(self.keeper.keys[stage] for stage in inputs),
            parameters=(
                ("call", recording.call),
                ("sides", ",".join(recording.sides)),
                ("names", json.dumps(names)),
                ("corrections", sha256("\n".join(said).encode()).hexdigest() if said else ""),
                *more,
            ),
        )

        return self.keeper.kept(
            work,
            Conversation,
            lambda _: assign_roles(spoken(), metadata=recording.metadata, corrections=corrections),
        )

    def _measure(self, conversation: Conversation) -> CallMetrics:
        work = Work(stage="measure", code=CODE["measure"], inputs=(self.keeper.keys["attribute"],))
        return self.keeper.kept(work, CallMetrics, lambda _: measure(conversation, times=self._times))

    @property
    def _times(self) -> Times:
        """How it is known who speaks when."""
        if self.recording.kind == "transcript":
            return "transcript"
        return "channels" if self.recording.sides else "voices"

    def _track(self, conversation: Conversation) -> Tracking:
        """What is said of price, next steps and so on, and the stage of the sale."""
        trackers, embedder = self.night.trackers, self.night.engine.embedder
        metadata = self.recording.metadata
        work = Work(
            stage="track",
            code=CODE["track"],
            inputs=(self.keeper.keys["attribute"],),
            model=embedder.identity if embedder is not None else None,
            parameters=(
                ("trackers", ",".join(loaded.sha256 for loaded in trackers)),
                ("started_at", str(metadata.started_at or "")),
                ("stage", metadata.stage or ""),
            ),
        )
        return self.keeper.kept(
            work,
            Tracking,
            lambda _: track(
                conversation,
                [loaded.tracker for loaded in trackers],
                started_at=metadata.started_at,
                stated=metadata.stage,
                embedder=embedder,
            ),
        )
