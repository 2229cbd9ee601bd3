"""Owns the first moments of a worker process, before any of the pipeline is loaded: loading takes seconds.

It imports the standard library only. A process that runs `PROGRAM` ends with its run from its first line on, so none
that is still loading lives on when the run is killed.
"""

import os
import signal
import sys
from multiprocessing.connection import Connection

PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from pipeline.adapters import confinement; confinement.end_with_parent(int(sys.argv[2])); "
    "from pipeline.shift.worker_start import main; main(int(sys.argv[3]), sys.argv[4])"
)
"""What a worker's interpreter is given, with the folder of `pipeline`, the run's process, the line's descriptor and
the station's name as arguments. The first message over the line is the run's `sys.path`."""


def main(line: int, station: str) -> None:
    """The whole life of a worker process, which is tied to its run already; it never returns."""
    os.set_inheritable(line, False)
    for number in (signal.SIGINT, signal.SIGTERM):  # sent to the whole group at a terminal: the run decides
        signal.signal(number, signal.SIG_IGN)
    connection: Connection = Connection(line)
    try:
        sys.path[:] = connection.recv()
    except (EOFError, OSError):
        os._exit(0)  # the run has ended
    from pipeline.shift.workers import work_as_process

    work_as_process(connection, station)
