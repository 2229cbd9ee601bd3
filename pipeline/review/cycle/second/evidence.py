"""Owns what the second level's figures rest on: approvals from the records, one-to-ones and playing as they were kept.

Only calls that the viewer sees as a coach are counted; nobody's figures tell of anybody they do not see.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from pipeline.cycle.period import Period
from pipeline.cycle.promises import played_by_week
from pipeline.cycle.second_level import Approval, Recorded, Team, is_one_improvement, words_counted
from pipeline.domain.people import User, same_name
from pipeline.domain.review import Feedback, Review
from pipeline.review.cycle.acting import happened_to_all
from pipeline.review.guards import Entry
from pipeline.reviewing.standing import Seen, state_at
from pipeline.store.workspace import Workspace
from pipeline.text.advice import AskTell, asks_and_tells


def managers_below(entry: Entry) -> tuple[User, ...]:
    """Those below the viewer to whom others may report, by name; at one's own machine all of them."""
    people = entry.room.people
    below = people.all() if entry.viewer.everything else people.below(entry.viewer.user.id)
    return tuple(sorted((u for u in below if u.manages), key=lambda u: (same_name(u.name), u.id)))


def reps_of(entry: Entry, manager: User) -> tuple[User, ...]:
    """The reps who report to this manager directly, by name."""
    found = (u for u in entry.room.people.all() if u.reports_to == manager.id and "rep" in u.roles)
    return tuple(sorted(found, key=lambda u: (same_name(u.name), u.id)))


def teams_of(entry: Entry, managers: tuple[User, ...], period: Period) -> tuple[Team, ...]:
    """What is known of the coaching of each of these managers."""
    approvals = approvals_in(entry, period)
    return tuple(_team(entry, manager, approvals, period) for manager in managers)


def approvals_in(entry: Entry, period: Period) -> tuple[Approval, ...]:
    """The last approval in the period of each call that the viewer coaches."""
    reps = {name: user.id for user in entry.room.people.all(removed=True) for name in user.names}
    found = []
    for call, rep_key in _reviewed_since(entry, period):
        reviews = entry.room.workspace.reviews.all(call)
        number = last_approval(reviews, period)
        if number:
            rep = reps.get(rep_key or "")
            found.append(_approval(entry.room.workspace, reviews[:number], rep))
    return tuple(found)


def last_approval(reviews: tuple[Review, ...], period: Period) -> int:
    """The number of the last record that approved the feedback in the period; 0 where none did."""
    numbers = [n for n, r in enumerate(reviews, start=1) if r.action == "approved" and period.has(r.at)]
    return numbers[-1] if numbers else 0


def feedback_at(workspace: Workspace, call: str, review: Review, number: int) -> Feedback:
    """The words that this record approved."""
    if review.feedback is not None:
        return review.feedback
    return state_at(workspace, call, Seen(after=number, record=review.record)).feedback


def _reviewed_since(entry: Entry, period: Period) -> Iterator[tuple[str, str | None]]:
    condition, parameters = entry.scope.condition(coach=True)
    begin = datetime(period.first.year, period.first.month, period.first.day)
    query = (
        'SELECT call, rep_key FROM calls WHERE call IN (SELECT call FROM reviews WHERE "at" >= ?) '  # noqa: S608
        f"AND mode <> 'simulated' AND coalesce(stage, '') <> 'coaching' AND {condition} ORDER BY call"
    )
    for call, rep_key in entry.room.index.rows(query, [begin, *parameters]):
        yield str(call), None if rep_key is None else str(rep_key)


def _approval(workspace: Workspace, reviews: tuple[Review, ...], rep: str | None) -> Approval:
    """The approval that is the last of these records."""
    last, number = reviews[-1], len(reviews)
    words = feedback_at(workspace, last.call, last, number)
    return Approval(
        call=last.call,
        review=number,
        author=last.author,
        at=last.at,
        rep=rep,
        edited=any(r.edits or r.action == "chose_improvement" for r in reviews),
        overrode=bool(last.override),
        positive=bool(words.strength.strip()),
        one_improvement=is_one_improvement(words),
        words=words_counted(words),
    )


def _team(entry: Entry, manager: User, approvals: tuple[Approval, ...], period: Period) -> Team:
    reps = reps_of(entry, manager)
    ids = {user.id for user in reps}
    return Team(
        manager=manager.id,
        reps=happened_to_all(entry, reps),
        approvals=tuple(a for a in approvals if a.author == manager.id or a.rep in ids),
        recorded=_recorded(entry, manager),
        minutes=minutes_played(entry, manager.id, period),
    )


def minutes_played(entry: Entry, user: str, period: Period) -> float:
    """The minutes of calls that this user played in the period, each instant of a call once a week."""
    begin = datetime(period.first.year, period.first.month, period.first.day, tzinfo=UTC)
    lines = entry.room.sounds.listening.listened.of(user, since=begin)
    return sum(played_by_week(line for line in lines if period.has(line.at)).values()) / 60


def _recorded(entry: Entry, manager: User) -> tuple[Recorded, ...]:
    """The recorded one-to-ones of a manager, whose side has the role rep there; rehearsed ones are practice."""
    query = (
        "SELECT c.call, coalesce(c.started_at, c.recorded_at), t.text FROM calls c JOIN turns t ON t.call = c.call "
        "WHERE c.stage = 'coaching' AND c.mode <> 'simulated' AND t.role = 'rep' "
        "AND c.rep_key IN (SELECT unnest(CAST(? AS VARCHAR[]))) ORDER BY c.call"
    )
    return tuple(_talks(entry.room.index.rows(query, [sorted(manager.names)])))


def _talks(turns: Iterable[tuple[object, ...]]) -> Iterator[Recorded]:
    when: dict[str, datetime] = {}
    words: defaultdict[str, AskTell] = defaultdict(AskTell)
    for call, at, text in turns:
        assert isinstance(at, datetime)
        when[str(call)] = at.replace(tzinfo=UTC)
        words[str(call)] += asks_and_tells(str(text))
    for call, began in when.items():
        yield Recorded(call=call, at=began, words=words[call])
