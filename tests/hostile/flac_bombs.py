"""FLAC written by hand: frames of one constant value, so that hours are kilobytes; and pictures that fill memory.

Formats: https://www.rfc-editor.org/rfc/rfc9639 (sections 8, 9.1 and 9.2.3).
"""

import struct
from pathlib import Path

BLOCK = 65_535
RATE = 16_000


def silence(path: Path, *, hours: float, declared_s: float | None = None) -> Path:
    """Silence of 16 kHz, 16 bits, mono: 14 to 16 bytes for 4.1 s. The header may declare another length."""
    n_blocks = round(hours * 3600 * RATE / BLOCK)
    declared = n_blocks * BLOCK if declared_s is None else round(declared_s * RATE)
    frames = b"".join(_frame(number) for number in range(n_blocks))
    path.write_bytes(b"fLaC" + _stream_info(declared, last=True) + frames)
    return path


def pictures(path: Path, *, megabytes: int) -> Path:
    """A sound of 4.1 s behind pictures of 16 MB each, which are holes on the disk and zeros in memory."""
    size = 2**24 - 1
    with path.open("wb") as file:
        file.write(b"fLaC" + _stream_info(BLOCK, last=False))
        for _ in range(megabytes // 16):
            mime = b"image/png"
            head = (
                struct.pack(">II", 3, len(mime)) + mime + struct.pack(">IIIIII", 0, 8, 8, 24, 0, size - 32 - len(mime))
            )
            file.write(bytes([6]) + size.to_bytes(3, "big") + head)
            file.seek(size - len(head), 1)
        file.write(bytes([0x80 | 1]) + (0).to_bytes(3, "big") + _frame(0))
    return path


def _stream_info(n_samples: int, *, last: bool) -> bytes:
    packed = RATE << 44 | 0 << 41 | 15 << 36 | n_samples
    body = struct.pack(">HH", BLOCK, BLOCK) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    return bytes([0x80 if last else 0]) + len(body).to_bytes(3, "big") + body


def _frame(number: int) -> bytes:
    # Blocks of one size, its 16 bits at the header's end; 16 kHz; one channel; 16 bits a sample.
    head = b"\xff\xf8" + bytes([0x7 << 4 | 0x5, 0x0 << 4 | 0x4 << 1]) + _coded(number) + struct.pack(">H", BLOCK - 1)
    head += bytes([_crc(head, 0x07, 8)])
    body = head + b"\x00" + b"\x00\x00"  # one constant subframe: its kind, its value
    return body + _crc(body, 0x8005, 16).to_bytes(2, "big")


def _coded(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass")


def _crc(data: bytes, polynomial: int, width: int) -> int:
    value, top = 0, 1 << (width - 1)
    for byte in data:
        value ^= byte << (width - 8)
        for _ in range(8):
            value = ((value << 1) ^ polynomial if value & top else value << 1) & ((1 << width) - 1)
    return value
