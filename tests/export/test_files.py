"""One call as a file to hand over, with its own sound inside or a plain word why there is none."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from pipeline.domain.recording import Recording
from pipeline.domain.result import CallResult
from pipeline.export.files import render
from tests.adapters.sounds import recorded
from tests.export.call import make_call
from tests.test_run import record

SOUND = re.compile(r"data:audio/[a-z0-9.+-]+;base64,(?:[A-Za-z0-9/+]|&#43;){1000}")


@pytest.fixture
def reviewed(tmp_path: Path) -> CallResult:
    """The call, as if it had been reviewed from a file that is really there."""
    return with_recording(recorded(record(tmp_path / "call.wav", seed=1)))


def with_recording(recording: Recording) -> CallResult:
    call = make_call()
    return call.model_copy(update={"recording": recording.model_copy(update={"call": call.recording.call})})


def without_sound(html: str) -> str | None:
    found = re.search(r"the recording could not be read: ([^<]*)", html)
    return found and found.group(1)


def test_html_has_the_whole_call_inside_to_play(reviewed: CallResult) -> None:
    html = render(reviewed, "html")
    assert SOUND.search(html)
    assert without_sound(html) is None


def test_a_recording_that_is_gone_leaves_a_page_that_says_so(reviewed: CallResult) -> None:
    reviewed.recording.files[0].path.unlink()
    html = render(reviewed, "html")
    assert not SOUND.search(html)
    assert "call.wav: cannot be read" in (without_sound(html) or "")
    assert reviewed.observations[0].text.split()[0] in html


def test_another_call_s_sound_is_never_put_beside_these_words(reviewed: CallResult) -> None:
    path = reviewed.recording.files[0].path
    size = path.stat().st_size
    record(path, seed=2)
    assert path.stat().st_size == size  # nothing but its content tells the two apart
    html = render(reviewed, "html")
    assert not SOUND.search(html)
    assert "is not the file that was reviewed" in (without_sound(html) or "")


def test_a_file_that_cannot_be_decoded_any_more_leaves_a_page_that_says_so(reviewed: CallResult) -> None:
    (file,) = reviewed.recording.files
    file.path.write_bytes(b"RIFF\x00\x00not a recording")
    same = file.model_copy(update={"sha256": hashlib.sha256(file.path.read_bytes()).hexdigest()})
    html = render(with_recording(reviewed.recording.model_copy(update={"files": (same,)})), "html")
    assert not SOUND.search(html)
    assert "call.wav" in (without_sound(html) or "")


@pytest.mark.parametrize("form", ["json", "md"])
def test_other_formats_do_without_the_recording(form: str) -> None:
    call = make_call()
    assert not call.recording.files[0].path.exists()
    assert call.observations[0].text in render(call, form).replace("\\", "")


def test_json_is_the_contract_s_object() -> None:
    fields = json.loads(render(make_call(), "json"))
    assert fields["call"] == make_call().recording.call
