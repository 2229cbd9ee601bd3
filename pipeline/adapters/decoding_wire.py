"""The form in which a process that decodes tells its parent what it found: frames of a kind, a length and a content."""

import struct
from enum import IntEnum

FRAME = struct.Struct("<BI")
"""Kind and bytes of content."""
MOST_SOUND = 4 * 2**20
"""Bytes of sound in one frame at most, float32, the channels of one sample after the other."""
MOST_TEXT = 4096


class Kind(IntEnum):
    """HEADER: JSON of a `decoder.Header`, first. SOUND: samples. NOTE: a line of text. REFUSED: JSON of message and
    hint, last. FULL: memory was not enough, last. END: all is told, last."""

    HEADER = 1
    SOUND = 2
    NOTE = 3
    REFUSED = 4
    FULL = 5
    END = 6


def frame(kind: Kind, content: bytes = b"") -> bytes:
    """The frame's bytes."""
    return FRAME.pack(kind, len(content)) + content
