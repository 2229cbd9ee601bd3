"""Owns the words and the time of a clip, looked up in the call each time: nothing of a call is kept in the library."""

from pipeline.domain.assessment import Observation, Verification
from pipeline.domain.base import Value
from pipeline.domain.cycle.library import ClipProposed
from pipeline.domain.phrasing import clock
from pipeline.domain.recording import Recording
from pipeline.domain.rubric import Rubric
from pipeline.domain.span import Span
from pipeline.domain.work import CallRecord
from pipeline.export.untrusted import visible
from pipeline.export.wording import ROLES
from pipeline.review.room import Room


class ClipMoment(Value):
    """What a clip holds: the quote, who speaks, when in the call, and what it shows, in the rubric's words."""

    quote: str
    speaker: str
    clock: str
    span: Span | None
    rubric: str
    rubric_title: str
    capability: str
    capability_name: str
    behaviour: str
    behaviour_text: str
    audible: bool
    duration: float


def observation_of(room: Room, record: CallRecord, observation: str) -> Observation | None:
    """The observation of this id that a reading of a call has: its text is a slice of the transcript, as verified."""
    found = room.workspace.objects.get("verify", record.results["verify"], Verification)[0]
    return next((one for one in found.observations if one.id == observation), None)


def moment_of(room: Room, clip: ClipProposed) -> ClipMoment | None:
    """The moment of a clip; None where the call is gone, its recording is refused by now, or it has no such words."""
    newest = room.workspace.calls.last_number(clip.call)
    if not 1 <= clip.record <= newest or room.workspace.set_aside_since(room.workspace.calls.get(clip.call, newest)):
        return None
    record = room.workspace.calls.get(clip.call, clip.record)
    observation = observation_of(room, record, clip.observation)
    if observation is None:
        return None
    recording = room.workspace.objects.get("ingest", record.results["ingest"], Recording)[0]
    return _told(observation, room.workspace.rubric_of(record).rubric, recording)


def _told(observation: Observation, rubric: Rubric, recording: Recording) -> ClipMoment:
    behaviour, capability = rubric.behaviour(observation.behaviour), rubric.capability_of(observation.behaviour)
    span = observation.span
    return ClipMoment(
        quote=visible(observation.text),
        speaker=rubric.parties.named(ROLES[observation.role]),
        clock="" if span is None else clock(span.start),
        span=span,
        rubric=rubric.id,
        rubric_title=visible(rubric.title),
        capability=observation.capability,
        capability_name=visible(capability.name if capability else observation.capability),
        behaviour=observation.behaviour,
        behaviour_text=visible(behaviour.text if behaviour else observation.behaviour),
        audible=span is not None and recording.kind == "audio",
        duration=recording.duration,
    )
