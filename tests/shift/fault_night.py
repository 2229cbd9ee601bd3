"""A program: the night of the command `run`, with scripted models, so that its exit code and its words can be seen."""

import argparse
import sys
from pathlib import Path

import typer

from pipeline.commands.night_shift import Shift, carry_out_night
from pipeline.commands.nights import Opened
from pipeline.errors import FilmroomError
from pipeline.shift.ports import Stop
from pipeline.shift.ray_cluster import import_ray
from pipeline.shift.sources import Found, Noted
from pipeline.stages.ingest import each_call
from tests.shift.fault_nights import fault_config, set_back, with_scripted_models
from tests.shift.scripted_nights import scripted_night
from tests.store.machine import drop_privileges


def main() -> None:
    """`fault_night ENGINE WORKSPACE CALLS`: a JSON line for each call on stdout, and the run's exit code."""
    asked = _asked()
    if asked.bound:
        drop_privileges()
    if asked.engine == "ray":
        import_ray(alone=True)
    night = scripted_night(asked.workspace, fault_config(asked.engine, asked.address)).open()
    shift = Shift(night.config, as_json=True, told=set_back if asked.set_back else with_scripted_models)
    noted = Noted()
    try:
        carry_out_night(Opened(night), Found(lambda: each_call([asked.calls]), noted), noted, shift, stop_wish=Stop())
    except typer.Exit as end:
        sys.exit(end.exit_code)
    except FilmroomError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        sys.exit(error.exit_code)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=["local", "ray"])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("calls", type=Path)
    parser.add_argument("--address", default="")
    parser.add_argument("--bound", action="store_true")
    parser.add_argument("--set-back", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
