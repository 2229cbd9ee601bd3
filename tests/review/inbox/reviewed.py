"""Reviews for tests of the lists: what somebody did with a call's draft, in the workspace and in the index."""

from datetime import datetime

from pipeline.domain.review import Review, ReviewAction, ReviewState
from pipeline.review.guards import Entry
from pipeline.review.room import Room
from tests.review.rooms import NOW, client

STATES: dict[ReviewAction, ReviewState] = {"approved": "approved", "sent_back": "sent_back"}


def review(room: Room, call: str, action: ReviewAction, *, at: datetime = NOW, improvement: str | None = None) -> None:
    """Mark did this with the call's draft; the index knows."""
    number, record = room.record(call)
    made = Review(
        call=call,
        action=action,
        state=STATES.get(action, "edited"),
        author="mark",
        at=at,
        record=number,
        draft=record.results["draft"],
        improvement=improvement,
    )
    room.workspace.reviews.append(call, made)
    room.index.refresh()


def entry_of(room: Room, user: str) -> Entry:
    """What an endpoint gets when this user comes in."""
    viewer = room.entrance.viewer_of(client(room, user).cookies["filmroom"])
    assert viewer
    return Entry(room=room, viewer=viewer, scope=room.people.scope(viewer))


def calls_of(room: Room, rep: str) -> list[str]:
    """The ids of this rep's calls, in the order of their files."""
    return [str(call) for (call,) in room.index.rows("SELECT call FROM calls WHERE rep = ? ORDER BY path", [rep])]
