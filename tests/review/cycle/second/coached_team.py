"""A room in which two managers have coached: feedback sent, a one-to-one held, a focus, praise, a note on a sample."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline.cycle.desk import CycleDesk
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import Event
from pipeline.domain.cycle.focus import FocusOpened, PraiseGiven
from pipeline.domain.cycle.goals import GoalSet, TargetAgreed
from pipeline.domain.cycle.own import TrustRead
from pipeline.domain.cycle.sessions import ImportanceSaid, SessionHeld, SessionPlan, SessionPlanned
from pipeline.domain.review import Edit, Feedback, HeardMoment, Review
from pipeline.domain.span import Span
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.inbox.reviewed import calls_of
from tests.review.rooms import NOW, add_calls, make_room

FOCUS = FocusOpened(
    rubric="discovery",
    capability="concerns",
    behaviour="concern_explored",
    text="Asks what is behind a concern",
    shown=3,
    of=5,
    steps=(
        ActivityStep(text="Write three questions about concerns", who="rep", by=date(2026, 3, 6)),
        ActivityStep(text="Play them through together", who="both", by=date(2026, 3, 9)),
    ),
    follow_up=date(2026, 3, 12),
    cause="motivation",
)


def approve(
    room: Room, call: str, by: str, at: datetime, *, words: Feedback | None = None, override: str = "", heard: float = 1
) -> int:
    """The number of the record by which this manager approved the draft, with these words in place of its own."""
    standing = state_of(room.workspace, call)
    if words is not None:
        edit = Edit(part="strength", before=standing.feedback.strength, after=words.strength, reason="warmer")
        room.workspace.reviews.append(call, _review(room, call, by, at, "edited", feedback=words, edits=(edit,)))
    moment = HeardMoment(ref="o1", span=Span(start=1, end=2), heard=heard)
    number = room.workspace.reviews.append(
        call, _review(room, call, by, at, "approved", feedback=words, listened=(moment,), override=override)
    )
    room.index.pick_up("reviews", call)
    return number


def _review(room: Room, call: str, by: str, at: datetime, action: str, **more: object) -> Review:
    standing = state_of(room.workspace, call)
    state = "approved" if action == "approved" else "edited"
    basis = {"call": call, "action": action, "state": state, "author": by, "at": at, "record": standing.record}
    return Review.model_validate({**basis, "draft": standing.draft_key, **more})


def happens(room: Room, person: str, author: str, event: Event, *, at: datetime = NOW) -> int:
    """The number of an event that somebody put into a person's stream."""
    number = CycleDesk(room.workspace, at, author).add(person, lambda _: event)
    room.index.pick_up("cycle", person)
    return number


def coached_team(tmp_path: Path) -> Room:
    """Anna has two calls with feedback and one without; Bert's draft waits; Carl's feedback went out unheard."""
    room = make_room(tmp_path, ("Anna", "Bert", "Carl"))
    for n in range(2):
        add_calls(
            room.workspace,
            tmp_path / f"more{n}",
            ["Anna"],
            stated={"started_at": f"2026-02-{20 + n}T10:00:00+00:00", "customer": f"Alder {n}", "deal": "Alder"},
        )
    add_calls(room.workspace, tmp_path / "practice", ["Anna"], stated={"mode": "simulated", "customer": "Rehearsal"})
    room.index.refresh()
    first, second, *_ = calls_of(room, "Anna")
    drafted = state_of(room.workspace, first).feedback
    warmer = drafted.model_copy(update={"strength": "Well heard, Anna: you summed up before you went on."})
    approve(room, first, "mark", NOW - timedelta(days=1), words=warmer)
    approve(room, second, "mark", NOW - timedelta(days=3))
    approve(room, calls_of(room, "Carl")[0], "nina", NOW - timedelta(days=5), override="a public holiday", heard=0.2)
    coach_anna(room, first)
    return room


def coach_anna(room: Room, call: str) -> None:
    """A focus, a one-to-one that was held and one that is to come, praise, a goal, a target; and a reading of trust."""
    happens(room, "anna", "mark", FOCUS, at=NOW - timedelta(days=9))
    held = SessionPlan(
        coach="mark", starts_at=NOW - timedelta(days=7), minutes=20, nature="tactical", purpose="The price question",
        reason="It came up in three calls", question="SECRET QUESTION", positive="SECRET POSITIVE", cause="motivation",
    )  # fmt: skip
    first = happens(room, "anna", "mark", SessionPlanned(plan=held), at=NOW - timedelta(days=8))
    step = ActivityStep(text="Ask about cost in the next call", who="rep", by=date(2026, 3, 10))
    notes = SessionHeld(session=f"s{first}", steps=(step,), follow_up=date(2026, 3, 4), notes="SECRET NOTES")
    happens(room, "anna", "mark", notes, at=NOW - timedelta(days=7))
    to_come = held.model_copy(
        update={"starts_at": datetime(2026, 3, 11, 9, 30, tzinfo=UTC), "purpose": "Two calls of this week"}
    )
    later = happens(room, "anna", "mark", SessionPlanned(plan=to_come), at=NOW - timedelta(days=2))
    happens(
        room, "anna", "anna", ImportanceSaid(session=f"s{later}", text="I want to keep my nerve when price comes up")
    )
    praise = PraiseGiven(focus="f1", call=call, record=1, observation="", text="You asked what it costs a month.")
    happens(room, "anna", "mark", praise, at=NOW - timedelta(days=1))
    target = TargetAgreed(rubric="discovery", capability="concerns", level=4, next_step="one cost question a call")
    happens(room, "anna", "mark", target)
    happens(room, "anna", "anna", GoalSet(text="Sell to larger shops", by=date(2026, 6, 30)))
    happens(room, "mark", "mark", TrustRead(rep="anna", level="bronze", note="SECRET TRUST"))
