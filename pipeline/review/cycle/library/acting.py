"""Owns what people do about clips: a coach proposes, the featured rep answers, either ends it."""

from pydantic import Field

from pipeline.cycle import library
from pipeline.domain.base import Value
from pipeline.domain.cycle.library import ClipProposed
from pipeline.domain.people import User
from pipeline.errors import UsageError
from pipeline.review.call.seeing import approved
from pipeline.review.cycle.acting import act, calls_of
from pipeline.review.cycle.library.moments import observation_of
from pipeline.review.guards import Entry
from pipeline.review.seals import rep_of


class Proposal(Value):
    """A moment that a coach proposes: an observation of the approved reading of the call, and a title of their own."""

    observation: str = Field(min_length=1, max_length=20)
    title: str = Field(default="", max_length=200)


def propose(entry: Entry, proposal: Proposal) -> tuple[User, int]:
    """The featured rep and the number of the event; the call is that of the path.

    Raises: UsageError where a rule of `library.propose` forbids it, or nobody could consent.
    """
    featured = rep_of(entry.room, entry.call)
    if featured is None or featured.removed:
        raise UsageError("nobody could consent: this call's rep is no user", hint="add them as a user first")
    review = approved(entry)
    record = review.record if review is not None else entry.room.record(entry.call)[0]
    observation = observation_of(
        entry.room, entry.room.workspace.calls.get(entry.call, record), proposal.observation.strip()
    )
    rubric = entry.room.workspace.rubric_of(entry.room.workspace.calls.get(entry.call, record)).rubric
    clip = ClipProposed(
        call=entry.call,
        record=record,
        observation=proposal.observation.strip(),
        rubric=rubric.id,
        capability=observation.capability if observation else "",
        behaviour=observation.behaviour if observation else "",
        title=" ".join(proposal.title.split()),
    )
    live = any(past.call == entry.call and past.live for past in calls_of(entry, featured))
    number = act(
        entry,
        featured.id,
        lambda history: library.propose(
            history,
            clip,
            observation,
            live=live,
            approved=review.record if review is not None else None,
            person=featured.id,
        ),
        call=entry.call,
    )
    return featured, number


def consent(entry: Entry, clip: str) -> int:
    """The number of the event, 0 where the consent stood already. Raises: UsageError, NotFoundError."""
    return act(entry, entry.whose.id, lambda history: library.consent(history, clip))


def decline(entry: Entry, clip: str) -> int:
    """The number of the event, 0 where it was said before. Raises: UsageError, NotFoundError."""
    return act(entry, entry.whose.id, lambda history: library.decline(history, clip))


def withdraw(entry: Entry, clip: str, reason: str = "") -> int:
    """The number of the event, 0 where it was gone already. Raises: NotFoundError."""
    return act(entry, entry.whose.id, lambda history: library.withdraw(history, clip, reason.strip()))
