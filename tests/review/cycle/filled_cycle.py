"""Several weeks of coaching in a room of `rooms`: anna's in full, bert's barely begun; for screenshots and for tests.

The room's clock stands at Thursday, 5 March 2026. Everything is written at its own time by whoever does it, so the room
shows what four weeks leave behind. The behaviour worked on is `concern_explored` of the rubric discovery.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.cycle.desk import CycleDesk
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import Event
from pipeline.domain.cycle.focus import FocusOpened, FollowedUp, PraiseGiven, StepMarked
from pipeline.domain.cycle.goals import GoalSet, TargetAgreed
from pipeline.domain.cycle.library import ClipProposed
from pipeline.domain.cycle.practice import PracticeTried
from pipeline.domain.cycle.rep_first import Answered, Parked, Picked
from pipeline.domain.cycle.sessions import (
    AgendaClip,
    ImportanceSaid,
    SessionHeld,
    SessionPlan,
    SessionPlanned,
    SessionStarted,
)
from pipeline.domain.review import Comment
from pipeline.domain.span import Span
from pipeline.review.room import Room
from tests.review.inbox.reviewed import review
from tests.review.rooms import SALE, add_calls
from tests.scripted import Script

FOCUS = "concern_explored"
TITLE = "Asks what is behind a concern before answering it"
RUBRIC = "discovery"
WEEK = date(2026, 3, 2)
"""The Monday of the room's week."""

ASKED: Script = (
    *SALE[:8],
    ("S1", 45.0, 49.0, "What makes it feel too expensive to change right now?"),
    ("S2", 49.0, 54.0, "We would have to train twelve fitters in the busiest month."),
    ("S1", 54.0, 58.0, "Shall we look at a start in May, on Tuesday the seventeenth at ten?"),
    ("S2", 58.0, 59.5, "Yes, that works."),
)
"""A call in which the rep asks about the worry, and proposes a date."""

ANNAS: tuple[tuple[str, str, Script], ...] = (
    ("northside", "2026-02-03T10:00", SALE),
    ("harbour", "2026-02-11T09:30", SALE),
    ("quill", "2026-02-17T14:00", ASKED),
    ("fern", "2026-02-24T11:00", SALE),
    ("brisk", "2026-03-03T10:30", ASKED),
    ("alder", "2026-03-04T15:00", ASKED),
)
"""A name, when it began, what is heard."""

CUSTOMERS = {
    "northside": "Northside Motors", "harbour": "Harbour Mutual", "quill": "Quill & Daughters",
    "fern": "Fern Street Dental", "brisk": "Brisk Logistics", "alder": "Alder Foods", "lowland": "Lowland Print",
}  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """The calls by the names of `CUSTOMERS`, the focus and the two one-to-ones of anna by their ids."""

    calls: dict[str, str]
    focus: str
    held: str
    planned: str


def fill(room: Room) -> Filled:
    """Put four weeks of coaching into the room; its index has all of it when this returns."""
    folder = room.workspace.root.parent / "coached"
    calls = {name: _call(room, folder, "Anna", name, at, script) for name, at, script in ANNAS}
    calls["lowland"] = _call(room, folder, "Bert", "lowland", "2026-03-03T16:00", SALE)
    room.index.refresh()
    held, focus = _first_one_to_one(room, calls)
    _weeks_between(room, calls, held, focus)
    planned = _this_week(room, calls, focus)
    _bert(room, calls)
    room.index.refresh()
    return Filled(calls=calls, focus=focus, held=held, planned=planned)


def happens(room: Room, person: str, author: str, at: str, what: Event) -> int:
    """The number of an event that is written as of this moment, "2026-03-04T10:00" in UTC."""
    return CycleDesk(room.workspace, _at(at), author).add(person, lambda _: what)


def _at(at: str) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


def _call(room: Room, folder: Path, rep: str, name: str, at: str, script: Script) -> str:
    stated = {"started_at": f"{at}:00+00:00", "customer": CUSTOMERS[name], "deal": f"{CUSTOMERS[name]} 2026"}
    return add_calls(room.workspace, folder / name, [rep], script=script, stated=stated)[0]


def _first_one_to_one(room: Room, calls: dict[str, str]) -> tuple[str, str]:
    """The one-to-one of 6 February, held, and the focus that it agreed."""
    plan = SessionPlan(
        coach="mark",
        starts_at=_at("2026-02-06T09:00"),
        minutes=20,
        nature="tactical",
        purpose="Hear what is behind a worry about the price",
        reason="Two calls ended with a worry that nobody asked about",
        clips=(
            AgendaClip(call=calls["northside"], span=Span(start=8, end=25), part="positive", title="A good question"),
            AgendaClip(call=calls["northside"], span=Span(start=39, end=53), part="improvement", title="The worry"),
        ),
        positive="You asked early how they plan the week today",
        question="What could you ask when a customer says it is too expensive?",
        cause="ability",
    )
    held = f"s{happens(room, 'anna', 'mark', '2026-02-04T15:00', SessionPlanned(plan=plan))}"
    why = "I lose deals late, and I never see why"
    happens(room, "anna", "anna", "2026-02-05T08:00", ImportanceSaid(session=held, text=why))
    happens(room, "anna", "mark", "2026-02-06T09:01", SessionStarted(session=held))
    steps = (
        ActivityStep(text="Ask one question back at the next worry about the price", who="rep", by=date(2026, 2, 13)),
        ActivityStep(text="Practise it twice with a colleague", who="rep", by=date(2026, 2, 20)),
        ActivityStep(text="Listen to one call together", who="both", by=date(2026, 3, 6)),
    )
    opened = FocusOpened(
        rubric=RUBRIC, capability="concerns", behaviour=FOCUS, shown=3, of=5, steps=steps, follow_up=date(2026, 2, 20),
        cause="ability", call=calls["northside"], session=held, text=TITLE,
    )  # fmt: skip
    focus = f"f{happens(room, 'anna', 'mark', '2026-02-06T09:18', opened)}"
    ended = SessionHeld(session=held, steps=steps, follow_up=date(2026, 2, 20), rep_said="I answer too fast")
    happens(room, "anna", "mark", "2026-02-06T09:22", ended)
    return held, focus


def _weeks_between(room: Room, calls: dict[str, str], held: str, focus: str) -> None:
    for at, call, why in (("2026-02-12T08:00", "harbour", "struggled"), ("2026-02-19T08:00", "quill", "went_well")):
        monday = date(2026, 2, 9) if call == "harbour" else date(2026, 2, 16)
        _pick(room, calls[call], at, monday, why)
        _answers(room, calls[call], at)
    happens(
        room, "anna", "anna", "2026-02-13T17:00", StepMarked(focus=focus, step=0, status="tried", note="It felt slow")
    )
    tried = PracticeTried(call=calls["northside"], behaviour=FOCUS, focus=focus, with_whom="Bert")
    happens(room, "anna", "anna", "2026-02-16T12:00", tried)
    happens(room, "anna", "anna", "2026-02-18T12:00", tried)
    happens(room, "anna", "anna", "2026-02-18T12:05", StepMarked(focus=focus, step=1, status="done"))
    praise = PraiseGiven(
        focus=focus, call=calls["quill"], record=1, observation="o020",
        text="You asked what makes it feel expensive, and then you waited. That told you about the twelve fitters.",
    )  # fmt: skip
    happens(room, "anna", "mark", "2026-02-19T16:00", praise)
    for call, at in (("northside", "2026-02-04T14:00"), ("quill", "2026-02-19T15:50")):
        review(room, calls[call], "approved", at=_at(at))
    happens(room, "anna", "mark", "2026-02-20T09:55", FollowedUp(what=held, text="All three steps are begun"))
    looked = FollowedUp(what=focus, text="Once of two: it begins to show", again=date(2026, 3, 4))
    happens(room, "anna", "mark", "2026-02-20T10:00", looked)
    happens(
        room,
        "anna",
        "anna",
        "2026-02-21T10:00",
        GoalSet(text="Lead a closing call alone by June", by=date(2026, 6, 30)),
    )
    target = TargetAgreed(rubric=RUBRIC, capability="concerns", level=3, next_step="Ask before answering, every time")
    happens(room, "anna", "mark", "2026-02-21T10:30", target)


def _this_week(room: Room, calls: dict[str, str], focus: str) -> str:
    """Picks of the week, half answered; a one-to-one that is planned for tomorrow; a moment for the library."""
    _pick(room, calls["brisk"], "2026-03-04T08:00", WEEK, "went_well")
    _answers(room, calls["brisk"], "2026-03-04T08:10")
    remark = Comment(
        call=calls["brisk"], text="Here I waited on purpose", moment=47.0, author="anna", at=_at("2026-03-04T08:05")
    )
    room.workspace.comments.append(calls["brisk"], remark)
    _pick(room, calls["alder"], "2026-03-04T17:00", WEEK, "struggled")
    how = Answered(call=calls["alder"], question="how_it_went", text="Slow at first, better at the end")
    happens(room, "anna", "anna", "2026-03-04T17:05", how)
    happens(room, "anna", "anna", "2026-03-04T17:06", Parked(call=calls["alder"], text="I talked over them twice"))
    clip = ClipProposed(
        call=calls["quill"], record=1, observation="o020", rubric=RUBRIC, capability="concerns", behaviour=FOCUS,
        title="Asks, then waits",
    )  # fmt: skip
    happens(room, "anna", "mark", "2026-03-03T09:00", clip)
    plan = SessionPlan(
        coach="mark", starts_at=_at("2026-03-06T09:00"), minutes=20, nature="tactical", focus=focus,
        purpose="Make asking back a habit", reason="It shows in two of three calls by now",
    )  # fmt: skip
    return f"s{happens(room, 'anna', 'mark', '2026-03-03T09:30', SessionPlanned(plan=plan))}"


def _bert(room: Room, calls: dict[str, str]) -> None:
    pick = Picked(call=calls["lowland"], week=WEEK, why="struggled")
    happens(room, "bert", "bert", "2026-03-04T12:00", pick)
    happens(room, "bert", "bert", "2026-03-01T12:00", GoalSet(text="Ask about the decision in every first call"))


def _pick(room: Room, call: str, at: str, week: date, why: str) -> None:
    happens(room, "anna", "anna", at, Picked.model_validate({"call": call, "week": week, "why": why}))


def _answers(room: Room, call: str, at: str) -> None:
    for question, text in (
        ("how_it_went", "Better than the last one"),
        ("did_well", "I asked about the cost early"),
        ("would_change", "I would wait longer after asking"),
    ):
        happens(room, "anna", "anna", at, Answered.model_validate({"call": call, "question": question, "text": text}))
