"""Where a workspace has its objects: in its folder, or where it remembers; never in two places."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config.night import Store
from pipeline.domain.provenance import Provenance
from pipeline.domain.span import Span
from pipeline.errors import StoreError, UsageError
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace
from tests.store.s3_server import S3Service, s3_service

WORK = Work(stage="measure", code=1)
MADE = Provenance(stage="measure", code_version="1")
VALUE = Span(start=0, end=1)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Service]:
    with pytest.MonkeyPatch.context() as monkeypatch, s3_service(monkeypatch) as service:
        yield service


def test_without_settings_objects_are_in_the_workspace_and_nothing_else_is_written(tmp_path: Path) -> None:
    key = Workspace(tmp_path).objects.put(WORK, VALUE, MADE)
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()] == [
        f"objects/measure/{key[:2]}/{key}.json"
    ]


def test_a_workspace_remembers_its_bucket_from_the_first_result_on(s3: S3Service, tmp_path: Path) -> None:
    opened = Workspace(tmp_path / "w", store=s3.settings("remembered"))
    assert not (tmp_path / "w").exists()
    key = opened.objects.put(WORK, VALUE, MADE)
    assert Workspace(tmp_path / "w").objects.get("measure", key, Span)[0] == VALUE
    assert not (tmp_path / "w" / "objects").exists()
    assert json.loads((tmp_path / "w" / "store.json").read_text()) == {
        "objects": f"s3://{s3.bucket}/remembered", "endpoint": s3.url, "region": None, "allow_http": False,
    }  # fmt: skip


def test_a_folder_elsewhere_is_remembered_wherever_a_later_command_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    key = Workspace(tmp_path / "w", store=Store(objects="shared")).objects.put(WORK, VALUE, MADE)
    monkeypatch.chdir("/")
    assert Workspace(tmp_path / "w").objects.path("measure", key).is_relative_to(tmp_path / "shared")
    assert Workspace(tmp_path / "w").objects.get("measure", key, Span)[0] == VALUE


def test_another_place_than_the_remembered_one_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    Workspace(tmp_path / "w", store=Store(objects=str(tmp_path / "a"))).objects.put(WORK, VALUE, MADE)
    with pytest.raises(UsageError, match=r"\[store\] says .*/b, but the results of .* are in .*/a"):
        Workspace(tmp_path / "w", store=Store(objects=str(tmp_path / "b")))
    assert not (tmp_path / "b").exists()


def test_results_in_the_workspace_are_not_left_behind_by_a_new_setting(tmp_path: Path) -> None:
    Workspace(tmp_path / "w").objects.put(WORK, VALUE, MADE)
    with pytest.raises(UsageError, match="has results in"):
        Workspace(tmp_path / "w", store=Store(objects=str(tmp_path / "a")))


def test_settings_that_name_no_place_take_the_remembered_one(tmp_path: Path) -> None:
    Workspace(tmp_path / "w", store=Store(objects=str(tmp_path / "a"))).objects.put(WORK, VALUE, MADE)
    assert Workspace(tmp_path / "w", store=Store()).objects.has(WORK)


def test_of_two_runs_with_different_settings_the_second_to_write_is_refused(tmp_path: Path) -> None:
    first = Workspace(tmp_path / "w", store=Store(objects=str(tmp_path / "a")))
    second = Workspace(tmp_path / "w", store=Store(objects=str(tmp_path / "b")))
    first.objects.put(WORK, VALUE, MADE)
    with pytest.raises(UsageError, match="another run of this workspace keeps its results in"):
        second.objects.put(WORK, VALUE, MADE)
    assert not (tmp_path / "b").exists()


def test_a_damaged_memory_is_told_and_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "store.json").write_text("{")
    with pytest.raises(StoreError, match=r"cannot read .*store\.json"):
        Workspace(tmp_path)


def test_the_workspace_s_own_folder_needs_no_memory(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "w", store=Store(objects=str(tmp_path / "w" / "objects")))
    space.objects.put(WORK, VALUE, MADE)
    assert not (tmp_path / "w" / "store.json").exists()


def test_an_endpoint_without_tls_is_refused_when_the_workspace_is_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unencrypted"):
        Workspace(tmp_path, store=Store(objects="s3://calls/a", endpoint="http://10.0.0.5:9000"))
