"""What is still to be told to webhooks: a file for each message and address, gone once it was taken.

The name says when it is due next and how often it was tried, so that a further attempt is a rename and no message is
ever half written. What was tried 8 times is kept apart until a person decides.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from pipeline.domain.announcement import Announcement, Delivery, DeliveryAttempt
from pipeline.domain.base import Value
from pipeline.errors import StoreError
from pipeline.store.durable import create
from pipeline.store.journal import Journal

PAUSES_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Seconds after the first, second, ... failed attempt; some 30 hours in all, after which it is given up."""

_NAME = re.compile(r"^(\d{11})-(\d{2})-([0-9a-f]{32})\.json$")
GIVEN_UP = "given-up"


class Waiting(Value):
    """A message that was not taken yet. `due` is when it is tried next; `tried` how often it was."""

    delivery: Delivery
    due: datetime
    tried: int
    path: Path


class Outbox:
    """The messages of one workspace, below outbox/."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.log = Journal(root / "log.jsonl", DeliveryAttempt)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process is the one that sends, for as long as the block lasts; it never waits."""
        from filelock import FileLock, Timeout

        self._root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._root / "sending.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def put(self, what: Announcement, url: str) -> Delivery:
        """The delivery, durably kept and due at once. Raises: StoreError."""
        delivery = Delivery(id=uuid.uuid4().hex, url=url, what=what)
        create(self._root / _name(what.timestamp, 0, delivery.id), delivery.model_dump_json().encode())
        return delivery

    def waiting(self, *, given_up: bool = False) -> Iterator[Waiting]:
        """What was not taken yet, by the time at which it is due; with `given_up` what is not tried any more.

        Raises: StoreError naming a damaged file.
        """
        folder = self._root / GIVEN_UP if given_up else self._root
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        for name in names:
            if (parts := _NAME.match(name)) is not None:
                due = datetime.fromtimestamp(int(parts[1]), UTC)
                yield Waiting(delivery=_read(folder / name), due=due, tried=int(parts[2]), path=folder / name)

    def taken(self, one: Waiting, *, at: datetime) -> None:
        """Forget a message that was taken, and say so in the log."""
        self._tell(one, at)
        one.path.unlink(missing_ok=True)

    def failed(self, one: Waiting, problem: str, *, at: datetime) -> bool:
        """Whether it will be tried again; after the last pause it is kept apart."""
        again = one.tried < len(PAUSES_S)
        self._tell(one, at, problem=problem, given_up=not again)
        if again:
            target = self._root / _name(at + timedelta(seconds=PAUSES_S[one.tried]), one.tried + 1, one.delivery.id)
        else:
            target = self._root / GIVEN_UP / _name(at, one.tried + 1, one.delivery.id)
            target.parent.mkdir(exist_ok=True)
        one.path.rename(target)
        return again

    def take_up(self, one: Waiting, *, at: datetime) -> None:
        """Try a message that was given up again, from the beginning."""
        one.path.rename(self._root / _name(at, 0, one.delivery.id))

    def drop(self, one: Waiting) -> None:
        """Forget a message that is for nobody any more."""
        one.path.unlink(missing_ok=True)

    def _tell(self, one: Waiting, at: datetime, *, problem: str | None = None, given_up: bool = False) -> None:
        self.log.append(
            DeliveryAttempt(
                id=one.delivery.id,
                type=one.delivery.what.type,
                url=one.delivery.url,
                at=at,
                attempt=one.tried + 1,
                problem=problem,
                given_up=given_up,
            )
        )


def _name(due: datetime, tried: int, delivery_id: str) -> str:
    return f"{int(due.timestamp()):011d}-{tried:02d}-{delivery_id}.json"


def _read(path: Path) -> Delivery:
    try:
        return Delivery.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StoreError(f"cannot read {path}: {error}", hint="move the file away, and send again") from error
