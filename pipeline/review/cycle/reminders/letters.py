"""Owns reminders as mails: a file each, as RFC 5322 has it, for whatever program sends them.

The text has the names of people and of things to do, days and links; nothing of a call, and nothing that people wrote.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from pipeline.cycle.reminders import Reminder
from pipeline.domain.people import User
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted, weekday


def letter(user: User, reminders: Sequence[Reminder], *, base: str, at: datetime, digest: bool = False) -> bytes:
    """A mail to the user with these reminders; the same reminders of the same moment give the same bytes.

    `base` is the room's address. The user has an e-mail address. Raises: ValueError where that is none.
    """
    host = urlsplit(base).hostname or "localhost"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Filmroom", "filmroom", host if "." in host and ":" not in host else "localhost")
    mail["To"] = Address(visible(user.name), addr_spec=user.email or "")
    mail["Subject"] = subject(reminders, digest=digest)
    mail["Date"] = at
    keys = "\n".join([user.id, f"{at:%Y-%m-%d}", *(r.key for r in reminders)])
    mail["Message-ID"] = f"<{hashlib.sha256(keys.encode()).hexdigest()[:32]}@{host.strip('[]').replace(':', '-')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text(user, reminders, base=base, today=at.date(), digest=digest))
    return mail.as_bytes()


def subject(reminders: Sequence[Reminder], *, digest: bool) -> str:
    """What the mail is about, without a name."""
    if digest:
        return f"Your coaching: {counted(len(reminders), 'thing')} to come"
    overdue = sum(reminder.step.overdue for reminder in reminders)
    told = f"Your coaching: {counted(len(reminders), 'thing')} due"
    return f"{told}, {overdue} of them overdue" if overdue else told


def text(user: User, reminders: Sequence[Reminder], *, base: str, today: date, digest: bool) -> str:
    """The words of the mail."""
    what = "What comes next in your coaching" if digest else "Due in your coaching"
    lines = [f"Hello {visible(user.name)},", "", f"{what}, as of {weekday(today)}:", ""]
    for reminder in reminders:
        lines += [f"- {line_of(reminder)}", f"  {base}{reminder.step.link}", ""]
    lines += ["--", f"You asked to be told. Change it at {base}/reminders"]
    return "\n".join(lines) + "\n"


def line_of(reminder: Reminder) -> str:
    """A reminder in one line: about whom, what, and by when."""
    step = reminder.step
    about = f"{visible(reminder.name)}: " if reminder.name else ""
    when = "" if step.on is None else f" ({'overdue since ' if step.overdue else ''}{weekday(step.on)})"
    return f"{about}{step.title}{when}"
