"""Owns what is done with a one-to-one from the room: each act checked against calls and templates, and written down."""

from typing import get_args

from pipeline.cycle.focus_acts import follow_up
from pipeline.cycle.session_templates import shelf
from pipeline.cycle.sessions import (
    Side,
    cancel_session,
    hold_session,
    plan_session,
    record_session,
    say_importance,
    session_of,
    start_session,
)
from pipeline.cycle.trust import read_trust
from pipeline.domain.cycle.focus import FollowedUp
from pipeline.domain.cycle.own import TrustLevel
from pipeline.domain.cycle.sessions import SessionHeld, SessionPlan
from pipeline.domain.session_template import SessionTemplate
from pipeline.domain.span import Span
from pipeline.errors import NotFoundError, UsageError
from pipeline.review.cycle.acting import act, happened_to
from pipeline.review.cycle.focus.forms import LookedBody
from pipeline.review.cycle.sessions.moments import call_choices, talks_with
from pipeline.review.drafts.parts import lines
from pipeline.review.guards import Entry


def outline_of(entry: Entry, template: str, before: SessionPlan | None = None) -> SessionTemplate | None:
    """The template of this id as its file has it now; what the plan `before` follows where the file is gone.

    Raises: NotFoundError.
    """
    if not template:
        return None
    try:
        return shelf(entry.room.config.coaching.templates).get(template)
    except NotFoundError:
        if before is None or before.outline is None or before.template != template:
            raise
        return before.outline


def plan(entry: Entry, new: SessionPlan, *, session: str | None = None, seen: int = 0) -> str:
    """The id of the one-to-one whose plan is saved. Raises: UsageError, NotFoundError, StaleError."""
    kept = session_of(happened_to(entry, entry.whose.id), session).plan if session else None
    known = {(clip.call, clip.span) for clip in kept.clips} if kept else set()
    _require_playable(entry, new, known)
    side = _side(entry)
    number = act(entry, entry.whose.id, lambda h: plan_session(h, new, side, session=session, seen=seen))
    return session or f"s{number}"


def importance(entry: Entry, session: str, text: str) -> None:
    """Why it matters to the rep. Raises: UsageError, NotFoundError."""
    act(entry, entry.whose.id, lambda h: say_importance(h, session, lines(text)))


def start(entry: Entry, session: str) -> None:
    """The start. Raises: UsageError, NotFoundError."""
    act(entry, entry.whose.id, lambda h: start_session(h, session, _side(entry)))


def hold(entry: Entry, held: SessionHeld) -> None:
    """What was agreed. Raises: UsageError, NotFoundError."""
    today = entry.room.now().date()
    act(entry, entry.whose.id, lambda h: hold_session(h, held, _side(entry), today=today))


def look_again(entry: Entry, session: str, body: LookedBody) -> None:
    """That somebody looked at what was agreed, and when next. Raises: UsageError, NotFoundError."""
    wanted = FollowedUp(what=session, text=lines(body.text).strip(), again=body.again)
    act(entry, entry.whose.id, lambda h: follow_up(h, wanted, now=entry.room.now()))


def cancel(entry: Entry, session: str, reason: str) -> None:
    """It does not take place. Raises: UsageError, NotFoundError."""
    act(entry, entry.whose.id, lambda h: cancel_session(h, session, lines(reason), _side(entry)))


def record(entry: Entry, session: str, call: str) -> None:
    """Its recording. Raises: UsageError, NotFoundError."""
    coach = session_of(happened_to(entry, entry.whose.id), session).plan.coach
    talks = talks_with(entry, coach)
    act(entry, entry.whose.id, lambda h: record_session(h, session, call, _side(entry), of_coach=talks))


def mark_trust(entry: Entry, level: str, note: str) -> None:
    """A reading of the rep's trust, in the viewer's own stream: nobody else is shown it. Raises: UsageError."""
    found = next((known for known in get_args(TrustLevel) if known == level), None)
    if found is None:
        raise UsageError("trust is bronze, silver or gold", hint="choose one of them")
    rep = entry.whose.id
    act(entry, entry.viewer.user.id, lambda h: read_trust(h, rep, found, lines(note)))


def _side(entry: Entry) -> Side:
    return "coach" if entry.sight == "coach" else "rep"


def _require_playable(entry: Entry, new: SessionPlan, known: set[tuple[str, Span]]) -> None:
    choices = call_choices(entry)
    for clip in new.clips:
        if (clip.call, clip.span) in known:
            continue
        call = choices.get(clip.call)
        if call is None:
            raise UsageError("a clip is of no call of this person", hint="choose one of their calls")
        if call.sealed:
            raise UsageError(
                f"the rep picked this call and has not spoken of it yet: {call.told}",
                hint="choose a moment of another call, or wait for the rep's own view",
            )
        if call.duration is not None and clip.span.end > call.duration + 1:
            raise UsageError(
                f"a clip ends after its call, which has {call.duration:.0f} s: {call.told}", hint="check its times"
            )
