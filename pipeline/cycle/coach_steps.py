"""Owns what a coach does next about a person: listen, praise, look again, meet, answer what they were asked."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from pipeline.cycle.appeals import open_appeals
from pipeline.cycle.focus import FocusState, focuses, open_focuses, relapses, showings
from pipeline.cycle.follow_ups import follow_ups
from pipeline.cycle.known import Known
from pipeline.cycle.rep_first import sealed_calls
from pipeline.cycle.sessions import sessions
from pipeline.cycle.wording import about_call, follow_up_link
from pipeline.domain.cycle.next_step import NextStep

PRAISE_WITHIN = timedelta(days=14)
"""Later a praise has lost its moment: older showings are no longer offered."""


def coach_steps(known: Known, now: datetime) -> list[NextStep]:
    """What those above the person do next about them, in the order in which it is worth doing."""
    known = as_coach(known)
    return [
        *_sessions(known, now),
        *_appeals(known),
        *_drafts(known),
        *_of_focus(known, now),
        *_relapses(known),
        *_follow_ups(known, now),
    ]


def as_coach(known: Known) -> Known:
    """The same without the verdicts of sealed calls: nothing that was read in them is told to a coach."""
    return known.without(sealed(known))


def sealed(known: Known) -> tuple[str, ...]:
    """The picked calls whose coaching waits for the person's own view."""
    return sealed_calls(known.history, known.commented)


def open_drafts(known: Known) -> tuple[str, ...]:
    """The calls whose drafts wait for a coach and are not sealed."""
    closed = set(sealed(known))
    return tuple(call for call in known.waiting if call not in closed)


def _drafts(known: Known) -> list[NextStep]:
    found = open_drafts(known)
    if not found:
        return []
    title = "Listen to a draft and send it" if len(found) == 1 else f"Listen to {len(found)} drafts and send them"
    link = f"/calls/{found[0]}" if len(found) == 1 else f"/inbox?{urlencode({'rep': known.name})}"
    about = about_call(known, found[0]) if len(found) == 1 else ""
    return [NextStep(kind="drafts", title=title, about=about, link=link, mark=found[-1])]


def _appeals(known: Known) -> list[NextStep]:
    return [
        NextStep(
            kind="appeal",
            title="Listen again: an observation was answered with “not so”",
            about=about_call(known, appeal.call),
            link=f"/people/{known.person}/self-review/{appeal.call}",
            mark=f"{appeal.record} {appeal.observation}",
        )
        for appeal in open_appeals(known.history)
    ]


def _of_focus(known: Known, now: datetime) -> list[NextStep]:
    link = f"/people/{known.person}/focus"
    found: list[NextStep] = []
    states = open_focuses(known.history)
    if not states and any(call.live for call in known.calls):
        found.append(NextStep(kind="focus", title="Agree on one focus", link=link))
    for state in states:
        for call in unpraised(state, known, now):
            about, title = f"{state.title}: {about_call(known, call)}", "Praise a showing of the focus"
            found.append(NextStep(kind="praise", title=title, about=about, link=link, mark=call))
        if showings(state, known.calls).met:
            title = "The focus is met: close it as a habit"
            found.append(NextStep(kind="met", title=title, about=state.title, link=link, mark=state.id))
    return found


def unpraised(state: FocusState, known: Known, now: datetime) -> tuple[str, ...]:
    """The calls of the last days in which the focus showed and nobody has said so."""
    praised = {praise.given.call for praise in state.praise}
    return tuple(
        each.call
        for each in showings(state, known.calls).looked_at
        if each.wanted and each.call not in praised and each.at >= now - PRAISE_WITHIN
    )


def _relapses(known: Known) -> list[NextStep]:
    if not focuses(known.history):
        return []
    return [
        NextStep(
            kind="relapse",
            title="A habit shows less again: take it up, or leave it",
            about=found.focus.title,
            link=f"/people/{known.person}/focus",
            mark=f"{found.focus.id} {found.call}",
        )
        for found in relapses(known.history, known.calls)
    ]


def _sessions(known: Known, now: datetime) -> list[NextStep]:
    base, found, ahead = f"/people/{known.person}/one-to-ones", [], False
    for session in sessions(known.history):
        day, link = session.plan.starts_at.date(), f"{base}/{session.id}"
        if session.state == "planned" and session.plan.starts_at >= now - timedelta(hours=12):
            ahead = True
            found.append(
                NextStep(
                    kind="session",
                    title="One-to-one",
                    about=session.plan.purpose,
                    link=link,
                    on=day,
                    starts_at=session.plan.starts_at,
                    minutes=session.plan.minutes,
                )
            )
        elif session.state in ("planned", "started"):
            title = "Write down what the one-to-one agreed, or cancel it"
            found.append(NextStep(kind="write_down", title=title, link=link, on=day, overdue=day < now.date()))
            ahead = ahead or session.state == "started"
    if not ahead and any(call.live for call in known.calls):
        found.append(NextStep(kind="plan", title="Plan the next one-to-one", link=f"{base}/new"))
    return found


def _follow_ups(known: Known, now: datetime) -> list[NextStep]:
    today = now.date()
    titles = {"later": "Look again", "due": "Look again: its day has come", "overdue": "Look again: its day has passed"}
    return [
        NextStep(
            kind="follow_up",
            title=titles[state],
            about=each.title,
            link=follow_up_link(known.person, each.what),
            on=each.on,
            overdue=state == "overdue",
            mark=each.what,
        )
        for each in follow_ups(known.history)
        if (state := each.state(today)) in titles
    ]
