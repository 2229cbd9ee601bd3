"""What people keep for themselves or promise: minutes of listening, readings of trust, what they want to be told of."""

from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.words import Long, Said
from pipeline.domain.people import UserId
from pipeline.domain.recording import CallId

TrustLevel = Literal["bronze", "silver", "gold"]


class ListeningPledged(Value):
    """So many minutes of calls this person means to hear in a week, from the week of this event on; 0 ends it."""

    kind: Literal["listening_pledged"] = "listening_pledged"
    minutes: int = Field(ge=0, le=40 * 60)


class TrustRead(Value):
    """How a manager reads the trust of a rep in them, by now. In the manager's own stream: nobody else sees it."""

    kind: Literal["trust_read"] = "trust_read"
    rep: UserId
    level: TrustLevel
    note: Long = ""


class Subscribed(Value):
    """How this person wants to be reminded, from now on; the webhook's address, where there is one, is https or of this
    machine."""

    kind: Literal["subscribed"] = "subscribed"
    mail: bool = False
    calendar: bool = False
    webhook: str | None = Field(default=None, max_length=500)
    digest: Literal["none", "daily", "weekly"] = "none"


class SampleLookedAt(Value):
    """The second level looked at a reviewed draft of a sample, in the stream of the manager who reviewed it."""

    kind: Literal["sample_looked_at"] = "sample_looked_at"
    call: CallId
    review: int = Field(ge=1)
    note: Long = ""
    asks: bool | None = None
    positive_first: bool | None = None
    one_focus: bool | None = None
    sample: Said = ""
