"""What the doctor finds: each check well on a good machine, and telling what to do on one that is not."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.config.night import Operations, Redact, Store
from pipeline.domain.work import QuarantineRecord
from pipeline.store.workspace import Workspace
from pipeline.upkeep import machine, outside, settings, workspace
from pipeline.upkeep.doctor import CHECKS, Check, examine
from pipeline.upkeep.findings import Finding, House, ok
from tests.command import pretend_models
from tests.upkeep.test_quarantine import START

REMOTE = {"model": "m", "url": "https://models.example.com/v1", "key_variable": "DOCTOR_TEST_KEY"}


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A private workspace, and every model here."""
    pretend_models(tmp_path / "models")
    (tmp_path / "w").mkdir(mode=0o700)
    return House(tmp_path / "w", Config(), tmp_path / "models")


def only(check: Check, house: House) -> Finding:
    (found,) = check(house)
    return found


def states(check: Check, house: House) -> list[str]:
    return [finding.state for finding in check(house)]


def asking(house: House, **llm: object) -> House:
    config = Config.model_validate({"reader": "llm", "llm": {**REMOTE, **llm}})
    return replace(house, config=config)


def test_a_good_machine_has_no_problem(house: House) -> None:
    assert [finding for finding in examine(house) if finding.state == "problem"] == []


def test_whatever_is_wrong_comes_with_what_to_do(house: House, tmp_path: Path) -> None:
    bad = asking(replace(house, root=tmp_path / "no" / "such", models=tmp_path))
    found = [finding for finding in examine(bad) if finding.state != "ok"]
    assert {"models", "keys"} <= {finding.check for finding in found}
    assert all(finding.hint for finding in found)


def test_a_check_that_breaks_is_a_problem_and_the_others_go_on(house: House) -> None:
    def broken_check(_: House) -> Iterator[Finding]:
        raise RuntimeError("boom")
        yield

    def good_check(_: House) -> Iterator[Finding]:
        yield ok("good", "fine")

    first, second = examine(house, [broken_check, good_check])
    assert (first.check, first.state, first.found) == ("broken check", "problem", "RuntimeError: boom")
    assert second.state == "ok"


class TestMachine:
    def test_models_that_are_missing_are_named_with_the_command(self, house: House, tmp_path: Path) -> None:
        found = only(machine.models, replace(house, models=tmp_path / "none"))
        assert (found.state, found.hint.split()[:3]) == ("problem", ["filmroom", "models", "pull"])
        assert "whisper-base" in found.hint

    def test_bytes_that_are_not_the_pinned_ones_are_found_by_looking_deep(self, house: House) -> None:
        house = replace(house, config=Config(reader="similarity", whisper=str(house.models)))
        assert only(machine.models, house).state == "ok"  # sizes are right; the bytes are holes
        found = only(machine.models, replace(house, deep=True))
        assert found.state == "problem"
        assert "not the pinned bytes" in found.found

    def test_every_common_kind_of_recording_can_be_read(self, house: House) -> None:
        found = only(machine.decoders, house)
        assert found.state == "ok", found.found
        assert found.found.startswith("wav, flac, mp3, m4a, opus")

    def test_more_workers_than_memory_is_told(self, house: House) -> None:
        # 200 x 1.5 GB + 200 x 1.5 GB + 200 x 2.5 GB = 1100 GB
        config = Config.model_validate({"shift": {"listening": 200, "voices": 200, "reading": 200}})
        found = only(machine.crew, replace(house, config=config))
        assert (found.state, "up to 1100.0 GB" in found.found) == ("warning", True)


class TestSettings:
    def test_assumed_consent_is_told_with_what_it_means(self, house: House) -> None:
        found = only(settings.consent, replace(house, config=Config(consent="assumed")))
        assert found.state == "warning"
        assert "nobody said anything" in found.found

    def test_whole_calls_to_a_remote_model_are_a_problem_and_to_one_here_are_not(self, house: House) -> None:
        remote = asking(house)
        raw = replace(remote, config=remote.config.model_copy(update={"redact": Redact(leaving=False)}))
        assert only(settings.redaction, remote).state == "ok"
        assert only(settings.redaction, raw).state == "problem"
        here = asking(house, url="http://127.0.0.1:1/v1")
        assert (
            only(
                settings.redaction,
                replace(here, config=here.config.model_copy(update={"redact": Redact(leaving=False)})),
            ).state
            == "ok"
        )

    def test_a_key_that_is_missing_is_named_and_one_that_is_set_is_never_shown(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("DOCTOR_TEST_KEY", raising=False)
        assert "DOCTOR_TEST_KEY" in only(settings.key, asking(house)).found
        monkeypatch.setenv("DOCTOR_TEST_KEY", "hush-hush")
        found = only(settings.key, asking(house))
        assert found.state == "ok"
        assert "hush" not in found.model_dump_json()

    def test_files_for_machines_that_cannot_be_written(self, house: House, tmp_path: Path) -> None:
        good = Operations(log_file=tmp_path / "night.log", metrics=tmp_path / "filmroom.prom")
        bad = Operations(log_file=tmp_path, metrics=tmp_path / "none" / "filmroom.prom")
        assert states(settings.told_machines, replace(house, config=Config(operations=good))) == ["ok", "ok"]
        assert states(settings.told_machines, replace(house, config=Config(operations=bad))) == ["problem", "problem"]


class TestWorkspace:
    def test_it_is_left_as_it_was(self, house: House) -> None:
        assert only(workspace.access, house).state == "ok"
        assert list(house.root.iterdir()) == []

    def test_a_file_in_its_place_is_a_problem(self, house: House, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert only(workspace.access, replace(house, root=tmp_path / "file")).state == "problem"

    def test_one_that_others_can_read_is_told(self, house: House) -> None:
        assert only(workspace.permissions, house).state == "ok"
        house.root.chmod(0o755)
        found = only(workspace.permissions, house)
        assert (found.state, f"chmod 700 {house.root}" in found.hint) == ("warning", True)

    def test_files_from_the_future_tell_of_a_clock_set_back(self, house: House) -> None:
        assert only(workspace.clock, house).state == "ok"
        (house.root / "changes.log").touch()
        os.utime(house.root / "changes.log", (time.time() + 600,) * 2)
        found = only(workspace.clock, house)
        assert (found.state, "10 minutes" in found.found) == ("warning", True)

    def test_what_killed_writes_left_and_what_is_set_aside(self, house: House, tmp_path: Path) -> None:
        assert states(workspace.leftovers, house) == ["ok"]
        left = house.root / f".x.json.{'0' * 32}.tmp"
        left.touch()
        assert states(workspace.leftovers, house) == ["ok"]  # a writer may still be at work
        os.utime(left, (time.time() - 7200,) * 2)
        record = QuarantineRecord(path=tmp_path / "a.wav", stage="ingest", reason="is empty", hint="-", at=START)
        Workspace(house.root).set_aside(record)
        hints = [finding.hint for finding in workspace.leftovers(house)]
        assert hints == ["filmroom sweep", "filmroom quarantine list"]

    def test_an_index_that_is_damaged(self, house: House) -> None:
        assert only(workspace.index, house).state == "ok"
        (house.root / "index.duckdb").write_bytes(b"no index" * 1000)
        found = only(workspace.index, house)
        assert (found.state, found.hint) == ("problem", "filmroom index rebuild")


class TestOutside:
    def test_nothing_is_sent_outside_unasked(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("socket.socket.connect", _refused)
        assert "--online asks" in only(outside.endpoint, asking(house)).found
        store = Store(objects="s3://bucket/x")
        assert "--online asks" in only(outside.bucket, replace(house, config=Config(store=store))).found

    def test_an_endpoint_here_that_is_down(self, house: House) -> None:
        found = only(outside.endpoint, asking(house, url="http://127.0.0.1:9/v1"))
        assert (found.state, "does not answer" in found.found) == ("problem", True)

    @pytest.mark.parametrize(
        ("status", "body", "state"),
        [
            (200, '{"data": [{"id": "m"}]}', "ok"),
            (200, '{"data": [{"id": "other"}]}', "warning"),
            (200, "no list", "ok"),
            (401, "", "problem"),
            (404, "", "warning"),
        ],
    )
    def test_what_an_endpoint_here_answers(
        self, house: House, listing: Callable[[int, str], str], status: int, body: str, state: str
    ) -> None:
        assert only(outside.endpoint, asking(house, url=listing(status, body))).state == state


def _refused(*_: object) -> None:
    raise AssertionError("something was sent")


@pytest.fixture
def listing() -> Iterator[Callable[[int, str], str]]:
    """Starts a server on this machine that answers each GET so, and gives its address."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: str) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/v1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_no_check_is_forgotten() -> None:
    assert len(CHECKS) == len(set(CHECKS)) == 22
