"""Owns what the cycle asks of the index: the events of people, and the calls they took."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache

from pydantic import TypeAdapter

from pipeline.domain.assessment import VerdictState
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.past_calls import Level, PastCall

Rows = Callable[[str, Sequence[object]], list[tuple[object, ...]]]
"""How the index is asked: `Index.rows`, or that of the open room."""


def histories(rows: Rows, people: Collection[str], *, kinds: Collection[str] = ()) -> dict[str, History]:
    """The events of each of these people, in order; an empty history for whoever has none.

    `kinds`: only events of these; for lists, which ask of many people and need few of their events.
    """
    found: dict[str, list[Happened]] = {person: [] for person in people}
    query = (
        'SELECT call, number, author, "at", body FROM happened '
        "WHERE call IN (SELECT unnest(CAST(? AS VARCHAR[]))) "
        "AND (len(CAST(? AS VARCHAR[])) = 0 OR kind IN (SELECT unnest(CAST(? AS VARCHAR[])))) ORDER BY call, number"
    )
    for person, number, author, at, body in rows(query, [sorted(people), sorted(kinds), sorted(kinds)]):
        what = _event().validate_json(str(body))
        found[str(person)].append(Happened(number=int(str(number)), author=str(author), at=_aware(at), what=what))
    return {person: tuple(events) for person, events in found.items()}


def history(rows: Rows, person: str) -> History:
    """The events of one person, in order."""
    return histories(rows, [person])[person]


def past_calls(rows: Rows, names: Iterable[str]) -> tuple[PastCall, ...]:
    """The calls of whoever goes by these names (as `same_name` has them), oldest first; those of one moment by id.

    Verdicts are as `verdicts_of` has them; levels are those of the reading.
    """
    keys = sorted(names)
    calls = rows(f"SELECT {_OF_A_CALL} FROM calls WHERE {_OURS} ORDER BY began, call", [keys])  # noqa: S608
    levels, verdicts = levels_of(rows, _OURS, [keys]), verdicts_of(rows, _OURS, [keys])
    return tuple(
        PastCall(
            call=str(call),
            at=_aware(at),
            mode=str(mode),
            stage=None if stage is None else str(stage),
            customer=None if customer is None else str(customer),
            deal=None if deal is None else str(deal),
            rubric=str(rubric),
            rubric_version=int(str(version)),
            duration=None if duration is None else float(str(duration)),
            levels=levels.get(str(call), {}),
            verdicts=verdicts.get(str(call), {}),
            improvement=None if improvement is None else str(improvement),
            strength=None if strength is None else str(strength),
        )
        for call, at, mode, stage, customer, deal, rubric, version, duration, improvement, strength in calls
    )


_OF_A_CALL = (
    "call, coalesce(started_at, recorded_at) AS began, mode, stage, customer, deal, rubric, rubric_version, duration, "
    "improvement, strength"
)
_OURS = "rep_key IN (SELECT unnest(CAST(? AS VARCHAR[])))"


def levels_of(rows: Rows, which: str, parameters: Sequence[object]) -> dict[str, dict[str, Level]]:
    """The levels of calls by capability; `which` is an SQL condition on `calls c`, with its parameters."""
    found: defaultdict[str, dict[str, Level]] = defaultdict(dict)
    query = f"SELECT s.call, capability, level, levels FROM scores s JOIN calls c ON c.call = s.call WHERE {which}"  # noqa: S608
    for call, capability, level, of in rows(query, parameters):
        found[str(call)][str(capability)] = Level(level=None if level is None else int(str(level)), of=int(str(of)))
    return found


def verdicts_of(
    rows: Rows, which: str, parameters: Sequence[object], *, behaviours: Collection[str] | None = None
) -> dict[str, dict[str, VerdictState]]:
    """The verdicts of calls by behaviour, of these behaviours alone where some are given; `which` is as in `levels_of`.

    A behaviour that rested on nothing but observations that no longer stand, since a coach found the rep's objection to
    be right, is unread.
    """
    found: defaultdict[str, dict[str, VerdictState]] = defaultdict(dict)
    query = f"SELECT v.call, behaviour, state FROM verdicts v JOIN calls c ON c.call = v.call WHERE {which}"  # noqa: S608
    wanted: tuple[object, ...] = () if behaviours is None else (sorted(behaviours),)
    if behaviours is not None:
        query += " AND behaviour IN (SELECT unnest(CAST(? AS VARCHAR[])))"
    for call, behaviour, state in rows(query, (*parameters, *wanted)):
        found[str(call)][str(behaviour)] = _state().validate_python(state)
    for call, behaviour in rows(_STRUCK.format(which=which), parameters):
        if str(behaviour) in found[str(call)]:
            found[str(call)][str(behaviour)] = "unread"
    return found


_STRUCK = """
WITH decided AS (
  SELECT h.subject AS call, h.body ->> 'observation' AS id, CAST(h.body ->> 'record' AS INTEGER) AS record,
    arg_max(CAST(h.body ->> 'upheld' AS BOOLEAN), h.number) AS upheld
  FROM happened h JOIN calls c ON c.call = h.subject WHERE h.kind = 'appeal_decided' AND {which} GROUP BY ALL
), struck AS (
  SELECT d.call, d.id FROM decided d JOIN sources s ON s.kind = 'calls' AND s.id = d.call AND s.number = d.record
  WHERE upheld
)
SELECT o.call, o.behaviour FROM observations o LEFT JOIN struck s ON s.call = o.call AND s.id = o.id
WHERE o.call IN (SELECT call FROM struck) GROUP BY o.call, o.behaviour HAVING count(*) = count(s.id)
"""


@cache
def _event() -> TypeAdapter[Event]:
    return TypeAdapter(Event)


@cache
def _state() -> TypeAdapter[VerdictState]:
    return TypeAdapter(VerdictState)


def _aware(at: object) -> datetime:
    assert isinstance(at, datetime)
    return at.replace(tzinfo=UTC)
