"""Nothing is left of a call that was erased, and everything is left of the others."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.erasing.carrying_out import carry_out, receipts, unfinished
from pipeline.erasing.finding import plan_of
from pipeline.erasing.plan import Asked, Plan, Step
from pipeline.erasing.scope import scope_of
from pipeline.errors import NotFoundError, StoreError
from pipeline.review.audit import Audit
from pipeline.review.room import Room, open_room
from pipeline.store.in_use import shared
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace
from tests.erasing.planted import STEM, Planted, holding, plant
from tests.review.cycle.filled_cycle import Filled, fill
from tests.review.rooms import Clock, call_of, client, make_room

AT = datetime(2026, 3, 9, 2, tzinfo=UTC)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    found = make_room(tmp_path, ("Bert",))
    found.index.rows("PRAGMA force_compression='uncompressed'")
    yield found
    found.close()


def planned(space: Workspace, call: str, *, recordings: bool = False) -> Plan:
    asked = Asked(how="call", name=call, recordings=recordings)
    return plan_of(space, scope_of(space, asked, now=AT), at=AT, by="adam")


def close(room: Room) -> Workspace:
    """The room is closed, with everything of the workspace in its index."""
    room.index.refresh()
    room.close()
    return room.workspace


def bytes_of(root: Path) -> dict[str, bytes]:
    """Every file but those that are made anew from others."""
    made_anew = ("index.duckdb", "changes.log", ".in-use", "listened", "audit/.lock")
    files = (path for path in root.rglob("*") if path.is_file())
    return {name: p.read_bytes() for p in files if not (name := str(p.relative_to(root))).startswith(made_anew)}


class TestWhatIsLeft:
    def test_the_words_stand_in_every_kind_of_place_before(self, room: Room) -> None:
        plant(room)
        space = close(room)
        tops = {name.split("/")[0] for name in holding(space.root)}
        assert tops >= {
            "objects", "reviews", "comments", "corrections", "labels", "cycle", "quarantine", "uploads", "batches",
            "evaluation-work", "handed-out", "nights", "index.duckdb", "calls",
        }  # fmt: skip
        stages = {name.split("/")[1] for name in holding(space.root) if name.startswith("objects/")}
        assert stages >= {"ingest", "transcribe", "attribute", "observe", "verify", "draft", "exchange", "evaluation"}

    def test_no_byte_of_a_call_is_left_anywhere(self, room: Room) -> None:
        planted = plant(room)
        space = close(room)
        carry_out(space, planned(space, planted.call), now=lambda: AT)
        assert holding(space.root) == []
        assert holding(space.root, planted.call) == []

    def test_an_index_made_of_what_is_left_has_nothing_of_it_either(self, room: Room, tmp_path: Path) -> None:
        planted = plant(room)
        space = close(room)
        carry_out(space, planned(space, planted.call), now=lambda: AT)
        with Index(tmp_path / "fresh.duckdb") as fresh, Index(space.index_path) as rebuilt:
            fresh.rows("PRAGMA force_compression='uncompressed'")
            space.refresh_index(fresh)
            assert fresh.content() == rebuilt.content()
            assert STEM not in repr(rebuilt.content())
        data = (tmp_path / "fresh.duckdb").read_bytes()
        assert b"spreadsheet and it takes me four hours" in data  # what Bert's call says can be found
        assert STEM.encode() not in data

    def test_the_lines_of_the_audit_trail_stay_and_still_follow_each_other(self, room: Room) -> None:
        planted = plant(room, rep="Carl")
        room.index.refresh()
        client(room, "nina").get(f"/calls/{planted.call}")
        space = close(room)
        trail = Audit(space, now=Clock())
        before = trail.verify()
        receipt = carry_out(space, planned(space, planted.call), now=lambda: AT)
        assert trail.verify() == before
        assert before.wrong is None
        assert before.lines > 0
        assert receipt.left["audit lines, with ids of calls and users"] >= 1

    def test_the_recording_goes_only_when_that_is_said(self, room: Room) -> None:
        planted = plant(room)
        space = close(room)
        plan = planned(space, planted.call)
        carry_out(space, plan, now=lambda: AT)
        assert plan.recordings_left == (planted.recording,)
        assert planted.recording.is_file()

    def test_with_recordings_the_file_its_sidecar_and_its_row_go(self, room: Room) -> None:
        planted = plant(room)
        table = planted.folder / "calls.csv"
        table.write_text("path,rep\nquorixfile.wav,Zofia Quorixrep\nother.wav,Bert\n")
        space = close(room)
        carry_out(space, planned(space, planted.call, recordings=True), now=lambda: AT)
        assert sorted(path.name for path in planted.folder.iterdir()) == ["calls.csv"]
        assert table.read_text() == "path,rep\nother.wav,Bert\n"

    def test_another_file_in_the_place_of_the_recording_stays(self, room: Room) -> None:
        planted = plant(room)
        planted.recording.write_bytes(b"somebody else's by now")
        space = close(room)
        receipt = carry_out(space, planned(space, planted.call, recordings=True), now=lambda: AT)
        assert planted.recording.read_bytes() == b"somebody else's by now"
        assert receipt.left["files in the place of a recording, with other content"] == 1


class TestOthers:
    @pytest.mark.slow
    def test_every_other_file_has_the_bytes_it_had(self, room: Room) -> None:
        fill(room)
        space = room.workspace
        close(room)
        before = bytes_of(space.root)
        again = open_room(space, room.config, now=room.now)
        planted = plant(again)
        close(again)
        carry_out(space, planned(space, planted.call), now=lambda: AT)
        after = bytes_of(space.root)
        assert {name: data for name, data in before.items() if after.get(name) != data} == {}
        new = {name.split("/")[0] for name in after.keys() - before.keys()}
        # what was planted of another call, the streams' places, the receipt
        assert new == {"objects", "batches", "cycle", "erasures", "handed-out", "nights", "reminders"}

    def test_a_result_of_another_call_stays_though_it_was_asked_for_in_the_same_batch(self, room: Room) -> None:
        planted = plant(room)
        space = close(room)
        carry_out(space, planned(space, planted.call), now=lambda: AT)
        assert len(list(space.objects.keys("exchange"))) == 1
        left = (space.root / "batches" / "batch-1" / "requests.jsonl").read_text()
        assert [json.loads(line)["call"] for line in left.splitlines()] == ["cfeedfeedfeed"]

    @pytest.mark.slow
    def test_the_pages_of_other_people_work_as_before(self, room: Room) -> None:
        filled = fill(room)
        planted = plant(room)
        space = close(room)
        carry_out(space, planned(space, planted.call), now=lambda: AT)
        again = open_room(space, room.config, now=room.now)
        try:
            answers = {(user, path): client(again, user).get(path).status_code for user, path in pages(filled)}
        finally:
            again.close()
        assert {place: code for place, code in answers.items() if code != 200} == {}
        assert len(answers) > 60

    @pytest.mark.slow
    def test_the_pages_of_people_who_had_the_call_work_without_it(self, room: Room) -> None:
        filled = fill(room)
        space = close(room)
        call = filled.calls["quill"]
        carry_out(space, planned(space, call), now=lambda: AT)
        again = open_room(space, room.config, now=room.now)
        again.index.refresh()
        try:
            answers = {(user, path): client(again, user).get(path) for user, path in pages(filled) if call not in path}
            assert client(again, "anna").get(f"/calls/{call}").status_code == 404
        finally:
            again.close()
        assert {place for place, a in answers.items() if a.status_code != 200 and "/carl" not in place[1]} == set()
        assert not any(call in answer.text for answer in answers.values())


PERSON = (
    "", "/coached", "/focus", "/goals", "/one-to-ones", "/papers", "/practice", "/progress",
    "/prospecting", "/self-review",
)  # fmt: skip
"""Pages about a person, below /people/NAME."""


def pages(filled: Filled) -> list[tuple[str, str]]:
    """Who looks at what: a rep whose weeks are full, her manager, and that of the rep whose events were planted."""
    everybody = ["/calls", "/deals", "/library", "/listening", "/reminders"]
    hers = [f"/people/anna{page}" for page in (*PERSON, f"/one-to-ones/{filled.held}")]
    calls = [f"/calls/{call}" for call in filled.calls.values()]
    team = ["/inbox", "/team", "/team/planner", "/prospecting", "/people/mark/coaching"]
    carls = [f"/people/carl{page}" for page in (*PERSON, "/one-to-ones/s3")]
    return [
        *(("anna", page) for page in [*everybody, *hers]),
        *(("mark", page) for page in [*everybody, *team, *hers, *calls]),
        *(("nina", page) for page in carls),
        *(("vera", page) for page in ["/coaching", "/coaching/samples", *team[:2], *carls]),
    ]


class TestBrokenOff:
    @pytest.fixture
    def planted(self, room: Room) -> Planted:
        return plant(room)

    @pytest.mark.slow
    def test_wherever_it_is_killed_it_is_finished_by_the_next(self, room: Room, planted: Planted) -> None:
        """One erasure, broken off ahead of every step in turn, and begun again each time from what is on the disk."""
        space = close(room)
        plan = planned(space, planted.call, recordings=True)
        kills = 0
        for n in range(len(plan.steps)):
            with pytest.raises(Killed):
                carry_out(space, unfinished(space)[0] if n else plan, now=lambda: AT, before=killed_before(n))
            kills += 1
        (begun,) = unfinished(space)
        receipt = carry_out(space, begun, now=lambda: AT)
        assert kills == len(plan.steps) > 40
        assert receipt.resumed
        assert unfinished(space) == ()
        assert [each.id for each in receipts(space)] == [plan.id]
        assert holding(space.root) == holding(planted.folder) == []

    def test_what_is_written_down_of_it_meanwhile_holds_no_words(self, room: Room, planted: Planted) -> None:
        space = close(room)
        plan = planned(space, planted.call)
        with pytest.raises(Killed):
            carry_out(space, plan, now=lambda: AT, before=killed_before(0))
        (begun,) = (space.root / "erasures").iterdir()
        said = json.loads(begun.read_text())
        words = [value for key, value in said.items() if key not in ("steps", "places", "recordings_left")]
        assert STEM not in repr(words)

    def test_a_room_opened_in_between_does_not_bring_it_back(self, room: Room, planted: Planted) -> None:
        space = close(room)
        with pytest.raises(Killed):
            carry_out(space, planned(space, planted.call), now=lambda: AT, before=killed_before(30))
        between = open_room(space, room.config, now=room.now)
        between.index.refresh()
        between.close()
        carry_out(space, unfinished(space)[0], now=lambda: AT)
        assert holding(space.root) == []


class Killed(BaseException):
    """Stands for the process that ends here."""


def killed_before(n: int) -> "Kill":
    return Kill(n)


class Kill:
    """Ends the erasure ahead of its step number n."""

    def __init__(self, n: int) -> None:
        self._left = n

    def __call__(self, step: Step) -> None:
        if not self._left:
            raise Killed
        self._left -= 1


class TestAlone:
    def test_while_another_process_has_the_index_open_nothing_is_erased(self, room: Room) -> None:
        call, space = call_of(room, "Bert"), close(room)
        before = bytes_of(space.root)
        held = f"import duckdb; c = duckdb.connect({str(space.index_path)!r}); print(1, flush=True); input()"
        with subprocess.Popen([sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            other.stdout.readline()
            with pytest.raises(StoreError, match="index"):
                carry_out(space, planned(space, call), now=lambda: AT)
            other.communicate(b"\n")
        assert bytes_of(space.root) == before

    def test_while_a_run_is_at_work_nothing_is_erased(self, room: Room) -> None:
        call, space = call_of(room, "Bert"), close(room)
        with shared(space.root), shared(space.root), pytest.raises(StoreError, match="a run") as raised:
            carry_out(space, planned(space, call), now=lambda: AT)
        assert "wait until the run has ended" in raised.value.hint
        assert space.calls.has(call)

    def test_a_call_that_is_not_there_is_told(self, room: Room) -> None:
        with pytest.raises(NotFoundError, match="no call 'c123'"):
            planned(room.workspace, "c123")
