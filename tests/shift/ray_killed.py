"""A night of scripted models on the cluster at some address, as a program that can be killed."""

import sys
from pathlib import Path

from tests.shift.ray_nights import on_ray, ray_config, scripted_night

if __name__ == "__main__":
    address, to, recordings = sys.argv[1:]
    for outcome in on_ray(scripted_night(Path(to), ray_config(address)), Path(recordings)):
        sys.stdout.write(f"{outcome.path.stem} {outcome.status}\n")
        sys.stdout.flush()
