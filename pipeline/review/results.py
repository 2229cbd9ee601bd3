"""Owns the results of the calls that were looked at lately: reading a long call takes longer than showing it."""

import threading
from collections import OrderedDict

from pipeline.domain.result import CallResult
from pipeline.domain.work import CallRecord
from pipeline.store.workspace import Workspace

MOST_WORDS = 20_000
"""How many words the kept results may have together: the call somebody is at, and a few more of the same length. Each
word is several objects, which cost memory and the time to look through it."""


class Results:
    """What was read lately, for any thread; what was asked for longest ago goes first.

    Results never change: a record that names other ones is another result.
    """

    def __init__(self, workspace: Workspace, *, most_words: int = MOST_WORDS) -> None:
        self._workspace = workspace
        self._most = most_words
        self._lock = threading.Lock()
        self._words = 0
        self._kept: OrderedDict[tuple[object, ...], tuple[CallResult, int]] = OrderedDict()

    def get(self, record: CallRecord) -> CallResult:
        """Everything that is known of a call as this record says. Raises: as `Workspace.result`."""
        key = (record.call, record.rubric, record.files, *sorted(record.results.items()))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        result = self._workspace.result(record)
        words = sum(len(turn.words) for turn in result.conversation.turns)
        with self._lock:
            if key not in self._kept and words <= self._most:
                self._kept[key] = result, words
                self._words += words
            while self._words > self._most:
                _, (_, fewer) = self._kept.popitem(last=False)
                self._words -= fewer
        return result
