"""Good files, each changed a little at random: the same seed gives the same file."""

import random
from collections.abc import Sequence
from pathlib import Path

from pipeline.adapters.containers import _CHUNKED, _STARTS

_NUMBERS = (
    b"\x00" * 4,
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"\x00\x00\x00\x01",
    b"\x01\x00\x00\x00",
)
_MOST = 200_000


def mutant(path: Path, good: Sequence[Path], seed: int) -> Path:
    """One of the good files with 1 to 8 changes, most of them near its beginning, where sizes and tables are."""
    rng = random.Random(seed)
    data = bytearray(rng.choice(good).read_bytes()[:_MOST])
    for _ in range(rng.randint(1, 8)):
        reach = min(len(data) - 8, rng.choice((100, 600, 5_000, len(data))))
        at = rng.randrange(8 if rng.random() < 0.8 else 0, max(9, reach))
        match rng.randrange(6):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                data[at : at + 4] = rng.choice(_NUMBERS)
            case 2:
                data[at : at + 16] = rng.randbytes(16)
            case 3:
                del data[at : at + rng.randint(1, 64)]
            case 4:
                data[at:at] = data[at : at + rng.randint(1, 400)] * rng.randint(1, 4)
            case _:
                del data[max(16, rng.randrange(len(data))) :]
        if len(data) < 24:
            break
    path.write_bytes(data)
    return path


def after_magic(path: Path, seed: int) -> Path:
    """Random bytes behind the beginning of a known container."""
    rng = random.Random(seed)
    starts = [bytes(offset) + start for offset, start, _ in _STARTS]
    starts += [name + rng.randbytes(4) + form for name, form in _CHUNKED]
    path.write_bytes(starts[seed % len(starts)] + rng.randbytes(rng.randint(0, 5_000)))
    return path
