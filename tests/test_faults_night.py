"""What becomes of a night when the machine lets it down: no call is blamed for it, and nothing is lost or redone."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.adapters.chat import LangchainChat
from pipeline.adapters.chat_pace import Clock
from pipeline.adapters.kept_chat import KeptChat
from pipeline.adapters.metering import Meter
from pipeline.config import Config, LanguageModel
from pipeline.domain.work import CallOutcome
from pipeline.errors import UnavailableError
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace
from tests.fault_server import MODEL, FaultServer, answer, error
from tests.llm_night import llm_night
from tests.scripted import ScriptedEngine
from tests.store.machine import can_mount, on_small_disk, without_privileges
from tests.store.s3_server import S3Service, faulty, s3_service
from tests.test_run import NOW, record

MARCH_3 = NOW - timedelta(days=2)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with two recordings in `calls`."""
    (tmp_path / "calls").mkdir()
    for seed, name in enumerate(("a.wav", "b.wav")):
        record(tmp_path / "calls" / name, seed=seed)
    return tmp_path


def a_night(workspace: Path, config: Config | None = None, *, now: datetime = NOW) -> Night:
    config = config or Config()
    space = Workspace(workspace, store=config.store)
    return Night(space, config, ScriptedEngine(), find_rubric("discovery"), now=lambda: now)


def review(night: Night, *paths: Path) -> list[CallOutcome]:
    return list(review_calls(night, discover(paths)))


@pytest.mark.skipif(not can_mount(), reason="no disk can be mounted in a namespace here")
def test_a_disk_that_runs_full_ends_the_night_and_the_next_one_goes_on(place: Path) -> None:
    """Room for some results of the first call and no more. Each call is heard once, over both nights."""
    for seed in range(2, 5):
        record(place / "calls" / f"{seed}.wav", seed=seed)
    done = on_small_disk("tests.full_disk_night", str(place / "calls"), size="2m")
    report = json.loads(done.stdout)
    assert "No space left on device" in report["told"]
    assert report["aside"] == 0
    assert 1 <= report["kept"] < 5
    assert set(report["second"]) <= {"done", "skipped"}
    assert report["calls"] == 5
    assert report["heard"] <= 5 + 1  # the one whose result did not fit is heard again


def test_a_workspace_that_may_not_be_written_ends_the_night_before_a_call_is_blamed(place: Path) -> None:
    (place / "w").mkdir(mode=0o555)
    with pytest.raises(UnavailableError, match="Permission denied"):
        without_privileges(lambda: review(a_night(place / "w"), place / "calls"))
    assert list((place / "w").iterdir()) == []


def test_a_workspace_that_may_be_read_only_still_shows_its_calls(place: Path) -> None:
    call = review(a_night(place / "w"), place / "calls")[0].call or ""
    for path in (place / "w", *(place / "w").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    shown = without_privileges(lambda: Workspace(place / "w").result(Workspace(place / "w").record(call)).draft.text)
    assert shown


def test_a_recording_that_may_not_be_read_is_set_aside_with_what_to_do_and_the_others_are_done(place: Path) -> None:
    (place / "calls" / "a.wav").chmod(0o000)
    aside, done = without_privileges(lambda: review(a_night(place / "w"), place / "calls"))
    assert (aside.status, aside.hint) == ("quarantined", "make the file readable")
    assert "Permission denied" in (aside.reason or "")
    assert done.status == "done"
    (place / "calls" / "a.wav").chmod(0o644)
    assert [o.status for o in without_privileges(lambda: review(a_night(place / "w"), place / "calls"))] == [
        "done",
        "skipped",
    ]
    assert list(Workspace(place / "w").quarantined()) == []


def test_a_clock_that_was_set_back_redoes_nothing_and_loses_nothing(place: Path) -> None:
    first = a_night(place / "w")
    review(first, place / "calls")
    record(place / "calls" / "c.wav", seed=7)
    back = a_night(place / "w", now=MARCH_3)
    assert [o.status for o in review(back, place / "calls")] == ["skipped", "skipped", "done"]
    assert [back.workspace.record(c).at for c in back.workspace.calls.ids()].count(MARCH_3) == 1
    with Index(back.workspace.index_path) as index:
        assert back.workspace.refresh_index(index).changed == 3
        assert len(index.calls()) == 3


def test_a_later_record_counts_whatever_its_time_says(place: Path) -> None:
    """Consent withdrawn two days before the call was done, by a clock that was set back: the sound is refused all the
    same."""
    call = review(a_night(place / "w"), place / "calls" / "a.wav")[0].call or ""
    (place / "calls" / "a.json").write_text('{"consent": "no"}')
    review(a_night(place / "w", now=MARCH_3), place / "calls" / "a.wav")
    space = Workspace(place / "w")
    refused = space.set_aside_since(space.record(call))
    assert refused is not None
    assert refused.at < space.record(call).at


@pytest.mark.parametrize("seconds", [0.0, 4_000_000_000.0])
def test_times_of_files_decide_nothing(seconds: float, place: Path) -> None:
    """1970 and the year 2096."""
    review(a_night(place / "w"), place / "calls")
    for path in [*(place / "calls").iterdir(), *(place / "w").rglob("*.json")]:
        os.utime(path, (seconds, seconds))
    assert [o.status for o in review(a_night(place / "w"), place / "calls")] == ["skipped", "skipped"]


def test_a_language_model_that_is_down_for_an_hour_costs_that_hour_and_nothing_else(place: Path) -> None:
    """A run every 20 minutes, and the endpoint back after 60: three runs in vain, the fourth does everything.

    Of each run in vain it is asked in 3 requests at most that are given up, each sent 5 times; the recordings are heard
    in the first run only.
    """
    at, heard = [0.0], []
    clock = Clock(seconds=lambda: at[0], sleep=lambda s: at.__setitem__(0, at[0] + s), jitter=lambda: 0.0)
    with FaultServer(error(503, "down")) as server:

        def run() -> list[str]:
            night = llm_night(server.url, place / "w", chat=_chat(server.url, place / "w", clock))
            statuses: list[str] = [o.status for o in review(night, place / "calls")]
            heard.append(night.engine.transcriber.n_calls)  # type: ignore[attr-defined]
            return statuses

        for n_run in range(3):
            asked = server.n_requests
            assert run() == ["quarantined", "quarantined"]
            assert server.n_requests - asked <= 3 * 5
            assert at[0] < 1200 * (n_run + 1)
            at[0] = 1200.0 * (n_run + 1)
        server.script = (answer('{"found": []}'),)
        assert run() == ["done", "done"]
        assert server.tokens_paid == 110 * len(list((place / "w" / "objects" / "exchange").rglob("*.json")))
    assert heard == [2, 0, 0, 0]
    assert list(Workspace(place / "w").quarantined()) == []


def _chat(url: str, workspace: Path, clock: Clock) -> KeptChat:
    settings = LanguageModel(model=MODEL, url=url, parallel=1)
    meter = Meter(None, None, model=MODEL)
    return KeptChat(LangchainChat(settings, meter=meter, clock=clock), KeptExchanges(Workspace(workspace).objects))


@pytest.fixture
def s3() -> Iterator[S3Service]:
    with pytest.MonkeyPatch.context() as monkeypatch, s3_service(monkeypatch) as service:
        yield service


def test_a_bucket_that_goes_away_in_mid_night_ends_it_and_the_next_one_does_only_what_is_missing(
    s3: S3Service, place: Path
) -> None:
    """The bucket fails from its 40th request on, in the middle of a call; nothing is set aside for it."""
    with faulty(s3) as (script, service):
        config = Config(store=service.settings("results", patience_s=0.3))
        night = a_night(place / "w", config)
        script.down_after = 40
        with pytest.raises(UnavailableError, match=f"s3://{s3.bucket}"):
            review(night, place / "calls")
        assert list(night.workspace.quarantined()) == []
        made = kept_in(s3)
        assert made
        script.down_after = None
        again = replace(night, workspace=Workspace(place / "w", store=config.store), engine=ScriptedEngine())
        assert {o.status for o in review(again, place / "calls")} <= {"done", "skipped"}
    assert made < kept_in(s3)
    assert len(list(again.workspace.calls.ids())) == 2


def test_answers_lost_after_every_third_write_change_no_result(s3: S3Service, place: Path) -> None:
    """The same night in a folder, where nothing goes wrong, has the same names of objects."""
    with faulty(s3) as (script, service):
        script.methods = ("PUT",)
        script.faults = [None, None, "lost"] * 30
        config = Config(store=service.settings("results"))
        assert [o.status for o in review(a_night(place / "w", config), place / "calls")] == ["done", "done"]
    plain = a_night(place / "plain")
    review(plain, place / "calls")
    assert kept_in(s3) == {b.name for b in plain.workspace.objects.blobs.all()}


def kept_in(s3: S3Service) -> set[str]:
    return {found.key.removeprefix("results/") for found in s3.connect().all("results")}
