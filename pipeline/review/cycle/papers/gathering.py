"""Owns what the papers are made from: approved feedback with its quotes, what happened, names; all of it visible.

Only a feedback whose approval stands and which the rep may read is in a paper, of a live call, without quotes that no
longer stand. No showing of a sealed call counts in one: it would tell a coach of it before the rep has gone first.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from pydantic import JsonValue, TypeAdapter

from pipeline.cycle.appeals import struck
from pipeline.cycle.paper_values import CoachingPlan, CoachingReport, FeedbackSeen, Planner, Quoted
from pipeline.cycle.papers import OfPerson, coaching_plan, coaching_report, planner
from pipeline.cycle.period import Period, asked_day, chosen_period, last_weeks
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.people import User
from pipeline.errors import FilmroomError
from pipeline.export.untrusted import visible
from pipeline.log import get_logger
from pipeline.review.cycle.acting import calls_of, happened_to, happened_to_all
from pipeline.review.guards import Entry
from pipeline.review.packs.pack import Clip, make_pack
from pipeline.review.seals import seal_of, seals_of
from pipeline.reviewing.standing import state_of

_log = get_logger(__name__)
_V = TypeVar("_V", bound=Value)
AHEAD_DAYS = 28


def asked_days(entry: Entry, since: str, until: str) -> Period:
    """The days that a paper is about, the last four weeks where none are given. Raises: UsageError."""
    return chosen_period(asked_day(since), asked_day(until), last_weeks(entry.room.now().date()))


def report_of(entry: Entry, period: Period) -> CoachingReport:
    """What was seen of the person of the path."""
    person = _of(entry, entry.whose, happened_to(entry, entry.whose.id))
    return shown(coaching_report(person, period, _feedback(entry, person, period)))


def plan_of(entry: Entry, period: Period) -> CoachingPlan:
    """What is agreed with the person of the path."""
    person = _of(entry, entry.whose, happened_to(entry, entry.whose.id))
    return shown(coaching_plan(person, period, _capabilities(entry, person.calls)))


def planner_of(entry: Entry) -> Planner:
    """What is next for the reps below the viewer, four weeks ahead."""
    people = entry.room.people
    below = people.all() if entry.viewer.everything else people.below(entry.viewer.user.id)
    reps = tuple(user for user in below if user.has_calls)
    happened = happened_to_all(entry, reps)
    now = entry.room.now()
    found = (OfPerson(person=user.id, name=user.name, history=happened[user.id]) for user in reps)
    return shown(planner(entry.viewer.user.name, found, now=now, until=_ahead(now)))


def shown(value: _V) -> _V:
    """The value with every text of it as people may see it, on one line."""
    clean = _visible(TypeAdapter(JsonValue).validate_json(value.model_dump_json()))
    return type(value).model_validate_json(TypeAdapter(JsonValue).dump_json(clean))


def _visible(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_visible(each) for each in value]
    return {name: _visible(each) for name, each in value.items()} if isinstance(value, dict) else value


def _ahead(now: datetime) -> date:
    return now.astimezone(UTC).date() + timedelta(days=AHEAD_DAYS)


def _of(entry: Entry, user: User, history: History) -> OfPerson:
    sealed = seals_of(entry.room, [user])
    calls = tuple(call for call in calls_of(entry, user) if call.call not in sealed)
    return OfPerson(person=user.id, name=user.name, history=history, calls=calls)


def _feedback(entry: Entry, person: OfPerson, period: Period) -> Iterator[FeedbackSeen]:
    for call in person.calls:
        review = entry.room.workspace.reviews.last(call.call) if call.live else None
        approved = review is not None and review.state == "approved" and period.has(review.at)
        if approved and seal_of(entry.room, call.call, "own") is None:
            yield _seen(entry, call, person.history)


def _seen(entry: Entry, call: PastCall, history: History) -> FeedbackSeen:
    room = entry.room
    standing = state_of(room.workspace, call.call)
    assert standing.review is not None, "an approved feedback has a review"
    result = room.result(room.workspace.calls.get(call.call, standing.record))
    approver = room.people.get(standing.review.author)
    name = approver.name if approver else "the manager"
    pack = make_pack(result, standing, approver=name)
    gone = {s.observation for s in struck(history, call.call) if s.record == standing.record}
    return FeedbackSeen(
        call=call.call,
        customer=call.customer,
        on=call.at.astimezone(UTC).date(),
        approved_on=standing.review.at.astimezone(UTC).date(),
        approved_by=name,
        strength=pack.strength,
        strength_quotes=_quotes(pack.clips_of("strength"), lambda clip: clip.ref not in gone),
        improvement=pack.improvement,
        improvement_quotes=_quotes(pack.clips_of("improvement"), lambda clip: clip.ref not in gone),
    )


def _quotes(clips: tuple[Clip, ...], stands: Callable[[Clip], bool]) -> tuple[Quoted, ...]:
    return tuple(Quoted(text=c.text, speaker=c.speaker, clock=c.clock) for c in clips if stands(c))


def _capabilities(entry: Entry, calls: tuple[PastCall, ...]) -> dict[tuple[str, str], str]:
    """The names of capabilities in the rubrics that these calls were last read against, by rubric and capability."""
    latest = {call.rubric: call.call for call in calls}
    found: dict[tuple[str, str], str] = {}
    for rubric, call in latest.items():
        try:
            capabilities = entry.room.workspace.rubric_of(entry.room.record(call)[1]).rubric.capabilities
        except FilmroomError as error:
            _log.warning("the rubric %s of call %s cannot be read: %s", rubric, call, error.message)
            continue
        found |= {(rubric, capability.id): capability.name for capability in capabilities}
    return found
