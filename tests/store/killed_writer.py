"""A program that puts one object and says in which order it asks the machine for what; killed at one of these steps."""

import os
import signal
import sys
from pathlib import Path

from pipeline.store import durable


def main() -> None:
    """`killed_writer FILE [STEP]`: the steps on stdout, one a line; SIGKILL right before the step of this number."""
    target, stop = Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else None
    steps = 0
    real_fsync, real_link, real_unlink, real_mkdir = os.fsync, os.link, Path.unlink, Path.mkdir

    def step(words: str) -> None:
        nonlocal steps
        steps += 1
        if steps == stop:
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        sys.stdout.write(words + "\n")

    def fsync(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink()
        size = f" of {name.stat().st_size} bytes" if name.is_file() else ""
        step(f"flush {'folder ' + name.name if name.is_dir() else 'the temporary file'}{size}")
        real_fsync(handle)

    def link(source: Path, place: Path) -> None:
        step(f"link {place.name}")
        real_link(source, place)

    def unlink(self: Path, missing_ok: bool = False) -> None:
        step("remove the temporary file")
        real_unlink(self, missing_ok=missing_ok)

    def mkdir(self: Path, exist_ok: bool = False) -> None:
        step(f"make folder {self.name}")
        real_mkdir(self, exist_ok=exist_ok)

    os.fsync, os.link, Path.unlink, Path.mkdir = fsync, link, unlink, mkdir  # type: ignore[assignment, method-assign]
    sys.stdout.write(f"created: {durable.create(target, b'x' * 5000)}\n")


if __name__ == "__main__":
    main()
