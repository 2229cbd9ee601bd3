"""The container file: nobody's root, nothing of the machine it is built on, and the versions that are pinned."""

import re
from pathlib import Path

from tests.conftest import CHECKOUT
from tests.test_docs import parse

FILE = CHECKOUT / "deploy" / "container" / "Containerfile"
IGNORED = CHECKOUT / "deploy" / "container" / "Containerfile.dockerignore"


def instructions() -> list[tuple[str, str]]:
    """Each instruction with its arguments, continued lines joined."""
    lines = re.sub(
        r"\\\n\s*", " ", "\n".join(line for line in FILE.read_text().splitlines() if line[:1] != "#")
    ).splitlines()
    return [(word, rest) for line in lines if line for word, _, rest in [line.partition(" ")]]


def last(word: str) -> str:
    return [rest for known, rest in instructions() if known == word][-1]


def test_it_ends_as_an_ordinary_user_and_stops_by_sigterm() -> None:
    assert last("USER") == "filmroom"
    assert last("STOPSIGNAL") == "SIGTERM"
    users = [number for number, (word, _) in enumerate(instructions()) if word == "USER"]
    assert not any(word in ("RUN", "COPY") for word, _ in instructions()[users[-1] :])


def test_its_commands_are_commands() -> None:
    parse(re.findall(r'"([^"]+)"', last("CMD")))
    health = re.search(r"CMD filmroom (\w+)", last("HEALTHCHECK"))
    assert health is not None
    parse([health.group(1)])


def test_torch_is_the_one_that_is_pinned() -> None:
    pinned = re.search(r"^torch==([0-9.]+)", (CHECKOUT / "requirements.lock").read_text(), re.MULTILINE)
    assert pinned is not None
    assert f"torch=={pinned.group(1)}" in FILE.read_text()


def test_only_the_program_itself_is_copied() -> None:
    everything, *kept = [line for line in IGNORED.read_text().splitlines() if not line.startswith("**")]
    assert everything == "*"
    assert {line.removeprefix("!") for line in kept} <= {path.name for path in CHECKOUT.iterdir()}
    stated = re.search(r"only-include = \[(.*)\]", (CHECKOUT / "pyproject.toml").read_text())
    assert stated is not None
    assert {f"!{name}" for name in re.findall(r'"([^"]+)"', stated.group(1))} <= set(kept)


def test_folders_of_people_s_words_are_volumes() -> None:
    assert set(re.findall(r'"([^"]+)"', last("VOLUME"))) == {"/recordings", "/reviews", "/models"}
    assert Path(last("WORKDIR")) == Path("/etc/filmroom")
