"""Recordings of buckets: found by the rules of folders, fetched once and whole, played afterwards."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.adapters.bucket_recordings import BucketRecordings
from pipeline.config import Config
from pipeline.domain.addresses import shown
from pipeline.domain.recording import Recording
from pipeline.engines.bucket_calls import lister
from pipeline.errors import MetadataError, RecordingError, UnavailableError, UsageError
from pipeline.export.files import require_same
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import Candidate
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine
from tests.store.s3_server import S3Service, faulty, s3_service
from tests.test_run import record

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


@pytest.fixture
def s3() -> Iterator[S3Service]:
    with pytest.MonkeyPatch.context() as monkeypatch, s3_service(monkeypatch) as service:
        yield service


def calls(service: S3Service, below: str = "") -> list[Candidate]:
    return list(lister(service.settings())(f"s3://{service.bucket}/{below}"))


def names(service: S3Service, below: str = "") -> list[str]:
    return [shown(call.path).removeprefix(f"s3://{service.bucket}/") for call in calls(service, below)]


def recordings(service: S3Service, folder: Path) -> BucketRecordings:
    return BucketRecordings(folder, service.settings())


def test_calls_are_found_by_folder_with_what_is_stated_beside_them(s3: S3Service) -> None:
    s3.put("inbox/b.wav", b"b")
    s3.put("inbox/a.wav", b"a")
    s3.put("inbox/a.json", b'{"consent": "yes", "rep": "Ann"}')
    s3.put("inbox/calls.csv", b"path,consent,rep\nb.wav,yes,Bob\n")
    s3.put("inbox/deeper/c.mp3", b"c")
    s3.put("inbox/.hidden/d.wav", b"d")
    s3.put("other/e.wav", b"e")
    found = calls(s3, "inbox")
    assert [(shown(c.path).rpartition("/")[2], c.metadata.rep) for c in found] == [
        ("a.wav", "Ann"), ("b.wav", "Bob"), ("c.mp3", None),
    ]  # fmt: skip
    assert [c.files[0].path for c in found] == [c.path for c in found]
    assert all(c.place == c.path for c in found)


def test_two_sides_are_one_call(s3: S3Service) -> None:
    s3.put("x/rep.wav", b"r")
    s3.put("x/customer.wav", b"c")
    s3.put(
        "x/call.json", json.dumps({"consent": "yes", "sides": {"rep": "rep.wav", "customer": "customer.wav"}}).encode()
    )
    (call,) = calls(s3)
    assert [(f.path.name, f.role) for f in call.files] == [("rep.wav", "rep"), ("customer.wav", "customer")]


def test_one_object_may_be_named_and_has_its_sidecar(s3: S3Service) -> None:
    s3.put("x/a.wav", b"a")
    s3.put("x/a.json", b'{"rep": "Ann"}')
    s3.put("x/b.wav", b"b")
    assert [(c.path.name, c.metadata.rep) for c in calls(s3, "x/a.wav")] == [("a.wav", "Ann")]


def test_a_mistake_beside_a_recording_is_told_with_its_address_and_line(s3: S3Service) -> None:
    s3.put("x/a.wav", b"a")
    s3.put("x/a.json", b'{"consent":\n "maybe"}')
    (call,) = calls(s3)
    assert isinstance(call.problem, MetadataError)
    assert call.problem.message.startswith(f"s3://{s3.bucket}/x/a.json:1: consent: 'maybe'")


def test_what_is_too_large_beside_a_recording_is_told_as_that_and_not_fetched(s3: S3Service) -> None:
    s3.put("x/a.wav", b"a")
    s3.put("x/a.json", b" " * 70_000)
    s3.put("y/b.wav", b"b")
    s3.put("y/calls.csv", b"path\n" + b"\n" * 1_000_000)
    with faulty(s3) as (script, service):
        a, b = (calls(service, below)[0] for below in ("x", "y"))
        assert "x/a.json: is larger than 65,536 bytes" in str(a.problem)
        assert "y/calls.csv: is larger than 1,000,000 bytes" in str(b.problem)
        assert not [path for method, path in script.requests if method == "GET" and path.endswith("calls.csv")]


def test_an_address_of_nothing_is_refused(s3: S3Service) -> None:
    with pytest.raises(UsageError, match="nothing of that name"):
        calls(s3, "nothing")


def test_letters_of_any_script_and_signs_come_through(s3: S3Service, tmp_path: Path) -> None:
    s3.put("x/Gespr%C3%A4ch%20%231.wav", b"sound")  # "Gespräch #1.wav", as an address writes it
    (call,) = calls(s3)
    assert call.path.name == "Gespräch #1.wav"
    file = call.files[0]
    assert recordings(s3, tmp_path).fetch(file.path, file.version).read_bytes() == b"sound"


def test_a_recording_is_fetched_once_for_each_version(s3: S3Service, tmp_path: Path) -> None:
    s3.put("x/a.wav", b"first")
    with faulty(s3) as (script, service):
        (call,) = calls(service)
        path, version = call.path, call.files[0].version
        script.requests.clear()
        kept = recordings(service, tmp_path).fetch(path, version)
        assert (kept, kept.read_bytes()) == (tmp_path / s3.bucket / "x" / "a.wav", b"first")
        assert len(script.requests) == 1
        assert recordings(service, tmp_path).fetch(path, version) == kept
        assert len(script.requests) == 1
    s3.put("x/a.wav", b"second")
    assert recordings(s3, tmp_path).fetch(path, calls(s3)[0].files[0].version).read_bytes() == b"second"


def test_without_a_version_the_bucket_is_asked_whether_the_kept_file_still_holds(s3: S3Service, tmp_path: Path) -> None:
    s3.put("x/a.wav", b"first")
    path = calls(s3)[0].path
    assert recordings(s3, tmp_path).fetch(path, None).read_bytes() == b"first"
    s3.put("x/a.wav", b"second")
    assert recordings(s3, tmp_path).fetch(path, None).read_bytes() == b"second"


def test_a_recording_that_changed_since_it_was_listed_is_refused(s3: S3Service, tmp_path: Path) -> None:
    s3.put("x/a.wav", b"first")
    (call,) = calls(s3)
    s3.put("x/a.wav", b"other")
    with pytest.raises(RecordingError, match="has changed since it was listed"):
        recordings(s3, tmp_path).fetch(call.path, call.files[0].version)
    assert not list(tmp_path.rglob("*.wav")) + list(tmp_path.rglob("*.part"))


def test_a_recording_that_went_away_is_named(s3: S3Service, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=f"s3://{s3.bucket}/gone.wav: is not in the bucket any more"):
        recordings(s3, tmp_path).fetch(Path(f"s3:/{s3.bucket}/gone.wav"), None)


def test_a_connection_that_ends_in_the_middle_is_made_again(s3: S3Service, tmp_path: Path) -> None:
    s3.put("x/a.wav", b"whole")
    (call,) = calls(s3)
    with faulty(s3) as (script, service):
        script.faults = ["cut", "down"]
        fetched = recordings(service, tmp_path).fetch(call.path, call.files[0].version)
    assert fetched.read_bytes() == b"whole"


def test_a_bucket_that_stays_down_is_no_fault_of_the_recording(s3: S3Service, tmp_path: Path) -> None:
    with faulty(s3) as (script, service):
        script.always = "down"
        kept = BucketRecordings(tmp_path, service.settings(patience_s=0.2))
        with pytest.raises(UnavailableError):
            kept.fetch(Path(f"s3:/{s3.bucket}/x/a.wav"), "v:1")


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/../../b.wav", "x" * 300 + ".wav"])
def test_a_key_never_leaves_the_folder(key: str, tmp_path: Path, s3: S3Service) -> None:
    with pytest.raises(RecordingError, match="no file can have"):
        recordings(s3, tmp_path / "kept").fetch(Path(f"s3:/{s3.bucket}/{key}"), None)
    assert list(tmp_path.iterdir()) == []


def test_a_night_over_a_bucket_with_results_in_a_bucket(s3: S3Service, tmp_path: Path) -> None:
    """Nothing is fetched without consent; the record has the address, and the file that the room plays."""
    sound = record(tmp_path / "a.wav", seed=1).read_bytes()
    s3.put("calls/a.wav", sound)
    s3.put("calls/a.json", b'{"consent": "yes", "rep": "Ann"}')
    s3.put("calls/b.wav", sound + b"b")
    config = Config(store=s3.settings("results"))
    space = Workspace(tmp_path / "w", store=config.store)
    night = Night(space, config, ScriptedEngine(), find_rubric("discovery"), now=lambda: NOW)
    done, refused = review_calls(night, calls(s3, "calls"))
    assert (done.status, refused.status) == ("done", "quarantined")
    assert not list((tmp_path / "w").rglob("b.wav"))
    kept = Workspace(tmp_path / "w").record(done.call or "")
    assert shown(kept.path) == f"s3://{s3.bucket}/calls/a.wav"
    assert kept.files == (tmp_path / "w" / "recordings" / s3.bucket / "calls" / "a.wav",)
    recording = Workspace(tmp_path / "w").objects.get("ingest", kept.results["ingest"], Recording)[0].at(kept.files)
    require_same(recording.files[0])
    again = replace(night, workspace=Workspace(tmp_path / "w"))
    assert [o.status for o in review_calls(again, calls(s3, "calls"))] == ["skipped", "quarantined"]
    assert not (tmp_path / "w" / "objects").exists()
