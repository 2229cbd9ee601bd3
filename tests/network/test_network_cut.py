"""The whole run with the network cut: real models, real commands, and a trace of every address that any process asks.

strace sees what a process, its threads and its children ask the kernel to connect to or send to, whoever asks it: our
code, a library's telemetry, the C library looking up a name.
"""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.adapters import weights
from pipeline.errors import WeightsError
from tests.conftest import CHECKOUT
from tests.demo_excerpt import mixed

pytestmark = pytest.mark.slow

NEEDED = ("whisper-base", "segmentation-3.0", "campplus", "minilm", "qwen2.5-coder-1.5b", "en-core-web-sm")
LOOPBACK = {"127.0.0.1", "::1"}
_ADDRESS = re.compile(
    r"sin6?_port=htons\((\d+)\).*?(?:sin_addr=inet_addr\(\"([^\"]+)\"\)|inet_pton\(AF_INET6, \"([^\"]+)\")"
)


@dataclass(frozen=True)
class Ran:
    """A command that ran: exit code, outcomes of calls, requests at the endpoint, addresses asked for with ports."""

    code: int
    statuses: tuple[str, ...]
    asked: int
    url: str
    addresses: frozenset[tuple[str, int]]
    err: str


def addresses_in(trace: str) -> frozenset[tuple[str, int]]:
    """Every internet address with its port that stands in a trace."""
    return frozenset((v4 or v6, int(port)) for port, v4, v6 in _ADDRESS.findall(trace))


def test_addresses_are_found_in_a_trace() -> None:
    trace = (
        '7 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, 16) = -1 ENETUNREACH\n'
        '7 connect(4, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = -1 ENOENT\n'
        "8 connect(5, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
        'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 0\n'
    )
    assert addresses_in(trace) == {("10.0.0.2", 53), ("2001:db8::1", 443)}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """The beginning of the demo call, heard once and read by each reader in turn, all models real; and a command that
    asks for a name and an address outside."""
    _require_tools()
    root = tmp_path_factory.mktemp("cut")
    mixed(root / "calls" / "mixed.wav", seconds=12)
    run = [
        sys.executable,
        "-m",
        "cli",
        "run",
        str(root / "calls"),
        "--json",
        "--workspace",
        str(root / "workspace"),
        "--consent",
        "yes",
    ]
    llm = ["--reader", "llm", "--url", "URL", "--model", "double-1"]
    look = "import socket\ntry:\n socket.getaddrinfo('filmroom.example', 80)\nexcept OSError: pass\n"
    commands = {
        "similarity": [*run, "--reader", "similarity"],
        "turnwise": [*run, "--reader", "turnwise"],
        "llm": [*run, *llm],
        "telltale": [sys.executable, "-c", f"{look}socket.socket().connect_ex(('192.0.2.7', 443))"],
    }
    given = [json.dumps(command) for command in commands.values()]
    traced = ["unshare", "-rn", sys.executable, "-m", "tests.network.cut_off", str(root), *given]
    done = subprocess.run(traced, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    return {name: _ran(root / str(n), each) for n, (name, each) in enumerate(zip(commands, said, strict=True))}


def _ran(trace: Path, said: dict[str, str]) -> Ran:
    outcomes = [json.loads(line) for line in said["out"].splitlines() if line.startswith("{")]
    addresses = addresses_in(trace.read_text(errors="replace"))
    statuses = tuple(outcome["status"] for outcome in outcomes)
    return Ran(int(said["code"]), statuses, int(said["asked"]), said["url"], addresses, said["err"])


def _require_tools() -> None:
    for tool in ("unshare", "strace"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} here (Debian: util-linux, strace)")
    tried = subprocess.run(
        ["unshare", "-rn", "strace", "-qq", "-e", "trace=none", "true"], capture_output=True, check=False
    )
    if tried.returncode:
        pytest.skip("this machine allows no network namespace of one's own, or no tracing in it")
    for name in NEEDED:
        try:
            weights.require(name, weights.default_cache())
        except WeightsError as error:
            pytest.skip(f"weights are not there: {error}")


@pytest.mark.parametrize("reader", ["similarity", "turnwise"])
def test_a_run_with_the_network_cut_does_its_call_and_asks_for_no_address_outside(
    ran: dict[str, Ran], reader: str
) -> None:
    found = ran[reader]
    assert (found.code, found.statuses) == (0, ("done",)), found.err
    assert {address for address, _ in found.addresses} <= LOOPBACK


def test_with_an_endpoint_it_asks_that_one_and_nobody_else(ran: dict[str, Ran]) -> None:
    found = ran["llm"]
    port = int(found.url.rpartition(":")[2].removesuffix("/v1"))
    assert found.asked > 0
    assert found.code in (0, 5), found.err
    assert found.addresses == {("127.0.0.1", port)}


def test_what_asks_for_a_name_or_an_address_would_be_seen(ran: dict[str, Ran]) -> None:
    """Without a way out the look-up of the name is sent all the same, to port 53 of whatever server is configured."""
    found = ran["telltale"].addresses
    assert ("192.0.2.7", 443) in found
    assert 53 in {port for _, port in found}
