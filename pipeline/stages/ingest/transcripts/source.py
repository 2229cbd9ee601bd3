"""Reads the text of one finished transcript, within limits, and says where in it something is wrong."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.script import Utterance
from pipeline.errors import TranscriptError
from pipeline.plain_files import content

MAX_BYTES = 32_000_000
"""A day of speech with every word's times as JSON is half of that."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Source:
    """A transcript's text, line ends as "\\n" and without a byte order mark, and the file it came from."""

    path: Path
    text: str

    def error(self, message: str, *, hint: str, line: int | None = None) -> TranscriptError:
        """An error about this file, at a line from 1. It is kept and logged: it must quote nothing said."""
        return TranscriptError(message, hint=hint, path=self.path, line=line)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Utterances in the file's order, made as they are asked for, and what the file says of the whole call."""

    utterances: Iterator[Utterance]
    language: str | None = None
    duration: float = 0.0


def read_source(path: Path) -> Source:
    """The text of the file: UTF-8, or UTF-16 with its mark. Raises: TranscriptError."""
    try:
        data = content(path, most=MAX_BYTES)
    except OSError as error:
        raise TranscriptError(f"cannot be read ({error.strerror})", hint="make the file readable", path=path) from error
    if data is None:
        hint = "cut it into single calls"
        raise TranscriptError(f"is larger than {MAX_BYTES // 1_000_000} MB", hint=hint, path=path)
    mark, encoding = next(((m, e) for m, e in _BOMS if data.startswith(m)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"is not {encoding.upper()} text"
        raise TranscriptError(message, hint="save it as UTF-8 text", path=path, line=line) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        hint = "give a text file; UTF-16 text needs its byte order mark"
        raise TranscriptError("is no text: it holds zero bytes", hint=hint, path=path, line=line)
    return Source(path, text.replace("\r\n", "\n").replace("\r", "\n"))
