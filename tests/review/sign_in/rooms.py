"""Rooms whose people have passwords, and what their audit trail says."""

from pathlib import Path

from fastapi.testclient import TestClient
from pwdlib.hashers.argon2 import Argon2Hasher

from pipeline.config import Config, ReviewRoom
from pipeline.domain.audit import AuditEvent
from pipeline.domain.people import ApiToken
from pipeline.review.app import make_app
from pipeline.review.room import Room, open_room
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW, ORIGIN, Clock, add_people

PASSWORD = "quiet otter under lamps"
KEPT = Argon2Hasher().hash(PASSWORD)
TOKEN = "filmroom_of-mark"
TOKEN_SHA256 = "9b773179a577c915e778842923f22e232163597e359509a8b2cdb90156ae4bcc"


def room_with_passwords(tmp_path: Path, clock: Clock | None = None, settings: ReviewRoom | None = None) -> Room:
    """A room without calls; mark has an address, a password and a token, anna a password, nobody else has one."""
    workspace = Workspace(tmp_path / "w")
    add_people(workspace)
    token = ApiToken(name="CRM", sha256=TOKEN_SHA256, at=NOW, writes=True)
    for user, changes in (
        ("mark", {"email": "Mark@film.example", "password": KEPT, "tokens": (token,)}),
        ("anna", {"password": KEPT}),
    ):
        before = workspace.users.last(user)
        assert before
        workspace.users.append(user, before.model_copy(update=changes))
    return open_room(workspace, Config(review=settings or ReviewRoom()), now=clock or Clock())


def browser_at(room: Room, *, address: str = "127.0.0.1", base: str = ORIGIN) -> TestClient:
    """A browser at this address, signed in as nobody; redirects are not followed."""
    return TestClient(make_app(room), base_url=base, follow_redirects=False, client=(address, 50000))


def trail(room: Room) -> list[AuditEvent]:
    """Every line of the audit trail, in order."""
    files = sorted((room.workspace.root / "audit").glob("*.jsonl"))
    return [AuditEvent.model_validate_json(line) for file in files for line in file.read_text().splitlines()]
