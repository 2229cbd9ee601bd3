"""Owns files of a workspace that Filmroom does not put there by itself, or that are new to it: exports, mails, logs.

What can be read is searched for the calls' ids, places and words; what cannot is counted, so that a person looks.
"""

import email
import email.policy
import html
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.erasing.plan import Act

OURS = frozenset({
    "objects", "calls", "quarantine", "corrections", "reviews", "comments", "listening", "listened", "cycle", "labels",
    "labelling", "users", "audit", "rubrics", "evaluations", "evaluation-work", "batches", "uploads", "erasures",
    "sessions", "recordings",
})  # fmt: skip
"""Folders that are looked through by what is known of them. (reminders/ and cache/ have files of other makes too.)"""
NOT_SEARCHED = ("index.duckdb", "index.new", ".in-use", "changes.log")
"""Beginnings of names at the top: indexes are removed as a whole and made anew, so is the log of changes."""
_SEALED = frozenset({".pdf", ".flac", ".wav", ".mp3", ".npy", ".gz", ".duckdb", ".zst"})


@dataclass(frozen=True)
class Needles:
    """What tells that a file is about the calls: their ids, where their recordings were, their longest turns."""

    ids: list[bytes]
    places: frozenset[str]
    sentences: tuple[str, ...]

    def in_text(self, text: str) -> bool:
        """Whether one of them stands in the text."""
        plain = html.unescape(text) if "&" in text else text
        return any(each in plain for each in self._wanted)

    @cached_property
    def _wanted(self) -> tuple[str, ...]:
        """As plain text has them, and as JSON does."""
        wanted = (*(each.decode() for each in self.ids), *self.places, *self.sentences)
        return tuple(dict.fromkeys((*wanted, *(json.dumps(each, ensure_ascii=False)[1:-1] for each in wanted))))

    def in_line(self, line: bytes) -> bool:
        """Whether one of them stands in a line of JSON, as written or as it reads."""
        text = line.decode("utf-8", "replace")
        return self.in_text(text) or self.in_text(_read_json(text))


def strange_files(root: Path, needles: Needles) -> tuple[list[tuple[Path, Act]], dict[str, int]]:
    """The files to be dealt with and how; and how many cannot be read, by the words in which that is told."""
    found: list[tuple[Path, Act]] = []
    sealed = 0
    for path in _strange(root):
        texts = list(_texts(path))
        if needles.in_text(path.name) or any(map(needles.in_text, texts)):
            found.append((path, "lines" if path.suffix == ".jsonl" else "remove"))
        elif not texts and path.stat().st_size:
            sealed += 1
    return found, {"files in the workspace that cannot be searched": sealed}


def _strange(root: Path) -> Iterator[Path]:
    for top in sorted(root.iterdir()) if root.is_dir() else ():
        if top.name in OURS or top.name.startswith(NOT_SEARCHED):
            continue
        for path in sorted(top.rglob("*")) if top.is_dir() else (top,):
            if path.is_file() and not _known(path.relative_to(root)):
                yield path


def _known(path: Path) -> bool:
    """Whether it is looked at elsewhere: sounds by their key, reminders by their lines, indexes as a whole."""
    parts = path.parts
    if parts[:2] == ("cache", "sound"):
        return True
    return parts[0] == "reminders" and (path.suffix == ".jsonl" or path.name.startswith("index.duckdb"))


def _texts(path: Path) -> Iterator[str]:
    """The texts in a file; none for one that cannot be read as text."""
    suffix = path.suffix.lower()
    if suffix == ".eml":
        yield from _mail(path)
    elif suffix == ".parquet":
        yield from _table(path)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    elif suffix not in _SEALED:
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            text = data.decode("utf-8", "replace")
            yield text
            if suffix in (".json", ".jsonl"):
                yield from map(_read_json, text.splitlines() if suffix == ".jsonl" else [text])


def _mail(path: Path) -> Iterator[str]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    for part in message.walk():
        if part.get_content_maintype() == "text":
            yield str(part.get_content())


def _table(path: Path) -> Iterator[str]:
    import duckdb

    with duckdb.connect() as database:
        rows = database.execute("SELECT * FROM read_parquet(?)", [str(path)])
        while some := rows.fetchmany(2000):
            yield "\n".join(str(value) for row in some for value in row if value is not None)


def _read_json(text: str) -> str:
    """The JSON as it reads, without escapes; empty for what is none."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return ""
