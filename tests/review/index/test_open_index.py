"""The open index: what is saved is there at once, what others write within seconds; damaged files hold up nobody."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.domain.review import Comment
from pipeline.errors import StoreError
from pipeline.review.index import GLANCES, OpenIndex, Progress, _pieces
from pipeline.store.changes import Change
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace
from tests.review.rooms import add_calls

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
PATIENCE_S = 30.0


def comment(call: str, text: str = "Listen here.") -> Comment:
    return Comment(call=call, author="mark", at=NOW, text=text)


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def commented(index: OpenIndex) -> set[object]:
    return {call for (call,) in index.rows("SELECT DISTINCT call FROM comments")}


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "w")
    for call in ("c1111", "c2222"):
        workspace.comments.append(call, comment(call))
    return workspace


@pytest.fixture
def index(space: Workspace) -> Iterator[OpenIndex]:
    opened = OpenIndex(space)
    yield opened
    opened.close()


def test_nothing_comes_in_by_itself_before_it_watches(space: Workspace, index: OpenIndex) -> None:
    assert commented(index) == set()
    assert index.progress == Progress(done=0, total=0)
    assert index.refresh().changed == 2
    assert commented(index) == {"c1111", "c2222"}
    assert index.progress is None
    assert index.refresh().changed == 0


def test_what_was_just_saved_is_there_when_it_was_picked_up(space: Workspace, index: OpenIndex) -> None:
    space.comments.append("c3333", comment("c3333"))
    index.pick_up("comments", "c3333")
    assert commented(index) == {"c3333"}  # and only that: the others wait for their turn
    assert index.progress is not None
    index.pick_up("comments", "c3333")
    index.pick_up("comments", "c9999")
    assert commented(index) == {"c3333"}


def test_people_of_a_call_are_those_of_its_latest_record(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "w")
    first, second = add_calls(space, tmp_path / "calls", ("Anna", "Bert"))
    index = OpenIndex(space)
    assert index.people_of(first) is None
    index.refresh()
    assert [index.people_of(call) for call in (first, second)] == [("anna", None), ("bert", None)]
    record = space.record(first)
    others = space.record(second).results["ingest"]
    space.calls.append(first, record.model_copy(update={"results": {**record.results, "ingest": others}}))
    index.pick_up("calls", first)
    assert index.people_of(first) == ("bert", None)
    index.close()
    again = OpenIndex(space)
    assert again.people_of(first) == ("bert", None)
    again.close()


def test_the_first_look_takes_in_everything_in_the_background(space: Workspace, index: OpenIndex) -> None:
    index.watch()
    until(lambda: index.progress is None)
    assert commented(index) == {"c1111", "c2222"}


def test_what_another_process_writes_is_there_within_seconds(space: Workspace, index: OpenIndex) -> None:
    index.watch()
    until(lambda: index.progress is None)
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from pipeline.domain.review import Comment; from pipeline.store.workspace import Workspace\n"
        "c = Comment(call='c4444', author='nina', at=datetime.now(UTC), text='Well asked.')\n"
        "Workspace(Path(sys.argv[1])).comments.append('c4444', c)"
    )
    subprocess.run([sys.executable, "-c", code, str(space.root)], check=True)
    written = time.monotonic()
    until(lambda: "c4444" in commented(index))
    assert time.monotonic() - written < 10  # half a second and the writing; the rest is a machine that does other work


def test_a_record_that_nobody_announced_is_found_by_looking_at_all(space: Workspace, index: OpenIndex) -> None:
    index.refresh()
    space.comments.append("c1111", comment("c1111", "Again."))
    space.changes.path.unlink()
    assert index.refresh().changed == 1
    assert index.rows("SELECT count(*) FROM comments WHERE call = 'c1111'") == [(2,)]


def test_a_record_that_cannot_be_read_is_told_and_stops_no_other(space: Workspace, index: OpenIndex) -> None:
    path = space.root / "comments" / "c1111" / "r.000001.json"
    whole = path.read_bytes()
    path.write_bytes(b"{")
    refreshed = index.refresh()
    assert (refreshed.changed, commented(index)) == (1, {"c2222"})
    assert [u.record_id for u in index.unread] == ["c1111"]
    assert index.unread == refreshed.unread
    assert str(path) in index.unread[0].reason
    path.write_bytes(whole)
    assert index.refresh().changed == 1
    assert not index.unread


def test_an_unreadable_record_that_was_taken_away_is_told_no_longer(space: Workspace, index: OpenIndex) -> None:
    path = space.root / "comments" / "c1111" / "r.000001.json"
    path.write_bytes(b"{")
    index.pick_up("comments", "c1111")
    assert len(index.unread) == 1
    path.unlink()
    index.refresh()
    assert not index.unread


def test_a_call_whose_record_lacks_a_result_is_told_and_stops_no_other(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "w")
    first, second = add_calls(space, tmp_path / "calls", ("Anna", "Bert"))
    record = space.record(first)
    cut = {stage: key for stage, key in record.results.items() if stage != "verify"}
    space.calls.append(first, record.model_copy(update={"results": cut}))
    index = OpenIndex(space)
    index.refresh()
    assert (index.people_of(first), index.people_of(second)) == (None, ("bert", None))
    assert [u.record_id for u in index.unread] == [first]
    assert "verify" in index.unread[0].reason
    index.close()


def test_many_may_ask_while_others_save(space: Workspace, index: OpenIndex) -> None:
    index.watch()

    def save(n: int) -> None:
        space.comments.append(f"c{n:04d}", comment(f"c{n:04d}"))
        index.pick_up("comments", f"c{n:04d}")
        assert index.rows("SELECT count(*) FROM comments WHERE call = ?", [f"c{n:04d}"]) == [(1,)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, range(40)))
    until(lambda: index.progress is None)
    assert len(commented(index)) == 42
    assert index.rows("SELECT count(*), count(DISTINCT call) FROM comments") == [(42, 42)]


def test_a_closed_index_is_free_for_others_and_its_thread_has_ended(space: Workspace) -> None:
    index = OpenIndex(space)
    index.watch()
    index.watch()
    assert [t.name for t in threading.enumerate()].count("filmroom-index") == 1
    index.close()
    assert "filmroom-index" not in [t.name for t in threading.enumerate()]
    with Index(space.index_path) as free:
        assert space.refresh_index(free).unread == ()
        kept = free.content()
    space.rebuild_index()
    with Index(space.index_path) as free:
        assert free.content() == kept


def test_a_question_that_is_wrong_says_so(index: OpenIndex) -> None:
    with pytest.raises(StoreError, match="no_such_table"):
        index.rows("SELECT * FROM no_such_table")


def test_what_a_scan_finds_comes_in_pieces_of_a_moment() -> None:
    change = Change("calls", "c1234", 1)
    # a piece after every 64 looks, or as soon as 20 records are new
    assert [len(piece) for piece in _pieces([None] * (2 * GLANCES))] == [0, 0, 0]
    assert [len(piece) for piece in _pieces([change] * 45)] == [20, 20, 5]
    assert sum(len(piece) for piece in _pieces([None, change] * 100)) == 100
