"""Owns the calendar file of a one-to-one: the talk, and the day to look again (RFC 5545).

Calendars are read on many devices and by other companies' servers, so nothing of a call and nothing that the rep said
stands in it.
"""

from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from pipeline import __version__
from pipeline.review.cycle.sessions.values import SessionView

MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar_of(view: SessionView, *, now: datetime) -> bytes:
    """The calendar file. A later state of the same one-to-one has the same ids and takes the place of this one."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Filmroom//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_talk(view, now))
    if view.held is not None and view.held.follow_up is not None:
        calendar.add_component(_follow_up(view, view.held.follow_up, now))
    made: bytes = calendar.to_ical()
    return made


def _talk(view: SessionView, now: datetime) -> Event:
    event = _event(f"{view.person}-{view.id}@filmroom", view, now)
    begins = view.starts_at
    event.add("summary", f"One-to-one: {view.rep} and {view.coach}")
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=max(1, view.minutes)))
    if view.purpose:
        event.add("description", view.purpose)
    event.add("status", "CANCELLED" if view.state == "cancelled" else "CONFIRMED")
    return event


def _follow_up(view: SessionView, on: date, now: datetime) -> Event:
    event = _event(f"{view.person}-{view.id}-again@filmroom", view, now)
    event.add("summary", f"Look again: {view.rep} and {view.coach}")
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _event(uid: str, view: SessionView, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("sequence", view.seen)
    return event
