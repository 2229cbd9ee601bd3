"""Owns the second level's view of a manager's coaching: whether it happens, and by which habits; never a ranking.

Every figure is defined in `measures_of_coaching`. Managers are told by name, and no figure is made of several.
"""

from collections.abc import Iterable, Mapping

from pydantic import AwareDatetime, Field

from pipeline.cycle.appeals import appeals
from pipeline.cycle.focus import open_focuses
from pipeline.cycle.follow_ups import follow_ups
from pipeline.cycle.measures_of_coaching import DAYS_A_MONTH, Figure, figure
from pipeline.cycle.period import Period
from pipeline.cycle.sessions import SessionState, sessions
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.people import UserId
from pipeline.domain.review import Feedback
from pipeline.text.advice import AskTell, asks_and_tells


class Approval(Value):
    """A feedback that somebody approved, as the second level counts it: no words of it.

    `review` is the number of the approving record. `rep` is None where the call's rep is no user.
    """

    call: str
    review: int = Field(ge=1)
    author: str
    at: AwareDatetime
    rep: UserId | None
    edited: bool
    overrode: bool
    positive: bool
    one_improvement: bool
    words: AskTell


class Recorded(Value):
    """A recorded one-to-one: when, and what its manager asked and told."""

    call: str
    at: AwareDatetime
    words: AskTell


class Team(Value):
    """What is known of one manager's coaching. `reps` are those who report to the manager now, with their events.

    `approvals` are of all these reps' calls and of all calls that the manager approved; the same call may stand there
    more than once. `minutes` are those the manager played in the period.
    """

    manager: UserId
    reps: dict[UserId, History]
    approvals: tuple[Approval, ...] = ()
    recorded: tuple[Recorded, ...] = ()
    minutes: float = Field(default=0, ge=0)


class Coaching(Value):
    """The figures of one manager over a period, in the order of their definitions; `uncoached` are the reps without."""

    manager: UserId
    n_reps: int
    figures: tuple[Figure, ...]
    uncoached: tuple[UserId, ...]


def words_counted(feedback: Feedback) -> AskTell:
    """What a feedback asks and what it tells, in its improvement and its questions."""
    return sum((asks_and_tells(text) for text in (feedback.improvement, *feedback.questions)), AskTell())


def is_one_improvement(feedback: Feedback) -> bool:
    """Whether the part on the one thing to change is one paragraph; paragraphs are parted by blank lines."""
    return len([part for part in feedback.improvement.replace("\r", "").split("\n\n") if part.strip()]) == 1


def coaching_of(team: Team, period: Period) -> Coaching:
    """The figures of a manager over the period."""
    own = latest_approvals((a for a in team.approvals if a.author == team.manager), period)
    of_reps = latest_approvals((a for a in team.approvals if a.rep in team.reps), period)
    n, weeks, n_reps = len(own), period.days / 7, len(team.reps)
    until = {rep: tuple(e for e in history if period.over_by(e.at)) for rep, history in team.reps.items()}
    held = sum(s.plan.coach == team.manager for history in until.values() for s in _held(history, period))
    uncoached = _uncoached(team, until, period)
    written = sum((a.words for a in own), AskTell())
    spoken = sum((r.words for r in team.recorded if period.has(r.at)), AskTell())
    kept, promised = _follow_ups(until, period)
    upheld, decided = _decided(until, period)
    focused = sum(len(open_focuses(history)) <= 1 for history in until.values())
    figures = (
        figure("one_to_ones", held, n_reps * period.days / DAYS_A_MONTH),
        figure("approvals", n, weeks),
        figure("without_coaching", len(uncoached), n_reps),
        figure("minutes_listened", team.minutes, None),
        figure("edited", sum(a.edited for a in own), n),
        figure("overrode", sum(a.overrode for a in own), n),
        figure("positive_first", sum(a.positive for a in own), n),
        figure("one_improvement", sum(a.one_improvement for a in own), n),
        figure("one_focus", focused, n_reps),
        figure("follow_ups_kept", kept, promised),
        figure("asks_written", written.asks, written.asks + written.tells),
        figure("asks_spoken", spoken.asks, spoken.asks + spoken.tells),
        figure("appeals", _appealed(until, period), len(of_reps)),
        figure("appeals_upheld", upheld, decided),
    )
    return Coaching(
        manager=team.manager,
        n_reps=n_reps,
        figures=figures,
        uncoached=uncoached,
    )


def latest_approvals(approvals: Iterable[Approval], period: Period) -> tuple[Approval, ...]:
    """The last approval in the period of each call, in the order of the calls' ids."""
    found: dict[str, Approval] = {}
    for each in sorted(approvals, key=lambda a: (a.call, a.review)):
        if period.has(each.at):
            found[each.call] = each
    return tuple(found.values())


def _held(history: History, period: Period) -> tuple[SessionState, ...]:
    return tuple(s for s in sessions(history) if s.held_at is not None and period.has(s.held_at))


def _uncoached(team: Team, until: Mapping[str, History], period: Period) -> tuple[str, ...]:
    with_feedback = {a.rep for a in team.approvals if period.has(a.at)}
    return tuple(
        rep for rep, history in sorted(until.items()) if rep not in with_feedback and not _held(history, period)
    )


def _follow_ups(until: Mapping[str, History], period: Period) -> tuple[int, int]:
    due = [f for history in until.values() for f in follow_ups(history) if period.has(f.last_day)]
    return sum(f.kept for f in due), len(due)


def _appealed(until: Mapping[str, History], period: Period) -> int:
    return sum(period.has(answer.at) for history in until.values() for answer in appeals(history))


def _decided(until: Mapping[str, History], period: Period) -> tuple[int, int]:
    """How many appeals were upheld, of how many decided in the period."""
    decisions = [a.decision for history in until.values() for a in appeals(history) if a.decision is not None]
    found = [decision.upheld for decision in decisions if period.has(decision.at)]
    return sum(found), len(found)
