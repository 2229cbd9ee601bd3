"""Publishing: only what has no errors, only the next version, and never the same twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import NotFoundError, RubricError, StaleError, UsageError
from pipeline.rubrics import find_rubric, load_rubric
from pipeline.store.rubrics import PublishedRubrics
from pipeline.workbench.naming import last_rubric, named_rubric, rubric_entries, rubric_entry
from pipeline.workbench.publishing import Publication, Signature
from tests.workbench.rubrics import written

NOW = datetime(2026, 3, 5, tzinfo=UTC)
BY_ANN = Signature("Ann ", "after the spring reviews")
OTHER = ("goal: Both sides know the figure.", "goal: The figure is known.")


@pytest.fixture
def rubrics(tmp_path: Path) -> PublishedRubrics:
    return PublishedRubrics(tmp_path / "w")


@pytest.fixture
def first(tmp_path: Path, rubrics: PublishedRubrics) -> PublishedRubrics:
    """The rubrics once version 1 of the sound rubric was published."""
    Publication(written(tmp_path), rubrics).publish(BY_ANN, at=NOW)
    return rubrics


def refused(path: Path, rubrics: PublishedRubrics) -> RubricError:
    with pytest.raises(RubricError) as caught:
        Publication(path, rubrics)
    return caught.value


def test_a_new_rubric_is_published_as_version_1_with_author_day_and_note(first: PublishedRubrics) -> None:
    (published,) = first.versions("small")
    assert (published.author, published.note, published.at) == ("Ann", "after the spring reviews", NOW)


def test_the_next_version_is_published_with_what_it_changes(tmp_path: Path, first: PublishedRubrics) -> None:
    publication = Publication(written(tmp_path, ("version: 1", "version: 2"), OTHER), first)
    assert publication.diff is not None
    assert [c.id for c in publication.diff.capabilities] == ["impact"]
    publication.publish(BY_ANN, at=NOW)
    assert [p.rubric.version for p in first.versions("small")] == [1, 2]


@pytest.mark.parametrize("version", [1, 3, 7])
def test_any_other_version_is_refused_at_its_line_with_the_number_to_write(
    version: int, tmp_path: Path, first: PublishedRubrics
) -> None:
    error = refused(written(tmp_path, ("version: 1", f"version: {version}"), OTHER), first)
    assert (error.line, error.column) == (2, 10)  # line 2 is `version: 7`: its value stands at character 10
    assert "since the last one is small version 1 (published)" in error.message
    assert error.hint == "write `version: 2`"


def test_a_rubric_without_a_former_one_begins_with_version_1(tmp_path: Path, rubrics: PublishedRubrics) -> None:
    error = refused(written(tmp_path, ("version: 1", "version: 4")), rubrics)
    assert error.hint == "write `version: 1`"
    assert "no rubric has this id yet" in error.message


def test_a_shipped_rubric_is_followed_by_its_next_version(tmp_path: Path, rubrics: PublishedRubrics) -> None:
    shipped = find_rubric("discovery").rubric.version
    error = refused(written(tmp_path, ("id: small", "id: discovery"), ("version: 1", "version: 9")), rubrics)
    assert error.hint == f"write `version: {shipped + 1}`"


def test_what_says_the_same_is_not_published_again_whatever_its_version(
    tmp_path: Path, first: PublishedRubrics
) -> None:
    for version in ("1", "2", "9"):
        assert Publication(written(tmp_path, ("version: 1", f"version: {version}")), first).is_known


def test_an_error_of_the_check_refuses_it_with_its_place(tmp_path: Path, rubrics: PublishedRubrics) -> None:
    error = refused(written(tmp_path, ("needs: {at_least: 2}", "needs: {at_least: 1}")), rubrics)
    assert (error.line, error.column) == (40, 9)
    assert "levels 2 and 3" in error.message
    assert "filmroom rubric check" in error.hint


def test_a_warning_does_not_refuse_it(tmp_path: Path, rubrics: PublishedRubrics) -> None:
    publication = Publication(written(tmp_path, ("          - When is the roster written?\n", "")), rubrics)
    assert not publication.is_known


@pytest.mark.parametrize(("author", "note", "missing"), [("", "x", "--author"), ("Ann", "  ", "--note")])
def test_nobody_publishes_without_a_name_and_a_reason(author: str, note: str, missing: str) -> None:
    with pytest.raises(UsageError, match=missing):
        Signature(author, note)


def test_two_who_publish_at_once_do_not_both_win(tmp_path: Path, first: PublishedRubrics) -> None:
    mine = Publication(written(tmp_path, ("version: 1", "version: 2"), OTHER), first)
    title = ("title: A small rubric", "title: Another")
    yours = Publication(written(tmp_path, ("version: 1", "version: 2"), title, name="yours.yaml"), first)
    mine.publish(BY_ANN, at=NOW)
    with pytest.raises(StaleError):
        yours.publish(BY_ANN, at=NOW)
    assert [p.rubric.version for p in first.versions("small")] == [1, 2]


class TestNames:
    def test_a_file_an_id_and_a_version_are_told_apart(self, tmp_path: Path, first: PublishedRubrics) -> None:
        file = written(tmp_path, ("version: 1", "version: 2"), OTHER)
        Publication(file, first).publish(BY_ANN, at=NOW)
        assert named_rubric(str(file), first).name == "small version 2 (file, small.yaml)"
        assert named_rubric("small", first).name == "small version 2 (published)"
        assert named_rubric("small@1", first).loaded == load_rubric(written(tmp_path))
        shipped = find_rubric("discovery").rubric.version
        assert named_rubric("discovery", first).name == f"discovery version {shipped} (shipped)"
        assert named_rubric(f"discovery@{shipped}", first).origin == "shipped"

    def test_a_published_version_comes_before_the_shipped_one(self, tmp_path: Path, first: PublishedRubrics) -> None:
        shipped = find_rubric("discovery")
        raised = ("version: 1", f"version: {shipped.rubric.version + 1}")
        mine = written(tmp_path, ("id: small", "id: discovery"), raised)
        Publication(mine, first).publish(BY_ANN, at=NOW)
        assert named_rubric("discovery", first).origin == "published"
        assert named_rubric(f"discovery@{shipped.rubric.version}", first).loaded == shipped

    def test_a_version_that_is_not_there_is_told_with_those_that_are(self, first: PublishedRubrics) -> None:
        with pytest.raises(NotFoundError) as caught:
            named_rubric("small@7", first)
        assert caught.value.hint == "there are: 1"

    def test_an_unknown_id_has_nothing_it_follows(self, first: PublishedRubrics) -> None:
        assert last_rubric("nosuch", first) is None
        with pytest.raises(NotFoundError):
            named_rubric("nosuch", first)


class TestEntries:
    def test_shipped_and_published_ones_are_listed_by_id(self, first: PublishedRubrics) -> None:
        entries = {entry.current.id: entry for entry in rubric_entries(first)}
        assert list(entries) == sorted(entries)
        assert (entries["discovery"].published, entries["small"].shipped) == ((), None)

    def test_an_unknown_one_is_told_with_the_nearest(self, first: PublishedRubrics) -> None:
        with pytest.raises(NotFoundError) as caught:
            rubric_entry("smal", first)
        assert caught.value.hint == "did you mean small?"
