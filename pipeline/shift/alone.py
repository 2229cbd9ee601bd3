"""A night carried out in this process, one call after another: for few calls, for which workers would cost more."""

import time
from collections.abc import Iterator

from pipeline.callwork import Night
from pipeline.domain.work import CallOutcome
from pipeline.run import attempt, settle
from pipeline.shift.boards import BoardWatcher
from pipeline.shift.ports import Board, Source, Stop

_LOOK_AGAIN_S = 0.2


def carry_out_alone(night: Night, source: Source, *, board: Board, stop: Stop) -> Iterator[CallOutcome]:
    """What became of each call, in their order, each settled before it is given; as `ShiftEngine`, with no worker.

    Once a stop is asked for the call under way is finished, and no other begun. Raises: BudgetError, StoreError.
    """
    watcher, number = BoardWatcher(board), 0
    while not stop.asked:
        candidate = source.take()
        if candidate is None:
            if source.ended:
                return
            time.sleep(_LOOK_AGAIN_S)
            continue
        number += 1
        watcher.call_started(candidate.path, number, source.expected or number)
        outcome = settle(night.workspace, attempt(night, candidate, watcher))
        watcher.call_finished(outcome)
        yield outcome
