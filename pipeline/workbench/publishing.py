"""Owns what a rubric has to fulfil before it is published: checked, and with the number that follows the last one's."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.domain.rubric_changes import RubricDiff
from pipeline.domain.rubric_diff import diff_rubrics
from pipeline.errors import RubricError, UsageError
from pipeline.rubrics import RubricText, content_hash, read_rubric
from pipeline.store.rubrics import PublishedRubric, PublishedRubrics
from pipeline.workbench.check import check_rubric
from pipeline.workbench.naming import last_rubric


@dataclass(frozen=True, slots=True)
class Signature:
    """Who publishes, and what for. Raises: UsageError when either is left empty."""

    author: str
    note: str

    def __post_init__(self) -> None:
        for name in ("author", "note"):
            if not getattr(self, name).strip():
                raise UsageError(f"--{name} is empty", hint="say who publishes, and what for: others will look it up")


class Publication:
    """A rubric file that is about to be published. `diff` is what it changes; None for a rubric with a new id.

    Raises: RubricError for a file with errors, or with another version than the next one.
    """

    def __init__(self, path: Path, published: PublishedRubrics) -> None:
        self._published = published
        self._text = _without_errors(path)
        assert self._text.rubric is not None  # a rubric without errors is there
        self.rubric = self._text.rubric
        self._seen = published.latest(self.rubric.id)
        self.last = last_rubric(self.rubric.id, published)
        self.diff: RubricDiff | None = diff_rubrics(self.last.loaded.rubric, self.rubric) if self.last else None
        if not self.is_known:
            self._require_next_version()

    @property
    def is_known(self) -> bool:
        """Whether the last version says the same already, so that there is nothing to publish."""
        return self.diff is not None and self.diff.is_same

    def publish(self, signature: Signature, *, at: datetime) -> PublishedRubric:
        """What stands in the workspace from now on. Raises: StaleError, StoreError."""
        published = PublishedRubric(
            rubric=self.rubric,
            sha256=content_hash(self.rubric),
            author=signature.author.strip(),
            note=signature.note.strip(),
            at=at,
        )
        self._published.publish(published, after=self._seen)
        return published

    def _require_next_version(self) -> None:
        wanted = 1 if self.last is None else self.last.loaded.rubric.version + 1
        if self.rubric.version == wanted:
            return
        line, column = self._text.place("version")
        follows = f"since the last one is {self.last.name}" if self.last else "since no rubric has this id yet"
        raise RubricError(
            f"version is {self.rubric.version}, and the next one is {wanted}, {follows}",
            hint=f"write `version: {wanted}`",
            path=self._text.path,
            line=line,
            column=column,
        )


def _without_errors(path: Path) -> RubricText:
    """The file, if nothing is wrong with it. Raises: RubricError of its first error, with the number of others."""
    checked = check_rubric(path, embedder=None)
    if checked.errors:
        first, *others = checked.errors
        more = f" (and {len(others)} more)" if others else ""
        hint = f"{first.fix}; see all with: filmroom rubric check {path}"
        raise RubricError(first.text + more, hint=hint, path=path, line=first.line, column=first.column)
    return read_rubric(path)
