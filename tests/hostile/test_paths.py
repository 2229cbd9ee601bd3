"""Names and places that trick: links, pipes, odd characters, depth. Each is read as what it is, or refused."""

import json
import os
import socket
from pathlib import Path

import pytest

from pipeline.errors import FilmroomError
from pipeline.stages.ingest import Candidate, discover, identify
from tests.adapters.sounds import float_wav, tone

SOUND = tone(0.5, 8000)


def refused(call: Candidate) -> str:
    with pytest.raises(FilmroomError) as caught:
        identify(call, require_consent=False)
    assert caught.value.hint
    return caught.value.message


def test_a_link_out_of_the_folder_is_refused_unless_it_is_given_by_name(tmp_path: Path) -> None:
    float_wav(tmp_path / "secret.wav", SOUND, 8000)
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    float_wav(folder / "deep" / "own.wav", SOUND, 8000)
    (folder / "out.wav").symlink_to(tmp_path / "secret.wav")
    (folder / "inside.wav").symlink_to(folder / "deep" / "own.wav")
    calls = {call.path.name: call for call in discover([folder])}
    assert "leads out of the folder" in refused(calls["out.wav"])
    assert len(identify(calls["inside.wav"], require_consent=False)) == 1
    (named,) = discover([folder / "out.wav"])
    assert len(identify(named, require_consent=False)) == 1


def test_metadata_that_is_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "consent.json").write_text('{"consent": "yes"}')
    (tmp_path / "in").mkdir()
    float_wav(tmp_path / "in" / "a.wav", SOUND, 8000)
    (tmp_path / "in" / "a.json").symlink_to(tmp_path / "consent.json")
    (call,) = discover([tmp_path / "in"])
    assert "leads out of the folder" in refused(call)


@pytest.mark.parametrize("name", ["a.json", "a.yaml", "calls.csv"])
def test_a_pipe_for_metadata_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    float_wav(tmp_path / "a.wav", SOUND, 8000)
    os.mkfifo(tmp_path / name)
    assert any("cannot be read" in refused(call) for call in discover([tmp_path]))


def test_sockets_devices_folders_and_broken_links_under_a_recordings_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "device.wav").symlink_to("/dev/zero")
    (tmp_path / "broken.wav").symlink_to(tmp_path / "gone")
    (tmp_path / "itself.wav").symlink_to(tmp_path / "itself.wav")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(os.fspath(tmp_path / "socket.wav"))
        calls = discover([tmp_path])
        assert [call.path.name for call in calls] == ["broken.wav", "device.wav", "itself.wav", "socket.wav"]
        assert all(refused(call) for call in calls)


@pytest.mark.parametrize("name", ["../../secret.wav", "/etc/passwd", "in/../../secret.wav", "..", "", "a\0.wav"])
def test_paths_in_metadata_stay_in_their_folder(tmp_path: Path, name: str) -> None:
    float_wav(tmp_path / "secret.wav", SOUND, 8000)
    folder = tmp_path / "in" / "calls"
    folder.mkdir(parents=True)
    float_wav(folder / "b.wav", SOUND, 8000)
    (folder / "call.json").write_text(json.dumps({"sides": {"rep": name, "customer": "b.wav"}}))
    (folder / "calls.csv").write_text(f"path,rep\n{name},Ann\n")
    calls = discover([folder])
    assert not any(file.path.resolve().parent != folder for call in calls if not call.problem for file in call.files)
    assert any(call.problem is not None for call in calls)


def test_odd_names_are_names(tmp_path: Path) -> None:
    names = ["new\nline.wav", "\x1b[31mred.wav", "left\u202etfel.wav", "'; rm -rf ~ #.wav", "-rf.wav", "%s%n.wav"]
    for name in names:
        float_wav(tmp_path / name, SOUND, 8000)
    calls = discover([tmp_path])
    assert sorted(call.path.name for call in calls) == sorted(names)
    assert len({identify(call, require_consent=False)[0].sha256 for call in calls}) == 1


def test_a_name_that_is_no_text_is_refused_and_one_of_255_bytes_is_not(tmp_path: Path) -> None:
    float_wav(tmp_path / ("x" * 251 + ".wav"), SOUND, 8000)
    float_wav(tmp_path / "plain.wav", SOUND, 8000).rename(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.wav")))
    long, odd = sorted(discover([tmp_path]), key=lambda call: len(call.path.name), reverse=True)
    assert len(identify(long, require_consent=False)) == 1
    assert "is not Unicode text" in refused(odd)
    with pytest.raises((FilmroomError, OSError)):  # no file can have such a name
        discover([tmp_path / ("x" * 300 + ".wav")])


def test_folders_as_deep_as_they_can_be_named(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 200] * 15)  # 3,000 of the 4,096 bytes that a path may have
    deep.mkdir(parents=True)
    float_wav(deep / "a.wav", SOUND, 8000)
    (call,) = discover([tmp_path])
    assert len(identify(call, require_consent=False)) == 1
