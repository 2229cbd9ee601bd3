"""A draft that proposes nothing says what a manager can do about it; one that does, does not."""

from pathlib import Path

from tests.review.rooms import add_calls, call_of, client, make_room
from tests.scripted import SCRIPT

TOLD = "This draft proposes nothing."


def test_who_is_who_is_where_to_look_first(tmp_path: Path) -> None:
    """The rep speaks 29 words in the short script: no ground for coaching."""
    room = make_room(tmp_path, ("Bert",))
    add_calls(room.workspace, tmp_path / "short", ("Anna",), script=SCRIPT)
    room.index.refresh()
    mark = client(room, "mark")
    page = mark.get(f"/calls/{call_of(room, 'Anna')}").text
    assert TOLD in page
    assert '<a href="#who">who is who</a>' in page
    assert TOLD not in mark.get(f"/calls/{call_of(room, 'Bert')}").text
    assert TOLD not in client(room, "anna").get(f"/calls/{call_of(room, 'Anna')}").text
    room.close()
