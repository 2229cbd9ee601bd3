"""Tells webhooks how a night goes on: each call that is done or set aside, and the night's end."""

from pipeline.announce import Announcer, of_outcome
from pipeline.domain.announcement import Announcement, Fact
from pipeline.domain.night import NightState
from pipeline.domain.work import CallOutcome
from pipeline.shift.boards import Silent


class Telling(Silent):
    """A listener that puts messages into the outbox, and has them sent in the background until the night has ended.

    What is not taken by then waits in the outbox for the next run, or for `filmroom webhooks send`.
    """

    def __init__(self, announcer: Announcer, *, every_s: float = 5.0, patience_s: float = 15.0) -> None:
        self._announcer = announcer
        self._patience = patience_s
        announcer.send_in_rounds(every_s=every_s)

    def finished(self, number: int, outcome: CallOutcome) -> None:  # noqa: ARG002 - webhooks know calls by id
        """See `Board`. Raises: StoreError when the outbox cannot be written."""
        if (what := of_outcome(outcome, at=self._announcer.now())) is not None:
            self._announcer.announce(what)

    def ended(self, night: NightState) -> None:
        """See `Listener`; waits a moment for what is still to be sent."""
        counts = night.counts
        data: dict[str, Fact] = {
            "run": night.start.id,
            "ended": night.ended,
            "seconds": round(night.seconds, 1),
            "done": counts.done,
            "skipped": counts.skipped,
            "quarantined": counts.quarantined,
            "waiting": counts.waiting,
        }
        self._announcer.announce(Announcement(type="run.ended", timestamp=self._announcer.now(), data=data))
        self._announcer.close(patience_s=self._patience)
