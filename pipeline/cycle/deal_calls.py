"""Owns what the index has of the calls of one deal, whoever took them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.cycle.deals import DealCall, deal_key, in_order
from pipeline.cycle.reading import Rows, levels_of, verdicts_of
from pipeline.domain.assessment import VerdictState
from pipeline.domain.cycle.past_calls import Level, PastCall

Condition = tuple[str, Sequence[object]]
"""An SQL condition on the table `calls` with its parameters, as `Scope.condition` gives it."""

_OF_A_CALL = (
    "call, coalesce(started_at, recorded_at), mode, stage, customer, deal, rubric, rubric_version, duration, "
    "improvement, strength, rep"
)


def calls_of_deal(rows: Rows, deal: str, seen: Condition) -> tuple[DealCall, ...]:
    """The calls of a deal among those that are `seen`, oldest first, with levels and verdicts; none of no deal.

    Names of deals are compared as `deal_key` does. SQL does the same for plain ASCII; all others are looked at here.
    """
    key = deal_key(deal)
    if not key:
        return ()
    condition, parameters = seen
    named = rows(f"SELECT DISTINCT deal FROM calls WHERE {_MAYBE} AND {condition}", [key, *parameters])  # noqa: S608
    same = sorted(str(name) for (name,) in named if deal_key(str(name)) == key)
    if not same:
        return ()
    found = rows(
        f"SELECT {_OF_A_CALL} FROM calls WHERE deal IN (SELECT unnest(CAST(? AS VARCHAR[]))) AND {condition}",  # noqa: S608
        [same, *parameters],
    )
    ids = [str(row[0]) for row in found]
    levels, verdicts = levels_of(rows, _THESE, [ids]), verdicts_of(rows, _THESE, [ids])
    return in_order(_call(row, levels, verdicts) for row in found)


def _call(
    row: tuple[object, ...], levels: dict[str, dict[str, Level]], verdicts: dict[str, dict[str, VerdictState]]
) -> DealCall:
    call, at, mode, stage, customer, deal, rubric, version, duration, improvement, strength, rep = row
    assert isinstance(at, datetime)
    past = PastCall(
        call=str(call),
        at=at.replace(tzinfo=UTC),
        mode=str(mode),
        stage=_text(stage),
        customer=_text(customer),
        deal=_text(deal),
        rubric=str(rubric),
        rubric_version=int(str(version)),
        duration=None if duration is None else float(str(duration)),
        levels=levels.get(str(call), {}),
        verdicts=verdicts.get(str(call), {}),
        improvement=_text(improvement),
        strength=_text(strength),
    )
    return DealCall(past=past, rep=_text(rep))


_MAYBE = (
    "deal IS NOT NULL AND (lower(regexp_replace(trim(deal), ' +', ' ', 'g')) = ? "
    r"OR regexp_matches(deal, '[^\x20-\x7E]'))"
)
_THESE = "c.call IN (SELECT unnest(CAST(? AS VARCHAR[])))"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
