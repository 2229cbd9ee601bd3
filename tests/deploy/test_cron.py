"""The crontab line, run by a shell as cron runs it: one night at a time, with the settings' environment, and a log."""

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT
from tests.test_docs import parse

CRONTAB = CHECKOUT / "deploy" / "cron" / "filmroom"
LINE = re.compile(r"^(?P<when>(\S+ ){5})(?P<user>\S+) (?P<command>.+)$", re.MULTILINE)


def command() -> str:
    """What cron gives to the shell."""
    (found,) = [match for match in LINE.finditer(CRONTAB.read_text()) if match["when"][0].isdigit()]
    assert (found["when"], found["user"]) == ("0 1 * * * ", "filmroom")
    return found["command"]


@pytest.fixture
def placed(tmp_path: Path) -> str:
    """The command with its places below a temporary folder, and a filmroom that only says how it was called."""
    for folder in ("etc/filmroom", "srv/filmroom/reviews", "var/log/filmroom", "opt/filmroom/.venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc/filmroom/environment").write_text("MODEL_KEY=hush\n")
    program = tmp_path / "opt/filmroom/.venv/bin/filmroom"
    program.write_text('#!/bin/sh\necho "$PWD $MODEL_KEY $*"\n')
    program.chmod(0o755)
    return re.sub(r"(?<= )/(etc|srv|var|opt)/", rf"{tmp_path}/\1/", command())


def shell(line: str) -> int:
    """The exit code of the line in cron's shell, with hardly any environment."""
    environment = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    return subprocess.run(["/bin/sh", "-c", line], env=environment, check=False).returncode


needs_flock = pytest.mark.skipif(shutil.which("flock") is None, reason="no flock here")


def test_the_line_is_one_that_cron_can_read() -> None:
    assert "%" not in command()
    assert subprocess.run(["/bin/sh", "-n", "-c", command()], check=False).returncode == 0
    assert CRONTAB.read_text().endswith("\n")  # cron ignores a last line without its end


def test_its_command_is_one() -> None:
    called = re.search(r"/filmroom (run .*?) >>", command())
    assert called is not None
    parse(called.group(1).split())


@needs_flock
def test_it_runs_where_the_settings_are_with_their_environment_and_writes_a_private_log(
    placed: str, tmp_path: Path
) -> None:
    assert shell(placed) == 0
    log = tmp_path / "var/log/filmroom/night.log"
    assert log.read_text() == f"{tmp_path}/etc/filmroom hush run {tmp_path}/srv/filmroom/recordings --max-hours 7\n"
    assert log.stat().st_mode & 0o777 == 0o600


@needs_flock
def test_a_second_night_beside_the_first_does_nothing(placed: str, tmp_path: Path) -> None:
    lock = os.open(tmp_path / "srv/filmroom/reviews/.night.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert shell(placed) == 0
    assert (tmp_path / "var/log/filmroom/night.log").read_text() == ""
    os.close(lock)


def test_logs_are_turned_over(tmp_path: Path) -> None:
    program = shutil.which("logrotate")
    if program is None:
        pytest.skip("no logrotate here")
    settings = tmp_path / "logrotate"
    text = (CRONTAB.parent / "logrotate").read_text()
    settings.write_text(text.replace("/var/log/filmroom", str(tmp_path)).replace("filmroom filmroom", "root root"))
    settings.chmod(0o644)
    if os.getuid() != 0:
        pytest.skip("only root can have logs turned over for another user")
    (tmp_path / "night.log").write_text("an event\n")
    state = ["--state", str(tmp_path / "state")]
    done = subprocess.run([program, "--force", *state, str(settings)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "night.log.1").read_text() == "an event\n"
    assert (tmp_path / "night.log").stat().st_mode & 0o777 == 0o600
