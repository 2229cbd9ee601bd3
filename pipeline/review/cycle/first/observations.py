"""Owns what was said of the observations of a call, as pages, packs and the API show it: also what is struck."""

from collections.abc import Mapping

from pydantic import AwareDatetime

from pipeline.cycle.appeals import ObservationAnswer, appeals, observation_answers
from pipeline.cycle.reading import histories
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.rep_first import Stance
from pipeline.domain.people import LOCAL_USER
from pipeline.domain.phrasing import clock
from pipeline.domain.result import CallResult
from pipeline.export.untrusted import visible
from pipeline.export.wording import day
from pipeline.review.guards import Entry
from pipeline.review.room import Room
from pipeline.review.seals import rep_of, seals_of

STANCES: dict[Stance, str] = {
    "agree": "Yes, that is how it was",
    "not_like_that": "It was not like that",
    "did_not_happen": "That is not what happened",
}
"""What a rep can say of an observation."""


class Found(Value):
    """What a coach found on listening again; `upheld`: the observation no longer stands."""

    upheld: bool
    text: str
    by: str
    at: AwareDatetime


class ObservationView(Value):
    """What the rep said of an observation, and what was found. `rep` is the id of the rep, whose pages take forms."""

    rep: str
    observation: str
    record: int
    stance: Stance
    told: str
    text: str
    at: AwareDatetime
    open: bool
    found: Found | None

    @property
    def struck(self) -> str:
        """Who struck it out and when, in a sentence; empty where it stands."""
        if self.found is None or not self.found.upheld:
            return ""
        return f"Struck out by {self.found.by} on {day(self.found.at.date())}, after listening again: {self.found.text}"


class AppealRow(Value):
    """An appeal in a list: the call, the words it is about with where they are, and how it stands.

    `quote` is absent where the viewer may not see the words by now: the rep picked the call and goes first.
    """

    call: str
    customer: str
    behaviour: str
    quote: str | None
    clock: str
    start: float | None
    end: float | None
    said: ObservationView


def observations_said(room: Room, call: str, record: int) -> dict[str, ObservationView]:
    """What was said of the observations of one reading of a call, by their ids; empty where no user is its rep."""
    rep = rep_of(room, call)
    if rep is None:
        return {}
    history = _history(room, rep.id)
    return {
        answer.observation: observation_view(room, rep.id, answer)
        for answer in observation_answers(history)
        if (answer.call, answer.record) == (call, record)
    }


def struck_notes(room: Room, call: str, record: int) -> dict[str, str]:
    """Who struck out which observation of a reading and why, in a sentence, by the observation's id."""
    return {i: view.struck for i, view in observations_said(room, call, record).items() if view.struck}


def observation_view(room: Room, rep: str, answer: ObservationAnswer) -> ObservationView:
    """An answer with the names of people, ready to be shown."""
    found = answer.decision
    return ObservationView(
        rep=rep,
        observation=answer.observation,
        record=answer.record,
        stance=answer.stance,
        told=STANCES[answer.stance],
        text=visible(answer.text),
        at=answer.at,
        open=answer.is_open,
        found=None
        if found is None
        else Found(upheld=found.upheld, text=visible(found.text), by=_name(room, found.by), at=found.at),
    )


def appeal_rows(entry: Entry, history: History, customers: Mapping[str, str]) -> tuple[AppealRow, ...]:
    """The appeals of the person of the path, those that are open first, then the latest; `customers` by call."""
    sealed = seals_of(entry.room, [entry.whose])
    found = [a for a in appeals(history) if a.call in customers]
    found.sort(key=lambda a: (not a.is_open, -a.at.timestamp()))
    return tuple(_row(entry, answer, customers[answer.call], hidden=answer.call in sealed) for answer in found)


def shown_observations(entry: Entry, history: History) -> dict[tuple[str, int], int]:
    """How many observations each reading has whose feedback was given to the person of the path: those approved by
    now, and those that they answered."""
    room, names = entry.room, sorted(entry.whose.names)
    approved = room.index.rows(
        "SELECT r.call, r.record FROM reviews r JOIN calls c ON c.call = r.call "
        "WHERE r.state = 'approved' AND c.rep_key IN (SELECT unnest(CAST(? AS VARCHAR[])))",
        [names],
    )
    readings = {(str(call), int(str(record))) for call, record in approved}
    readings |= {(answer.call, answer.record) for answer in observation_answers(history)}
    counts = {
        (str(call), int(str(number))): int(str(n))
        for call, number, n in room.index.rows(
            "SELECT c.call, s.number, c.n_observations FROM calls c JOIN sources s ON s.kind = 'calls' "
            "AND s.id = c.call WHERE c.rep_key IN (SELECT unnest(CAST(? AS VARCHAR[])))",
            [names],
        )
    }
    return {key: counts[key] if key in counts else len(_reading(room, *key).observations) for key in sorted(readings)}


def _row(entry: Entry, answer: ObservationAnswer, customer: str, *, hidden: bool) -> AppealRow:
    room, result = entry.room, _reading(entry.room, answer.call, answer.record)
    observation = None if hidden else result.observation(answer.observation)
    span = observation.span if observation is not None else None
    behaviour = result.rubric.behaviour(answer.behaviour)
    return AppealRow(
        call=answer.call,
        customer=customer,
        behaviour="" if hidden or behaviour is None else visible(behaviour.text),
        quote=None if observation is None else visible(observation.text),
        clock="" if span is None else clock(span.start),
        start=None if span is None else span.start,
        end=None if span is None else span.end,
        said=observation_view(room, entry.whose.id, answer),
    )


def _reading(room: Room, call: str, record: int) -> CallResult:
    return room.result(room.workspace.calls.get(call, record))


def _history(room: Room, rep: str) -> History:
    return histories(room.index.rows, [rep], kinds=("observation_answered", "appeal_decided"))[rep]


def _name(room: Room, user_id: str) -> str:
    user = room.people.get(user_id)
    return "You" if user_id == LOCAL_USER else visible(user.name if user else user_id)
