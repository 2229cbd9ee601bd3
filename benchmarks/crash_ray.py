"""Owns which processes of a night on Ray are killed: the run, its workers, and the actors beside it."""

import psutil

_TITLES = ("ray::StationActor", "ray::Endpoint", "ray::Records")


def processes_on_ray(pid: int) -> list[psutil.Process]:
    """The run's own process, its workers and the actors beside it, by the titles that Ray gives them.

    Not Ray's own daemons: on a cluster of one machine the run ends with them, as on a machine that loses power.
    """
    try:
        main = psutil.Process(pid)
        return [main, *(process for process in main.children(recursive=True) if _works(process))]
    except psutil.Error:
        return []


def _works(process: psutil.Process) -> bool:
    try:
        return " ".join(process.cmdline()).startswith(_TITLES)
    except psutil.Error:
        return False
