"""Owns the sheets and transcripts of calls that were looked at lately: they never change, and take a while to make."""

from pipeline.domain.result import CallResult
from pipeline.domain.work import CallRecord
from pipeline.export.moments import Moments
from pipeline.export.sheet import Sheet, sheet
from pipeline.export.transcript import turn_rows
from pipeline.review.call.peers import Peers
from pipeline.review.call.recent import Recent
from pipeline.review.call.transcript import TurnView, turn_views

_Made = tuple[Sheet, tuple[TurnView, ...]]


class Sheets:
    """What pages of calls have in common with pages before them: sheets, and the calls that others are held against."""

    def __init__(self, most: int = 32) -> None:
        self._kept: Recent[_Made] = Recent(most)
        self.peers = Peers()

    def get(self, record: CallRecord, result: CallResult, names: dict[str, str], *, judged: bool) -> _Made:
        """A reading's sheet without its turns, and these, with names by label; `judged`: with quotes marked."""
        key = (record.rubric, *sorted(record.results.items()), record.files, judged, *sorted(names.items()))
        return self._kept.get(key, lambda: _made(result, names, judged=judged))


def _made(result: CallResult, names: dict[str, str], *, judged: bool) -> _Made:
    whole = sheet(result)
    bare = Moments(rubric=result.rubric, observations={}, missed=())
    turns = turn_views(result, whole.turns if judged else turn_rows(result, bare), names)
    return whole.model_copy(update={"turns": ()}), turns
