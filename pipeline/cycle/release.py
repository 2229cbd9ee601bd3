"""Owns which scores may leave for which purpose: for coaching all, for the evaluation of employees only some.

Practice is for trying things out, and so is a capability while it is worked on: both would end if they were held
against people. So neither leaves for evaluation, and what was refused is listed with its reason, row by row.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from pipeline.cycle.focus import FocusState, focuses
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.past_calls import PastCall

Purpose = Literal["coaching", "evaluation"]
"""coaching: to help the rep; evaluation: to judge the rep as an employee, for pay, promotion or dismissal, say."""

Refusal = Literal["practice", "open_focus", "one_to_one"]
REASONS: Mapping[Refusal, str] = {
    "practice": "a rehearsal, recorded to practise: it is no call with a customer",
    "open_focus": "taken while the rep worked on a focus of this capability: trying it out must count against nobody",
    "one_to_one": "a recorded one-to-one: it belongs to the manager who was coached by it",
}


class ScoreRow(Value):
    """A level of a capability on a call. `level` is None where the call was not scored in it. `at` is the call's."""

    person: str
    call: str
    at: AwareDatetime
    mode: str
    stage: str | None
    rubric: str
    rubric_version: int
    capability: str
    level: int | None
    of: int


class Refused(Value):
    """A score that does not leave, and why: no level is told."""

    person: str
    call: str
    capability: str
    reason: Refusal
    why: str


class Release(Value):
    """What leaves for a purpose, and what is refused; `says` is the head that every file and answer carries."""

    purpose: Purpose
    says: tuple[str, ...]
    rows: tuple[ScoreRow, ...]
    refused: tuple[Refused, ...]

    @property
    def nothing_left(self) -> bool:
        """Whether there were scores and all were refused."""
        return bool(self.refused) and not self.rows


class Scored(Value):
    """A person's calls and what happened to them, as scores are released from."""

    person: str
    calls: tuple[PastCall, ...]
    history: History = ()


def release(people: Iterable[Scored], purpose: Purpose) -> Release:
    """The scores of these people for a purpose, in the order given, calls oldest first, capabilities by id."""
    rows: list[ScoreRow] = []
    refused: list[Refused] = []
    for scored in people:
        worked_on = focuses(scored.history)
        for row, call in _rows(scored):
            reason = _refusal(row, call, worked_on) if purpose == "evaluation" else None
            if reason is None:
                rows.append(row)
            else:
                refused.append(
                    Refused(
                        person=row.person, call=row.call, capability=row.capability, reason=reason, why=REASONS[reason]
                    )
                )
    return Release(purpose=purpose, says=_says(purpose, rows, refused), rows=tuple(rows), refused=tuple(refused))


def _rows(scored: Scored) -> Iterable[tuple[ScoreRow, PastCall]]:
    for call in sorted(scored.calls, key=lambda c: (c.at, c.call)):
        for capability, level in sorted(call.levels.items()):
            yield (
                ScoreRow(
                    person=scored.person,
                    call=call.call,
                    at=call.at,
                    mode=call.mode,
                    stage=call.stage,
                    rubric=call.rubric,
                    rubric_version=call.rubric_version,
                    capability=capability,
                    level=level.level,
                    of=level.of,
                ),
                call,
            )


def _refusal(row: ScoreRow, call: PastCall, worked_on: Iterable[FocusState]) -> Refusal | None:
    if call.simulated:
        return "practice"
    if not call.live:
        return "one_to_one"
    within = any(s.opened.capability == row.capability and was_open(s, call.at) for s in worked_on)
    return "open_focus" if within else None


def was_open(state: FocusState, at: datetime) -> bool:
    """Whether the focus was open at this moment: from its opening, or its being taken up again, until its end."""
    begins = [state.at, *(answer.at for answer in state.answers if answer.choice == "reopened")]
    ends = [closing.at for closing in state.closings]
    started = max((begin for begin in begins if begin <= at), default=None)
    return started is not None and not any(started <= end <= at for end in ends)


def _says(purpose: Purpose, rows: list[ScoreRow], refused: list[Refused]) -> tuple[str, ...]:
    if purpose == "coaching":
        return ("For coaching: not to be used to judge anybody as an employee; ask for that with purpose evaluation.",)
    counts = Counter(each.reason for each in refused)
    told = (f"Refused {counts[reason]}: {why}." for reason, why in REASONS.items() if counts[reason])
    return (
        f"For evaluation of employees: {len(rows)} scores given, {len(refused)} refused.",
        *told,
        "A level is a machine's reading of one call against a rubric; no decision about a person may rest on it alone.",
    )
