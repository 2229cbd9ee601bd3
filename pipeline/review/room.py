"""Owns what all places of the review room share: the workspace, the index, the people, the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Thread

from pipeline.adapters.webhook import send
from pipeline.announce import Announcer
from pipeline.config import Config
from pipeline.domain.result import CallResult
from pipeline.domain.work import CallRecord
from pipeline.errors import NotFoundError
from pipeline.review.audit import Audit
from pipeline.review.call.sheets import Sheets
from pipeline.review.cycle.practice.rehearsals import Rehearsals, handed_in, rehearsal_command
from pipeline.review.entrance import Entrance
from pipeline.review.inbox.texts import RubricTexts
from pipeline.review.index import OpenIndex
from pipeline.review.people import People
from pipeline.review.rereads import Rereads, reread_command
from pipeline.review.results import Results
from pipeline.review.sound.cache import Sounds, guarded
from pipeline.store.outbox import Outbox
from pipeline.store.workspace import Workspace


@dataclass(frozen=True)
class Room:
    """An open review room."""

    workspace: Workspace
    config: Config
    index: OpenIndex
    people: People
    entrance: Entrance
    audit: Audit
    now: Callable[[], datetime]
    results: Results
    sheets: Sheets
    sounds: Sounds
    rubric_texts: RubricTexts
    rereads: Rereads
    rehearsals: Rehearsals
    announcer: Announcer

    def start(self) -> None:
        """Pick up what is new from now on, and take up what waited to be read again when the room was closed."""
        self.index.watch()
        self.announcer.send_in_rounds()
        Thread(target=self._resume, name="rereads taken up", daemon=True).start()

    def _resume(self) -> None:
        rows = self.index.rows("SELECT call FROM reviews WHERE state = 'sent_back' ORDER BY \"at\"")
        self.rereads.resume([str(call) for (call,) in rows])
        self.rehearsals.resume(handed_in(self.index.rows))

    def close(self) -> None:
        """Let others have the index; nothing that was saved is lost."""
        self.announcer.close()
        self.sounds.close()
        self.rereads.close()
        self.rehearsals.close()
        self.index.close()

    def record(self, call: str) -> tuple[int, CallRecord]:
        """The latest record of a call, with its number. Raises: NotFoundError for anything but a whole id."""
        number = self.workspace.calls.last_number(call)
        if not number:
            raise NotFoundError(f"no call {call!r}", hint="go back to your calls")
        return number, self.workspace.calls.get(call, number)

    def result(self, record: CallRecord) -> CallResult:
        """Everything that is known of a call as this record says."""
        return self.results.get(record)


def open_room(workspace: Workspace, config: Config, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Room:
    """The room over a workspace; it owns the index until it is closed. Raises: StoreError when another has it open."""
    people = People(workspace)
    index = OpenIndex(workspace)
    return Room(
        workspace=workspace,
        config=config,
        index=index,
        people=people,
        entrance=Entrance(workspace.root, people, config.review, now=now),
        audit=Audit(workspace, now=now),
        now=now,
        announcer=Announcer(Outbox(workspace.root / "outbox"), config.webhooks, send=send, now=now),
        results=Results(workspace),
        sheets=Sheets(),
        sounds=Sounds(workspace, audio=guarded(config)),
        rubric_texts=RubricTexts(workspace, index),
        rereads=Rereads(workspace, now=now, command=partial(reread_command, config, workspace.root)),
        rehearsals=Rehearsals(
            workspace,
            now=now,
            command=partial(rehearsal_command, config, workspace.root),
            done=partial(index.pick_up, "calls"),
        ),
    )
