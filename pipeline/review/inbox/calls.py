"""Owns the list of calls as a value, for its page and the API: every call that the viewer may see, and where it stands.

A rep's own calls say only whether their feedback is ready: nothing of a draft, its state or its text.
"""

from datetime import datetime, time
from typing import Literal

from pydantic import AwareDatetime

from pipeline.domain.base import Value
from pipeline.domain.review import ReviewState
from pipeline.review.guards import Entry
from pipeline.review.inbox.facets import Chip, Facet, chips, facets, words
from pipeline.review.inbox.filters import CallFilters
from pipeline.review.inbox.pages import Pages, last_page, pages_of
from pipeline.review.inbox.rows import Talk, aware, minutes, named, stage_words, state_of, talk_of
from pipeline.review.inbox.selection import Condition, Selection, counts, rows
from pipeline.review.scope import Sight

PATH = "/calls"
PAGE = 50
FACETS = ("rep", "state", "stage", "mode")
_ORDER = "held_at DESC, call DESC"
_COLUMNS = "call, customer, rep_name, deal, stage, mode, kind, started_at, duration, sight, review"


class CallRow(Value):
    """A call of the list. `ready`: its feedback is approved. `review` is where its review stands, for coaches; absent
    for the rep's own calls."""

    call: str
    address: str
    customer: str | None
    rep: str | None
    deal: str | None
    stage: str | None
    mode: str
    transcript_only: bool
    started_at: AwareDatetime | None
    minutes: int | None
    sight: Sight
    ready: bool
    review: ReviewState | None
    talk: Talk | None

    @property
    def standing(self) -> str:
        """Where the call stands, in words."""
        return words("state", ("ready" if self.ready else self.review or "open"))


class CallsView(Value):
    """The calls that the viewer may see, the latest first, as the filters narrow them."""

    filters: CallFilters
    total: int
    rows: tuple[CallRow, ...]
    pages: Pages
    facets: tuple[Facet, ...]
    chips: tuple[Chip, ...]
    is_coach: bool


def calls_view(entry: Entry, filters: CallFilters) -> CallsView:
    """The viewer's calls; a page past the last is the last."""
    index, selection = entry.room.index, _selection(entry, filters)
    found = counts(index, selection, (*FACETS, ""))
    total = sum(n for _, _, n in found[""])
    filters = filters.model_copy(update={"page": min(filters.page, last_page(total, PAGE))})
    listed = rows(index, selection, _COLUMNS, order=_ORDER, limit=PAGE, offset=PAGE * (filters.page - 1))
    shown = facets(PATH, filters, FACETS, found)
    return CallsView(
        filters=filters,
        total=total,
        rows=tuple(_row(row) for row in listed),
        pages=pages_of(PATH, filters, total, PAGE),
        facets=shown,
        chips=chips(PATH, filters, shown),
        is_coach=entry.viewer.has("manager", "second_level"),
    )


def _selection(entry: Entry, filters: CallFilters) -> Selection:
    seen, parameters = entry.scope.condition()
    coached, coached_parameters = entry.scope.condition(coach=True)
    base = (
        "SELECT c.call, coalesce(nullif(rep_key, ''), '-') AS rep, rep AS rep_name, customer, deal, "  # noqa: S608
        "coalesce(stage, '-') AS stage, mode, kind, started_at, coalesce(started_at, recorded_at) AS held_at, "
        f"duration, CASE WHEN {coached} THEN 'coach' ELSE 'own' END AS sight, r.state AS review, "
        "rep_talk_ratio, CASE WHEN r.state = 'approved' THEN 'ready' ELSE 'open' END AS state "
        f"FROM calls c LEFT JOIN reviews r ON r.call = c.call WHERE {seen}"
    )
    return Selection(base=base, base_parameters=(*coached_parameters, *parameters), filters=dict(_conditions(filters)))


def _conditions(filters: CallFilters) -> list[tuple[str, Condition]]:
    found: list[tuple[str, Condition]] = [
        (name, (f"{name} = ?", (str(value),))) for name in FACETS if (value := getattr(filters, name)) is not None
    ]
    if filters.q is not None:
        text = "contains(lower(concat_ws(' ', rep_name, customer, deal)), lower(?))"
        found.append(("q", (text, (" ".join(filters.q.split()),))))
    if filters.since is not None:
        found.append(("since", ("held_at >= ?", (datetime.combine(filters.since, time()),))))
    if filters.until is not None:
        found.append(("until", ("held_at <= ?", (datetime.combine(filters.until, time.max),))))
    return found


def _row(found: tuple[object, ...]) -> CallRow:
    call, customer, rep, deal, stage, mode, kind, started, duration, sight, review, share = found
    own: Literal["own", "coach"] = "own" if sight == "own" else "coach"
    return CallRow(
        call=str(call),
        address=f"{PATH}/{call}",
        customer=named(customer),
        rep=named(rep),
        deal=named(deal),
        stage=stage_words(stage),
        mode=words("mode", str(mode)),
        transcript_only=kind == "transcript",
        started_at=aware(started),
        minutes=minutes(duration),
        sight=own,
        ready=review == "approved",
        review=None if own == "own" else state_of(review),
        talk=talk_of(share),
    )
