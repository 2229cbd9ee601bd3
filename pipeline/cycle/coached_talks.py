"""Owns what the index has of the one-to-ones of a manager that were recorded."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime

from pydantic import TypeAdapter

from pipeline.cycle.coached import SaidInTalk, Talk
from pipeline.cycle.reading import Rows
from pipeline.domain.assessment import VerdictState

_STATE: TypeAdapter[VerdictState] = TypeAdapter(VerdictState)


def coached_talks(rows: Rows, names: Collection[str]) -> tuple[Talk, ...]:
    """The recorded one-to-ones of the manager of these names (as `same_name` has them), latest first."""
    found = rows(_TALKS, [sorted(names)])
    ids = [str(row[0]) for row in found]
    measures, verdicts, said = _measures(rows, ids), _verdicts(rows, ids), _said(rows, ids)
    return tuple(
        Talk(
            call=str(call),
            at=_aware(at),
            rep=None if rep is None else str(rep),
            simulated=mode == "simulated",
            share=measures[str(call)].get("rep_talk_ratio", _NOTHING)[0],
            share_low=measures[str(call)].get("rep_talk_ratio", _NOTHING)[1],
            share_high=measures[str(call)].get("rep_talk_ratio", _NOTHING)[2],
            n_questions=_count(measures[str(call)].get("rep_questions", _NOTHING)[0]),
            n_open=_count(measures[str(call)].get("rep_open_questions", _NOTHING)[0]),
            verdicts=verdicts[str(call)],
            said=tuple(said[str(call)]),
        )
        for call, at, rep, mode in found
    )


_Measured = tuple[float | None, float | None, float | None]
_NOTHING: _Measured = (None, None, None)
_THEIRS = "call IN (SELECT unnest(CAST(? AS VARCHAR[])))"
_TALKS = """
SELECT call, coalesce(started_at, recorded_at) AS began, rep, mode FROM calls
WHERE stage = 'coaching' AND rep_key IN (SELECT unnest(CAST(? AS VARCHAR[]))) ORDER BY began DESC, call DESC
"""
_MEASURES = f"""
SELECT call, name, value, low, high FROM measures
WHERE name IN ('rep_talk_ratio', 'rep_questions', 'rep_open_questions') AND {_THEIRS}
"""  # noqa: S608


def _measures(rows: Rows, ids: list[str]) -> defaultdict[str, dict[str, _Measured]]:
    found: defaultdict[str, dict[str, _Measured]] = defaultdict(dict)
    for call, name, *numbers in rows(_MEASURES, [ids]):
        value, low, high = (None if n is None else float(str(n)) for n in numbers)
        found[str(call)][str(name)] = (value, low, high)
    return found


def _verdicts(rows: Rows, ids: list[str]) -> defaultdict[str, dict[str, VerdictState]]:
    found: defaultdict[str, dict[str, VerdictState]] = defaultdict(dict)
    query = f"SELECT call, behaviour, state FROM verdicts WHERE {_THEIRS}"  # noqa: S608
    for call, behaviour, state in rows(query, [ids]):
        found[str(call)][str(behaviour)] = _STATE.validate_python(state)
    return found


def _said(rows: Rows, ids: list[str]) -> defaultdict[str, list[SaidInTalk]]:
    found: defaultdict[str, list[SaidInTalk]] = defaultdict(list)
    query = f"SELECT call, id, behaviour, turn_id, t_start, quote FROM observations WHERE {_THEIRS} ORDER BY call, id"  # noqa: S608
    for call, name, behaviour, turn, start, quote in rows(query, [ids]):
        found[str(call)].append(
            SaidInTalk(
                id=str(name),
                behaviour=str(behaviour),
                turn_id=str(turn),
                start=None if start is None else float(str(start)),
                text=str(quote),
            )
        )
    return found


def _count(value: float | None) -> int | None:
    return None if value is None else round(value)


def _aware(at: object) -> datetime:
    assert isinstance(at, datetime)
    return at.replace(tzinfo=UTC)
