"""A room in which Anna has an approved call with her own comment, and what a plan of Mark's for her says."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from pipeline.config import Coaching, Config
from pipeline.review.room import Room, open_room
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW, Clock, add_calls, add_people, approve, call_of, client

BASE = "/people/anna/one-to-ones"
PLAN: Mapping[str, str] = {
    "starts_at": "2026-03-10T09:00",
    "minutes": "20",
    "template": "tactical",
    "nature": "tactical",
    "purpose": "Stay with a worry",
    "reason": "The worry about the price got no question",
}


def sessions_room(tmp_path: Path, *, templates: Path | None = None) -> Room:
    """Anna's call, approved by Mark and commented by Anna at 27 s; Bert's, neither."""
    workspace = Workspace(tmp_path / "w")
    add_people(workspace)
    add_calls(workspace, tmp_path / "calls", ("Anna", "Bert"))
    clock = Clock()
    room = open_room(workspace, Config(coaching=Coaching(templates=templates)), now=clock)
    room.index.refresh()
    approve(room, call_of(room, "Anna"))
    client(room, "anna").post(
        f"/api/calls/{call_of(room, 'Anna')}/comments", json={"text": "I lost the thread here.", "moment": 27.0}
    )
    clock.at = NOW + timedelta(hours=2)
    return room


def plan(room: Room, **changes: str | list[str]) -> str:
    """The id of a one-to-one that Mark plans for Anna."""
    answer = client(room, "mark").post(BASE, data={**PLAN, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rsplit("/", 1)[1]


def clip(call: str, part: str, start: str, end: str, talk: str = "2") -> dict[str, list[str]]:
    """The fields of one clip in the form."""
    return {
        "clip_call": [call],
        "clip_start": [start],
        "clip_end": [end],
        "clip_part": [part],
        "clip_title": ["a moment"],
        "clip_talk": [talk],
    }


def started(room: Room, **changes: str | list[str]) -> str:
    """The id of one that has started."""
    session = plan(room, **changes)
    client(room, "anna").post(f"{BASE}/{session}/importance", data={"text": "I lose calls there"})
    assert client(room, "mark").post(f"{BASE}/{session}/start").status_code == 303
    return session


HELD: Mapping[str, str | list[str]] = {
    "step_text": ["Ask one question about the worry", ""],
    "step_who": ["rep", "both"],
    "step_by": ["2026-03-12", ""],
    "follow_up": "2026-03-19",
    "rep_said": "The second try was easier",
    "notes": "Practised twice",
}
