"""Tracker files: what is loaded, what is refused with which line, what is hashed, and the trackers that ship."""

from pathlib import Path

import pytest

from pipeline.domain.phrases import parse_phrase
from pipeline.errors import RubricError
from pipeline.trackers import SHIPPED_TRACKERS, content_hash, find_trackers, load_tracker

SMALL = """\
id: price
version: 1
title: Price
text: What it costs.
phrases:
  - price
  - how much (is|are) [it]
denials:
  - free of charge
"""


def _write(folder: Path, text: str, name: str = "price.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _refused(folder: Path, text: str) -> RubricError:
    with pytest.raises(RubricError) as caught:
        load_tracker(_write(folder, text))
    return caught.value


def _line_of(text: str, needle: str) -> tuple[int, int]:
    """Line and column, from 1, of the last place where a text stands."""
    at = text.rindex(needle)
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def test_a_tracker_is_loaded_with_its_defaults(tmp_path: Path) -> None:
    tracker = load_tracker(_write(tmp_path, SMALL)).tracker
    assert (tracker.role, tracker.commitment, tracker.names, tracker.examples) == ("any", False, (), ())
    assert tracker.phrases == ("price", "how much (is|are) [it]")


@pytest.mark.parametrize(
    ("old", "new", "points_at", "told", "hint"),
    [
        ("phrases:", "phrase:", "phrase:", "unknown field phrase", "did you mean `phrases`"),
        ("title: Price\n", "", "id: price", "the tracker has no title", "add `title:`"),
        ("id: price", "id: Price list", "Price list", "id: string should match pattern", "lower case letters"),
        ("version: 1", "version: first", "first", "version: input should be a valid integer", "price.yaml"),
        ("(is|are) [it]", "(is|are [it]", "how much", "has a ( without its partner", "top of rubrics/trackers/price"),
        ("  - price\n", "  - ..\n", "..", "has no word that must be said", "how phrases are written"),
        ("  - price\n", '  - "{day} works"\n', '"{day}', "unknown slot {day}", "how phrases are written"),
        ("  - price\n", '  - "{name}"\n', '"{name}', "has a slot for names", "add `names: []`"),
        ("denials:\n  - free of charge", "denials: free", "free", "a list, not 'free'", "after `- `"),
        ("  - price\n", "  - 2026\n", "2026", "phrases: input should be a valid string", "in quotes"),
    ],
)
def test_what_is_wrong_is_told_with_line_column_and_the_fix(
    tmp_path: Path, old: str, new: str, points_at: str, told: str, hint: str
) -> None:
    text = SMALL.replace(old, new, 1)
    assert text != SMALL
    error = _refused(tmp_path, text)
    assert told in error.message
    assert hint in error.hint
    assert (error.line, error.column) == _line_of(text, points_at)


def test_all_that_is_wrong_is_told_at_once_the_first_line_first(tmp_path: Path) -> None:
    error = _refused(tmp_path, SMALL.replace("version: 1", "version: 0").replace("  - price\n", "  - ..\n"))
    assert error.line == 2
    assert "also 6:5: phrases: '..' has no word" in error.message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SMALL.replace("  - price\n", "  - {name} works\n"), 6),
        (SMALL.replace("title: Price", "title Price"), 3),
        (SMALL + "version: 2\n", 10),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    error = _refused(tmp_path, text)
    assert error.line == line
    assert error.hint


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    assert "must be a mapping" in _refused(tmp_path, text).message


def test_a_file_that_cannot_be_read_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match=r"gone\.yaml: cannot be read"):
        load_tracker(tmp_path / "gone.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(RubricError, match="not UTF-8"):
        load_tracker(tmp_path / "bytes.yaml")


def test_the_hash_is_of_the_content_and_not_of_the_bytes(tmp_path: Path) -> None:
    first = load_tracker(_write(tmp_path, SMALL)).sha256
    assert load_tracker(_write(tmp_path, "# a comment\n" + SMALL)).sha256 == first
    assert load_tracker(_write(tmp_path, SMALL.replace("free of", "free from"))).sha256 != first


def test_the_hash_of_several_depends_on_their_order() -> None:
    a, b, *_ = (loaded.tracker for loaded in find_trackers())
    assert content_hash([a, b]) != content_hash([b, a])
    assert content_hash([a]) == find_trackers()[0].sha256


def test_a_tracker_of_a_later_folder_takes_the_place_of_an_equal_id(tmp_path: Path) -> None:
    _write(tmp_path, SMALL)
    _write(tmp_path, SMALL.replace("id: price", "id: zebra"), "zebra.yaml")
    found = {loaded.tracker.id: loaded.tracker for loaded in find_trackers(folders=(SHIPPED_TRACKERS, tmp_path))}
    assert list(found) == ["competitor", "next_step", "objection", "price", "zebra"]
    assert found["price"].text == "What it costs."


def test_a_folder_that_is_not_there_has_no_trackers(tmp_path: Path) -> None:
    assert find_trackers(folders=(tmp_path / "none",)) == ()


@pytest.mark.parametrize("loaded", find_trackers(), ids=lambda loaded: loaded.tracker.id)
def test_a_shipped_tracker_has_phrases_denials_and_examples_of_both_kinds(loaded: object) -> None:
    tracker = next(t.tracker for t in find_trackers() if t == loaded)
    assert tracker.commitment == (tracker.id == "next_step")
    assert tracker.role == ("customer" if tracker.id == "objection" else "any")
    assert tracker.examples
    assert tracker.counterexamples
    assert tracker.denied_examples
    texts = (*tracker.phrases, *tracker.denials, *tracker.without)
    assert len(set(texts)) == len(texts)
    assert tracker.names == ()  # the team's own to fill
    assert all(parse_phrase(text).parts for text in texts)
