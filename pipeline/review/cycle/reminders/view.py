"""Owns what users see of their own reminders: what they wish, and what they would be told of now."""

from datetime import date
from typing import Literal

from pipeline.cycle.known import known_of
from pipeline.cycle.reminders import Reminder, all_for, due_now, subscription
from pipeline.domain.base import Value
from pipeline.domain.people import User
from pipeline.export.untrusted import visible
from pipeline.review.account.routes import own_user
from pipeline.review.cycle.acting import happened_to
from pipeline.review.cycle.reminders.letters import line_of
from pipeline.review.cycle.reminders.rounds import webhook_secret
from pipeline.review.guards import Entry


class ReminderView(Value):
    """One thing to do, in a line; `due`: it would be told now, where it was not told before."""

    line: str
    link: str
    on: date | None
    due: bool


class RemindersView(Value):
    """How a user wants to be reminded, and of what. `email` is where mails go, None where there is no address.

    `secret` is by what messages to the webhook are signed, None without one.
    """

    mail: bool
    calendar: bool
    webhook: str | None
    digest: Literal["none", "daily", "weekly"]
    email: str | None
    secret: str | None
    manages: bool
    reminders: tuple[ReminderView, ...]


def reminders_view(entry: Entry) -> RemindersView:
    """The reminders of whoever came in. Raises: NotFoundError at one's own machine."""
    user = own_user(entry)
    wish = subscription(happened_to(entry, user.id), user.id)
    reminders = reminders_of(entry, user)
    due = {reminder.key for reminder in due_now(reminders, entry.room.now())}
    return RemindersView(
        mail=wish.mail,
        calendar=wish.calendar,
        webhook=None if wish.webhook is None else visible(wish.webhook),
        digest=wish.digest,
        email=None if user.email is None else visible(user.email),
        secret=webhook_secret(entry.room.entrance.key, user.id, wish.webhook) if wish.webhook else None,
        manages=user.manages,
        reminders=tuple(
            ReminderView(line=line_of(r), link=r.step.link, on=r.step.on, due=r.key in due) for r in reminders
        ),
    )


def reminders_of(entry: Entry, user: User) -> tuple[Reminder, ...]:
    """Everything that comes next for this user and, where they manage, about those who report to them directly."""
    room = entry.room
    reports = tuple(u for u in room.people.all() if u.reports_to == user.id) if user.manages else ()
    return all_for(user, reports, known_of(room.index.rows, [user, *reports]), room.now())
