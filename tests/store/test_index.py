"""The index: rows of each kind kept apart, replaced as a whole, made anew when they are of another version."""

import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.review import Comment, Edit, Review
from pipeline.errors import StoreError
from pipeline.store.index import TABLES, Entry, Index, require_free
from pipeline.store.index_rows import RecordKind, comment_rows, review_rows
from pipeline.store.workspace import Workspace

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
NAIVE = NOW.replace(tzinfo=None)
DRAFT = "d" * 64


def review(action: str = "edited", *, n_edits: int = 0, hours: int = 0, override: str = "") -> Review:
    edits = tuple(Edit(part="facts", before=str(n), after=str(n + 1)) for n in range(n_edits))
    state = {"approved": "approved", "sent_back": "sent_back"}.get(action, "edited")
    return Review.model_validate(
        {
            "call": "c1234",
            "action": action,
            "state": state,
            "author": "mark",
            "at": NOW + timedelta(hours=hours),
            "record": 1,
            "draft": DRAFT,
            "edits": edits,
            "override": override,
        }
    )


def comment(text: str = "Listen here.", **fields: object) -> Comment:
    return Comment.model_validate({"call": "c1234", "author": "mark", "at": NOW, "text": text, **fields})


def reviewed(n_edits: int = 0, call: str = "c1234", number: int = 1) -> Entry:
    rows = review_rows(call, [review(n_edits=n_edits).model_copy(update={"call": call})] * number)
    return Entry("reviews", call, number, rows)


def commented(call: str = "c1234", number: int = 1) -> Entry:
    return Entry("comments", call, number, comment_rows(call, [comment()] * number))


def test_the_row_of_a_review_is_its_latest_state_with_all_edits_so_far() -> None:
    # 2 edits, then 1, then the approval without any: 3
    reviews = [review(n_edits=2), review(n_edits=1, hours=1), review("approved", hours=2, override="known well")]
    at = NAIVE + timedelta(hours=2)
    expected = ("c1234", 3, "approved", "approved", "mark", at, 1, DRAFT, None, 3, True, None)
    assert review_rows("c1234", reviews) == {"reviews": [expected]}
    assert review_rows("c1234", []) == {}


def test_comments_are_numbered_by_their_records_and_withdrawn_ones_have_no_row() -> None:
    said = [comment(moment=4.5), comment("Gone."), comment("", withdraws="c2"), comment("Yes.", parent="c1")]
    rows = comment_rows("c1234", said)["comments"]
    assert rows == [("c1234", "c1", "mark", NAIVE, 4.5, None), ("c1234", "c4", "mark", NAIVE, None, "c1")]


def test_a_review_and_a_comment_of_one_call_do_not_touch_each_other(tmp_path: Path) -> None:
    with Index(tmp_path / "index.duckdb") as index:
        index.write([reviewed(), commented()])
        index.write([commented(number=2)])
        assert index.known() == {("reviews", "c1234"): 1, ("comments", "c1234"): 2}
        assert index.rows("SELECT count(*) FROM reviews") == [(1,)]
        index.write([Entry("comments", "c1234", 0, {})])
        assert index.known() == {("reviews", "c1234"): 1}
        assert index.rows("SELECT (SELECT count(*) FROM reviews), (SELECT count(*) FROM comments)") == [(1, 0)]


def test_the_index_knows_its_numbers_again_after_it_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "index.duckdb"
    with Index(path) as index:
        index.write([reviewed(), reviewed(call="c5678", number=4)])
    with Index(path) as index:
        assert index.known() == {("reviews", "c1234"): 1, ("reviews", "c5678"): 4}
        assert index.number("reviews", "c5678") == 4
        assert index.number("calls", "c5678") == 0


def test_what_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    with Index(tmp_path / "index.duckdb") as index:
        index.write([reviewed()])
        kept = index.content()
        bad = Entry("reviews", "c5678", 1, {"reviews": [("c5678", "not a number", *[None] * 10)]})
        with pytest.raises(StoreError, match="cannot write the index"):
            index.write([reviewed(n_edits=3, number=2), bad])
        assert index.content() == kept
        assert index.known() == {("reviews", "c1234"): 1}


_WRITES = st.lists(
    st.lists(st.tuples(st.sampled_from(["c1111", "c2222", "c3333"]), st.integers(0, 3)), unique_by=lambda w: w[0]),
    max_size=6,
)


@given(_WRITES)
def test_after_any_writes_each_id_has_the_rows_of_its_last(
    tmp_path_factory: pytest.TempPathFactory, writes: list[list[tuple[str, int]]]
) -> None:
    expected: dict[str, int] = {}
    with Index(tmp_path_factory.mktemp("index") / "index.duckdb") as index:
        for group in writes:
            index.write(
                [commented(call, number) if number else Entry("comments", call, 0, {}) for call, number in group]
            )
            expected.update(group)
        left = {call: number for call, number in expected.items() if number}
        assert index.rows("SELECT call, count(*) FROM comments GROUP BY call ORDER BY call") == sorted(left.items())
        assert index.known() == {("comments", call): number for call, number in left.items()}


def test_an_index_of_another_version_is_made_anew_and_that_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    space = Workspace(tmp_path)
    space.reviews.append("c1234", review())
    with Index(space.index_path) as index:
        space.refresh_index(index)
        kept = index.content()
    with duckdb.connect(str(space.index_path)) as old:
        old.execute("UPDATE schema_version SET version = version - 1")
    with caplog.at_level(logging.WARNING):
        with Index(space.index_path) as index:
            assert index.known() == {}
            assert space.refresh_index(index).changed == 1
            assert index.content() == kept
        with Index(space.index_path) as index:
            assert space.refresh_index(index).changed == 0
    assert [record.getMessage().count("another version") for record in caplog.records] == [1]


def test_an_index_from_before_there_were_versions_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "index.duckdb"
    with duckdb.connect(str(path)) as old:
        old.execute("CREATE TABLE calls (call VARCHAR)")
        old.execute("CREATE TABLE sources (call VARCHAR, number INTEGER)")
        old.execute("INSERT INTO sources VALUES ('c1234', 1)")
    with Index(path) as index:
        assert index.known() == {}
        assert set(index.content()) == {"sources", *(table for tables in TABLES.values() for table in tables)}
        index.write([reviewed()])


def test_a_rebuilt_index_has_the_reviews_and_comments_that_the_old_one_had(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    with Index(space.index_path) as index:
        space.reviews.append("c1234", review(n_edits=1))
        space.comments.append("c1234", comment())
        assert space.refresh_index(index).changed == 2
        space.reviews.append("c1234", review("approved", hours=1))
        space.comments.append("c1234", comment("", withdraws="c1"))
        assert space.refresh_index(index).changed == 2
        assert index.rows("SELECT r.state, r.n_edits FROM reviews r") == [("approved", 1)]
        assert index.rows("SELECT * FROM comments") == []
        kept = index.content()
    assert space.rebuild_index().changed == 2
    with Index(space.index_path) as index:
        assert index.content() == kept


@pytest.mark.parametrize("kind", ["reviews", "comments"])
def test_rows_of_a_record_whose_files_were_removed_leave_with_the_next_refresh(
    tmp_path: Path, kind: RecordKind
) -> None:
    space = Workspace(tmp_path)
    space.reviews.append("c1234", review())
    space.comments.append("c1234", comment())
    with Index(space.index_path) as index:
        space.refresh_index(index)
        (space.root / kind / "c1234" / "r.000001.json").unlink()
        (space.root / kind / "c1234").rmdir()
        assert space.refresh_index(index).changed == 1
        assert (kind, "c1234") not in index.known()
        kept = index.content()
    space.rebuild_index()
    with Index(space.index_path) as index:
        assert index.content() == kept


def test_an_index_that_another_process_has_open_says_who_that_may_be(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    with Index(space.index_path):
        pass
    code = (
        "import sys; from pathlib import Path; from pipeline.store.index import Index\n"
        "with Index(Path(sys.argv[1])): print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(space.index_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(StoreError) as opening:
            Index(space.index_path, wait_s=0.1)
        with pytest.raises(StoreError) as rebuilding:
            require_free(space.index_path, wait_s=0.1)
        other.communicate()
    for caught in (opening, rebuilding):
        assert "review room" in caught.value.hint
        assert "rebuild" not in caught.value.hint
    require_free(space.index_path)
    require_free(tmp_path / "none.duckdb")
