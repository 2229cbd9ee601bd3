"""What a confined process cannot do, tried from inside one."""

import subprocess
import sys

import pytest

from pipeline.adapters import confinement, decoding_host

_TRY = """
import os, resource, signal, socket, sys
from pipeline.adapters import confinement
confinement.limit(memory_bytes=64 * 2**20, cpu_s=5)
if not confinement.renounce():
    sys.exit(77)
try:
    {attempt}
except (OSError, MemoryError, ValueError) as error:
    os._exit(0 if type(error).__name__ == {error!r} else 3)
os._exit(1)
"""


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        ("open('/etc/passwd')", "PermissionError"),
        ("os.open('/tmp/new', os.O_CREAT | os.O_WRONLY)", "PermissionError"),
        ("socket.socket()", "PermissionError"),
        ("os.fork()", "PermissionError"),
        ("os.execv('/bin/true', ['true'])", "PermissionError"),
        ("os.kill(os.getppid(), 0)", "PermissionError"),
        ("os.rename('/tmp/a', '/tmp/b')", "PermissionError"),
        ("resource.setrlimit(resource.RLIMIT_CPU, (99, 99))", "ValueError"),
        ("bytearray(128 * 2**20)", "MemoryError"),
    ],
)
def test_a_confined_process_is_refused(attempt: str, error: str) -> None:
    done = subprocess.run([sys.executable, "-c", _TRY.format(attempt=attempt, error=error)], check=False)
    if done.returncode == 77:
        pytest.skip("this system has no filter of system calls")
    assert done.returncode == 0


def test_what_holds_here_can_be_asked() -> None:
    assert decoding_host.confinement().system_calls == confinement.can_renounce()
