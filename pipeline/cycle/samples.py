"""Owns which reviewed drafts the second level is shown: drawn by a seed that anybody can name again, per manager.

Whether a draft is drawn depends on the seed and on the other drafts of the same manager, and on nothing else: not on
the order in which they are given, and not on other managers. The same seed over the same period gives the same sample.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from pydantic import AwareDatetime

from pipeline.cycle.period import USUAL_DAYS, Period
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import Event, History
from pipeline.domain.cycle.own import SampleLookedAt
from pipeline.domain.cycle.past_calls import week_of
from pipeline.errors import UsageError

A_MANAGER = 3
MOST_A_MANAGER = 20


class Reviewed(Value):
    """A draft that somebody approved: the call, and the number of the approving record of its review."""

    call: str
    review: int
    author: str
    at: AwareDatetime


class Looked(Value):
    """What the second level noted on a reviewed draft; `by` wrote it."""

    what: SampleLookedAt
    by: str
    at: AwareDatetime


def usual_seed(today: date) -> str:
    """The Monday of the week: the sample stays the same until the next."""
    return week_of(today).isoformat()


def weeks_before(today: date) -> Period:
    """The four whole weeks before this one, so that the week's sample does not change while the week goes on."""
    monday = week_of(today)
    return Period(first=monday - timedelta(days=USUAL_DAYS), last=monday - timedelta(days=1))


def drawn(reviewed: Iterable[Reviewed], *, seed: str, k: int) -> tuple[Reviewed, ...]:
    """At most `k` drafts of each manager, by manager and then in the order of the draw.

    Those with the lowest SHA-256 of seed, call and review number. Raises: UsageError for a `k` out of range.
    """
    if not 1 <= k <= MOST_A_MANAGER:
        raise UsageError(f"{k} drafts of each manager", hint=f"ask for 1 to {MOST_A_MANAGER}")
    own: defaultdict[str, set[Reviewed]] = defaultdict(set)
    for each in reviewed:
        own[each.author].add(each)
    lots = {author: sorted(of, key=lambda r: (_lot(r, seed), r.call, r.review))[:k] for author, of in own.items()}
    return tuple(each for author in sorted(lots) for each in lots[author])


def _lot(reviewed: Reviewed, seed: str) -> str:
    return hashlib.sha256("\n".join((seed, reviewed.call, str(reviewed.review))).encode()).hexdigest()


def looked_at(history: History) -> tuple[Looked, ...]:
    """What the second level noted on drafts of this manager, the latest first; each writer's last note on a draft."""
    found: dict[tuple[str, int, str], Looked] = {}
    for event in history:
        if isinstance(what := event.what, SampleLookedAt):
            found.pop((what.call, what.review, event.author), None)
            found[what.call, what.review, event.author] = Looked(what=what, by=event.author, at=event.at)
    return tuple(reversed(found.values()))


def look_at(history: History, noted: SampleLookedAt, *, author: str, reviewed: Iterable[Reviewed]) -> Event | None:
    """The event of a note; None where this author's last note on the draft says the same.

    Raises: UsageError where the manager reviewed no such draft, or the note says nothing.
    """
    if not any((r.call, r.review) == (noted.call, noted.review) for r in reviewed):
        raise UsageError("this manager approved no such draft", hint="open the sample again")
    if not noted.note.strip() and noted.asks is noted.positive_first is noted.one_focus is None:
        raise UsageError("nothing is noted", hint="answer one of the questions, or write a note")
    last = next((each.what for each in looked_at(history) if each.by == author and _same_draft(each.what, noted)), None)
    return None if last == noted else noted


def _same_draft(one: SampleLookedAt, other: SampleLookedAt) -> bool:
    return (one.call, one.review) == (other.call, other.review)
