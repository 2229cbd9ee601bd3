"""Owns the focus of a person as its page and the API show it."""

from pipeline.cycle.focus import relapses
from pipeline.cycle.follow_ups import follow_ups
from pipeline.domain.base import Value
from pipeline.review.cycle.focus.cards import (
    FocusCard,
    PastFocus,
    RelapseView,
    focus_card,
    past_focus,
    relapse_view,
)
from pipeline.review.cycle.focus.known import Known


class FocusView(Value):
    """What a person works on now, what they made a habit or set aside, and habits that show too seldom again."""

    person: str
    coach: bool
    open: tuple[FocusCard, ...]
    relapses: tuple[RelapseView, ...]
    past: tuple[PastFocus, ...]


def focus_view(known: Known) -> FocusView:
    """The focus of the person of the path, as far as the viewer may see it."""
    looks = follow_ups(known.history)
    standing = [state for state in known.focuses if state.is_open]
    ended = [state for state in reversed(known.focuses) if not state.is_open]
    beside = standing[0] if standing else None
    return FocusView(
        person=known.entry.whose.id,
        coach=known.entry.sight == "coach",
        open=tuple(focus_card(known, state, looks) for state in standing),
        relapses=tuple(relapse_view(known, found, beside) for found in relapses(known.history, known.calls)),
        past=tuple(past_focus(known, state) for state in ended),
    )
