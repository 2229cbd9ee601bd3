"""What is in quarantine: since when, for which reasons, how many of a kind, and which of it a person means."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.domain.work import QuarantineRecord, StageName
from pipeline.errors import NotFoundError, UsageError
from pipeline.store.workspace import Workspace, quarantine_id
from pipeline.upkeep.quarantine import SetAside, chosen, one, set_aside, tally

START = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


def put(
    workspace: Workspace, path: Path, *, nights: int = 0, stage: StageName = "ingest", reason: str = "is empty"
) -> None:
    """Set a recording aside, so many nights after the first."""
    at = START + timedelta(days=nights)
    workspace.set_aside(QuarantineRecord(path=path, stage=stage, reason=reason, hint="look at it", at=at))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w")


def known(workspace: Workspace) -> tuple[SetAside, ...]:
    return tuple(set_aside(workspace))


class TestWhatIsKnown:
    def test_the_present_reason_comes_with_those_before_it(self, workspace: Workspace, tmp_path: Path) -> None:
        path = tmp_path / "a.wav"
        put(workspace, path, reason="is empty")
        put(workspace, path, nights=1, reason="is empty")  # the same again: no further record
        put(workspace, path, nights=2, stage="diarize", reason="no memory")
        (found,) = known(workspace)
        assert [(each.stage, each.reason) for each in found.reasons] == [
            ("ingest", "is empty"),
            ("diarize", "no memory"),
        ]
        assert (found.since, found.now.at) == (START, START + timedelta(days=2))

    def test_what_was_done_in_between_begins_anew(self, workspace: Workspace, tmp_path: Path) -> None:
        path = tmp_path / "a.wav"
        put(workspace, path)
        workspace.release(path, at=START + timedelta(days=1))
        assert known(workspace) == ()
        put(workspace, path, nights=3, reason="is gone")
        (found,) = known(workspace)
        assert (found.since, found.done_before, len(found.reasons)) == (START + timedelta(days=3), 1, 1)

    def test_whether_the_file_is_still_there(self, workspace: Workspace, tmp_path: Path) -> None:
        (tmp_path / "here.wav").touch()
        put(workspace, tmp_path / "here.wav")
        put(workspace, tmp_path / "gone.wav")
        assert {each.path.name: each.there for each in known(workspace)} == {"here.wav": True, "gone.wav": False}

    def test_the_command_to_retry_survives_a_folder_with_spaces(self, tmp_path: Path) -> None:
        workspace = Workspace(tmp_path / "all reviews")
        put(workspace, tmp_path / "a.wav")
        (found,) = known(workspace)
        expected = f"filmroom quarantine retry {quarantine_id(found.path)} --workspace '{workspace.root}'"
        assert found.retry == expected


def test_reasons_are_counted_whatever_names_and_numbers_are_in_them(workspace: Workspace, tmp_path: Path) -> None:
    for n, reason in enumerate(
        ["lasts 5.2 h", "lasts 6.0 h", "lasts 4.1 h", "/x/a.wav: is empty", "/x/b.wav: is empty"]
    ):
        put(workspace, tmp_path / f"{n}.wav", nights=n, reason=reason)
    put(workspace, tmp_path / "9.wav", nights=9, stage="diarize", reason="/x/c.wav: is empty")
    counted = [(each.stage, each.n, each.example) for each in tally(known(workspace))]
    assert counted == [
        ("ingest", 3, "lasts 5.2 h"),
        ("ingest", 2, "/x/a.wav: is empty"),
        ("diarize", 1, "/x/c.wav: is empty"),
    ]


class TestChoosing:
    @pytest.fixture
    def found(self, workspace: Workspace, tmp_path: Path) -> tuple[SetAside, ...]:
        put(workspace, tmp_path / "a.wav")
        put(workspace, tmp_path / "b.wav", nights=1, stage="diarize")
        return known(workspace)

    def test_by_id_by_its_beginning_and_by_path(self, found: tuple[SetAside, ...]) -> None:
        first = found[0]
        assert one(found, first.id) == one(found, first.id[:8]) == one(found, str(first.path)) == first

    def test_each_once_however_often_it_is_named(self, found: tuple[SetAside, ...]) -> None:
        first = found[0]
        assert chosen(found, [first.id, str(first.path)], stage=None) == (first,)

    def test_all_and_those_of_a_stage(self, found: tuple[SetAside, ...]) -> None:
        assert chosen(found, ["all"], stage=None) == found
        assert chosen(found, [], stage="diarize") == found[1:]
        assert chosen(found, ["all"], stage="track") == ()

    def test_nothing_is_ever_retried_by_mistake(self, found: tuple[SetAside, ...]) -> None:
        with pytest.raises(UsageError):
            chosen(found, [], stage=None)

    @pytest.mark.parametrize("name", ["q", "nosuch", "qzzzz"])
    def test_a_name_that_means_none_or_several_is_refused(self, found: tuple[SetAside, ...], name: str) -> None:
        with pytest.raises(NotFoundError, match=name):
            one(found, name)
