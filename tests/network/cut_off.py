"""Runs commands in a network namespace of their own, where nothing can be reached but this machine; run as a program.

    unshare -rn python -m tests.network.cut_off TRACES COMMAND ...

It brings up the loopback device and opens an endpoint of a language model there. Each command is a JSON list; URL in it
is the endpoint's address. Each is run under strace, which writes what it sends to whom to TRACES/<n>.
"""

import fcntl
import json
import socket
import struct
import subprocess
import sys
from pathlib import Path

from tests.fault_server import FaultServer, answer

_SET_FLAGS = 0x8914
_UP_AND_RUNNING = 0x41
CALLS = "trace=connect,sendto,sendmsg,sendmmsg"


def bring_up_loopback() -> None:
    """As `ip link set lo up`: ioctl SIOCSIFFLAGS with IFF_UP and IFF_RUNNING, see netdevice(7)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP_AND_RUNNING))


def run_all(traces: Path, commands: list[list[str]]) -> list[dict[str, object]]:
    """What each command answered: exit code, stdout, the last of stderr; and how often the endpoint was asked."""
    told: list[dict[str, object]] = []
    with FaultServer(answer('{"claims": []}'), models=("double-1",)) as endpoint:
        for number, command in enumerate(commands):
            before = endpoint.n_requests
            given = [part.replace("URL", endpoint.url) for part in command]
            traced = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", CALLS, "-o", str(traces / str(number)), *given]
            ran = subprocess.run(traced, capture_output=True, text=True, check=False)
            asked = endpoint.n_requests - before
            said = {"code": ran.returncode, "out": ran.stdout, "err": ran.stderr[-3000:]}
            told.append({**said, "asked": asked, "url": endpoint.url})
    return told


if __name__ == "__main__":
    bring_up_loopback()
    results = run_all(Path(sys.argv[1]), [json.loads(text) for text in sys.argv[2:]])
    sys.stdout.write(json.dumps(results))
