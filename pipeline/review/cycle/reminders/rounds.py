"""Owns one round of reminding: what is due for each user who wishes it, by mail, calendar and webhook, told once."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime

from pipeline.config import ReviewRoom
from pipeline.cycle.known import known_of
from pipeline.cycle.reading import Rows, histories
from pipeline.cycle.reminders import (
    Reminder,
    Told,
    Way,
    all_for,
    digest_key,
    due_now,
    subscription,
    untold,
    wants_any,
)
from pipeline.domain.base import Value
from pipeline.domain.cycle.next_step import StepKind
from pipeline.domain.cycle.own import Subscribed
from pipeline.domain.people import User
from pipeline.errors import FilmroomError, StoreError
from pipeline.export.untrusted import visible
from pipeline.review.cycle.reminders.calendar import calendar
from pipeline.review.cycle.reminders.letters import letter
from pipeline.review.people import People
from pipeline.store.journal import Journal

Post = Callable[[str, bytes, str], None]
"""Sends a body to a webhook, signed by a secret; raises an error of the tree when it did not arrive."""


class Made(Value):
    """What was made for a user by one way: of how many things, where it went, what went wrong (empty for nothing)."""

    user: str
    way: Way
    n: int
    where: str
    problem: str = ""


class HookItem(Value):
    """One thing to do, as a webhook gets it."""

    kind: StepKind
    person: str
    name: str
    title: str
    on: str | None
    overdue: bool
    link: str


class HookBody(Value):
    """What a webhook gets: for whom, when it was made, and what is due."""

    user: str
    at: AwareDatetime
    reminders: tuple[HookItem, ...]


@dataclass(frozen=True)
class Round:
    """Where one round of reminding takes place: `base` is the room's address, `key` its server's, `out` for files."""

    people: People
    rows: Rows
    now: datetime
    out: Path
    base: str
    key: bytes
    post: Post

    def go(self) -> tuple[Made, ...]:
        """What was made, by user. Raises: StoreError where nothing can be written."""
        users = self.people.all()
        happened = histories(self.rows, [user.id for user in users])
        wishes = {user.id: subscription(happened[user.id], user.id) for user in users}
        wanting = [user for user in users if wants_any(wishes[user.id])]
        direct = {user.id: [u for u in users if u.reports_to == user.id] for user in wanting}
        concerned = {u.id: u for user in wanting for u in (user, *direct[user.id])}
        known = known_of(self.rows, list(concerned.values()))
        made: list[Made] = []
        for user in wanting:
            reminders = all_for(user, direct[user.id] if user.manages else (), known, self.now)
            made += self._for(user, wishes[user.id], reminders)
        return tuple(made)

    def _for(self, user: User, wish: Subscribed, reminders: tuple[Reminder, ...]) -> list[Made]:
        journal = journal_of(self.people.workspace.root, user.id)
        told = tuple(journal.all())
        due = due_now(reminders, self.now)
        made: list[Made] = []
        if wish.mail and (new := untold(due, told, "mail")):
            made.append(self._mail(user, new, journal, "mail", [r.key for r in new]))
        key = digest_key(wish, self.now.date())
        if key is not None and reminders and key not in {line.key for line in told if line.way == "digest"}:
            made.append(self._mail(user, reminders, journal, "digest", [key]))
        if wish.calendar:
            made.append(self._calendar(user, reminders))
        if wish.webhook is not None and (new := untold(due, told, "webhook")):
            made.append(self._hook(user, wish.webhook, new, journal))
        return made

    def _mail(
        self, user: User, reminders: Sequence[Reminder], journal: Journal[Told], way: Way, keys: Sequence[str]
    ) -> Made:
        if not user.email:
            return Made(user=user.id, way=way, n=0, where="", problem="there is no e-mail address")
        try:
            content = letter(user, reminders, base=self.base, at=self.now, digest=way == "digest")
        except ValueError as error:
            return Made(user=user.id, way=way, n=0, where="", problem=f"the e-mail address is none: {error}")
        path = self.out / f"{user.id}-{way}-{self.now:%Y-%m-%d}-{hashlib.sha256(content).hexdigest()[:8]}.eml"
        _write(path, content)
        self._tell(journal, way, keys)
        return Made(user=user.id, way=way, n=len(reminders), where=str(path))

    def _calendar(self, user: User, reminders: Sequence[Reminder]) -> Made:
        path = self.out / f"{user.id}.ics"
        _write(path, calendar(reminders, base=self.base, at=self.now))
        return Made(user=user.id, way="calendar", n=sum(r.step.on is not None for r in reminders), where=str(path))

    def _hook(self, user: User, url: str, reminders: Sequence[Reminder], journal: Journal[Told]) -> Made:
        body = HookBody(user=user.id, at=self.now, reminders=tuple(self._item(r) for r in reminders))
        made = Made(user=user.id, way="webhook", n=len(reminders), where=visible(url))
        try:
            self.post(url, body.model_dump_json().encode(), webhook_secret(self.key, user.id, url))
        except StoreError:
            raise
        except FilmroomError as error:
            return made.model_copy(update={"problem": f"{error.message}; it is sent again the next time"})
        self._tell(journal, "webhook", [r.key for r in reminders])
        return made

    def _item(self, reminder: Reminder) -> HookItem:
        step = reminder.step
        return HookItem(
            kind=step.kind,
            person=reminder.person,
            name=visible(reminder.name),
            title=step.title,
            on=None if step.on is None else str(step.on),
            overdue=step.overdue,
            link=self.base + step.link,
        )

    def _tell(self, journal: Journal[Told], way: Way, keys: Sequence[str]) -> None:
        for key in keys:
            journal.append(Told(at=self.now, way=way, key=key), durable=True)


def webhooks_of(people: People) -> tuple[tuple[str, str], ...]:
    """The users who have reminders sent to a webhook by now, by id, each with its address."""
    cycle = people.workspace.cycle
    wishes = ((user.id, subscription(cycle.all(user.id), user.id)) for user in people.all())
    return tuple((user, wish.webhook) for user, wish in wishes if wish.webhook is not None)


def journal_of(root: Path, user: str) -> Journal[Told]:
    """What a user was told: reminders/<user>.jsonl of the workspace."""
    return Journal(root / "reminders" / f"{user}.jsonl", Told)


def webhook_secret(key: bytes, user: str, url: str) -> str:
    """By what the messages to this address are signed: it follows from the server's key, and is kept nowhere."""
    return hmac.new(key, f"webhook\n{user}\n{url}".encode(), hashlib.sha256).hexdigest()


def base_of(settings: ReviewRoom) -> str:
    """The address of the room in links: by the first of [review] hosts, else on this machine."""
    if settings.hosts:
        return f"{'https' if settings.https else 'http'}://{settings.hosts[0]}" + _port(settings)
    return f"http://127.0.0.1:{settings.port}"


def _port(settings: ReviewRoom) -> str:
    return "" if settings.https or settings.port == 80 else f":{settings.port}"


def _write(path: Path, content: bytes) -> None:
    """Write a whole file in one go. Raises: StoreError."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror or error}", hint="check that the folder may be written and has room"
        ) from error
