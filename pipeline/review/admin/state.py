"""Owns what admins are shown of the workspace: numbers and reasons, nothing of any call's content."""

from pipeline.domain.base import Value
from pipeline.export.untrusted import visible
from pipeline.review.room import Room
from pipeline.store.indexing import Unread

MOST = 50


class StateView(Value):
    """How the workspace stands.

    `unread` are records that cannot be read, the first `MOST` of `n_unread`; `n_aside` recordings were set aside and
    not done since.
    """

    calls: int
    n_aside: int
    n_unread: int
    unread: tuple[Unread, ...]


def state_view(room: Room) -> StateView:
    """How the workspace stands, as the index has it."""
    ((calls, aside),) = room.index.rows("SELECT (SELECT count(*) FROM calls), (SELECT count(*) FROM quarantine)")
    unread = room.index.unread
    shown = tuple(_visible(u) for u in unread[:MOST])
    return StateView(calls=int(str(calls)), n_aside=int(str(aside)), n_unread=len(unread), unread=shown)


def _visible(unread: Unread) -> Unread:
    shown = (visible(text) for text in (unread.record_id, unread.reason, unread.hint))
    return Unread(**dict(zip(("record_id", "reason", "hint"), shown, strict=True)))
