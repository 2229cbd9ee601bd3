"""Published rubrics of a workspace: rubrics/rubric-<id>/r.000001.json, ...; a published version stays as it is."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.recording import Sha256
from pipeline.domain.rubric import LoadedRubric, Rubric
from pipeline.errors import NotFoundError
from pipeline.store.records import Records

_PREFIX = "rubric-"


class PublishedRubric(Value):
    """A version of a rubric as it was published: content and hash, by whom, when, and what its author said of it."""

    rubric: Rubric
    sha256: Sha256
    author: str = Field(min_length=1)
    note: str = ""
    at: AwareDatetime

    @property
    def loaded(self) -> LoadedRubric:
        """The rubric as runs use it."""
        return LoadedRubric(rubric=self.rubric, sha256=self.sha256)


class PublishedRubrics:
    """All versions of all rubrics that were published in one workspace, in the order in which they were."""

    def __init__(self, workspace: Path) -> None:
        self._records = Records(workspace / "rubrics", PublishedRubric)

    def publish(self, published: PublishedRubric, *, after: PublishedRubric | None) -> None:
        """Append a version; `after` is the latest that the publisher has seen, None where there was none.

        Raises: StaleError when another version was published in between; StoreError.
        """
        name = _name(published.rubric.id)
        seen = 0 if after is None else self._number(name, after)
        self._records.append(name, published, after=seen)

    def latest(self, rubric_id: str) -> PublishedRubric | None:
        """The version that counts now; None where none was published. Raises: StoreError for a damaged file."""
        return self._records.last(_name(rubric_id))

    def get(self, rubric_id: str, version: int) -> PublishedRubric:
        """This version. Raises: NotFoundError that names those there are; StoreError."""
        known = self.versions(rubric_id)
        found = next((p for p in known if p.rubric.version == version), None)
        if found is None:
            numbers = ", ".join(str(p.rubric.version) for p in known) or "none"
            raise NotFoundError(
                f"version {version} of rubric {rubric_id!r} was not published", hint=f"published are: {numbers}"
            )
        return found

    def versions(self, rubric_id: str) -> tuple[PublishedRubric, ...]:
        """Every published version of a rubric, the oldest first; empty where none was. Raises: StoreError."""
        return self._records.all(_name(rubric_id))

    def ids(self) -> Iterator[str]:
        """The ids of all rubrics that were published, sorted."""
        for name in self._records.ids():
            last = self._records.last(name) if name.startswith(_PREFIX) else None
            if last is not None:
                yield last.rubric.id

    def _number(self, name: str, seen: PublishedRubric) -> int:
        """The number of the record that the publisher has seen."""
        known = self._records.all(name)
        return next((n for n, published in enumerate(known, start=1) if published == seen), 0)


def _name(rubric_id: str) -> str:
    """The id under which records are kept, which takes hyphens and no underscores; rubrics have it the other way."""
    return _PREFIX + rubric_id.replace("_", "-")
