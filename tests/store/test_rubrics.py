"""Published rubrics: appended, never changed, found by id and version."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.domain.rubric import Rubric
from pipeline.errors import NotFoundError, StaleError, StoreError
from pipeline.rubrics import content_hash
from pipeline.store.rubrics import PublishedRubric, PublishedRubrics
from tests.export.rubric import RUBRIC

NOW = datetime(2026, 3, 5, tzinfo=UTC)


def published(version: int, *, note: str = "for spring", rubric: Rubric = RUBRIC) -> PublishedRubric:
    raised = rubric.model_copy(update={"version": version})
    return PublishedRubric(rubric=raised, sha256=content_hash(raised), author="Ann", note=note, at=NOW)


@pytest.fixture
def rubrics(tmp_path: Path) -> PublishedRubrics:
    return PublishedRubrics(tmp_path)


def test_nothing_is_there_at_first(rubrics: PublishedRubrics) -> None:
    assert rubrics.latest("first_call") is None
    assert rubrics.versions("first_call") == ()
    assert list(rubrics.ids()) == []


def test_the_latest_counts_and_every_earlier_one_stays_byte_for_byte(rubrics: PublishedRubrics, tmp_path: Path) -> None:
    rubrics.publish(published(2), after=None)
    (first,) = (tmp_path / "rubrics" / "rubric-first-call").iterdir()
    before = first.read_bytes()
    rubrics.publish(published(3, note="for summer"), after=published(2))
    assert rubrics.latest("first_call") == published(3, note="for summer")
    assert rubrics.get("first_call", 2) == published(2)
    assert [p.rubric.version for p in rubrics.versions("first_call")] == [2, 3]
    assert first.read_bytes() == before


def test_what_is_published_is_what_runs_read_by(rubrics: PublishedRubrics) -> None:
    rubrics.publish(published(2), after=None)
    latest = rubrics.latest("first_call")
    assert latest is not None
    assert latest.loaded.sha256 == content_hash(latest.loaded.rubric)


def test_a_version_that_was_not_published_is_told_with_those_that_were(rubrics: PublishedRubrics) -> None:
    rubrics.publish(published(2), after=None)
    with pytest.raises(NotFoundError) as caught:
        rubrics.get("first_call", 7)
    assert caught.value.hint == "published are: 2"


def test_whoever_has_not_seen_the_latest_version_loses_and_is_told(rubrics: PublishedRubrics) -> None:
    rubrics.publish(published(2), after=None)
    with pytest.raises(StaleError):
        rubrics.publish(published(2, note="mine"), after=None)
    rubrics.publish(published(3), after=published(2))
    with pytest.raises(StaleError):
        rubrics.publish(published(3, note="mine"), after=published(2))
    assert [p.note for p in rubrics.versions("first_call")] == ["for spring", "for spring"]


def test_ids_with_underscores_and_short_ones_are_told_apart(rubrics: PublishedRubrics) -> None:
    for name in ("ab", "a_b", "a_b_"):
        rubrics.publish(published(1, rubric=RUBRIC.model_copy(update={"id": name})), after=None)
    assert sorted(rubrics.ids()) == ["a_b", "a_b_", "ab"]
    assert all(len(rubrics.versions(name)) == 1 for name in ("ab", "a_b", "a_b_"))


def test_a_damaged_file_is_an_error_that_names_it(rubrics: PublishedRubrics, tmp_path: Path) -> None:
    rubrics.publish(published(2), after=None)
    (file,) = (tmp_path / "rubrics" / "rubric-first-call").iterdir()
    file.write_text("{")
    with pytest.raises(StoreError, match=file.name):
        rubrics.latest("first_call")
