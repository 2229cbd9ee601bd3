"""Bringing the index up to date without looking at every record: nothing is missed that a rebuild would find."""

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain.review import Comment
from pipeline.store import looked
from pipeline.store.index import Index
from pipeline.store.looked import News
from pipeline.store.workspace import Workspace
from tests.store.room_left import room_left

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def comment(call: str) -> Comment:
    return Comment(call=call, author="mark", at=NOW, text="Listen here.")


def append(space: Workspace, call: str) -> None:
    space.comments.append(call, comment(call))


def unannounced(space: Workspace, call: str) -> None:
    """As a restored copy brings a record: the files, and no line about them."""
    other = Workspace(space.root)
    other.comments = type(space.comments)(space.root / "comments", Comment)
    append(other, call)


def append_in_vain(space: Workspace, call: str) -> None:
    """As on a disk that was full for a moment: the record stands, and no line of its writer's."""
    with room_left(3):
        space.changes.announce("comments", call, space.comments.last_number(call) + 1)
    unannounced(space, call)


def refreshed(space: Workspace) -> dict[str, list[tuple[object, ...]]]:
    with Index(space.index_path) as index:
        assert space.refresh_index(index).unread == ()
        return index.content()


def rebuilt(space: Workspace, scratch: Path) -> dict[str, list[tuple[object, ...]]]:
    with Index(scratch / "index.duckdb") as index:
        space.refresh_index(index)
        return index.content()


def found(space: Workspace) -> News | None:
    """What the next refresh would go by; None when it would look at every record."""
    with Index(space.index_path) as index:
        last = looked.noted(index)
        assert last is not None
        return looked.news(space, index, last, now=time.time())


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "w")
    for call in ("c1111", "c2222"):
        append(workspace, call)
    refreshed(workspace)
    return workspace


def numbers(space: Workspace) -> dict[str, int]:
    news = found(space)
    assert news is not None
    return {change.record_id: change.number for change in news.changes}


def test_only_what_was_announced_or_is_in_a_folder_that_changed_is_new(space: Workspace) -> None:
    assert numbers(space) == {}
    append(space, "c1111")
    append(space, "c3333")
    unannounced(space, "c4444")
    shutil.rmtree(space.root / "comments" / "c2222")
    assert numbers(space) == {"c1111": 2, "c3333": 1, "c4444": 1, "c2222": 0}
    refreshed(space)
    assert numbers(space) == {}


def test_a_folder_that_did_not_change_since_it_was_listed_is_not_listed(space: Workspace) -> None:
    later = time.time() + 60
    last = looked.begun(space, now=later)
    assert last is not None
    with Index(space.root / "empty.duckdb") as empty:  # in which any listing would find two records missing
        assert looked.news(space, empty, last, now=later) == News([], last)
        (space.root / "comments" / "c3333").mkdir()
        listed = looked.news(space, empty, last, now=later)
    assert listed is not None
    assert [change.record_id for change in listed.changes] == ["c1111", "c2222"]


def test_a_folder_that_changed_a_moment_ago_is_listed_again(space: Workspace) -> None:
    note = looked.begun(space, now=time.time())
    assert note is not None
    assert note.folders["comments"].changed_ns == 0


def emptied(space: Workspace) -> None:
    space.changes.path.write_bytes(b"")


def grown_again(space: Workspace) -> None:
    emptied(space)
    for _ in range(20):
        space.changes.announce("comments", "c1111", 1)


def damaged(space: Workspace) -> None:
    with space.changes.path.open("ab") as log:
        log.write(b"comm")  # all that a full disk took
    append(space, "c1111")


def restored(space: Workspace) -> None:
    shutil.copytree(space.root / "comments", space.root / "copy")
    shutil.rmtree(space.root / "comments")
    (space.root / "copy").rename(space.root / "comments")


@pytest.mark.parametrize("doubt", [emptied, grown_again, damaged, restored, lambda s: s.changes.path.unlink()])
def test_every_record_is_looked_at_when_lines_may_be_lost(space: Workspace, doubt: Callable[[Workspace], None]) -> None:
    append(space, "c1111")
    doubt(space)
    assert found(space) is None
    refreshed(space)
    assert numbers(space) == {}


def test_a_record_whose_writer_could_not_say_so_comes_with_the_next_refresh(space: Workspace) -> None:
    assert found(space) is not None
    append_in_vain(space, "c1111")
    assert found(space) is None
    assert len(refreshed(space)["comments"]) == 3
    assert numbers(space) == {}


def test_every_record_is_looked_at_for_a_thousandth_of_the_time_within_five_minutes_and_a_day() -> None:
    assert looked.due_s(0.02) == 300.0  # 20 s would do, were it not for the commands in between
    assert looked.due_s(1.75) == 1750.0
    assert looked.due_s(100.0) == 86_400.0  # 100,000 s would be more


def test_a_record_that_no_sign_shows_comes_when_all_are_looked_at_again(space: Workspace) -> None:
    unannounced(space, "c1111")
    with Index(space.index_path) as index:
        note = looked.noted(index)
        assert note is not None
        assert 0.0 < note.took_s < 0.3  # two records
        assert looked.news(space, index, note, now=note.at + 299.0) is not None
        assert looked.news(space, index, note, now=note.at + 301.0) is None
        index.keep_looked(note.model_copy(update={"at": note.at - 301.0}).model_dump_json())
    assert len(refreshed(space)["comments"]) == 3
    assert numbers(space) == {}


@pytest.mark.parametrize(
    "doubt", [{"at": 0.0}, {"at": 4e9}, {"boot": "another"}, {"folders": {}}], ids=["old", "ahead", "boot", "kinds"]
)
def test_every_record_is_looked_at_when_that_is_due_and_after_each_start(
    space: Workspace, doubt: dict[str, object]
) -> None:
    with Index(space.index_path) as index:
        last = looked.noted(index)
        assert last is not None
        assert looked.news(space, index, last, now=time.time()) is not None
        assert looked.news(space, index, last.model_copy(update=doubt), now=time.time()) is None


def test_a_note_of_another_version_is_none(space: Workspace) -> None:
    with Index(space.index_path) as index:
        index.keep_looked('{"mark": "abc"}')
        assert looked.noted(index) is None
        assert space.refresh_index(index).changed == 0
        assert looked.noted(index) is not None


def test_a_record_that_was_announced_and_comes_later_is_not_missed(space: Workspace) -> None:
    space.changes.announce("comments", "c1111", 2)  # and its writer takes its time
    refreshed(space)
    unannounced(space, "c1111")  # it stands, and its writer is killed before it can say so again
    assert numbers(space) == {"c1111": 2}


def test_a_folder_whose_record_comes_later_is_not_missed(space: Workspace) -> None:
    (space.root / "comments" / "c5555").mkdir()
    refreshed(space)
    unannounced(space, "c5555")
    assert numbers(space) == {"c5555": 1}


def test_what_cannot_be_read_is_tried_again(space: Workspace) -> None:
    append(space, "c3333")
    path = space.root / "comments" / "c3333" / "r.000001.json"
    whole = path.read_bytes()
    path.write_bytes(b"{")
    with Index(space.index_path) as index:
        for _ in range(2):
            assert [unread.record_id for unread in space.refresh_index(index).unread] == ["c3333"]
    path.write_bytes(whole)
    assert len(refreshed(space)["comments"]) == 3


_CALLS = st.sampled_from(["c1111", "c2222", "c3333"])
_OF_CALLS = ["append", "append elsewhere", "append in vain", "announce only", "remove", "copy in"]
_ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(_OF_CALLS), _CALLS),
        st.tuples(st.sampled_from(["refresh", "empty", "delete", "grow", "damage"]), st.just("")),
    ),
    max_size=14,
)


def act(spaces: tuple[Workspace, Workspace], what: str, call: str, removed: set[str]) -> None:
    """One thing that happens; an id that was removed stays so, as that of an erased call does."""
    space, other = spaces
    log, folder = space.changes.path, space.root / "comments" / call
    match what:
        case "append" if call not in removed:
            append(space, call)
        case "append elsewhere" if call not in removed:
            append(other, call)
        case "append in vain" if call not in removed:
            append_in_vain(space, call)
        case "announce only":
            space.changes.announce("comments", call, space.comments.last_number(call) + 1)
        case "remove" if folder.is_dir():
            shutil.rmtree(folder)
            removed.add(call)
        case "copy in" if call not in removed and not folder.is_dir():
            unannounced(space, call)
        case "refresh":
            refreshed(space)
        case "empty" if log.is_file():
            emptied(space)
        case "delete":
            log.unlink(missing_ok=True)
        case "grow":
            other.changes.announce("users", "anna", 1)
        case "damage":
            with log.open("ab") as file:
                file.write(b"comments c11")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_ACTS)
def test_after_whatever_happened_a_refreshed_index_equals_a_rebuilt_one(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    (folder / "w").mkdir()
    spaces, removed = (Workspace(folder / "w"), Workspace(folder / "w")), set[str]()
    for what, call in acts:
        act(spaces, what, call, removed)
    assert refreshed(spaces[0]) == rebuilt(spaces[0], folder)
