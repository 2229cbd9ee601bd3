"""Names the container of a sound file from its first bytes, so that no demuxer is chosen by name or by guess.

FFmpeg knows over 300 formats, some of which (playlists, edit lists of other files) open further files and addresses.
Only those named here are ever used, each for files that begin as it does.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import RecordingError

_ID3_HEADER = 10
_MOST_TAGS = 16
_MOST_CHUNKS = 1000
_OPEN_END = 0x7FFF0000
"""Sizes from here on are what programs write that do not know yet how long a stream will be."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container and FFmpeg's demuxer for it. `states_duration`: its header tells the sound's length, no guess."""

    name: str
    demuxer: str
    states_duration: bool = False


_WAV = Container("wav", "wav", states_duration=True)
_AIFF = Container("aiff", "aiff", states_duration=True)
_MP4 = Container("mp4", "mov", states_duration=True)
_MP3 = Container("mp3", "mp3")
_AAC = Container("aac", "aac")
_MPEG = Container("mpeg", "mpeg")

_STARTS: tuple[tuple[int, bytes, Container], ...] = (
    (0, b"fLaC", Container("flac", "flac", states_duration=True)),
    (0, b"OggS", Container("ogg", "ogg")),
    (0, b"\x1aE\xdf\xa3", Container("matroska", "matroska")),
    (0, b"#!AMR", Container("amr", "amr")),
    (0, b"0&\xb2u\x8ef\xcf\x11", Container("asf", "asf")),
    (0, b".snd", Container("au", "au")),
    (0, b"caff", Container("caf", "caf")),
    (0, b"FLV\x01", Container("flv", "flv")),
    (0, b"riff\x2e\x91\xcf\x11", Container("w64", "w64")),
    (0, b"\x00\x00\x01\xba", _MPEG),
    *((4, box, _MP4) for box in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")),
)
_CHUNKED = {
    (b"RIFF", b"WAVE"): _WAV,
    (b"RF64", b"WAVE"): _WAV,
    (b"BW64", b"WAVE"): _WAV,
    (b"RIFF", b"AVI "): Container("avi", "avi"),
    (b"FORM", b"AIFF"): _AIFF,
    (b"FORM", b"AIFC"): _AIFF,
}
KNOWN = "wav, mp3, m4a/mp4/mov, ogg/opus, flac, aac, webm/mkv, amr, wma, aiff, au, caf, avi, flv or mpeg"


def container_of(path: Path) -> Container:
    """The container that the file's first bytes show. Raises: RecordingError for any other file, playlists included."""
    try:
        with path.open("rb") as stream:
            return container_in(stream, path=path)
    except OSError as error:
        raise RecordingError(f"cannot be read ({error.strerror})", hint="make it readable", path=path) from error


def container_in(stream: BinaryIO, *, path: Path | None = None) -> Container:
    """As `container_of`, of an open file; `path` is for the error only. Raises: RecordingError, OSError."""
    stream.seek(0)
    head = stream.read(16)
    for _ in range(_MOST_TAGS):
        if head[:3] != b"ID3" or len(head) < _ID3_HEADER:
            break
        stream.seek(_id3_size(head) - len(head), 1)
        head = stream.read(16)
    found = _starting(head)
    if found is None:
        hint = f"export the recording as {KNOWN}"
        raise RecordingError("does not begin like any known sound or video format", hint=hint, path=path)
    return found


def _starting(head: bytes) -> Container | None:
    if chunked := _CHUNKED.get((head[:4], head[8:12])):
        return chunked
    for offset, start, container in _STARTS:
        if head[offset:].startswith(start):
            return container
    # A frame of MPEG audio begins with 11 set bits, then version and layer: 00 is AAC, 01 layer III, 10 layer II.
    # Nobody has layer I (11), but every text in UTF-16 begins like it.
    if len(head) >= 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0x06:
        return _AAC if head[1] & 0xF6 == 0xF0 else _MP3
    return None


def wav_duration(path: Path) -> float | None:
    """Seconds that a RIFF wav's header declares, also where the file is cut short; None where it leaves them open.

    FFmpeg goes by the file's size where that is smaller, and so takes a cut recording for a whole one.
    """
    with path.open("rb") as stream:
        return wav_duration_in(stream)


def wav_duration_in(stream: BinaryIO) -> float | None:
    """As `wav_duration`, of an open file; None also where no data comes among the first thousand chunks."""
    stream.seek(0)
    if stream.read(12)[:4] != b"RIFF":
        return None
    byte_rate = 0
    for _ in range(_MOST_CHUNKS):
        if len(chunk := stream.read(8)) < 8:
            break
        size = int.from_bytes(chunk[4:], "little")
        if chunk[:4] == b"data":
            return size / byte_rate if byte_rate and 0 < size < _OPEN_END else None
        body = stream.read(min(size, 16)) if chunk[:4] == b"fmt " else b""
        byte_rate = int.from_bytes(body[8:12], "little") or byte_rate
        stream.seek(size + size % 2 - len(body), 1)
    return None


def _id3_size(head: bytes) -> int:
    """Bytes of the ID3v2 tag with its header (https://id3.org/id3v2.4.0-structure: four times seven bits)."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    footer = _ID3_HEADER if head[5] & 0x10 else 0
    return _ID3_HEADER + size + footer
