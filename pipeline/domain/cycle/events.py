"""What happens in the coaching cycle: events of one person, in their order, each a record that never changes."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.erased import Erased
from pipeline.domain.cycle.focus import (
    FocusClosed,
    FocusOpened,
    FollowedUp,
    PraiseGiven,
    RelapseAnswered,
    StepMarked,
)
from pipeline.domain.cycle.goals import GoalEnded, GoalSet, TargetAgreed
from pipeline.domain.cycle.library import ClipConsented, ClipDeclined, ClipProposed, ClipWithdrawn
from pipeline.domain.cycle.own import ListeningPledged, SampleLookedAt, Subscribed, TrustRead
from pipeline.domain.cycle.practice import PracticeTried, RehearsalUploaded
from pipeline.domain.cycle.rep_first import (
    Answered,
    AppealDecided,
    ObservationAnswered,
    Parked,
    Picked,
    PickTakenBack,
    SealOverridden,
)
from pipeline.domain.cycle.sessions import (
    ImportanceSaid,
    SessionCancelled,
    SessionHeld,
    SessionPlanned,
    SessionRecorded,
    SessionStarted,
)
from pipeline.domain.people import UserId

Event = Annotated[
    Picked
    | PickTakenBack
    | Answered
    | Parked
    | SealOverridden
    | ObservationAnswered
    | AppealDecided
    | FocusOpened
    | StepMarked
    | PraiseGiven
    | FocusClosed
    | RelapseAnswered
    | FollowedUp
    | PracticeTried
    | RehearsalUploaded
    | GoalSet
    | GoalEnded
    | TargetAgreed
    | SessionPlanned
    | ImportanceSaid
    | SessionStarted
    | SessionHeld
    | SessionCancelled
    | SessionRecorded
    | ClipProposed
    | ClipConsented
    | ClipDeclined
    | ClipWithdrawn
    | ListeningPledged
    | TrustRead
    | Subscribed
    | SampleLookedAt
    | Erased,
    Field(discriminator="kind"),
]


class CycleRecord(Value):
    """One event of a person's stream, who caused it and when: records cycle/<person>/r.000001.json, ...

    A person is a user; the stream of a rep has all of their coaching, that of a manager what they keep or promise for
    themselves. The number of the record names what the event begins.
    """

    person: UserId
    author: str = Field(min_length=1)
    at: AwareDatetime
    what: Event


class Happened(Value):
    """An event with the number of its record, as rules fold it."""

    number: int = Field(ge=1)
    author: str
    at: AwareDatetime
    what: Event


History = tuple[Happened, ...]
"""All events of one person, in their order."""
