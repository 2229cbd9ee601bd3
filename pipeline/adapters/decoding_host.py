"""The one process of this one that decoding processes are forked from: started when first needed, and again if it died.

Starting an interpreter with the libraries takes about 0.2 s, forking one that has them about 5 ms.
"""

import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import FilmroomError, UnavailableError
from pipeline.log import get_logger

_log = get_logger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_START_S = 60.0
_STARTS, _PAUSE_S = 3, 0.2
"""A host that does not come up is tried so many times in all, with a pause before each other time."""
TIED = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from pipeline.adapters import confinement; confinement.end_with_line(int(sys.argv[2])); "
)
"""What a host's interpreter runs first: loading takes a while, and who asked for it may be killed meanwhile."""
_PROGRAM = TIED + "from pipeline.adapters.decoding_child import main; main(int(sys.argv[2]))"
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_HINT = "run `filmroom doctor`; this should not happen: please report it"


class HostError(UnavailableError):
    """The process that decodes cannot be started, whichever call it is for."""

    exit_code = FilmroomError.exit_code


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds for processes that decode here, beside their limits.

    `system_calls`: they can make those calls only that decoding needs. `network`: they are in a namespace without any.
    """

    system_calls: bool
    network: bool


class Host:
    """A started host. Raises: HostError when it ends, or is killed, before it is ready."""

    def __init__(self, program: str = _PROGRAM) -> None:
        self.pid = os.getpid()
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        with theirs:
            try:
                self._started = subprocess.Popen(
                    [sys.executable, "-I", "-c", program, str(_ROOT), str(theirs.fileno())],
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    cwd="/",
                    env={**kept, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                    start_new_session=True,
                )
            except OSError as error:
                raise HostError(f"the process that decodes cannot be started ({error.strerror})", hint=_HINT) from error
        self.confinement = self._greeted()

    def ask(self, asked: dict[str, int], fds: tuple[int, int, int]) -> None:
        """Have a process forked for this. Raises: OSError when the host is no more."""
        socket.send_fds(self._line, [json.dumps(asked).encode()], fds)

    def close(self) -> None:
        """End the host and all that it forked."""
        self._line.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._started.wait(5)

    def forget(self) -> None:
        """Let go of a host that is another process's."""
        self._line.close()
        self._started.returncode = 0  # it is no child of this process, which must not wait for it

    def _greeted(self) -> Confinement:
        self._line.settimeout(_START_S)
        try:
            told = self._line.recv(4096)
        except OSError:
            told = b""
        if not told:
            self._started.kill()
            self.close()
            raise HostError("the process that decodes does not start", hint=_HINT)
        self._line.settimeout(None)
        can = json.loads(told)
        return Confinement(bool(can["system_calls"]), bool(can["network"]))


class Hosts:
    """The host of this process, whichever thread asks, and none of the process that this one was forked from.

    A host that does not come up is started again; `HostError` is raised only when none does.
    """

    def __init__(self, start: Callable[[], Host] = Host) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._host: Host | None = None
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._forget)

    def ask(self, asked: dict[str, int], fds: tuple[int, int, int]) -> None:
        """As `Host.ask`; a host that has died since is replaced. Raises: HostError, OSError."""
        with self._lock:
            try:
                self._here().ask(asked, fds)
            except OSError:
                self._close()
                self._here().ask(asked, fds)

    def confinement(self) -> Confinement:
        """What holds for processes that decode here. Raises: HostError."""
        with self._lock:
            return self._here().confinement

    def close(self) -> None:
        """End the host; the next one who asks starts another."""
        with self._lock:
            self._close()

    def _here(self) -> Host:
        self._host = self._host or self._started()
        return self._host

    def _started(self) -> Host:
        for _ in range(_STARTS - 1):
            try:
                return self._start()
            except HostError as error:
                _log.warning("%s; it is started again", error.message)
                time.sleep(_PAUSE_S)
        return self._start()

    def _close(self) -> None:
        if self._host is not None:
            self._host.close()
            self._host = None

    def _forget(self) -> None:
        self._lock = threading.Lock()
        if self._host is not None:
            self._host.forget()
            self._host = None


_hosts = Hosts()


def ask(asked: dict[str, int], fds: tuple[int, int, int]) -> None:
    """Have a process forked that decodes: what of, where to, and the line for its end. Raises: HostError."""
    try:
        _hosts.ask(asked, fds)
    except OSError as error:
        raise HostError(f"the process that decodes cannot be reached ({error.strerror})", hint=_HINT) from error


def confinement() -> Confinement:
    """What holds for processes that decode on this machine; starts the host. Raises: HostError."""
    return _hosts.confinement()


def close() -> None:
    """End the host of this process now; the next one who asks starts another."""
    _hosts.close()
