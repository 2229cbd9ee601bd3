"""Which calls are found behind the paths a person gives, and what is stated of them."""

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.domain.recording import Consent
from pipeline.errors import MetadataError, RecordingError, UsageError
from pipeline.stages.ingest import Candidate, discover


def make(folder: Path, files: Mapping[str, str | Mapping[str, object]]) -> Path:
    """Writes files into the folder: text as it is, mappings as JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def names(calls: tuple[Candidate, ...], below: Path) -> list[str]:
    return [call.path.relative_to(below).as_posix() for call in calls]


def only(calls: tuple[Candidate, ...]) -> Candidate:
    assert len(calls) == 1
    return calls[0]


def test_folders_are_searched_in_a_stable_order(tmp_path: Path) -> None:
    make(tmp_path, {"z.wav": "", "b/two.MP3": "", "a/one.opus": "", "a/deep/er.mkv": "", "c.flac": ""})
    assert names(discover([tmp_path]), tmp_path) == ["c.flac", "z.wav", "a/one.opus", "a/deep/er.mkv", "b/two.MP3"]


def test_what_is_no_recording_is_not_a_call(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "call.wav": "", "call.json": {"rep": "Ann"}, "calls.csv": "path\n", "notes.txt": "", "._call.wav": "",
            ".trash/old.wav": "", "words.json": {"monologues": []}, "broken.json": "{", "page.html": "",
        },
    )  # fmt: skip
    assert names(discover([tmp_path]), tmp_path) == ["call.wav"]


def test_paths_keep_their_order_and_each_call_comes_once(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "sub/c.wav": ""})
    paths = [tmp_path / "sub", tmp_path / "b.wav", tmp_path, tmp_path / "b.wav"]
    assert names(discover(paths), tmp_path) == ["sub/c.wav", "b.wav", "a.wav"]


def test_one_file_by_two_paths_is_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, {"calls/a.wav": ""})
    monkeypatch.chdir(tmp_path)
    found = discover([Path("calls/a.wav"), Path("calls/../calls"), tmp_path])
    assert [call.path for call in found] == [Path("calls/a.wav")]
    assert found[0].place == tmp_path / "calls" / "a.wav"


def test_results_kept_beside_the_recordings_are_not_looked_into(tmp_path: Path) -> None:
    """They hold no recording, but megabytes of JSON, any of which might name sides."""
    sides = {"sides": {"rep": "x.wav", "customer": "y.wav"}}
    make(
        tmp_path,
        {
            "a.wav": "",
            "w/objects/ingest/ab/1.json": sides,
            "w/calls/c1/r.000001.json": {"call": "c1"},
            "mine/objects/b.wav": "",
            "mine/calls/c.wav": "",
        },
    )
    assert names(discover([tmp_path]), tmp_path) == ["a.wav", "mine/calls/c.wav", "mine/objects/b.wav"]


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        discover([tmp_path / "nowhere.wav"])


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    make(tmp_path, {"calls/a.wav": ""})
    (tmp_path / "calls" / "again").symlink_to(tmp_path / "calls")
    assert names(discover([tmp_path]), tmp_path) == ["calls/a.wav"]


def test_a_file_given_by_name_counts_whatever_its_ending(tmp_path: Path) -> None:
    make(tmp_path, {"export.bin": "", "other.bin": "", "export.bin.json": {"rep": "Ann"}})
    call = only(discover([tmp_path / "export.bin"]))
    assert (call.path.name, call.metadata.rep) == ("export.bin", "Ann")


@pytest.mark.parametrize("name", ["calls.csv", "call.yaml", "call.json"])
def test_metadata_given_by_name_is_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    make(tmp_path, {name: '{"rep": "Ann"}'})
    problem = only(discover([tmp_path / name])).problem
    assert isinstance(problem, RecordingError)
    assert "is metadata and not a recording" in problem.message


def test_a_broken_link_with_a_recordings_name_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "call.wav").symlink_to(tmp_path / "gone.wav")
    assert names(discover([tmp_path]), tmp_path) == ["call.wav"]


@pytest.mark.parametrize("sidecar", ["call.json", "call.wav.json", "call.yaml", "call.wav.yaml", "call.yml"])
def test_a_sidecar_is_named_after_the_recording_with_or_without_its_ending(tmp_path: Path, sidecar: str) -> None:
    make(tmp_path, {"call.wav": "", sidecar: {"rep": "Ann", "consent": "yes"}})
    call = only(discover([tmp_path]))
    assert (call.metadata.rep, call.metadata.consent) == ("Ann", Consent.YES)
    assert call.stated.path == tmp_path / sidecar


def test_the_sidecar_of_a_recording_without_an_ending_is_one_and_not_two(tmp_path: Path) -> None:
    make(tmp_path, {"rehearsal": "", "rehearsal.json": {"rep": "Ann", "consent": "yes"}})
    call = only(discover([tmp_path / "rehearsal"]))
    assert call.problem is None
    assert call.stated.path == tmp_path / "rehearsal.json"


def test_no_sidecar_states_nothing(tmp_path: Path) -> None:
    call = only(discover([make(tmp_path, {"call.wav": "", "other.json": {"consent": "yes"}})]))
    assert call.problem is None
    assert call.metadata.consent is Consent.UNKNOWN


@pytest.mark.parametrize(
    ("first", "second"), [("call.json", "call.wav.json"), ("call.json", "call.yaml"), ("call.wav.yaml", "call.wav.yml")]
)
def test_two_sidecars_for_one_recording_are_an_error_naming_both(tmp_path: Path, first: str, second: str) -> None:
    make(tmp_path, {"call.wav": "", first: {"consent": "yes"}, second: {"consent": "no"}})
    call = only(discover([tmp_path]))
    assert isinstance(call.problem, MetadataError)
    assert first in call.problem.message
    assert second in call.problem.message
    assert call.metadata.consent is Consent.UNKNOWN


def test_a_sidecar_that_two_recordings_could_claim_must_be_named_in_full(tmp_path: Path) -> None:
    make(tmp_path, {"call.wav": "", "call.mp3": "", "call.json": {"consent": "yes"}})
    mp3, wav = discover([tmp_path])
    assert isinstance(wav.problem, MetadataError)
    assert wav.problem.hint == "name it after the whole file: call.wav.json"
    assert isinstance(mp3.problem, MetadataError)
    assert mp3.problem.hint == "name it after the whole file: call.mp3.json"
    assert mp3.problem.path == tmp_path / "call.json"


def test_recordings_of_one_stem_may_each_have_a_full_sidecar(tmp_path: Path) -> None:
    make(tmp_path, {"c.wav": "", "c.mp3": "", "c.wav.json": {"rep": "Ann"}, "c.mp3.json": {"rep": "Bob"}})
    assert [call.metadata.rep for call in discover([tmp_path])] == ["Bob", "Ann"]


def test_a_bad_sidecar_spoils_only_its_own_call(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "a.json": {"stage": "dmo"}, "b.wav": "", "b.json": {"stage": "demo"}})
    bad, good = discover([tmp_path])
    assert isinstance(bad.problem, MetadataError)
    assert bad.problem.path == tmp_path / "a.json"
    assert good.problem is None


def test_a_table_describes_the_recordings_of_its_folder(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "sub/a.wav": "", "calls.csv": "path,rep\nb.wav,Bob\na.wav,Ann\n"})
    assert [call.metadata.rep for call in discover([tmp_path])] == ["Ann", "Bob", None]


def test_a_table_counts_for_a_file_given_by_name(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "gone.txt": "", "calls.csv": "path,rep\na.wav,Ann\nmissing.wav,Bob\n"})
    assert only(discover([tmp_path / "a.wav"])).metadata.rep == "Ann"


def test_a_name_is_found_however_its_accents_are_encoded(tmp_path: Path) -> None:
    on_disk, in_table = (unicodedata.normalize(form, "señor.wav") for form in ("NFD", "NFC"))
    assert on_disk != in_table
    make(tmp_path, {on_disk: "", "calls.csv": f"path,rep\n{in_table},Ann\n"})
    assert only(discover([tmp_path])).metadata.rep == "Ann"


def test_a_row_without_a_recording_is_reported(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "calls.csv": "path,rep\na.wav,Ann\nb.wav,Bob\n"})
    found, lost = discover([tmp_path])
    assert found.problem is None
    assert isinstance(lost.problem, MetadataError)
    assert (lost.path.name, lost.problem.line) == ("b.wav", 3)


def test_bad_rows_spoil_only_their_own_calls(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "calls.csv": "path,stage\na.wav,dmo\nb.wav,demo\n"})
    assert [call.problem is None for call in discover([tmp_path])] == [False, True]


def test_a_row_beside_a_sidecar_is_an_error_naming_both(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "a.json": {"consent": "no"}, "calls.csv": "path,consent\na.wav,yes\n"})
    problem = only(discover([tmp_path])).problem
    assert isinstance(problem, MetadataError)
    assert "a.json" in problem.message
    assert (problem.path, problem.line) == (tmp_path / "calls.csv", 2)


def test_an_unreadable_table_spoils_the_calls_that_have_no_sidecar(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "b.json": {"rep": "Bob"}, "calls.csv": "path,rap\na.wav,Ann\n"})
    assert [call.problem is None for call in discover([tmp_path])] == [False, True]


SIDES = {"customer": "b.wav", "rep": "a.wav"}


def test_two_aligned_files_are_one_call_rep_first(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "c.wav": "", "monday.json": {"sides": SIDES, "consent": "yes"}})
    single, joined = discover([tmp_path])
    assert (single.path.name, joined.path.name, joined.name) == ("c.wav", "monday.json", "monday")
    assert [(file.path.name, file.role) for file in joined.files] == [("a.wav", "rep"), ("b.wav", "customer")]
    assert joined.metadata.consent is Consent.YES


@pytest.mark.parametrize("given", ["a.wav", "b.wav", "monday.json"])
def test_any_file_of_a_joined_call_stands_for_the_whole(tmp_path: Path, given: str) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "monday.json": {"sides": SIDES}})
    assert only(discover([tmp_path / given])).path.name == "monday.json"


def test_a_joined_call_named_like_one_of_its_files_is_still_joined(tmp_path: Path) -> None:
    call = only(discover([make(tmp_path, {"a.wav": "", "b.wav": "", "a.json": {"sides": SIDES}})]))
    assert len(call.files) == 2
    assert call.problem is None


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        ({"rep": "a.wav", "customer": "../b.wav"}, "outside the sidecar's folder"),
        ({"rep": "a.wav", "customer": "/etc/hostname"}, "outside the sidecar's folder"),
        ({"rep": "a.wav", "customer": "link.wav"}, "outside the sidecar's folder"),
        ({"rep": "a.wav", "customer": "sub/b.wav"}, "outside the sidecar's folder"),
        ({"rep": "a.wav", "customer": ".."}, "outside the sidecar's folder"),
        ({"rep": "a.wav", "customer": "gone.wav"}, "'gone.wav' is not there"),
        ({"rep": "a.wav"}, "two or more"),
        ({"rep": "a.wav", "customer": "a.wav"}, "each named once"),
        ({"seller": "a.wav", "customer": "b.wav"}, "cannot be used"),
    ],
)
def test_sides_outside_the_folder_or_incomplete_are_refused(
    tmp_path: Path, sides: dict[str, str], said: str
) -> None:  # fmt: skip
    make(tmp_path, {"b.wav": "", "in/a.wav": "", "in/b.wav": "", "in/sub/b.wav": "", "in/call.json": {"sides": sides}})
    (tmp_path / "in" / "link.wav").symlink_to(tmp_path / "b.wav")
    (call,) = (call for call in discover([tmp_path]) if call.path.name == "call.json")
    assert isinstance(call.problem, MetadataError)
    assert said in call.problem.message
    assert call.problem.path == tmp_path / "in" / "call.json"


def test_files_of_a_joined_call_with_an_error_are_not_calls_of_their_own(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "call.json": {"sides": SIDES, "stage": "dmo"}})
    assert isinstance(only(discover([tmp_path])).problem, MetadataError)


def test_a_file_in_two_joined_calls_is_an_error_of_both(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "c.wav": ""})
    make(tmp_path, {"one.json": {"sides": SIDES}, "two.json": {"sides": {"rep": "a.wav", "customer": "c.wav"}}})
    problems = [call.problem for call in discover([tmp_path])]
    assert [problem is not None and "'a.wav' is named" in problem.message for problem in problems] == [True, True]


def test_channels_beside_sides_are_refused(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "call.json": {"sides": SIDES, "channels": {"0": "rep"}}})
    problem = only(discover([tmp_path])).problem
    assert problem is not None
    assert "either channels or sides" in problem.message


def test_a_joining_sidecar_with_a_syntax_error_is_reported(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "monday.json": '{"sides": {"rep": "a.wav" "customer": "b.wav"}}'})
    single, joined = discover([tmp_path])
    assert single.path.name == "a.wav"
    assert isinstance(joined.problem, MetadataError)


def test_a_row_for_one_side_of_a_joined_call_is_reported(tmp_path: Path) -> None:
    make(tmp_path, {"a.wav": "", "b.wav": "", "x.json": {"sides": SIDES}, "calls.csv": "path,rep\na.wav,Ann\n"})
    row, joined = discover([tmp_path])
    assert joined.problem is None
    assert isinstance(row.problem, MetadataError)
    assert row.problem.line == 2
