"""What other programs are told of: that something happened to a call or a run, never what was said in it."""

from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value

EventName = Literal["call.done", "call.quarantined", "run.ended", "feedback.approved", "ping"]
Fact = str | int | float | None


class Announcement(Value):
    """One thing that happened. `data` has ids, states and numbers: no words, no names, no paths of recordings.

    Its JSON is the body that webhooks are sent: type and timestamp first, as Standard Webhooks has them.
    """

    type: EventName
    timestamp: AwareDatetime
    data: dict[str, Fact] = Field(default_factory=dict)


class Delivery(Value):
    """An announcement for one address. `id` is the same at every attempt, so that who is told twice can tell."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    url: str
    what: Announcement


class DeliveryAttempt(Value):
    """How one attempt went: a line of the log beside the outbox. `problem` is absent where it was taken."""

    id: str
    type: EventName
    url: str
    at: AwareDatetime
    attempt: int = Field(ge=1)
    problem: str | None = None
    given_up: bool = False
