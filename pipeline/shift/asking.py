"""Owns when a language model's endpoint that gives no answers is asked again, so that a night goes on without it.

While it is silent, calls go through reading unasked: what was answered before is used, and what is missing makes the
call wait for another run. Hearing goes on all the time. Now and then one call is asked again, and while it is, reading
waits for what comes of it: so an hour without an endpoint costs an hour of readings and not the night's.
"""

from pipeline.run import Attempt

SILENT_AFTER = 3
"""So many calls in a row without an answer, each asked as often as [llm] says, and the endpoint counts as silent."""
UNASKED_BETWEEN = 9
"""So many calls go through unasked before one is asked again."""


class Asking:
    """Whether the next call to be read may ask, from what came of those before it."""

    def __init__(self) -> None:
        self._unanswered = 0
        self._lasting = False
        self._unasked = 0
        self._probing = False

    @property
    def silent(self) -> bool:
        """Whether the endpoint gives no answers, as far as is known."""
        return self._lasting or self._unanswered >= SILENT_AFTER

    @property
    def holds(self) -> bool:
        """Whether reading should wait, since a call is asking whether the endpoint is there again."""
        return self._probing

    def begin(self) -> bool:
        """Whether the call that is begun now may ask. A refusal that lasts, of a key say, is not tried again."""
        if not self.silent:
            return True
        if self._lasting or self._unasked < UNASKED_BETWEEN:
            self._unasked += 1
            return False
        self._probing = True
        return True

    def ended(self, attempt: Attempt | None, *, asked: bool) -> None:
        """Take note of what came of a call that was read; None when its worker was lost, which says nothing.

        Only a call that was done by asking says that the endpoint answers: one with nothing to do asked nothing.
        """
        if not asked:
            return
        self._probing = False
        if attempt is None:
            return
        if attempt.unanswered is not None:
            self._unanswered += 1
            self._lasting = self._lasting or attempt.unanswered == "lasting"
            self._unasked = 0
        elif attempt.outcome.status == "done":
            self._unanswered, self._unasked, self._lasting = 0, 0, False
