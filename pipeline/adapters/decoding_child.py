"""The processes that decode. A host, which touches no recording, holds the libraries ready and forks one for each file.

`GuardedAudio` starts the host and asks it over a socket: a message of JSON with three descriptors, of the recording,
of the pipe that sound goes to, and of a line over which the end of the process is told. Who closes that line wants no
more, and the process is killed; when the socket is closed, all are, and the host ends.
"""

import array
import contextlib
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import struct
import tempfile
from dataclasses import asdict
from types import FrameType

from pipeline.adapters import confinement
from pipeline.adapters.decoder import decoding
from pipeline.adapters.decoding_wire import MOST_SOUND, MOST_TEXT, Kind, frame
from pipeline.errors import RecordingError

STATUS = struct.Struct("<iqd")
"""Exit status as `os.waitpid` tells it, most resident memory in bytes, processor seconds."""
_MOST_MESSAGE = 4096
_BATCH = 256 * 1024
_DESCRIPTORS = 4096


def main(line: int) -> None:
    """Serve the socket of this descriptor until its other end is closed."""
    _load()
    asker = socket.socket(fileno=line)
    can = {"system_calls": confinement.can_renounce(), "network": confinement.leave_network()}
    confinement.outlive_line(line)
    with contextlib.suppress(ConnectionError):  # nobody is there any more
        asker.send(json.dumps(can).encode())
        _Host(asker).serve()


def _load() -> None:
    """Have every module in memory that decoding may import: later, no file can be opened. PyAV imports some when it
    meets the first stream of a kind."""
    import av

    for module in pkgutil.walk_packages(av.__path__, "av."):
        if module.name not in ("av.__main__", "av.datasets"):
            importlib.import_module(module.name)
    beep = _HEADER_OF_WAV + bytes(320)
    with tempfile.TemporaryFile() as file:
        file.write(beep)
        file.flush()
        with decoding(file.fileno()) as decoder:
            assert sum(block.shape[1] for block in decoder.blocks(print)) == 160


_HEADER_OF_WAV = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 356, b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", 320
)


class _Host:
    """The loop of the host: requests, ends of processes, and wishes to end one."""

    def __init__(self, asker: socket.socket) -> None:
        self._asker = asker
        self._lines: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, _do_nothing)
        signal.set_wakeup_fd(wake)
        self._selector.register(asker, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until the socket is closed."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._asker:
                    if not self._begin():
                        return self._end_all()
                elif key.fileobj == self._woken:
                    os.read(self._woken, 4096)
                    self._reap()
                elif self._lines.get(key.data) is key.fileobj:
                    os.kill(key.data, signal.SIGKILL)
                    self._selector.unregister(key.fileobj)

    def _begin(self) -> bool:
        try:
            message, ancillary, _, _ = self._asker.recvmsg(_MOST_MESSAGE, socket.CMSG_SPACE(3 * 4))
        except ConnectionError:
            return False
        if not message:
            return False
        fds = array.array("i")
        for _, _, data in ancillary:
            fds.frombytes(data)
        asked, (source, sink, line) = json.loads(message), fds
        host = os.getpid()
        if (pid := os.fork()) == 0:
            _decode_and_exit(asked, source, sink, host)
        os.close(source)
        os.close(sink)
        self._lines[pid] = socket.socket(fileno=line)
        self._selector.register(self._lines[pid], selectors.EVENT_READ, pid)
        return True

    def _reap(self) -> None:
        while self._lines:
            pid, status, used = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            line = self._lines.pop(pid)
            if line in self._selector.get_map():
                self._selector.unregister(line)
            with contextlib.suppress(OSError):  # nobody waits for it any more
                line.send(STATUS.pack(status, used.ru_maxrss * 1024, used.ru_utime + used.ru_stime))
            line.close()

    def _end_all(self) -> None:
        for pid in self._lines:
            os.kill(pid, signal.SIGKILL)


def _do_nothing(_: int, __: FrameType | None) -> None:
    """A signal that only wakes the loop."""


def _decode_and_exit(asked: dict[str, int], source: int, sink: int, host: int) -> None:
    """The life of one process that decodes; it never returns."""
    try:
        confinement.end_with_parent(host)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(source, 0)
        os.dup2(sink, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.closerange(3, _DESCRIPTORS)
        confinement.limit(memory_bytes=asked["memory_mb"] * 2**20, cpu_s=asked["cpu_s"])
        confinement.renounce()
        _tell(header_only=bool(asked["header_only"]))
    except BrokenPipeError:
        os._exit(0)
    except MemoryError:
        _write(_FULL)
    except BaseException:  # noqa: BLE001 - whatever it was, the parent sees that no end was told
        os._exit(1)
    os._exit(0)


_FULL = frame(Kind.FULL)


def _tell(*, header_only: bool) -> None:
    """Everything about the file at descriptor 0, in frames to descriptor 1."""
    sink = _Sink()
    try:
        with decoding(0) as decoder:
            sink.add(frame(Kind.HEADER, json.dumps(asdict(decoder.header)).encode()))
            if not header_only:
                for block in decoder.blocks(lambda text: sink.add(frame(Kind.NOTE, text.encode()[:MOST_TEXT]))):
                    rows = block.T
                    step = max(1, MOST_SOUND // (4 * rows.shape[1]))
                    for at in range(0, len(rows), step):
                        sink.add(frame(Kind.SOUND, rows[at : at + step].tobytes()))
    except RecordingError as error:
        if isinstance(error.__cause__, MemoryError):
            raise MemoryError from error
        sink.refuse(error.message, error.hint)
    except (BrokenPipeError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a fault of the decoder is told as one of the file
        sink.refuse(f"cannot be decoded ({type(error).__name__}: {error})", "export or copy the recording again")
    else:
        sink.add(frame(Kind.END))
    sink.flush()


class _Sink:
    """Frames on their way to descriptor 1, some at a time."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0

    def add(self, data: bytes) -> None:
        self._held.append(data)
        self._size += len(data)
        if self._size >= _BATCH:
            self.flush()

    def refuse(self, message: str, hint: str) -> None:
        told = {"message": message[: MOST_TEXT // 16], "hint": hint[: MOST_TEXT // 16]}
        self.add(frame(Kind.REFUSED, json.dumps(told).encode()))

    def flush(self) -> None:
        _write(b"".join(self._held))
        self._held, self._size = [], 0


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]
