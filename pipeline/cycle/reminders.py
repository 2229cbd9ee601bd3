"""Owns whom to remind of what: the wishes of each user, what is due for them, and what they were told already.

A user is told of their own coaching and, where they manage, of that of those who report to them directly: whoever is
further above has a page for it. Nothing of what was said in a call, and nothing that people wrote, is in a reminder.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AwareDatetime

from pipeline.cycle.known import Known
from pipeline.cycle.next_steps import due, next_steps
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import CycleRecord, History
from pipeline.domain.cycle.next_step import NextStep
from pipeline.domain.cycle.own import Subscribed
from pipeline.domain.cycle.past_calls import week_of
from pipeline.domain.people import User, UserId
from pipeline.errors import UsageError

Way = Literal["mail", "digest", "calendar", "webhook"]


class Reminder(Value):
    """One thing to be told: about whom, their name, empty for the one who is told, and what is to be done."""

    person: UserId
    name: str
    step: NextStep

    @property
    def key(self) -> str:
        """What it is told by once."""
        return f"{self.person} {self.step.key}"


class Told(Value):
    """A line of reminders/<user>.jsonl: what a user was told, by which way and when. Digests have the key of a day."""

    at: AwareDatetime
    way: Way
    key: str


def subscription(history: History | Sequence[CycleRecord], user: str) -> Subscribed:
    """How this user wants to be reminded by now: the latest that they said themselves, at first not at all."""
    said = [event.what for event in history if isinstance(event.what, Subscribed) and event.author == user]
    return said[-1] if said else Subscribed()


def wants_any(wish: Subscribed) -> bool:
    """Whether anything is to be made for whoever wishes this."""
    return wish.mail or wish.calendar or wish.webhook is not None or wish.digest != "none"


def subscribe(history: History, user: str, wish: Subscribed, *, has_address: bool) -> Subscribed | None:
    """The wish as it goes on record; None where it changes nothing.

    Raises: UsageError for an address of a webhook that is not allowed, and for mail to somebody without an address.
    """
    if (wish.mail or wish.digest != "none") and not has_address:
        raise UsageError("there is no e-mail address of yours", hint="ask an admin to add it; or leave mail out")
    checked = wish.model_copy(update={"webhook": webhook_address(wish.webhook) if wish.webhook else None})
    return None if checked == subscription(history, user) else checked


def webhook_address(url: str) -> str:
    """The address, where a webhook may be: by https, or by http on this machine alone. Raises: UsageError."""
    hint = "give one such as https://hooks.example.org/filmroom"
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"this is no address: {error}", hint=hint) from error
    if not host or any(ord(c) <= 32 for c in url.strip()):
        raise UsageError("this is no address of a webhook", hint=hint)
    if parts.scheme != "https" and not (parts.scheme == "http" and _of_this_machine(host)):
        raise UsageError("the webhook is neither by https nor on this machine", hint=hint)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise UsageError("the address has a name, a password or a part after #", hint=f"leave these out; {hint}")
    return url.strip()


def all_for(user: User, reports: Sequence[User], known: Mapping[str, Known], now: datetime) -> tuple[Reminder, ...]:
    """Everything that comes next for this user, due or not: their own, then about each of `reports` by name."""
    own = [Reminder(person=user.id, name="", step=s) for s in next_steps(known[user.id], now, side="own")]
    others = [
        Reminder(person=report.id, name=report.name, step=step)
        for report in sorted(reports, key=lambda r: (r.name, r.id))
        for step in next_steps(known[report.id], now, side="coach")
    ]
    return (*own, *others)


def due_now(reminders: Sequence[Reminder], now: datetime) -> tuple[Reminder, ...]:
    """Those that are due by now."""
    return tuple(reminder for reminder in reminders if due((reminder.step,), now))


def untold(reminders: Sequence[Reminder], told: Collection[Told], way: Way) -> tuple[Reminder, ...]:
    """Those that were not told by this way yet."""
    known = {line.key for line in told if line.way == way}
    return tuple(reminder for reminder in reminders if reminder.key not in known)


def digest_key(wish: Subscribed, today: date) -> str | None:
    """The name of the digest that is due on this day, told once: of the day, or of its week; None for no digest."""
    days = {"daily": str(today), "weekly": f"week of {week_of(today)}"}
    return days.get(wish.digest)


def _of_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
