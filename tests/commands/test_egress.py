"""The command `filmroom egress`: what it finds in the workspace and in the paths, beside the settings."""

from pathlib import Path

import pytest

from pipeline.config.night import Store
from pipeline.domain.cycle.events import CycleRecord
from pipeline.domain.cycle.own import Subscribed
from pipeline.domain.provenance import Provenance
from pipeline.domain.span import Span
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace
from tests.command import Command
from tests.review.rooms import NOW, add_people
from tests.store.s3_server import s3_service

HOOK = "https://chat.example/hooks/1"


@pytest.fixture
def filmroom(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    return Command(monkeypatch, capsys)


def subscribed(space: Workspace, person: str, webhook: str | None) -> None:
    wish = Subscribed(webhook=webhook)
    space.cycle.append(person, CycleRecord(person=person, author=person, at=NOW, what=wish))


def test_without_settings_or_a_workspace_nothing_leaves(filmroom: Command) -> None:
    printed = filmroom("egress")
    assert (printed.code, printed.out.splitlines()[0]) == (0, "Nothing of any call leaves this machine.")


def test_webhooks_that_users_chose_for_their_reminders_are_told_while_they_hold(filmroom: Command) -> None:
    space = Workspace(Path("w"))
    add_people(space)
    subscribed(space, "anna", HOOK)
    subscribed(space, "bert", HOOK)
    subscribed(space, "bert", None)
    printed = filmroom("egress", "-w", "w")
    assert f"reminders: to {HOOK}\n" in printed.out
    assert "as anna asked" in printed.out
    assert "bert" not in printed.out
    assert "Nothing of any call leaves" not in printed.out


def test_a_bucket_that_the_workspace_remembers_is_told_without_asking_it(filmroom: Command) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch, s3_service(monkeypatch) as s3:
        work, made = Work(stage="measure", code=1), Provenance(stage="measure", code_version="1")
        Workspace(Path("w"), store=s3.settings()).objects.put(work, Span(start=0, end=1), made)
    file = Path("w/store.json")  # as if the service had been elsewhere; it is closed by now
    kept = Store.model_validate_json(file.read_bytes()).model_copy(update={"endpoint": "https://s3.example"})
    file.write_text(kept.model_dump_json(include={"objects", "endpoint", "region", "allow_http"}))
    assert f"results: to s3://{s3.bucket}/team at https://s3.example\n" in filmroom("egress", "-w", "w").out


def test_buckets_of_recordings_are_told_those_named_and_those_fetched_from_before(filmroom: Command) -> None:
    Path("w/recordings/older-calls").mkdir(parents=True)
    told = filmroom("egress", "s3://new-calls/inbox", "-w", "w", "--json").json()["ways"]
    assert [way["to"] for way in told if way["what"] == "recordings"] == [
        "s3://new-calls at https://s3.us-east-1.amazonaws.com",
        "s3://older-calls at https://s3.us-east-1.amazonaws.com",
    ]


def test_a_cluster_is_told_for_the_engine_that_is_named(filmroom: Command) -> None:
    Path("filmroom.toml").write_text('[ray]\naddress = "head:6379"\n')
    assert "head:6379" not in filmroom("egress").out
    assert "words: to the Ray cluster at head:6379\n" in filmroom("egress", "--engine", "ray").out
