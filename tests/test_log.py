"""What logs hold: events and numbers; never a word that was said, a name of a person, or, unless allowed, of a file."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from pipeline.commands.night_shift import Shift, carry_out_night
from pipeline.commands.nights import Opened
from pipeline.config import Config
from pipeline.log import LogForm, configure, event, get_logger
from pipeline.rubrics import find_rubric
from pipeline.run import Night
from pipeline.shift.ports import Stop
from pipeline.shift.sources import Found, Noted
from pipeline.stages.ingest import each_call
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine

CALL = "c0ffee1234567"
WORD, PERSON, FILE = "zebrafish", "Quetzalcoatl", "wombat-industries"


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """The project's logger; as it was before, afterwards."""
    root = logging.getLogger("filmroom")
    before = (root.handlers[:], root.level, root.propagate)
    yield get_logger("some.module")
    root.handlers[:], root.level, root.propagate = before[0], before[1], before[2]


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_an_event_is_a_json_object_a_line(log: logging.Logger, tmp_path: Path) -> None:
    configure(form="json", file=tmp_path / "log")
    event(log, "call.done", {"call": CALL, "seconds": 1.5})
    (told,) = lines(tmp_path / "log")
    assert str(told.pop("time")).endswith("+00:00")
    assert told == {"level": "info", "logger": "some.module", "event": "call.done", "call": CALL, "seconds": 1.5}


def test_a_message_keeps_its_numbers_and_calls_and_loses_its_texts(log: logging.Logger, tmp_path: Path) -> None:
    configure(form="json", file=tmp_path / "log")
    log.warning("%d of %s in %s took %.1f s: %.80r", 3, CALL, Path(FILE), 2.25, WORD)
    (told,) = lines(tmp_path / "log")
    assert told["message"] == f"3 of {CALL} in ... took 2.2 s: '...'"


def test_names_may_be_allowed(log: logging.Logger, tmp_path: Path) -> None:
    configure(form="json", file=tmp_path / "log", names=True)
    log.warning("cannot read %s", Path(FILE))
    assert lines(tmp_path / "log")[0]["message"] == f"cannot read {FILE}"


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_exception_tells_its_kind_and_place_and_not_its_words(
    log: logging.Logger, tmp_path: Path, form: LogForm
) -> None:
    configure(form=form, file=tmp_path / "log")
    try:
        try:
            raise ValueError(WORD)
        except ValueError as error:
            raise RuntimeError(PERSON) from error
    except RuntimeError:
        log.exception("it failed")
    told = (tmp_path / "log").read_text()
    assert "RuntimeError at test_log.py:" in told
    assert "after ValueError at test_log.py:" in told
    assert WORD not in told
    assert PERSON not in told


def test_as_text_warnings_are_told_and_steps_only_when_verbose(log: logging.Logger, tmp_path: Path) -> None:
    configure(file=tmp_path / "quiet")
    event(log, "call.done", {"call": CALL})
    event(log, "worker.died", {"station": "voices"}, warning=True)
    assert (tmp_path / "quiet").read_text() == "WARNING filmroom.some.module: worker.died station=voices\n"
    configure(verbose=True, file=tmp_path / "all")
    event(log, "call.done", {"call": CALL})
    assert (tmp_path / "all").read_text() == f"INFO filmroom.some.module: call.done call={CALL}\n"


def test_a_file_that_was_moved_away_is_begun_anew(log: logging.Logger, tmp_path: Path) -> None:
    configure(form="json", file=tmp_path / "log")
    event(log, "one", {})
    (tmp_path / "log").rename(tmp_path / "log.1")
    event(log, "two", {})
    assert [lines(tmp_path / name)[0]["event"] for name in ("log.1", "log")] == ["one", "two"]


class LoudReader:
    """A reader that fails, and quotes the call as it does."""

    identity = "loud"

    def read(self, conversation: object, *_: object, **__: object) -> object:
        raise ValueError(f"{WORD} {PERSON}: {conversation}")


@pytest.mark.parametrize("form", ["json", "text"])
def test_nothing_of_a_call_is_in_the_log_of_a_night(log: logging.Logger, tmp_path: Path, form: LogForm) -> None:
    """Three calls with canaries in words, names, metadata and file names; some fail, at reading and before."""
    folder = tmp_path / "calls"
    folder.mkdir()
    text = f"Rep: What about the {WORD} here?\nCustomer: The {WORD} of {PERSON} is slow.\n" * 4
    stated = {"consent": "yes", "rep": PERSON, "customer": PERSON, "deal": WORD}
    for name in ("a", "b"):
        (folder / f"{FILE}-{name}.txt").write_text(text.replace("slow", name))
        (folder / f"{FILE}-{name}.json").write_text(json.dumps(stated))
    (folder / f"{FILE}-c.vtt").write_bytes(b"\xff" + text.encode())
    configure(verbose=True, form=form, file=tmp_path / "log")
    quiet, loud = ScriptedEngine(), ScriptedEngine()
    loud.reader = LoudReader()  # type: ignore[assignment]
    for number, engine in enumerate((quiet, loud)):
        night = Night(Workspace(tmp_path / f"w{number}"), Config(), engine, find_rubric("discovery"))
        noted = Noted()
        found = Found(lambda: each_call([folder], notes=True), noted)
        with pytest.raises(typer.Exit):
            carry_out_night(Opened(night), found, noted, Shift(Config(), alone=True), stop_wish=Stop())
    told = (tmp_path / "log").read_text()
    assert "call.done" in told
    assert told.count("call.quarantined") == 4  # the broken file twice, and both others where reading fails
    assert "ValueError at" in told
    for canary in (WORD, PERSON):
        assert canary not in told
    assert (FILE in told) == (form == "text")  # as text it is for whoever gave the files
