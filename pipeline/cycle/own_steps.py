"""Owns what a person does next in their own coaching: pick, listen, answer, read, do a step, say what matters."""

from datetime import datetime, timedelta

from pipeline.cycle.focus import focuses, open_focuses
from pipeline.cycle.follow_ups import follow_ups
from pipeline.cycle.known import Known
from pipeline.cycle.library import clips
from pipeline.cycle.rep_first import awaits_rep, picks, self_reviews, standing_picks
from pipeline.cycle.sessions import sessions
from pipeline.cycle.wording import about_call, follow_up_link
from pipeline.domain.cycle.next_step import NextStep, StepKind
from pipeline.domain.cycle.past_calls import week_of

LATELY = timedelta(days=7)
"""For so long are an approved feedback and a praise new."""
PICK_BY = 3
"""Days after Monday by which the week's calls are picked: Thursday, so that a day is left to listen."""


def own_steps(known: Known, now: datetime) -> list[NextStep]:
    """What the person does next, in the order in which it is worth doing."""
    return [
        *_feedback(known, now),
        *_praise(known, now),
        *_picks(known, now),
        *_self_reviews(known, now),
        *_of_focus(known, now),
        *_sessions(known, now),
        *_consents(known),
        *_follow_ups(known, now),
    ]


def as_rep(known: Known) -> Known:
    """The same without the verdicts of picked calls on which the person has not gone first, also where a coach opened
    them: a count would tell the verdict before their own view."""
    waiting = (pick.call for pick in standing_picks(known.history))
    return known.without([call for call in waiting if awaits_rep(known.history, call, call in known.commented)])


def _picks(known: Known, now: datetime) -> list[NextStep]:
    week = week_of(now)
    recent = now - timedelta(days=now.weekday() + 7)
    if not any(call.live and call.at >= recent for call in known.calls):
        return []
    missing = {"went_well", "struggled"} - {pick.why for pick in picks(known.history, week)}
    titles = {
        2: "Pick your two calls of the week",
        1: f"Pick a call {'that went well' if 'went_well' in missing else 'you struggled with'}",
    }
    if not missing:
        return []
    by = week + timedelta(days=PICK_BY)
    link = f"/people/{known.person}/self-review"
    return [NextStep(kind="pick", title=titles[len(missing)], link=link, on=by, overdue=now.date() > by)]


def _self_reviews(known: Known, now: datetime) -> list[NextStep]:
    found, since = [], week_of(now) - timedelta(days=7)
    for review in self_reviews(known.history):
        if review.week is None or review.week < since:
            continue
        about = about_call(known, review.call)
        if awaits_rep(known.history, review.call, review.call in known.commented):
            link = f"/calls/{review.call}"
            found.append(NextStep(kind="comment", title="Listen and comment at a moment", about=about, link=link))
        if not review.done:
            link = f"/people/{known.person}/self-review/{review.call}"
            begun = "Go on with" if review.answers else "Answer"
            found.append(NextStep(kind="answer", title=f"{begun} the three questions", about=about, link=link))
    return found


def _of_focus(known: Known, now: datetime) -> list[NextStep]:
    link = f"/people/{known.person}/focus"
    return [
        NextStep(
            kind="step",
            title="Do a step of your focus",
            about=state.step.text,
            link=link,
            on=state.step.by,
            overdue=state.step.by is not None and state.step.by < now.date(),
            mark=f"{focus.id}.{n}",
        )
        for focus in open_focuses(known.history)
        for n, state in enumerate(focus.steps)
        if state.status == "open" and state.step.who in ("rep", "both")
    ]


def _sessions(known: Known, now: datetime) -> list[NextStep]:
    base, found, today = f"/people/{known.person}/one-to-ones", [], now.date()
    in_focus = {state.opened.session for state in focuses(known.history)}
    for session in sessions(known.history):
        link, day = f"{base}/{session.id}", session.plan.starts_at.date()
        if session.state == "planned" and session.plan.starts_at >= now:
            unsaid = "importance" in session.missing
            title = "Say why your one-to-one matters to you" if unsaid else "Your one-to-one"
            when = {"on": day, "starts_at": session.plan.starts_at, "minutes": session.plan.minutes}
            kind: StepKind = "importance" if unsaid else "session"
            found.append(NextStep.model_validate({"kind": kind, "title": title, "link": link, **when}))
        if session.held is None or session.id in in_focus:
            continue
        found += [
            NextStep(kind="step", title="Do what you agreed", about=step.text, link=link, on=step.by, mark=str(n))
            for n, step in enumerate(session.held.steps)
            if step.who in ("rep", "both") and step.by is not None and step.by >= today
        ]
    return found


def _feedback(known: Known, now: datetime) -> list[NextStep]:
    return [
        NextStep(kind="feedback", title="Read your new feedback", about=about_call(known, call), link=f"/calls/{call}")
        for call, at in sorted(known.approved.items(), key=lambda found: found[1], reverse=True)
        if now - LATELY <= at <= now
    ]


def _praise(known: Known, now: datetime) -> list[NextStep]:
    return [
        NextStep(
            kind="praise",
            title="You were praised for a showing of your focus",
            about=about_call(known, praise.given.call),
            link=f"/people/{known.person}/focus",
            mark=str(praise.number),
        )
        for focus in open_focuses(known.history)
        for praise in focus.praise
        if now - LATELY <= praise.at <= now
    ]


def _consents(known: Known) -> list[NextStep]:
    return [
        NextStep(
            kind="consent",
            title="Say whether others may hear a moment of yours",
            about=about_call(known, clip.proposed.call),
            link=f"/people/{known.person}/practice",
            mark=clip.id,
        )
        for clip in clips(known.history)
        if clip.state == "proposed"
    ]


def _follow_ups(known: Known, now: datetime) -> list[NextStep]:
    return [
        NextStep(
            kind="follow_up",
            title=_TOGETHER[each.on >= now.date()],
            about=each.title,
            link=follow_up_link(known.person, each.what),
            on=each.on,
            overdue=each.state(now.date()) == "overdue",
            mark=each.what,
        )
        for each in follow_ups(known.history)
        if each.done_on is None
    ]


_TOGETHER = {True: "Look again together", False: "You meant to look again together"}
"""By whether the day is still to come, or today."""
