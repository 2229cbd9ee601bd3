"""A file's first bytes decide what may open it."""

import struct
from pathlib import Path

import pytest

from pipeline.adapters.containers import container_of, wav_duration
from pipeline.errors import RecordingError


def file(tmp_path: Path, data: bytes, name: str = "call.mp3") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "wav"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "wav"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "avi"),
        (b"FORM\x00\x00\x00\x24AIFCFVER", "aiff"),
        (b"fLaC\x00\x00\x00\x22", "flac"),
        (b"OggS\x00\x02", "ogg"),
        (b"\x1a\x45\xdf\xa3\x01", "matroska"),
        (b"\x00\x00\x00\x20ftypM4A ", "mp4"),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", "mp4"),
        (b"#!AMR-WB\n", "amr"),
        (b".snd\x00\x00\x00\x18", "au"),
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"\xff\xf3\x40\xc0", "mp3"),
        (b"\xff\xf1\x50\x80", "aac"),
        (b"\xff\xf9\x50\x80", "aac"),
    ],
)
def test_known_formats_are_told_by_how_they_begin(tmp_path: Path, data: bytes, name: str) -> None:
    assert container_of(file(tmp_path, data.ljust(64, b"\0"))).name == name


@pytest.mark.parametrize(("after", "name"), [(b"\xff\xf1\x50\x80", "aac"), (b"fLaC", "flac"), (b"\xff\xfb\x90", "mp3")])
def test_a_tag_in_front_is_passed_over(tmp_path: Path, after: bytes, name: str) -> None:
    # The size 0x02 0x01 in seven-bit bytes is 2 * 128 + 1 = 257, without the tag's own header of 10.
    tag = b"ID3\x04\x00\x00\x00\x00\x02\x01" + bytes(257)
    assert container_of(file(tmp_path, tag + after.ljust(32, b"\0"))).name == name


@pytest.mark.parametrize(
    "data",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
        b"<?xml version='1.0'?><MPD></MPD>",
        b"[playlist]\nFile1=http://example.org/a.mp3\n",
        b"WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n",
        b"RIFF\x24\x00\x00\x00WEBPVP8 ",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        b"MZ",
        b"\xff\xfe<\x00",
        b"",
    ],
    ids=["hls", "ffconcat", "sdp", "dash", "pls", "vtt", "picture", "png", "pdf", "program", "utf-16 text", "empty"],
)
@pytest.mark.parametrize("name", ["call.mp3", "call.wav", "call.m3u8"])
def test_playlists_and_what_is_no_sound_are_refused_whatever_their_name(
    tmp_path: Path, data: bytes, name: str
) -> None:  # fmt: skip
    with pytest.raises(RecordingError, match="does not begin like") as caught:
        container_of(file(tmp_path, data, name))
    assert "wav, mp3" in caught.value.hint


def test_a_tag_that_never_ends_does_not_hang(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="does not begin like"):
        container_of(file(tmp_path, b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(100)))


def test_a_file_that_is_not_there_is_a_recording_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read"):
        container_of(tmp_path / "gone.wav")


def wav(tmp_path: Path, data_size: int, *, extra: bytes = b"") -> Path:
    form = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16_000, 2, 16)
    return file(
        tmp_path, b"RIFF\x00\x00\x00\x00WAVEfmt " + form + extra + b"data" + struct.pack("<I", data_size), "a.wav"
    )


def test_a_wav_declares_its_length_whatever_is_left_of_it(tmp_path: Path) -> None:
    # 480,000 bytes at 16,000 bytes a second, none of which are there.
    assert wav_duration(wav(tmp_path, 480_000)) == 30.0


def test_other_chunks_before_the_sound_are_passed_over(tmp_path: Path) -> None:
    # A chunk of odd size is followed by one byte of padding.
    assert wav_duration(wav(tmp_path, 16_000, extra=b"LIST\x03\x00\x00\x00abc\x00")) == 1.0


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0xFFFFFFFF])
def test_a_wav_written_before_its_length_was_known_declares_none(tmp_path: Path, size: int) -> None:
    assert wav_duration(wav(tmp_path, size)) is None


def test_a_wav_without_sound_declares_no_length(tmp_path: Path) -> None:
    assert wav_duration(file(tmp_path, b"RIFF\x00\x00\x00\x00WAVELIST\x02\x00\x00\x00ab", "a.wav")) is None
    assert wav_duration(file(tmp_path, b"RF64\xff\xff\xff\xffWAVE", "b.wav")) is None
