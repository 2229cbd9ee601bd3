"""Owns the inbox as a value, for its page and the API: the drafts that wait, filters with counts, what was approved."""

from datetime import date, timedelta

from pydantic import AwareDatetime

from pipeline.domain.base import Value
from pipeline.export.untrusted import visible
from pipeline.review.guards import Entry
from pipeline.review.inbox.facets import Chip, Facet, address, chips, facets
from pipeline.review.inbox.filters import InboxFilters
from pipeline.review.inbox.pages import Pages, last_page, pages_of
from pipeline.review.inbox.rows import DRAFT_COLUMNS, DraftRow, aware, draft_row, named
from pipeline.review.inbox.selection import Selection, counts, rows
from pipeline.review.inbox.waiting import FACETS, ORDERS, utc_now, waiting
from pipeline.review.seals import reps_of, seals_of

PATH = "/inbox"
PAGE = 50
MOST_DAYS = 14
"""Drafts that have waited longer are counted together."""
_LATELY = timedelta(days=7)
_SOON, _FORGOTTEN = timedelta(days=7), timedelta(days=31)


class Approved(Value):
    """Feedback that was approved lately, by whom."""

    call: str
    customer: str | None
    rep: str | None
    by: str
    at: AwareDatetime


class Due(Value):
    """Feedback whose day to look at it again has come, or comes within a week; `overdue`: the day has passed."""

    call: str
    customer: str | None
    rep: str | None
    on: date
    overdue: bool


class InboxView(Value):
    """The drafts that wait for the viewer as a coach, as the filters narrow them.

    `total` is how many the filters leave, `waiting` how many there are without filters; `oldest_days` is the age of
    the oldest that the filters leave, `by_day` how many have waited 0, 1, ... days, the last one that long and longer.
    """

    filters: InboxFilters
    total: int
    waiting: int
    oldest_days: int | None
    rows: tuple[DraftRow, ...]
    pages: Pages
    facets: tuple[Facet, ...]
    chips: tuple[Chip, ...]
    by_day: tuple[int, ...]
    sorts: dict[str, str]
    approved_lately: tuple[Approved, ...]
    due: tuple[Due, ...]


def inbox_view(entry: Entry, filters: InboxFilters) -> InboxView:
    """The viewer's inbox; a page past the last is the last."""
    index, selection = entry.room.index, waiting(entry, filters)
    found = counts(index, selection, (*FACETS, "day", ""))
    total = sum(n for _, _, n in found[""])
    filters = filters.model_copy(update={"page": min(filters.page, last_page(total, PAGE))})
    shown = facets(PATH, filters, FACETS, found)
    ages = {int(value): n for value, _, n in found["day"]}
    return InboxView(
        filters=filters,
        total=total,
        waiting=total if not selection.filters else _all_waiting(entry),
        oldest_days=max(ages, default=None),
        rows=_listed(entry, selection, filters),
        pages=pages_of(PATH, filters, total, PAGE),
        facets=shown,
        chips=chips(PATH, filters, shown),
        by_day=tuple(sum(n for day, n in ages.items() if min(day, MOST_DAYS) == d) for d in range(MOST_DAYS + 1)),
        sorts={sort: address(PATH, filters.query(sort=sort)) for sort in ORDERS},
        approved_lately=_approved(entry),
        due=_due(entry),
    )


def _listed(entry: Entry, selection: Selection, filters: InboxFilters) -> tuple[DraftRow, ...]:
    order, offset = ORDERS[filters.sort], PAGE * (filters.page - 1)
    found = rows(entry.room.index, selection, DRAFT_COLUMNS, order=order, limit=PAGE, offset=offset)
    query = filters.query(page=1)
    made = tuple(draft_row(row, entry.room.rubric_texts, now=utc_now(entry), query=query) for row in found)
    reps = reps_of(entry.room, [str(rep) for _, _, rep, *_ in found if rep])
    sealed = seals_of(entry.room, (rep for rep in reps if rep is not None))
    return tuple(row.behind(sealed.get(row.call)) for row in made)


def _all_waiting(entry: Entry) -> int:
    found = counts(entry.room.index, waiting(entry, InboxFilters()), ("",))
    return sum(n for _, _, n in found[""])


def _approved(entry: Entry) -> tuple[Approved, ...]:
    """What was approved in the last seven days of calls the viewer coaches, latest first, five at most."""
    scope, parameters = entry.scope.condition(coach=True)
    found = entry.room.index.rows(
        'SELECT c.call, customer, rep, author, "at" FROM reviews r JOIN calls c ON c.call = r.call '  # noqa: S608
        f'WHERE r.state = \'approved\' AND "at" > ? AND {scope} ORDER BY "at" DESC, c.call LIMIT 5',
        [utc_now(entry) - _LATELY, *parameters],
    )
    return tuple(
        Approved(call=str(call), customer=named(customer), rep=named(rep), by=_name(entry, str(by)), at=aware(at))
        for call, customer, rep, by, at in found
    )


def _due(entry: Entry) -> tuple[Due, ...]:
    """What is to be looked at again by the end of a week from now, the earliest first, eight at most.

    What was due more than a month ago is left out: nobody will do it for being told once more.
    """
    scope, parameters = entry.scope.condition(coach=True)
    today = entry.room.now().date()
    found = entry.room.index.rows(
        "SELECT c.call, customer, rep, follow_up FROM reviews r JOIN calls c ON c.call = r.call "  # noqa: S608
        f"WHERE follow_up BETWEEN ? AND ? AND {scope} ORDER BY follow_up, c.call LIMIT 8",
        [today - _FORGOTTEN, today + _SOON, *parameters],
    )
    return tuple(
        Due(call=str(call), customer=named(customer), rep=named(rep), on=on, overdue=on < today)
        for call, customer, rep, on in found
        if isinstance(on, date)
    )


def _name(entry: Entry, user_id: str) -> str:
    user = entry.room.people.get(user_id)
    return visible(user.name) if user else user_id
