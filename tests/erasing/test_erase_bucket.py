"""Erasing where results are in a bucket: nothing of the call is left in it, the rest is as it was, and what a bucket
that keeps versions has all the same is told."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.engines.bucket_calls import lister
from pipeline.erasing.carrying_out import carry_out, unfinished
from pipeline.erasing.finding import IN_VERSIONS, PERHAPS_IN_VERSIONS, plan_of
from pipeline.erasing.plan import Asked, Plan, Step
from pipeline.erasing.scope import scope_of
from pipeline.errors import UnavailableError
from pipeline.review.room import Room
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.store.workspace import Workspace
from tests.command import Command
from tests.erasing.planted import CUSTOMER, NAME, SPOKEN, STEM, holding, holds, plant, word
from tests.review.rooms import NOW, make_room, sound
from tests.scripted import ScriptedEngine
from tests.store.s3_server import S3Service, faulty, s3_service

AT = datetime(2026, 3, 9, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def service() -> Iterator[S3Service]:
    with pytest.MonkeyPatch.context() as monkeypatch, s3_service(monkeypatch) as found:
        yield found


@pytest.fixture
def s3(service: S3Service) -> S3Service:
    return service.fresh()


def room_at(s3: S3Service, folder: Path) -> Room:
    """A room with Bert's call, whose results are in the bucket beside an object of somebody else."""
    s3.put("teams/notes.txt", b"somebody else's")
    room = make_room(folder, ("Bert",), store=s3.settings("teams/north"))
    room.index.rows("PRAGMA force_compression='uncompressed'")
    return room


def closed(room: Room) -> Workspace:
    """The workspace as another process opens it, without settings: where results are it remembers."""
    room.index.refresh()
    room.close()
    return Workspace(room.workspace.root)


def planned(space: Workspace, call: str, *, recordings: bool = False, fetched: Path | None = None) -> Plan:
    asked = Asked(how="call", name=call, recordings=recordings)
    return plan_of(space, scope_of(space, asked, now=AT), at=AT, by="adam", fetched=fetched)


def holding_objects(s3: S3Service, text: str = STEM) -> list[str]:
    return [key for key, data in s3.contents().items() if holds(key, data, text)]


class TestWhatIsLeft:
    def test_no_object_has_any_of_the_call_and_the_others_are_as_they_were(self, s3: S3Service, tmp_path: Path) -> None:
        room = room_at(s3, tmp_path)
        before = s3.contents()
        planted = plant(room)
        stages = {key.split("/")[2] for key in holding_objects(s3)}
        assert stages >= {"ingest", "transcribe", "attribute", "observe", "verify", "draft", "exchange", "evaluation"}
        space = closed(room)
        receipt = carry_out(space, planned(space, planted.call), now=lambda: AT)
        after = s3.contents()
        assert holding_objects(s3) == holding_objects(s3, planted.call) == holding(space.root) == []
        assert {key: data for key, data in before.items() if after.get(key) != data} == {}
        # what was planted of another call: one exchange
        assert {key.split("/")[2] for key in after.keys() - before.keys()} == {"exchange"}
        assert not (space.root / "objects").exists()
        assert receipt.left[PERHAPS_IN_VERSIONS] == sum(receipt.counts[k] for k in ("result", "exchange", "evaluation"))

    @pytest.mark.slow
    @pytest.mark.parametrize("asked", [Asked(how="customer", name=CUSTOMER), Asked(how="rep", name=NAME)])
    def test_of_a_customer_and_of_a_rep_nothing_is_left_either(
        self, s3: S3Service, tmp_path: Path, asked: Asked
    ) -> None:
        room = room_at(s3, tmp_path)
        plant(room)
        space = closed(room)
        carry_out(space, plan_of(space, scope_of(space, asked, now=AT), at=AT, by="a"), now=lambda: AT)
        assert holding_objects(s3) == holding(space.root) == []


class TestBrokenOff:
    def test_killed_ahead_of_each_object_it_goes_on_in_another_process(self, s3: S3Service, tmp_path: Path) -> None:
        room = room_at(s3, tmp_path)
        planted = plant(room)
        space = closed(room)
        plan = planned(space, planted.call)
        n_objects = sum(step.act == "object" for step in plan.steps)
        for n in range(n_objects):
            again = Workspace(space.root)
            with pytest.raises(Killed):
                carry_out(again, unfinished(again)[0] if n else plan, now=lambda: AT, before=Kill(n))
        assert n_objects > 10
        assert holding_objects(s3) != []  # the last object is there still
        again = Workspace(space.root)
        assert carry_out(again, unfinished(again)[0], now=lambda: AT).resumed
        assert holding_objects(s3) == holding(space.root) == []

    @pytest.mark.slow
    def test_a_service_that_ends_in_the_middle_is_told_and_it_goes_on_later(
        self, s3: S3Service, tmp_path: Path
    ) -> None:
        with faulty(s3) as (script, service):
            room = make_room(tmp_path, ("Bert",), store=service.settings("teams/north", patience_s=0.2))
            planted = plant(room)
            room.close()
            script.methods = (*script.methods, "POST")  # by which objects are deleted
            space, deleted = room.workspace, list[Step]()

            def down_at_the_fifth(step: Step) -> None:
                deleted.extend([step] if step.act == "object" else [])
                script.always = "down" if len(deleted) == 5 else None

            with pytest.raises(UnavailableError, match=f"s3://{s3.bucket}: cannot delete"):
                carry_out(space, planned(space, planted.call), now=lambda: AT, before=down_at_the_fifth)
            assert holding_objects(s3) != []
            script.always = None
            carry_out(space, unfinished(space)[0], now=lambda: AT)
        assert holding_objects(s3) == holding(space.root) == []


class Killed(BaseException):
    """Stands for the process that ends here."""


class Kill:
    """Ends the erasure ahead of the object of number n."""

    def __init__(self, n: int) -> None:
        self._left = n

    def __call__(self, step: Step) -> None:
        if step.act == "object":
            if not self._left:
                raise Killed
            self._left -= 1


class TestVersions:
    def test_a_bucket_that_keeps_versions_has_the_words_all_the_same_and_the_receipt_says_so(
        self, service: S3Service, tmp_path: Path
    ) -> None:
        s3 = service.fresh(versions=True)
        room = room_at(s3, tmp_path)
        planted = plant(room)
        space = closed(room)
        receipt = carry_out(space, planned(space, planted.call), now=lambda: AT)
        assert holding_objects(s3) == []
        stays = [key for key, data in s3.versions() if holds(key, data)]
        assert len(stays) > 10
        assert receipt.left[IN_VERSIONS] == sum(receipt.counts[k] for k in ("result", "exchange", "evaluation"))
        assert PERHAPS_IN_VERSIONS not in receipt.left


class TestRecordingsInABucket:
    @pytest.fixture
    def call(self, s3: S3Service, tmp_path: Path) -> str:
        """A call whose recording is in the bucket, reviewed into the workspace w; and a fetch that was killed."""
        s3.put(f"inbox/{STEM}.wav", sound(tmp_path / "made.wav", seed=78).read_bytes())
        (tmp_path / "made.wav").unlink()
        s3.put(f"inbox/{STEM}.json", json.dumps({"consent": "yes", "customer": CUSTOMER}).encode())
        space = Workspace(tmp_path / "w", store=s3.settings("results"))
        config = Config(store=s3.settings("results"))
        night = Night(space, config, ScriptedEngine(SPOKEN), find_rubric("discovery"), now=lambda: NOW)
        (outcome,) = review_calls(night, list(lister(s3.settings())(f"s3://{s3.bucket}/inbox")))
        assert outcome.call is not None
        (copy,) = (space.root / "recordings").rglob("*.wav")
        (note,) = copy.parent.glob(".*.version")
        note.with_name(note.name.replace("version", "0123abcd.part")).write_bytes(copy.read_bytes()[:1000])
        return outcome.call

    def test_copies_go_and_what_is_in_the_bucket_stays_and_is_named(
        self,
        s3: S3Service,
        tmp_path: Path,
        call: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "w" / "mine.txt").write_text(f"look at s3://{s3.bucket}/inbox/{STEM}.wav, {word('note')}")
        printed = Command(monkeypatch, capsys)("erase", "--call", call, "--recordings", "--yes", "-w", "w")
        assert printed.code == 0
        assert f"  s3://{s3.bucket}/inbox/{STEM}.wav\n" in printed.err
        assert "and what is said beside them there, are for you to delete" in printed.err
        assert f"Stays: 10 {PERHAPS_IN_VERSIONS}" in printed.err  # ten stages have a result each
        assert sorted(key for key in s3.contents() if "inbox" in key) == [f"inbox/{STEM}.json", f"inbox/{STEM}.wav"]
        assert [key for key in holding_objects(s3) if not key.startswith("inbox/")] == []
        assert holding(tmp_path / "w") == []
        assert [path for path in (tmp_path / "w" / "recordings").rglob("*") if path.is_file()] == []

    def test_one_that_was_broken_off_names_them_too_when_it_is_finished(
        self,
        s3: S3Service,
        tmp_path: Path,
        call: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        space = Workspace(tmp_path / "w")
        with pytest.raises(Killed):
            carry_out(space, planned(space, call), now=lambda: AT, before=Kill(3))
        monkeypatch.chdir(tmp_path)
        printed = Command(monkeypatch, capsys)("erase", "--call", call, "--yes", "-w", "w")
        assert "Finishing the erasure" in printed.err
        assert f"  s3://{s3.bucket}/inbox/{STEM}.wav\n" in printed.err
        assert [key for key in holding_objects(s3) if not key.startswith("inbox/")] == []
