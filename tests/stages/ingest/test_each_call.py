"""Discovery one by one: soon, bounded, and each call once, however its folders were given."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.stages.ingest import Candidate, each_call


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a.wav", "x/b.wav", "x/.hidden/c.wav", "x/y/d.wav", "z/e.wav"):
        path = tmp_path / "t" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "t"


def names(paths: list[Path]) -> list[str]:
    return [call.path.name for call in each_call(paths)]


GIVEN = st.lists(st.sampled_from([".", "x", "x/y", "x/.hidden", "z", "a.wav", "x/b.wav", "x/../z"]), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GIVEN)
def test_a_call_comes_once_and_at_its_first_place_however_folders_overlap(tree: Path, words: list[str]) -> None:
    alone = [name for word in words for name in names([tree / word])]
    assert names([tree / word for word in words]) == list(dict.fromkeys(alone))


def test_metadata_of_a_call_is_read_when_its_turn_comes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.wav").write_bytes(b"x")
        (tmp_path / f"{name}.json").write_text('{"rep": "Ann"}')
    found = each_call([tmp_path])
    assert next(found).metadata.rep == "Ann"
    (tmp_path / "b.json").write_text('{"rep": "Bob"}')
    assert next(found).metadata.rep == "Bob"


def test_a_path_that_is_not_there_is_refused_before_the_first_call(tree: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        each_call([tree, tree / "nowhere"])


def test_a_bucket_is_listed_by_whoever_can_once(tree: Path) -> None:
    asked: list[str] = []

    def in_bucket(address: str) -> Iterator[Candidate]:
        asked.append(address)
        return iter([Candidate(Path("s3:/calls/june/f.wav"))])

    paths: list[Path | str] = [Path("s3://calls/june"), tree / "z", "s3://calls/june"]
    assert [call.path.name for call in each_call(paths, in_bucket=in_bucket)] == ["f.wav", "e.wav"]
    assert asked == ["s3://calls/june"]
    with pytest.raises(UsageError, match="s3://calls/june: a bucket"):
        each_call(paths)
