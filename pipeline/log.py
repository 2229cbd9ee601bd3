"""Events of a run: what happened to which call and stage, never what was said in it, and no name unless allowed.

An event has a name and fields that its author chose. Any other message is a sentence of the code with values set in;
in JSON these values are left out where they are text, since a path, or an error's words, may hold anything.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Literal

LogForm = Literal["text", "json"]
Field = str | int | float | bool | None

_ROOT = "filmroom"
_WITHHELD = "..."
_CALL = re.compile(r"^c[0-9a-f]{12}$")


def get_logger(name: str) -> logging.Logger:
    """The project's logger for a module; quiet until `configure` is called."""
    return logging.getLogger(f"{_ROOT}.{name}")


def event(logger: logging.Logger, name: str, fields: Mapping[str, Field], *, warning: bool = False) -> None:
    """Tell an event by its name; a field may hold a call's id, a stage, a number or a word of the code, no content."""
    level = logging.WARNING if warning else logging.INFO
    logger.log(level, name, extra={"filmroom_event": name, "filmroom_fields": fields})


def configure(*, verbose: bool = False, form: LogForm = "text", file: Path | None = None, names: bool = False) -> None:
    """Send events to stderr, or to the end of a file that may be moved away meanwhile.

    As text: warnings, and each step when verbose. As JSON: each step, one object a line. `names` allows the names of
    files, and the words of errors, in JSON. Of an exception only its kind and its places in the code are written: its
    words may quote a call, and are kept where the call was set aside.
    """
    handler = logging.StreamHandler(sys.stderr) if file is None else WatchedFileHandler(file, encoding="utf-8")
    handler.setFormatter(_Json(names=names) if form == "json" else _Text("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger(_ROOT)
    for former in root.handlers:
        former.close()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if verbose or form == "json" else logging.WARNING)
    root.propagate = False


def fields_of(record: logging.LogRecord) -> Mapping[str, Field]:
    """The fields of an event; empty for any other message."""
    found: Mapping[str, Field] = getattr(record, "filmroom_fields", {})
    return found


class _Text(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line + "".join(f" {name}={value}" for name, value in fields_of(record).items())

    def formatException(self, ei: object) -> str:
        return _places(ei)


class _Json(logging.Formatter):
    """One JSON object: time (UTC), level, logger, event, and the event's fields or the message without its texts."""

    def __init__(self, *, names: bool) -> None:
        super().__init__()
        self._names = names

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name.removeprefix(f"{_ROOT}."),
            "event": getattr(record, "filmroom_event", "message"),
        }
        if hasattr(record, "filmroom_event"):
            told |= fields_of(record)
        else:
            told["message"] = record.getMessage() if self._names else _without_texts(record)
        if record.exc_info:
            told["error"] = _places(record.exc_info)
        return json.dumps(told)


def _without_texts(record: logging.LogRecord) -> str:
    """The message with the numbers and ids of calls that were set in, and no other value."""
    args = record.args
    if not args:
        return str(record.msg)
    values = args.values() if isinstance(args, Mapping) else args
    shown = tuple(_shown(value) for value in values)
    return str(record.msg) % (dict(zip(args, shown, strict=True)) if isinstance(args, Mapping) else shown)


def _shown(value: object) -> object:
    if isinstance(value, int | float) or (isinstance(value, str) and _CALL.match(value)):
        return value
    return _WITHHELD


def _places(found: object) -> str:
    """The kinds of an exception and of what caused it, each with its places in the code, the last one first."""
    error = found[1] if isinstance(found, tuple) else None
    told: list[str] = []
    while isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        places = ", ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames[-12:]))
        told.append(f"{type(error).__name__} at {places}" if places else type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "; after ".join(told)
