"""A host that dies before it can decode is started again, blames no call, and does not outlive who started it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.crash_night import lives
from pipeline.adapters.decoding_host import TIED, Host, HostError, Hosts
from pipeline.domain.recording import Recording
from pipeline.errors import UnavailableError
from pipeline.ports import Samples
from pipeline.run import review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.conftest import CHECKOUT
from tests.shift.scripted_nights import ScriptedAudio, scripted_night, sounds
from tests.shift.test_worker_start import A_MOMENT_S, run_of, until

KILLED = TIED + "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
TIRED = TIED + "import time; time.sleep(60)"


@pytest.fixture
def hosts() -> Iterator[Callable[[int], tuple[Hosts, list[int]]]]:
    """Hosts of which the first so many are killed while they start, and the numbers of the starts."""
    made: list[Hosts] = []

    def hosts_of(n_killed: int) -> tuple[Hosts, list[int]]:
        starts: list[int] = []

        def start() -> Host:
            starts.append(len(starts) + 1)
            return Host(KILLED) if len(starts) <= n_killed else Host()

        made.append(Hosts(start))
        return made[-1], starts

    yield hosts_of
    for each in made:
        each.close()


def test_a_host_that_is_killed_while_it_starts_is_started_again(
    hosts: Callable[[int], tuple[Hosts, list[int]]],
) -> None:
    some, starts = hosts(2)
    some.confinement()
    some.confinement()
    assert starts == [1, 2, 3]


def test_hosts_that_never_come_up_are_an_error_of_the_machine(hosts: Callable[[int], tuple[Hosts, list[int]]]) -> None:
    some, starts = hosts(100)
    with pytest.raises(UnavailableError, match="the process that decodes does not start"):
        some.confinement()
    assert starts == [1, 2, 3]


class HostlessAudio(ScriptedAudio):
    """Scripted: no host comes up."""

    def read(self, recording: Recording, *, sample_rate: int) -> Samples:
        raise HostError("the process that decodes does not start", hint="look at the machine")


def test_a_run_whose_hosts_never_come_up_ends_and_sets_no_call_aside(tmp_path: Path) -> None:
    night = scripted_night(tmp_path / "w").open()
    night.engine.audio = HostlessAudio()  # type: ignore[misc]
    with pytest.raises(HostError):
        list(review_calls(night, discover([sounds(tmp_path / "calls", "plain-1")])))
    assert not list(Workspace(tmp_path / "w").quarantined())


ASKS = """
import sys
from pipeline.adapters.decoding_host import Host
Host(sys.argv[1])
"""


def test_a_host_that_is_still_loading_does_not_outlive_who_started_it(tmp_path: Path) -> None:
    program, loading = tmp_path / "asks.py", tmp_path / "loading"
    program.write_text(ASKS)
    host_program = TIED + f"open({str(loading)!r}, 'w').close(); import time; time.sleep(60)"
    with run_of(program, host_program) as asker:
        until(loading.exists)
        (host,) = psutil.Process(asker.pid).children()
        assert lives(host)
        asker.kill()
        until(lambda: not lives(host), A_MOMENT_S)


def test_a_host_whose_asker_died_before_it_was_tied_to_it_ends_at_once() -> None:
    closed = (
        "import socket, sys; asker, line = socket.socketpair(); asker.close(); sys.argv.append(str(line.fileno())); "
    )
    command = [sys.executable, "-I", "-c", closed + TIRED, str(CHECKOUT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_host_that_outlived_its_start_serves_and_ends_without_a_word_when_its_line_is_closed(tmp_path: Path) -> None:
    program = tmp_path / "asks.py"
    program.write_text("import os, sys\nfrom pipeline.adapters.decoding_host import Host\nhost = Host()\nos._exit(0)\n")
    done = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""  # read to its end: the host, which shares it, has ended too
