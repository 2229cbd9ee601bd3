"""A program that puts objects of 10,000 bytes until the disk it is given is full, and says what came of it."""

import json
import sys
from pathlib import Path

from pipeline.errors import UnavailableError
from pipeline.store.blobs import FolderBlobs


def main() -> None:
    """`full_disk FOLDER`: one JSON object on stdout."""
    blobs, done = FolderBlobs(Path(sys.argv[1]) / "objects"), 0
    try:
        while done < 1000:
            blobs.create(f"x/{done:04d}.json", b"%05d" % done * 2000)
            done += 1
        told = None
    except UnavailableError as error:
        told = (error.message, error.hint)
    kept = [blob.name for blob in blobs.all()]
    whole = all(blobs.read(name) == name[2:6].encode().rjust(5, b"0") * 2000 for name in kept)
    left = [blob.name for blob in blobs.leftovers()]
    blobs.delete(kept[0])
    again = blobs.create(f"x/{done:04d}.json", b"%05d" % done * 2000)
    report = {"told": told, "done": done, "kept": len(kept), "whole": whole, "left": left, "again": again}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
