"""Owns which drafts wait for a viewer as a coach: those in scope that nobody approved, as filters say."""

from datetime import UTC, datetime, timedelta

from pipeline.review.guards import Entry
from pipeline.review.inbox.filters import AGES, InboxFilters, Sort
from pipeline.review.inbox.selection import Condition, Selection

FACETS = ("rep", "age", "stage", "state", "kind")
ORDERS: dict[Sort, str] = {
    "age": "recorded_at, call",
    "newest": "recorded_at DESC, call DESC",
    "date": "held_at DESC, call DESC",
}


def waiting(entry: Entry, filters: InboxFilters) -> Selection:
    """The calls whose drafts wait for this viewer.

    `base` has: call, rep, rep_name, customer, deal, stage, mode, kind, started_at, held_at, duration, rubric,
    rubric_version, improvement, strength, recorded_at, state, age, day. Reps and stages that nobody named are "-".
    """
    scope, parameters = entry.scope.condition(coach=True)
    now = utc_now(entry)
    ages = " ".join(f"WHEN recorded_at > ? THEN '{name}'" for name, _, _, end in AGES if end is not None)
    ends = [now - timedelta(days=end) for _, _, _, end in AGES if end is not None]
    base = (
        "SELECT c.call, coalesce(nullif(rep_key, ''), '-') AS rep, rep AS rep_name, customer, deal, "  # noqa: S608
        "coalesce(stage, '-') AS stage, mode, kind, started_at, "
        "coalesce(started_at, recorded_at) AS held_at, duration, "
        "rubric, rubric_version, coalesce(r.improvement, c.improvement) AS improvement, strength, recorded_at, "
        "rep_talk_ratio, "
        f"coalesce(r.state, 'waiting') AS state, CASE {ages} ELSE '{AGES[-1][0]}' END AS age, "
        "greatest(0, CAST(floor(epoch(? - recorded_at) / 86400) AS INTEGER)) AS day "
        f"FROM calls c LEFT JOIN reviews r ON r.call = c.call WHERE {scope} AND coalesce(r.state, '') <> 'approved'"
    )
    return Selection(base=base, base_parameters=(*ends, now, *parameters), filters=conditions(filters))


def conditions(filters: InboxFilters) -> dict[str, Condition]:
    """The condition of each filter that is chosen."""
    return {name: (f"{name} = ?", (str(value),)) for name in FACETS if (value := getattr(filters, name)) is not None}


def utc_now(entry: Entry) -> datetime:
    """The room's time as the index has times: UTC, without a zone."""
    return entry.room.now().astimezone(UTC).replace(tzinfo=None)
