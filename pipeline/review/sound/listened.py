"""Owns a second copy of what was played, by person: a person's week is read without opening a file for every call.

The journals by call are the truth. This one stands in listened/<user>.jsonl, written right after them; where the folder
is not there it is made from them, so deleting it is all that a repair takes.
"""

import os
import shutil
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from pipeline.cycle.promises import PlayedOf
from pipeline.domain.review import Played
from pipeline.errors import StoreError
from pipeline.store.journal import Journal, append_line, lines_backwards
from pipeline.store.workspace import Workspace


class Listened:
    """What each person has played, of all calls."""

    def __init__(self, workspace: Workspace) -> None:
        self._calls = workspace.root / "listening"
        self._people = workspace.root / "listened"
        self._lock = threading.Lock()

    def add(self, user: str, lines: Iterable[PlayedOf]) -> None:
        """Write down what a person has played and what stands in the journals of its calls already. Raises: StoreError.

        Where the folder is not there yet it is made from those journals, which have it.
        """
        with self._lock:
            if not self._make():
                for line in lines:
                    append_line(self._file(user), line.model_dump_json().encode())

    def of(self, user: str, *, since: AwareDatetime) -> tuple[PlayedOf, ...]:
        """What this person has played since then, the latest first; only as much is read as that takes.

        Raises: StoreError naming the file that cannot be read.
        """
        with self._lock:
            self._make()
            found = []
            for offset, text in lines_backwards(self._file(user)):
                line = _line(self._file(user), offset, text)
                if line.at < since:
                    break
                found.append(line)
            return tuple(found)

    def _make(self) -> bool:
        """Whether the folder had to be made; it appears with all of its files, or not at all. Raises: StoreError."""
        if self._people.is_dir():
            return False
        fresh = self._people.with_name("listened.new")
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            fresh.mkdir(parents=True)
            for user, lines in self._by_person().items():
                in_order = sorted(lines, key=lambda line: line.at)
                text = "".join(f"{line.model_dump_json()}\n" for line in in_order)
                (fresh / f"{user}.jsonl").write_text(text, encoding="utf-8")
            fresh.replace(self._people)
        except OSError as error:
            raise StoreError(
                f"cannot write {fresh}: {error.strerror or error}",
                hint="check that the disk has room and that the workspace may be written",
            ) from error
        return True

    def _by_person(self) -> dict[str, list[PlayedOf]]:
        found: defaultdict[str, list[PlayedOf]] = defaultdict(list)
        for path in self._journals():
            for line in Journal(path, Played).all():
                found[line.user].append(PlayedOf(call=path.stem, at=line.at, start=line.start, end=line.end))
        return found

    def _journals(self) -> Iterator[Path]:
        if self._calls.is_dir():
            with os.scandir(self._calls) as entries:
                yield from sorted(Path(e.path) for e in entries if e.name.endswith(".jsonl"))

    def _file(self, user: str) -> Path:
        return self._people / f"{user}.jsonl"


def _line(path: Path, offset: int, text: bytes) -> PlayedOf:
    try:
        return PlayedOf.model_validate_json(text)
    except ValidationError as error:
        raise StoreError(
            f"cannot read {path}, at byte {offset}: {error}",
            hint="delete the folder it is in: it is made again from what stands by call",
        ) from error
