"""Owns what becomes of an event of the coaching cycle when calls or people that it names are erased.

An event about one of the calls becomes `Erased`. What goes on beyond the call stays without it: the focus that was
opened there, the one-to-one in which it was played; their free texts, which may repeat what was said, go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from pipeline.domain.base import Value
from pipeline.domain.cycle.erased import Erased
from pipeline.domain.cycle.events import CycleRecord, Event
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened, FollowedUp, RelapseAnswered, StepMarked
from pipeline.domain.cycle.library import ClipConsented, ClipDeclined, ClipProposed, ClipWithdrawn
from pipeline.domain.cycle.own import TrustRead
from pipeline.domain.cycle.practice import PracticeTried, RehearsalUploaded
from pipeline.domain.cycle.sessions import (
    ImportanceSaid,
    SessionCancelled,
    SessionHeld,
    SessionPlanned,
    SessionRecorded,
)
from pipeline.domain.people import same_name

BLANK = "(erased)"
"""Stands where a text stood that has to be there: in steps, which are counted, and where a reason is asked for."""


NO_CALL = "erased"
"""Stands for the call that a relapse was answered at: the answer decides whether the focus is open."""


@dataclass(frozen=True)
class Touched:
    """The calls, recordings and people that go. `refs` are the focuses, one-to-ones and clips that rest on them, in the
    stream whose events are looked at."""

    calls: frozenset[str]
    hashes: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    customer: str = ""
    refs: frozenset[str] = frozenset()

    def begun_in(self, stream: Iterable[CycleRecord]) -> tuple[str, ...]:
        """The ids of what began in, or with, one of the calls; of a stream of which nothing was rewritten yet."""
        return tuple(dict.fromkeys(ref for n, r in enumerate(stream, start=1) for ref in self._begun(n, r.what)))

    def _begun(self, number: int, what: Event) -> Iterable[str]:
        if isinstance(what, ClipProposed) and what.call in self.calls:
            yield f"k{number}"
        elif isinstance(what, FocusOpened) and what.call in self.calls:
            yield f"f{number}"
        elif isinstance(what, SessionPlanned) and any(clip.call in self.calls for clip in what.plan.clips):
            yield what.session or f"s{number}"
        elif isinstance(what, SessionRecorded) and what.call in self.calls:
            yield what.session

    def left_of(self, number: int, what: Event) -> Event | None:
        """What is left of the event of this number; None where nothing is taken from it."""
        left = self._left(number, what)
        return None if left == what else left

    def _left(self, number: int, what: Event) -> Event:
        if isinstance(what, RehearsalUploaded):
            return self._rehearsal(what)
        if isinstance(what, SessionPlanned):
            return self._planned(number, what)
        if isinstance(what, PracticeTried) and what.rehearsal in self.hashes and what.call not in self.calls:
            return what.model_copy(update={"rehearsal": None, "note": "", "with_whom": ""})
        if getattr(what, "call", None) in self.calls:
            return self._of_a_call(what)
        return self._following(what)

    def _of_a_call(self, what: Event) -> Event:
        """An event about one of the calls: a focus goes on without it, and so does the answer to a relapse."""
        if isinstance(what, FocusOpened):
            return _without_text(what, call=None)
        return _without_text(what, call=NO_CALL) if isinstance(what, RelapseAnswered) else Erased()

    def _following(self, what: Event) -> Event:
        """An event about a person, or about what began in one of the calls."""
        if isinstance(what, TrustRead):
            return Erased() if what.rep in self.users else what
        if isinstance(what, ClipConsented | ClipDeclined | ClipWithdrawn):
            return Erased() if what.clip in self.refs else what
        about = next((ref for name in ("session", "focus", "what") if (ref := getattr(what, name, None))), None)
        follows = isinstance(what, _FOLLOWING) and about in self.refs
        return _without_text(what) if follows else what

    def _rehearsal(self, what: RehearsalUploaded) -> Event:
        """A rehearsal of a moment stays, without the moment; one that is erased itself does not."""
        if what.sha256 in self.hashes:
            return Erased()
        if what.call in self.calls:
            return what.model_copy(
                update={"call": None, "behaviour": "", "customer": "", "with_whom": "", "name": BLANK}
            )
        named = bool(self.customer) and same_name(what.customer) == self.customer
        return what.model_copy(update={"customer": "", "name": BLANK}) if named else what

    def _planned(self, number: int, what: SessionPlanned) -> Event:
        """The plan without the moments of the calls, and without its texts where it has, or had, such moments."""
        begun = (what.session or f"s{number}") in self.refs
        clips = tuple(clip for clip in what.plan.clips if clip.call not in self.calls)
        if not begun and len(clips) == len(what.plan.clips):
            return what
        texts = {name: BLANK for name in _TEXTS if getattr(what.plan, name)}
        fields = dict.fromkeys(what.plan.fields, BLANK)
        plan = what.plan.model_copy(
            update={**texts, "fields": fields, "clips": tuple(clip.model_copy(update={"title": ""}) for clip in clips)}
        )
        return what.model_copy(update={"plan": plan})


_FOLLOWING = (ImportanceSaid, SessionHeld, SessionCancelled, StepMarked, FocusClosed, FollowedUp)
_TEXTS = ("purpose", "reason", "importance", "positive", "question")


def _without_text(what: Event, **more: object) -> Event:
    """The event with `BLANK` in place of every text a person wrote in it."""
    update: dict[str, object] = dict(more)
    for name in ("reason", "note", "notes", "rep_said", "text"):
        if isinstance(what, FocusOpened) and name == "text":
            continue  # the behaviour in the rubric's words
        if getattr(what, name, ""):
            update[name] = BLANK
    if steps := getattr(what, "steps", ()):
        update["steps"] = tuple(step.model_copy(update={"text": BLANK}) for step in steps)
    return what.model_copy(update=update)


def kinds() -> tuple[type[Value], ...]:
    """Every kind of event there is, for whoever checks that each was thought of."""
    return tuple(get_args(get_args(Event)[0]))
