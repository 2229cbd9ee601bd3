"""Owns the audit trail: one line for everything that people do with calls, chained by hashes, a file for each month."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import Field, ValidationError

from pipeline.domain.audit import AuditAction, AuditEvent
from pipeline.domain.base import Value
from pipeline.errors import StoreError, UsageError
from pipeline.store.journal import append_line, last_line, lines_backwards, sync
from pipeline.store.workspace import Workspace

VIEWING: frozenset[AuditAction] = frozenset({"viewed", "listened"})
"""What changes nothing: its lines are written at once, and reach the disk with the next line that changes something."""
LINES_A_PAGE = 200_000
"""So many lines are looked at for one page, however few of them are wanted: a tenth of a second, or two."""
_LONGEST = {"user": 120, "call": 80, "detail": 500, "address": 64}


class Wanted(Value):
    """Which lines are asked for; what is None leaves them all. `day` is in UTC."""

    user: str | None = Field(None, max_length=120)
    action: AuditAction | None = None
    call: str | None = Field(None, max_length=80)
    day: date | None = None

    def fits(self, event: AuditEvent) -> bool:
        """Whether this line is asked for."""
        wanted = (self.user, self.action, self.call, self.day)
        found = (event.user, event.action, event.call, event.at.date())
        return all(w is None or w == f for w, f in zip(wanted, found, strict=True))

    def words(self) -> tuple[bytes, ...]:
        """What every line that fits has in it, in JSON as lines are written: looked for before a line is parsed."""
        wanted = (self.user, self.action, self.call)
        return tuple(json.dumps(word, ensure_ascii=False).encode("utf-8", "replace") for word in wanted if word)


class Found(Value):
    """Lines of the trail, newest first; `older` is where to go on, None at the trail's beginning."""

    events: tuple[AuditEvent, ...]
    older: str | None


class Chain(Value):
    """Whether every line still follows from the one before: how many do, and the digest of the last of them.

    `file` and `line` are those of the first line that does not, and `wrong` says what is wrong with it.
    """

    lines: int
    head: str
    file: str | None = None
    line: int | None = None
    wrong: Literal["changed", "missing_before", "unreadable"] | None = None


class Audit:
    """The trail of one workspace. Several processes may write it: the room and the command line."""

    def __init__(self, workspace: Workspace, *, now: Callable[[], datetime], lines_a_page: int = LINES_A_PAGE) -> None:
        self._folder = workspace.root / "audit"
        self._now = now
        self._lines_a_page = lines_a_page
        self._threads = threading.Lock()
        self._tail: tuple[Path, int, str] | None = None

    def tell(
        self, user: str, action: AuditAction, *, call: str | None = None, detail: str = "", address: str = ""
    ) -> None:
        """Write one line down; what changes something waits until it is on the disk. Raises: StoreError.

        Texts are cut to lengths that no honest one reaches: strangers choose some of them.
        """
        said = {"user": user, "call": call, "detail": detail, "address": address}
        cut = {name: text and text[: _LONGEST[name]] for name, text in said.items()}
        with self._threads, self._locked():
            at, files = self._now(), self._files()
            path = max([self._folder / f"{at:%Y-%m}.jsonl", *files[-1:]])  # a clock put back must not part the chain
            previous = self._digest_of_last(files)
            event = AuditEvent.model_validate({**cut, "at": at, "action": action, "previous": previous})
            line = event.model_dump_json().encode()
            offset = append_line(path, line)
            self._tail = (path, offset + len(line) + 1, hashlib.sha256(line).hexdigest())
        if action not in VIEWING:
            sync(path, created=offset == 0)

    def find(self, wanted: Wanted, *, older: str | None = None, n: int = 50) -> Found:
        """The newest `n` lines that are wanted, or those before `older` of an earlier answer.

        An answer may hold fewer though there are more, where few of very many lines fit. Raises: UsageError for an
        `older` that came from nowhere; StoreError for a damaged line.
        """
        events: list[AuditEvent] = []
        words = wanted.words()
        for looked, (path, offset, line) in enumerate(self._backwards(older, wanted.day), start=1):
            if all(word in line for word in words) and wanted.fits(event := _parsed(path, line)):
                events.append(event)
            if len(events) == n or looked == self._lines_a_page:
                return Found(events=tuple(events), older=f"{path.stem}.{offset}")
        return Found(events=tuple(events), older=None)

    def verify(self) -> Chain:
        """Whether the whole trail is as it was written. Cut-off last lines do not show: compare `head` for that."""
        lines, head = 0, ""
        for path in self._files():
            with path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    if not line.endswith(b"\n"):
                        continue
                    previous = _previous(line)
                    if previous != head:
                        wrong = "unreadable" if previous is None else "changed" if lines else "missing_before"
                        return Chain(lines=lines, head=head, file=path.name, line=number, wrong=wrong)
                    lines, head = lines + 1, hashlib.sha256(line[:-1]).hexdigest()
        return Chain(lines=lines, head=head)

    def _locked(self) -> FileLock:
        self._folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self._folder / ".lock")

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("????-??.jsonl"))

    def _digest_of_last(self, files: list[Path]) -> str:
        for path in reversed(files):
            if self._tail is not None and self._tail[:2] == (path, path.stat().st_size):
                return self._tail[2]
            if (line := last_line(path)) is not None:
                return hashlib.sha256(line).hexdigest()
        return ""

    def _backwards(self, older: str | None, day: date | None) -> Iterator[tuple[Path, int, bytes]]:
        month, end = _place(older)
        for path in reversed(self._files()):
            if month is not None and path.stem > month:
                continue
            if day is not None and path.stem < f"{day:%Y-%m}":
                return
            for offset, line in lines_backwards(path, end=end if path.stem == month else None):
                yield path, offset, line


def _place(older: str | None) -> tuple[str | None, int | None]:
    if older is None:
        return None, None
    month, _, offset = older.partition(".")
    if not offset.isdecimal() or len(offset) > 15:
        raise UsageError(f"{older!r} is no place in the trail", hint="begin with the newest lines")
    return month, int(offset)


def _parsed(path: Path, line: bytes) -> AuditEvent:
    try:
        return AuditEvent.model_validate_json(line)
    except ValidationError as error:
        raise StoreError(
            f"cannot read a line of {path}: {error}", hint="see which with: filmroom audit --verify"
        ) from error


def _previous(line: bytes) -> str | None:
    """The digest that the line names; None for one that is no line of a trail."""
    try:
        return AuditEvent.model_validate_json(line).previous
    except ValidationError:
        return None
