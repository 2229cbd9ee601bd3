"""Owns what is asked of the index to say what comes next: for one person or a whole team, in the same few questions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from pydantic import AwareDatetime, Field

from pipeline.cycle.focus import focuses
from pipeline.cycle.reading import Rows, histories, verdicts_of
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.people import User, UserId, same_name

LATEST = 120
"""So many calls of each name are looked at, the latest ones: more than any focus counts."""


class Known(Value):
    """What there is to know of a person to say what comes next.

    `name` is theirs as `same_name` has it. `calls`, oldest first, have the verdicts of the person's focuses and no
    levels. `commented` are those on which the person has commented, `approved` when the feedback of a call was
    approved, `waiting` those whose draft waits.
    """

    person: UserId
    name: str
    history: History
    calls: tuple[PastCall, ...] = ()
    commented: frozenset[str] = frozenset()
    approved: dict[str, AwareDatetime] = Field(default_factory=dict)
    waiting: tuple[str, ...] = ()

    def without(self, closed: Collection[str]) -> "Known":
        """The same without the verdicts of these calls: nothing that was read in them is told."""
        calls = (call.model_copy(update={"verdicts": {}}) if call.call in closed else call for call in self.calls)
        return self.model_copy(update={"calls": tuple(calls)}) if closed else self

    def call(self, call: str) -> PastCall | None:
        """The call of this id, where it is among those that were looked at."""
        return next((known for known in self.calls if known.call == call), None)


class _Reading(Value):
    """What the index has of the calls of several people, by the names they go by."""

    calls: dict[str, list[PastCall]]
    approved: dict[str, AwareDatetime]
    waiting: frozenset[str]
    comments: frozenset[tuple[str, str]]


def known_of(rows: Rows, people: Sequence[User]) -> dict[str, Known]:
    """What is known of each of these people, by id: seven questions, however many they are."""
    happened = histories(rows, [user.id for user in people])
    names = frozenset().union(*(user.names for user in people)) if people else frozenset()
    read = _read(rows, sorted(names), _behaviours(happened.values()))
    return {user.id: _known(user, happened[user.id], read) for user in people}


def _known(user: User, history: History, read: _Reading) -> Known:
    calls = sorted((c for name in user.names for c in read.calls.get(name, ())), key=lambda c: (c.at, c.call))
    ids = [call.call for call in calls]
    return Known(
        person=user.id,
        name=same_name(user.name),
        history=history,
        calls=tuple(calls),
        commented=frozenset(call for call in ids if (call, user.id) in read.comments),
        approved={call: read.approved[call] for call in ids if call in read.approved},
        waiting=tuple(call for call in ids if call in read.waiting),
    )


def _behaviours(found: Iterable[History]) -> list[str]:
    return sorted({state.opened.behaviour for history in found for state in focuses(history)})


def _read(rows: Rows, names: list[str], behaviours: list[str]) -> _Reading:
    verdicts = verdicts_of(rows, _THEIRS, [names], behaviours=behaviours) if behaviours else {}
    calls: defaultdict[str, list[PastCall]] = defaultdict(list)
    approved: dict[str, datetime] = {}
    waiting: set[str] = set()
    for key, call, began, mode, stage, customer, deal, rubric, version, state, at in rows(_LATEST_CALLS, [names]):
        calls[str(key)].append(
            PastCall(
                call=str(call), at=_aware(began), mode=str(mode), stage=_text(stage), customer=_text(customer),
                deal=_text(deal), rubric=str(rubric), rubric_version=int(str(version)), duration=None, levels={},
                verdicts=verdicts.get(str(call), {}),
            )
        )  # fmt: skip
        if state == "approved":
            approved[str(call)] = _aware(at)
        else:
            waiting.add(str(call))
    comments = frozenset((str(call), str(author)) for call, author in rows(_COMMENTS, [names]))
    return _Reading(calls=dict(calls), approved=approved, waiting=frozenset(waiting), comments=comments)


_LISTED = "(SELECT unnest(CAST(? AS VARCHAR[])))"
_THEIRS = f"rep_key IN {_LISTED}"
_LATEST_CALLS = (
    "SELECT rep_key, c.call, coalesce(started_at, recorded_at) AS began, mode, stage, customer, deal, rubric, "  # noqa: S608
    'rubric_version, r.state, r."at" FROM calls c LEFT JOIN reviews r ON r.call = c.call '
    f"WHERE {_THEIRS} "
    f"QUALIFY row_number() OVER (PARTITION BY rep_key ORDER BY began DESC, c.call DESC) <= {LATEST}"
)
_COMMENTS = (
    "SELECT DISTINCT m.call, m.author FROM comments m JOIN calls c ON c.call = m.call "  # noqa: S608
    f"WHERE {_THEIRS}"
)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _aware(at: object) -> datetime:
    assert isinstance(at, datetime)
    return at.replace(tzinfo=UTC)
