"""Rooms whose rehearsals go through scripted models, and what is handed in there."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from pipeline.review.cycle.practice.rehearsals import Rehearsals
from pipeline.review.room import Room
from tests.review.cycle.practice.scripted_run import command
from tests.review.rooms import approve, call_of, client, make_room, sound

PATIENCE_S = 90.0
Command = Callable[[Path], Sequence[str]]


def practising(tmp_path: Path, reps: Sequence[str] = ("Anna", "Bert", "Carl"), how: Command | None = None) -> Room:
    """A room whose rehearsals are run by `how`, by default with scripted models."""
    room = make_room(tmp_path, reps)
    return with_command(room, how or partial(command, room.workspace.root))


def with_command(room: Room, how: Command) -> Room:
    """The same room with another way to run rehearsals."""
    done = partial(room.index.pick_up, "calls")
    return replace(room, rehearsals=Rehearsals(room.workspace, now=room.now, command=how, done=done))


def approved_call(room: Room, rep: str = "Anna") -> str:
    """The first call of this rep, its feedback approved by now."""
    call = call_of(room, rep)
    approve(room, call)
    return call


def hand_in(room: Room, data: bytes, *, user: str = "anna", name: str = "try.wav", **fields: str) -> tuple[int, str]:
    """The status and the text of handing this in as Anna's rehearsal; consent is given unless said otherwise."""
    form = {"consent": "yes", **fields}
    form = {key: value for key, value in form.items() if value}
    answer = client(room, user).post(
        "/people/anna/practice/rehearsals", data=form, files={"recording": (name, data, "audio/wav")}
    )
    return answer.status_code, answer.text


def recording(tmp_path: Path, seed: int = 900) -> bytes:
    """A wav of a minute in which the scripted models hear a call."""
    return sound(tmp_path / f"{seed}.wav", seed=seed).read_bytes()
