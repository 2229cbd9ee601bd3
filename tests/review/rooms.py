"""Rooms for tests: a workspace of scripted calls, its people, and browsers' clients that are signed in."""

import atexit
import json
import shutil
import tempfile
import wave
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zlib import crc32

import numpy as np
from fastapi.testclient import TestClient

from pipeline.config import Config
from pipeline.config.night import Redact, Store
from pipeline.domain.people import User, UserRole
from pipeline.domain.review import Review
from pipeline.review.app import make_app
from pipeline.review.enrolment import Enrolment
from pipeline.review.entrance import COOKIE
from pipeline.review.room import Room, open_room
from pipeline.reviewing.standing import state_of
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.blobs import FolderBlobs
from pipeline.store.workspace import Workspace
from tests.scripted import Script, ScriptedEngine

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8765"

PEOPLE: tuple[tuple[str, tuple[UserRole, ...], str | None], ...] = (
    ("vera", ("second_level",), None),
    ("mark", ("manager",), "vera"),
    ("nina", ("manager",), "vera"),
    ("anna", ("rep",), "mark"),
    ("bert", ("rep",), "mark"),
    ("carl", ("rep",), "nina"),
    ("otto", ("author",), None),
    ("adam", ("admin",), None),
)
"""Id, roles, manager. Ids are also the names that calls know them by: "Anna" is anna."""


SALE: Script = (
    ("S1", 0.0, 5.0, "Hi, this is Ann from Heron Lane. Is now a good time to talk?"),
    ("S2", 5.0, 8.0, "Sure, go ahead please."),
    ("S1", 8.0, 12.0, "How do you plan the week for your fitters today?"),
    ("S2", 12.0, 25.0, "We use one large spreadsheet and it takes me four hours every Sunday night."),
    ("S1", 25.0, 29.0, "And what does that cost you in a month?"),
    ("S2", 29.0, 33.0, "I would guess three thousand dollars."),
    ("S1", 33.0, 39.0, "So four hours each Sunday and about three thousand dollars a month, did I get that right?"),
    ("S2", 39.0, 45.0, "That is right, and honestly my worry is that it is too expensive to change."),
    (
        "S1",
        45.0,
        53.0,
        "Our planner does all of that by itself and it has a map and forty other screens that I can show.",
    ),
    ("S2", 53.0, 56.0, "Maybe send me something by mail."),
    ("S1", 56.0, 58.0, "I will do that, thank you."),
)
"""What is heard in the calls of a room: enough for a draft, with a worry about the price that nobody asks about."""


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def sound(path: Path, *, seed: int = 0, seconds: float = 60.0) -> Path:
    """A wav of faint noise, different for each seed."""
    noise = np.random.default_rng(seed).integers(-3000, 3000, int(8000 * seconds), dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(noise.tobytes())
    return path


def add_people(workspace: Workspace) -> None:
    """Put the users of `PEOPLE` into the workspace, none with a password."""
    for user_id, roles, above in PEOPLE:
        user = User(
            id=user_id,
            name=user_id.capitalize(),
            roles=frozenset(roles),
            reports_to=above,
            by="tests",
            at=NOW,
        )
        workspace.users.append(user_id, user)


def add_calls(
    workspace: Workspace,
    folder: Path,
    reps: Sequence[str],
    *,
    script: Script = SALE,
    stated: Mapping[str, str] = MappingProxyType({}),
) -> tuple[str, ...]:
    """The ids of one scripted call for each rep, in order: 60 s of noise in which the script is heard.

    `stated` is metadata in place of the usual one.
    """
    if not reps:
        folder.mkdir(parents=True, exist_ok=True)
        return ()
    made = _reviewed(folder.name, tuple(reps), script, tuple(stated.items()))
    if not isinstance(workspace.objects.blobs, FolderBlobs) or any(workspace.calls.has(call) for call in made.calls):
        return _review(workspace, folder, reps, script, stated)
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    shutil.copytree(made.workspace.root / "objects", workspace.root / "objects", dirs_exist_ok=True)
    for call in made.calls:
        record = made.workspace.record(call)
        files = tuple(folder / file.name for file in record.files)
        workspace.calls.append(call, record.model_copy(update={"path": folder / record.path.name, "files": files}))
    return made.calls


@dataclass(frozen=True)
class _Made:
    """Calls that were reviewed once in this process, to be copied: a tenth of the time of reviewing them anew."""

    workspace: Workspace
    folder: Path
    calls: tuple[str, ...]


@cache
def _reviewed(name: str, reps: tuple[str, ...], script: Script, stated: tuple[tuple[str, str], ...]) -> _Made:
    root = Path(tempfile.mkdtemp(prefix="reviewed-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    workspace, folder = Workspace(root / "workspace"), root / name
    return _Made(workspace, folder, _review(workspace, folder, reps, script, dict(stated)))


def _review(
    workspace: Workspace, folder: Path, reps: Sequence[str], script: Script, stated: Mapping[str, str]
) -> tuple[str, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    engine = ScriptedEngine(script)
    night = Night(workspace, Config(), engine, find_rubric("discovery"), now=lambda: NOW)
    for n, rep in enumerate(reps):
        path = sound(folder / f"{n:02d}.wav", seed=crc32(folder.name.encode()) + n)  # no two folders hold one sound
        fields = {"consent": "yes", "rep": rep, "customer": f"Customer {n}", "stage": "discovery"}
        fields["started_at"] = f"2026-03-{1 + n % 4:02d}T10:00:00+00:00"
        path.with_suffix(".json").write_text(json.dumps({**fields, **stated}))
    outcomes = list(review_calls(night, discover([folder])))
    assert [o.status for o in outcomes] == ["done"] * len(reps)
    return tuple(o.call for o in outcomes if o.call)


def make_room(
    tmp_path: Path,
    reps: Sequence[str] = ("Anna", "Bert", "Carl"),
    clock: Callable[[], datetime] | None = None,
    *,
    store: Store | None = None,
) -> Room:
    """An open room with the users of `PEOPLE` and a call of each of these reps; `store` is where results are kept."""
    workspace = Workspace(tmp_path / "w", store=store)
    add_people(workspace)
    add_calls(workspace, tmp_path / "calls", reps)
    config = Config(redact=Redact(leaving=False))  # papers and packs as they are: masks have tests of their own
    room = open_room(workspace, config, now=clock or Clock())
    room.index.refresh()
    return room


def call_of(room: Room, rep: str) -> str:
    """The id of the first call of this rep."""
    return str(room.index.rows("SELECT call FROM calls WHERE rep = ? ORDER BY path", [rep])[0][0])


def approve(room: Room, call: str) -> None:
    """The call's draft approved by Mark, an hour after it was made, as it stands."""
    standing = state_of(room.workspace, call)
    review = Review(
        call=call,
        action="approved",
        state="approved",
        author="mark",
        at=NOW + timedelta(hours=1),
        record=standing.record,
        draft=standing.draft_key,
        feedback=standing.feedback,
    )
    room.workspace.reviews.append(call, review)
    room.index.pick_up("reviews", call)


def token_of(room: Room, user: str) -> str:
    """A new token by which a program acts as this user."""
    enrolment = Enrolment(room.people, room.audit, now=room.now, by=user)
    known = room.people.get(user)
    assert known is not None
    return enrolment.add_token(user, f"token {len(known.tokens) + 1}", writes=True)


def client(room: Room, user: str | None = None) -> TestClient:
    """A browser at the room, signed in as this user, else as nobody; redirects are not followed.

    Unsafe requests carry the session's token, in a header, by themselves.
    """
    found = TestClient(make_app(room), base_url=ORIGIN, follow_redirects=False)
    if user is not None:
        cookie = room.entrance.open_session(user)
        found.cookies.set(COOKIE, cookie)
        found.headers["X-CSRF-Token"] = room.entrance.csrf_of(cookie)
    return found
