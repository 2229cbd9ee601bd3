"""Owns which rubric an author means by a word: a file, an id, or an id with a version."""

import difflib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pipeline.domain.rubric import LoadedRubric, Rubric
from pipeline.errors import NotFoundError
from pipeline.rubrics import find_rubric, shipped_rubrics
from pipeline.store.rubrics import PublishedRubric, PublishedRubrics

_VERSIONED = re.compile(r"^(?P<id>[a-z][a-z0-9_]+)@(?P<version>\d+)$")
Origin = Literal["file", "published", "shipped"]


@dataclass(frozen=True, slots=True)
class Named:
    """A rubric and where it comes from; `name` tells it in a few words: "discovery version 2 (published)"."""

    loaded: LoadedRubric
    origin: Origin
    name: str


def named_rubric(word: str, published: PublishedRubrics) -> Named:
    """The rubric of a file; of an id, the latest published one, else the shipped one; of id@version, that version.

    Raises: NotFoundError, RubricError, StoreError.
    """
    if match := _VERSIONED.match(word):
        return _of_version(match["id"], int(match["version"]), published)
    path = Path(word)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return _named(find_rubric(word), "file", f", {path.name}")
    return last_rubric(word, published) or _named(find_rubric(word), "shipped")


def last_rubric(rubric_id: str, published: PublishedRubrics) -> Named | None:
    """What a rubric of this id follows: the latest published one, else the shipped one; None for a new id."""
    latest = published.latest(rubric_id)
    if latest is not None:
        return _named(latest.loaded, "published")
    shipped = _shipped(rubric_id)
    return _named(shipped, "shipped") if shipped is not None else None


def _of_version(rubric_id: str, version: int, published: PublishedRubrics) -> Named:
    known = {p.rubric.version: p for p in published.versions(rubric_id)}
    if version in known:
        return _named(known[version].loaded, "published")
    shipped = find_rubric(rubric_id) if not known else _shipped(rubric_id)
    if shipped is not None and shipped.rubric.version == version:
        return _named(shipped, "shipped")
    numbers = sorted({*known, *([shipped.rubric.version] if shipped else [])})
    raise NotFoundError(
        f"no version {version} of rubric {rubric_id!r}", hint=f"there are: {', '.join(map(str, numbers))}"
    )


def _shipped(rubric_id: str) -> LoadedRubric | None:
    try:
        return find_rubric(rubric_id)
    except NotFoundError:
        return None


def _named(loaded: LoadedRubric, origin: Origin, file: str = "") -> Named:
    return Named(loaded, origin, f"{loaded.rubric.id} version {loaded.rubric.version} ({origin}{file})")


@dataclass(frozen=True, slots=True)
class RubricEntry:
    """A rubric as a workspace knows it: the shipped one, if there is one, and its published versions, oldest first.

    `asked` is the version that somebody asked for by its number.
    """

    shipped: Rubric | None
    published: tuple[PublishedRubric, ...]
    asked: Rubric | None = None

    @property
    def current(self) -> Rubric:
        """The version asked for; else what runs use: the latest published version, else the shipped one."""
        if self.asked is not None:
            return self.asked
        if self.published:
            return self.published[-1].rubric
        assert self.shipped is not None  # an entry has one or the other
        return self.shipped


def rubric_entries(published: PublishedRubrics) -> tuple[RubricEntry, ...]:
    """Every rubric that is shipped or published, by id. Raises: RubricError, StoreError."""
    shipped = {loaded.rubric.id: loaded.rubric for loaded in shipped_rubrics()}
    ids = sorted({*shipped, *published.ids()})
    return tuple(RubricEntry(shipped.get(name), published.versions(name)) for name in ids)


def rubric_entry(word: str, published: PublishedRubrics) -> RubricEntry:
    """The rubric of this id, or of id@version. Raises: NotFoundError with the nearest id; StoreError."""
    if match := _VERSIONED.match(word):
        asked = _of_version(match["id"], int(match["version"]), published).loaded.rubric
        return replace(rubric_entry(match["id"], published), asked=asked)
    entries = {entry.current.id: entry for entry in rubric_entries(published)}
    if word not in entries:
        near = difflib.get_close_matches(word, entries, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(entries)}"
        raise NotFoundError(f"no rubric {word!r}", hint=hint)
    return entries[word]
