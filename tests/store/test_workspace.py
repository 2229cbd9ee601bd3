"""A workspace: calls by the beginning of their id, quarantine that is lifted, an index made anew from files."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.domain.work import STAGES, QuarantineRecord
from pipeline.errors import NotFoundError, StoreError
from pipeline.rubrics import find_rubric
from pipeline.run import Night
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace, quarantine_id
from tests.scripted import ScriptedEngine
from tests.test_run import record as recorded
from tests.test_run import review

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """Two calls, reviewed."""
    workspace = Workspace(tmp_path / "w")
    night = Night(workspace, Config(), ScriptedEngine(), find_rubric("discovery"), now=lambda: NOW)
    calls = tmp_path / "calls"
    calls.mkdir()
    review(night, recorded(calls / "a.wav", seed=1), recorded(calls / "b.wav", seed=2))
    return workspace


def aside(path: Path, *, reason: str = "is empty", at: datetime = NOW) -> QuarantineRecord:
    return QuarantineRecord(path=path, stage="ingest", reason=reason, hint="copy it again", at=at)


def test_nothing_is_written_before_the_first_result(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    assert list(workspace.quarantined()) == []
    assert list(workspace.calls.ids()) == []
    assert not workspace.root.exists()


def test_a_call_is_found_by_its_id_and_by_any_beginning_that_only_it_has(space: Workspace) -> None:
    first, second = space.calls.ids()
    assert space.find_call(first) == first
    shared = next(n for n in range(len(first)) if first[n] != second[n])
    assert space.find_call(first[: shared + 1]) == first
    assert space.find_call(second[: shared + 1]) == second


def test_a_beginning_that_two_calls_share_is_refused_with_their_number(space: Workspace) -> None:
    with pytest.raises(NotFoundError, match="2 calls begin with 'c'"):
        space.find_call("c")


@pytest.mark.parametrize("call", ["", "zz", "../calls", "C"])
def test_what_is_no_call_is_not_found(space: Workspace, call: str) -> None:
    with pytest.raises(NotFoundError, match="no call") as caught:
        space.record(call)
    assert "filmroom list" in caught.value.hint


def test_nothing_means_no_call_even_where_there_is_only_one(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    (workspace.root / "calls" / "cafe1").mkdir(parents=True)
    assert workspace.find_call("caf") == "cafe1"
    with pytest.raises(NotFoundError):
        workspace.find_call("")


def test_a_call_s_result_has_every_stage_and_its_provenance(space: Workspace) -> None:
    for call in space.calls.ids():
        result = space.result(space.record(call))
        assert result.recording.call == result.conversation.call == call
        assert [p.stage for p in result.provenance] == list(STAGES)
        assert result.rubric.id == "discovery"


def test_a_lost_result_is_named_with_what_to_do(space: Workspace) -> None:
    record = space.record(next(space.calls.ids()))
    space.objects.path("draft", record.results["draft"]).unlink()
    with pytest.raises(NotFoundError, match="no draft result") as caught:
        space.result(record)
    assert "run the call again" in caught.value.hint


class TestQuarantine:
    def test_the_same_reason_again_is_kept_once(self, tmp_path: Path) -> None:
        space, path = Workspace(tmp_path), Path("calls/a.wav")
        space.set_aside(aside(path))
        space.set_aside(aside(path, at=LATER))
        assert list(space.quarantined()) == [aside(path)]
        assert space.quarantine.last_number(quarantine_id(path)) == 1

    def test_another_reason_is_a_record_of_its_own_and_the_one_in_force(self, tmp_path: Path) -> None:
        space, path = Workspace(tmp_path), Path("calls/a.wav")
        space.set_aside(aside(path))
        space.set_aside(aside(path, reason="is cut short"))
        assert [q.reason for q in space.quarantined()] == ["is cut short"]
        assert space.quarantine.last_number(quarantine_id(path)) == 2

    def test_a_released_recording_is_out_and_can_come_back(self, tmp_path: Path) -> None:
        space, path = Workspace(tmp_path), Path("calls/a.wav")
        space.set_aside(aside(path))
        space.release(path, at=LATER)
        space.release(path, at=LATER)
        assert list(space.quarantined()) == []
        assert space.quarantine.last_number(quarantine_id(path)) == 2
        space.set_aside(aside(path, at=LATER))
        assert [q.path for q in space.quarantined()] == [path]

    def test_releasing_what_was_never_aside_writes_nothing(self, tmp_path: Path) -> None:
        space = Workspace(tmp_path / "w")
        space.release(Path("calls/a.wav"), at=NOW)
        assert not space.root.exists()

    def test_two_paths_have_two_ids_and_one_path_one(self) -> None:
        assert quarantine_id(Path("a.wav")) == quarantine_id(Path("a.wav"))
        assert len({quarantine_id(Path(name)) for name in ("a.wav", "b.wav", "x/a.wav", "\udcff.wav")}) == 4

    def test_a_reviewed_call_whose_recording_is_refused_since_says_so(self, space: Workspace) -> None:
        record, other = (space.record(call) for call in space.calls.ids())
        assert space.set_aside_since(record) is None
        refused = aside(record.path, reason="the customer did not consent", at=LATER)
        space.set_aside(refused)
        assert space.set_aside_since(record) == refused
        assert space.set_aside_since(other) is None
        space.release(record.path, at=LATER)
        assert space.set_aside_since(record) is None

    def test_a_recording_that_was_reviewed_before_is_listed_with_its_call(self, space: Workspace) -> None:
        record = space.record(next(space.calls.ids()))
        space.set_aside(aside(record.path, at=LATER))
        space.set_aside(aside(Path("calls/never.wav"), at=LATER))
        with Index(space.index_path) as index:
            space.refresh_index(index)
            reviewed = {row["path"]: row["reviewed"] for row in index.quarantined()}
        assert reviewed == {str(record.path): record.call, "calls/never.wav": None}


class TestIndex:
    @pytest.mark.parametrize("damaged", ["object", "record", "quarantine"])
    def test_one_damaged_file_is_told_and_hides_no_other_record(self, space: Workspace, damaged: str) -> None:
        first, second = space.calls.ids()
        space.set_aside(aside(Path("calls/c.wav")))
        path = {
            "object": space.objects.path("draft", space.record(first).results["draft"]),
            "record": space.root / "calls" / first / "r.000001.json",
            "quarantine": space.root / "quarantine" / quarantine_id(Path("calls/c.wav")) / "r.000001.json",
        }[damaged]
        whole = path.read_bytes()
        path.write_bytes(whole[:50])
        refreshed = space.rebuild_index()
        assert refreshed.changed == 2
        assert [str(path) in unread.reason for unread in refreshed.unread] == [True]
        with Index(space.index_path) as index:
            listed = [row["call"] for row in index.calls()]
            assert second in listed
            assert space.refresh_index(index).unread == refreshed.unread  # told until it is mended
            path.write_bytes(whole)
            assert (space.refresh_index(index).changed, len(index.calls())) == (1, 2)

    def test_a_second_process_waits_until_the_first_has_closed_the_index(self, space: Workspace) -> None:
        space.rebuild_index()
        code = (
            "import sys, time; from pathlib import Path; from pipeline.store.index import Index\n"
            "with Index(Path(sys.argv[1])): print('open', flush=True); time.sleep(1)"
        )
        with subprocess.Popen([sys.executable, "-c", code, space.index_path], stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"open\n"
            with Index(space.index_path) as index:
                assert len(index.calls()) == 2

    def test_a_rebuilt_index_holds_a_record_for_each_call_and_each_recording_set_aside(self, space: Workspace) -> None:
        space.set_aside(aside(Path("calls/c.wav")))
        assert space.rebuild_index().changed == 3
        with Index(space.index_path) as index:
            assert {row["call"] for row in index.calls()} == set(space.calls.ids())
            assert [row["path"] for row in index.quarantined()] == ["calls/c.wav"]

    def test_a_damaged_index_is_refused_with_what_to_do_and_rebuilding_mends_it(self, space: Workspace) -> None:
        space.index_path.write_bytes(b"not a database" * 1000)
        with pytest.raises(StoreError) as caught:
            Index(space.index_path)
        assert "index rebuild" in caught.value.hint
        assert space.rebuild_index().changed == 2

    @pytest.mark.parametrize("left", ["index.new", "index.new.wal", "index.duckdb.wal"])
    def test_what_a_killed_rebuild_left_behind_does_not_matter(self, space: Workspace, left: str) -> None:
        space.rebuild_index()
        (space.root / left).write_bytes(b"half of something")
        assert space.rebuild_index().changed == 2
        with Index(space.index_path) as index:
            assert len(index.calls()) == 2
        assert {p.name for p in space.root.glob("index*")} == {"index.duckdb"}

    def test_a_recording_that_was_done_later_leaves_the_list_of_those_set_aside(self, space: Workspace) -> None:
        path = Path("calls/c.wav")
        space.set_aside(aside(path))
        with Index(space.index_path) as index:
            space.refresh_index(index)
            assert len(index.quarantined()) == 1
            space.release(path, at=LATER)
            assert space.refresh_index(index).changed == 1
            assert index.quarantined() == []
            kept = index.content()
        space.rebuild_index()
        with Index(space.index_path) as index:
            assert index.content() == kept
