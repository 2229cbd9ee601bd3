"""A program: a night of an engine on a disk that runs full, and the night after room was made."""

import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

from pipeline.shift.ray_cluster import OWN
from tests.shift.fault_nights import Place
from tests.shift.paid_night import EngineName

ROOM = 300_000
"""Bytes: for the results of the first call or two, of the ten objects and records of which each takes 4 KiB."""


def main(disk: Path, engine: EngineName, folder: Path) -> None:
    """`full_disk_shift DISK ENGINE FOLDER`: one JSON object on stdout; what is kept in the end is copied to FOLDER."""
    ballast, free = disk / "ballast", os.statvfs(disk)
    ballast.write_bytes(bytes(free.f_bavail * free.f_bsize - ROOM))
    place = Place(folder / "calls", disk / "w", engine, OWN)
    first = place.ran()
    aside = place.set_aside()
    ballast.unlink()
    second = place.ran()
    shutil.copytree(place.root, folder / "w")
    sys.stdout.write(json.dumps({"first": asdict(first), "aside": aside, "second": asdict(second)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), "ray" if sys.argv[2] == "ray" else "local", Path(sys.argv[3]))
