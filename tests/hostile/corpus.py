"""The corpus: each file with what is said of it. Made anew for every test, a few megabytes on the disk in all."""

import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.adapters.sounds import encoded, float_wav, tone
from tests.hostile.flac_bombs import pictures, silence

NO_SOUND = "does not begin like any known sound"
HARM = r"cannot be decoded|cut short|no audio track|states no rate|holds no sound|is damaged|samples a second"


@dataclass(frozen=True)
class Hostile:
    """A file of the corpus: its name, what makes it, and what its error says (a regular expression).

    `costly`: it takes seconds to refuse.
    """

    name: str
    make: Callable[[Path], object]
    said: str
    costly: bool = False


def corpus(folder: Path, *, port: int = 9, costly: bool = True) -> list[Hostile]:
    """Every file, written into the folder; those that name an address name this port of this machine."""
    files = [file for file in (*_disguised(port), *_absurd(), *_truncated(), *_lying()) if costly or not file.costly]
    for file in files:
        file.make(folder / file.name)
    return files


def _written(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def _disguised(port: int) -> list[Hostile]:
    hls = (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:{port}/a.ts\n#EXTINF:9,\nfile:///etc/passwd\n"
    )
    concat = f"ffconcat version 1.0\nfile 'file:///etc/passwd'\nfile 'http://127.0.0.1:{port}/b.wav'\n"
    sdp = f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio {port} RTP/AVP 0\n"
    texts = {
        "hls.wav": hls.encode(),
        "ffconcat.wav": concat.encode(),
        "sdp.mp3": sdp.encode(),
        "page.mp3": b"<!doctype html><script>alert(1)</script>",
        "paper.wav": b"%PDF-1.7\n" + os.urandom(500),
        "program.wav": b"\x7fELF\x02\x01\x01" + bytes(500),
        "pickle.flac": pickle.dumps({"sound": [0.0] * 100}),
        "noise.ogg": b"\x13\x37" + bytes(1000),
    }
    found = [Hostile(name, _written(data), NO_SOUND) for name, data in texts.items()]
    return [*found, Hostile("archive.m4a", _zip, NO_SOUND), Hostile("empty.wav", _written(b""), "is empty")]


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(5_000_000))


def wav(*, channels: int = 1, rate: int = 8000, bits: int = 16, data: bytes = bytes(16_000), form: int = 1) -> bytes:
    """A wav that says so of itself."""
    align = channels * bits // 8
    head = struct.pack("<IHHIIHH", 16, form, channels, rate, rate * align & 0xFFFFFFFF, align & 0xFFFF, bits)
    return (
        b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + head + b"data" + struct.pack("<I", len(data)) + data
    )


def _absurd() -> list[Hostile]:
    return [
        Hostile("channels.wav", _written(wav(channels=100, data=bytes(200_000))), "channels"),
        Hostile("all-channels.wav", _written(wav(channels=65_535, data=bytes(200_000))), HARM),
        Hostile("nan.wav", lambda path: float_wav(path, np.full(16_000, np.nan, np.float32)), "none of its samples"),
        Hostile("slow.wav", _written(wav(rate=1)), "states 1 samples a second"),
        Hostile("fast.wav", _written(wav(rate=4_000_000_000)), HARM),
        Hostile("long.flac", lambda path: silence(path, hours=10), "is longer than"),
        Hostile("lying.flac", lambda path: silence(path, hours=10, declared_s=60), "is longer than", costly=True),
        Hostile("pictures.flac", lambda path: pictures(path, megabytes=2048), "needs more than", costly=True),
        Hostile("tags.mp3", _written(b"ID3\x04\x00\x00\x00\x00\x00\x00" * 200_000), NO_SOUND),
        Hostile("chunks.wav", _written(b"RIFF\xff\xff\xff\x7fWAVE" + b"junk\x00\x00\x00\x00" * 200_000), HARM),
    ]


def _truncated() -> list[Hostile]:
    """Each container cut after a third, where its sound cannot be whole."""
    noise = np.random.default_rng(0).normal(0, 0.1, 20 * 16_000).astype(np.float32)

    def cut(codec: str) -> Callable[[Path], object]:
        def make(path: Path) -> None:
            encoded(path, codec, 16_000, noise)
            data = path.read_bytes()
            path.write_bytes(data[: len(data) // 3])

        return make

    codecs = {"cut.wav": "pcm_s16le", "cut.flac": "flac", "cut.m4a": "aac", "cut.aiff": "pcm_s16be"}
    return [Hostile(name, cut(codec), HARM) for name, codec in codecs.items()]


def m4a_with(box: bytes, count: int) -> Callable[[Path], object]:
    """An m4a of 3 s in which a table has so many entries, as its head says."""

    def make(path: Path) -> None:
        data = bytearray(encoded(path, "aac", 16_000, tone(3, 16_000)).read_bytes())
        at = data.index(box) + (12 if box == b"stsz" else 8)  # after version and flags, and there the size of all
        data[at : at + 4] = struct.pack(">I", count)
        path.write_bytes(data)

    return make


def _lying() -> list[Hostile]:
    """Tables and sizes that promise what no file holds."""

    def sizes(path: Path) -> None:
        data = bytearray(encoded(path, "pcm_s16le", 16_000, tone(3, 16_000)).read_bytes())
        at = data.index(b"\x1f\x43\xb6\x75")  # the first cluster: a size of almost 2**56
        data[at + 4 : at + 12] = b"\x01\xff\xff\xff\xff\xff\xff\xf0"
        path.write_bytes(data[: at + 400])

    return [
        Hostile("sizes.m4a", m4a_with(b"stsz", 0xFFFFFFF0), HARM),
        Hostile("clusters.mka", sizes, HARM),
    ]
