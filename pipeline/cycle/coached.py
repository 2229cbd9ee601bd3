"""Owns what a recorded one-to-one shows of how the manager coaches: six things, each by the rubric's own verdicts.

Nothing here is a level or a mark: each is what was found, with its quotes, and what was looked for and not found.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import AwareDatetime

from pipeline.domain.assessment import VerdictState
from pipeline.domain.base import Value

SignName = Literal["rep_first", "asks", "more", "positive_first", "one_focus", "dated"]
SIGNS: tuple[SignName, ...] = ("rep_first", "asks", "more", "positive_first", "one_focus", "dated")
Answer = Literal["yes", "no", "not_found", "unread"]
"""yes: it was so; no: something that was found says otherwise; not_found: it was looked for; unread: it was not judged,
or the talk was read against a rubric without the behaviours in question."""

_OWN_VIEW = ("own_view_asked", "did_well_asked", "change_asked")
_ASKS = ("more_asked", "idea_asked")
_TELLS = ("told_what_to_do",)
_TO_CHANGE = ("told_what_to_do", "points_piled_up", "wish_voiced")


class SaidInTalk(Value):
    """Verified words of the manager that show a behaviour; `start` in seconds, None without times."""

    id: str
    behaviour: str
    turn_id: str
    start: float | None
    text: str


class Talk(Value):
    """A recorded one-to-one as the index has it. `share` is the manager's of the talk, 0 to 1, where it is known."""

    call: str
    at: AwareDatetime
    rep: str | None
    simulated: bool = False
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    n_questions: int | None = None
    n_open: int | None = None
    verdicts: Mapping[str, VerdictState]
    said: tuple[SaidInTalk, ...]


class Sign(Value):
    """One thing to see in a one-to-one: the answer, what it rests on, and counts where there is something to count.

    `n` and `against` are counts of quotes: of asks and of tells, or of times the rep was asked to say more.
    """

    name: SignName
    answer: Answer
    said: tuple[SaidInTalk, ...] = ()
    n: int | None = None
    against: int | None = None


def signs(talk: Talk) -> tuple[Sign, ...]:
    """What the one-to-one shows, in the order of `SIGNS`."""
    return (_rep_first(talk), _asks(talk), _more(talk), _positive_first(talk), _one_focus(talk), _dated(talk))


def _rep_first(talk: Talk) -> Sign:
    """Yes where the rep's own view was asked for and no verdict of the manager's came before the rep had spoken."""
    asked, judged = _said(talk, _OWN_VIEW), _said(talk, ("judged_first",))
    if _unread(talk, "own_view_asked"):
        return Sign(name="rep_first", answer="unread")
    if judged:
        return Sign(name="rep_first", answer="no", said=_in_order((*judged, *asked)))
    return Sign(name="rep_first", answer="yes" if asked else "not_found", said=asked)


def _asks(talk: Talk) -> Sign:
    """Yes where more quotes ask the rep for more, or for an idea, than tell the rep what to do."""
    asks, tells = _said(talk, _ASKS), _said(talk, _TELLS)
    if _unread(talk, *_ASKS, *_TELLS):
        return Sign(name="asks", answer="unread")
    found: Answer = "not_found" if not (asks or tells) else "yes" if len(asks) > len(tells) else "no"
    return Sign(name="asks", answer=found, said=_in_order((*asks, *tells)), n=len(asks), against=len(tells))


def _more(talk: Talk) -> Sign:
    found = _said(talk, ("more_asked",))
    if _unread(talk, "more_asked"):
        return Sign(name="more", answer="unread")
    return Sign(name="more", answer="yes" if found else "not_found", said=found, n=len(found))


def _positive_first(talk: Talk) -> Sign:
    """Yes where a moment that worked was named before anything to change; by the place of the words in the talk."""
    positive, to_change = _said(talk, ("positive_named",)), _said(talk, _TO_CHANGE)
    if _unread(talk, "positive_named"):
        return Sign(name="positive_first", answer="unread")
    if not positive:
        return Sign(name="positive_first", answer="not_found")
    first = positive[0]
    before = tuple(s for s in to_change if _place(s) < _place(first))
    return Sign(name="positive_first", answer="no" if before else "yes", said=(*before[:1], first))


def _one_focus(talk: Talk) -> Sign:
    """Yes where one thing to change was settled on and no further point was added."""
    chosen, piled = _said(talk, ("one_thing_chosen",)), _said(talk, ("points_piled_up",))
    if _unread(talk, "one_thing_chosen", "points_piled_up"):
        return Sign(name="one_focus", answer="unread")
    if piled:
        return Sign(name="one_focus", answer="no", said=_in_order((*chosen, *piled)), n=len(chosen), against=len(piled))
    return Sign(name="one_focus", answer="yes" if chosen else "not_found", said=chosen)


def _dated(talk: Talk) -> Sign:
    found = _said(talk, ("look_again_dated",))
    if _unread(talk, "look_again_dated"):
        return Sign(name="dated", answer="unread")
    return Sign(name="dated", answer="yes" if found else "not_found", said=found)


def _unread(talk: Talk, *behaviours: str) -> bool:
    return any(talk.verdicts.get(name, "unread") == "unread" for name in behaviours)


def _said(talk: Talk, behaviours: Sequence[str]) -> tuple[SaidInTalk, ...]:
    return _in_order(tuple(said for said in talk.said if said.behaviour in behaviours))


def _in_order(said: tuple[SaidInTalk, ...]) -> tuple[SaidInTalk, ...]:
    return tuple(sorted(said, key=_place))


def _place(said: SaidInTalk) -> tuple[int, str, float, str]:
    """Turns are numbered in the order of the talk, in four digits or more; times part the words of one turn."""
    return len(said.turn_id), said.turn_id, said.start or 0.0, said.id
