"""Owns reminders as a calendar: a file of everything of a user that has a day, made anew each time."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.cycle.reminders import Reminder
from pipeline.export.untrusted import visible


def calendar(reminders: Sequence[Reminder], *, base: str, at: datetime) -> bytes:
    """The iCalendar file (RFC 5545) of those that have a day: one-to-ones at their time, the rest for the whole day.

    An entry keeps its UID as long as it is for the same thing on the same day, so a calendar that takes the file again
    has none of them twice.
    """
    from icalendar import Calendar, Event

    made = Calendar()
    made.add("prodid", "-//Filmroom//Reminders//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for reminder in reminders:
        step = reminder.step
        if step.on is None:
            continue
        event = Event()
        event.add("uid", f"{uid(reminder)}@filmroom")
        event.add("dtstamp", at)
        title = "One-to-one" if step.starts_at else step.title
        event.add("summary", f"{visible(reminder.name)}: {title}" if reminder.name else title)
        if step.starts_at is not None:
            event.add("dtstart", step.starts_at)
            event.add("dtend", step.starts_at + timedelta(minutes=step.minutes or 20))
        else:
            event.add("dtstart", step.on)
            event.add("dtend", step.on + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
        event.add("url", base + step.link)
        event.add("class", "PRIVATE")
        made.add_component(event)
    return bytes(made.to_ical())


def uid(reminder: Reminder) -> str:
    """What stays the same of a reminder while its day does, overdue or not.

    That of a one-to-one, and of the day to look at it again, is that of the one-to-one's own calendar file.
    """
    step, person = reminder.step, reminder.person
    if step.starts_at is not None:
        return f"{person}-{step.link.rpartition('/')[2]}"
    if step.kind == "follow_up" and step.mark.startswith("s"):
        return f"{person}-{step.mark}-again"
    parts = (person, step.kind, step.link, str(step.on), step.mark)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
