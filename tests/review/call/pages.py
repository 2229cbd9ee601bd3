"""What tests of a call's page need: calls of every kind, approvals, and who comes in."""

import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.config import Config
from pipeline.domain.audit import AuditEvent
from pipeline.domain.recording import Mode
from pipeline.domain.review import Review
from pipeline.review.audit import Wanted
from pipeline.review.guards import Entry
from pipeline.review.room import Room
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from tests.review.rooms import NOW, client, sound
from tests.scripted import SCRIPT, Script, ScriptedEngine


def add_call(
    room: Room, folder: Path, rep: str, *, seed: int, script: Script = SCRIPT, mode: Mode = Mode.RECORDED, **fields: str
) -> str:
    """The id of one more call in this room, of a team named North."""
    folder.mkdir(parents=True, exist_ok=True)
    path = sound(folder / f"{rep}-{seed}.wav", seed=seed)
    stated = {"consent": "yes", "rep": rep, "team": "North", "stage": "discovery", "mode": mode.value, **fields}
    path.with_suffix(".json").write_text(json.dumps(stated))
    night = Night(room.workspace, Config(), ScriptedEngine(script), find_rubric("discovery"), now=lambda: NOW)
    (outcome,) = review_calls(night, discover([path]))
    assert outcome.status == "done"
    assert outcome.call
    room.index.refresh()
    return outcome.call


def add_calls_of(room: Room, folder: Path, reps: Sequence[str], *, first: int = 100) -> tuple[str, ...]:
    """The ids of one more call of each of these reps."""
    return tuple(add_call(room, folder, rep, seed=first + n) for n, rep in enumerate(reps))


def approve(room: Room, call: str, *, record: int = 1) -> None:
    """Have the feedback on this reading of a call approved by mark."""
    number, latest = room.record(call)
    review = Review(
        call=call,
        action="approved",
        state="approved",
        author="mark",
        at=NOW,
        record=record,
        draft=latest.results["draft"],
    )
    assert number >= record
    room.workspace.reviews.append(call, review)


def read_again(room: Room, call: str) -> int:
    """The number of one more reading of a call, equal to the last but for its time."""
    _, record = room.record(call)
    number = room.workspace.calls.append(call, record.model_copy(update={"at": NOW}))
    room.index.refresh()
    return number


def entry_of(room: Room, user: str, call: str) -> Entry:
    """The entry of this user to a call."""
    viewer = room.entrance.viewer_of(client(room, user).cookies["filmroom"])
    assert viewer
    people = room.index.people_of(call)
    assert people
    scope = room.people.scope(viewer)
    return Entry(room=room, viewer=viewer, scope=scope, sight=scope.sight(*people), call=call)


def events_of(room: Room) -> list[AuditEvent]:
    """The audit trail, oldest first."""
    return list(reversed(room.audit.find(Wanted()).events))
