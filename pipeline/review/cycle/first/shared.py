"""Owns what the pages of a self-review ask of the room: candidates for a pick, measures, follow-up questions."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from pipeline.cycle.rep_first_acts import FOLLOW_UP_QUESTIONS
from pipeline.cycle.signals import NAMES
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.metrics import MetricName
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import calls_of
from pipeline.review.drafts.view import DraftView, draft_view
from pipeline.review.guards import Entry, nothing_here

LATELY = timedelta(days=14)
"""Calls of so many days are offered for a pick."""
MOST_PROMPT = 500
"""Characters of a follow-up question: what an event can name. A coach may have written more into a feedback."""


def own_call(entry: Entry) -> PastCall:
    """The call of the path, a call of the person's. Raises: NotFoundError for any other."""
    found = next((call for call in calls_of(entry, entry.whose) if call.call == entry.call), None)
    if found is None:
        raise nothing_here()
    return found


def lately(entry: Entry, calls: tuple[PastCall, ...], asked: str = "") -> tuple[PastCall, ...]:
    """The person's calls of the last two weeks, the latest first; with `asked`, those whose customer or deal has it.

    One-to-ones are left out: they are no calls with a customer.
    """
    words = asked.casefold().split()
    since = entry.room.now() - LATELY
    return tuple(
        call
        for call in reversed(calls)
        if call.at >= since
        and call.stage != "coaching"
        and all(word in f"{call.customer or ''} {call.deal or ''}".casefold() for word in words)
    )


def measured(entry: Entry, calls: Iterable[str]) -> dict[str, dict[MetricName, float]]:
    """The measures of these calls that signals are made of, where they have a value."""
    ids = sorted(calls)
    found: dict[str, dict[MetricName, float]] = {call: {} for call in ids}
    names: Mapping[str, MetricName] = {str(name): name for name in NAMES}
    query = (
        "SELECT call, name, value FROM measures WHERE value IS NOT NULL "
        "AND call IN (SELECT unnest(CAST(? AS VARCHAR[]))) AND name IN (SELECT unnest(CAST(? AS VARCHAR[])))"
    )
    for call, name, value in entry.room.index.rows(query, [ids, sorted(names)]):
        found[str(call)][names[str(name)]] = float(str(value))
    return found


def feedback_seen(entry: Entry) -> DraftView | None:
    """The approved feedback of the call of the path where the viewer may see it, else None."""
    view = draft_view(entry)
    return view if view is not None and view.approved is not None else None


def planned(entry: Entry) -> tuple[str, ...]:
    """The follow-up questions for a rep who would change nothing, in order.

    Those that were approved with the feedback come after the general ones, and only once the rep may read it: before,
    they would tell what the draft found.
    """
    feedback = feedback_seen(entry)
    of_feedback = () if feedback is None else tuple(visible(question) for question in feedback.feedback.questions)
    short = (question for question in of_feedback if len(question) <= MOST_PROMPT)
    return tuple(dict.fromkeys((*FOLLOW_UP_QUESTIONS, *short)))
