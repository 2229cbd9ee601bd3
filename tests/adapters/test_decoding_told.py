"""A process that decodes and was taken over can say what it likes: nothing but sound is believed."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters.decoding import DecodingLimits, Usage, _Told
from pipeline.adapters.decoding_child import STATUS
from pipeline.adapters.decoding_wire import FRAME, MOST_SOUND, Kind, frame
from pipeline.errors import RecordingError

HEADER = {
    "container": "wav", "codec": "pcm_s16le", "sample_rate": 8000, "n_channels": 2,
    "declared_duration": 1.0, "guessed_duration": 1.0,
}  # fmt: skip


@contextmanager
def told(*frames: bytes, sound_s: float = 10.0) -> Iterator[_Told]:
    """What is made of these frames, of a process that then ends well."""
    out, into = os.pipe()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        os.write(into, b"".join(frames))
        os.close(into)
        theirs.send(STATUS.pack(0, 0, 0.0))
        yield _Told(Path("a.wav"), out, ours, limits=DecodingLimits(256, 10, 2.0, sound_s), used=Usage())
        os.close(out)


def header(**changed: object) -> bytes:
    return frame(Kind.HEADER, json.dumps({**HEADER, **changed}).encode())


def sound(*values: float) -> bytes:
    return frame(Kind.SOUND, np.array(values, np.float32).tobytes())


def heard(*frames: bytes, sound_s: float = 10.0) -> list[list[list[float]]]:
    with told(*frames, sound_s=sound_s) as said:
        probe = said.header()
        return [block.tolist() for block in said.blocks(probe)]


def test_sound_comes_as_a_row_for_each_channel() -> None:
    # Two channels, the samples of one moment beside each other: (0, 1), (0.5, -1).
    assert heard(header(), sound(0, 1, 0.5, -1), frame(Kind.END)) == [[[0, 0.5], [1, -1]]]


@pytest.mark.parametrize(
    "frames",
    [
        (sound(0, 0),),
        (header(sample_rate=4_000_000_000),),
        (header(sample_rate="8000; rm"),),
        (header(n_channels=10_000),),
        (header(codec="\x1b[2J"),),
        (header(codec="x" * 100),),
        (header(more=1),),
        (frame(Kind.HEADER, b"{"),),
        (header(), sound(0, 2)),
        (header(), sound(0, float("nan"))),
        (header(), sound(0, float("inf"))),
        (header(), sound(0)),
        (header(), frame(Kind.SOUND, b"abc")),
        (header(), header()),
        (header(), FRAME.pack(Kind.SOUND, MOST_SOUND + 1)),
        (header(), FRAME.pack(Kind.NOTE, 2**32 - 1)),
        (header(), FRAME.pack(99, 0)),
        (header(), frame(Kind.REFUSED, b"[1]")),
    ],
    ids=str,
)
def test_what_cannot_be_is_an_error(frames: tuple[bytes, ...]) -> None:
    with pytest.raises(RecordingError, match="made the decoder tell what cannot be"):
        heard(*frames)


def test_an_end_that_is_not_told_is_an_error() -> None:
    with pytest.raises(RecordingError, match="end before its time"):
        heard(header(), sound(0, 0))


def test_more_sound_than_the_longest_call_is_an_error() -> None:
    # 0.001 s at 8,000 Hz, rounded up to whole seconds, are 8,000 moments of 2 values.
    block = sound(*[0.0] * 8_002)
    with pytest.raises(RecordingError, match="longer than"):
        heard(header(), block, block, sound_s=0.001)


def test_what_an_error_says_is_one_line_without_control_characters_and_not_long() -> None:
    words = {"message": "\x1b[31mred\nnext " + "x" * 1000, "hint": "\u202eevil"}
    with pytest.raises(RecordingError) as caught:
        heard(header(), frame(Kind.REFUSED, json.dumps(words).encode()))
    assert "[31mred next x" in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.hint.isprintable()
    assert len(caught.value.message) < 320
