"""Label maps: what is shipped is sound, and mistakes are told with their line."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from evals.mapping import Target, load_mapped
from evals.suites.behaviours_labelled import RUBRIC_OF
from pipeline.errors import InputError
from pipeline.rubrics import dump_rubric
from tests.evals.test_readers import RUBRIC


@pytest.mark.parametrize("name", sorted(RUBRIC_OF.values()))
def test_shipped_maps_fit_their_rubrics(name: str) -> None:
    rubric, mapped = load_mapped(name)
    assert rubric.id == mapped.rubric == name
    assert {b for target in mapped.read for b in target.behaviours} <= {b.id for b in rubric.behaviours}


@pytest.mark.parametrize("name", sorted(RUBRIC_OF.values()))
def test_no_example_is_a_sentence_of_the_collections(name: str, shared_data: Path) -> None:
    tables = sorted((shared_data / "labelled").glob("*/*.csv"))
    texts = " ".join(" ".join(path.read_text(encoding="utf-8").lower().split()) for path in tables)
    rubric, _ = load_mapped(name)
    examples = [text for b in rubric.behaviours for text in b.examples if len(text.split()) > 8]
    assert [text for text in examples if text.lower() in texts] == []


def made(folder: Path, labels: str) -> Path:
    (folder / "made_up.yaml").write_text(dump_rubric(RUBRIC), encoding="utf-8")
    (folder / "made_up.labels.yaml").write_text(labels, encoding="utf-8")
    return folder


def test_targets_that_a_reader_finds_are_told_from_the_others(tmp_path: Path) -> None:
    labels = """rubric: made_up
targets:
  - {id: cost, about: cost, labels: [cost], behaviours: [cost_asked]}
  - {id: asks, about: questions, labels: [cost, other], questions: [open]}
"""
    _, mapped = load_mapped("made_up", folder=made(tmp_path, labels))
    assert [target.id for target in mapped.read] == ["cost"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{id: a1, about: abc, labels: [x], behaviours: [nothing]}", "no behaviour nothing"),
        ("{id: cost, about: abc, labels: [x], behaviours: [cost_asked]}", "a second target cost"),
        ("{id: a1, about: abc, labels: [], behaviours: [cost_asked]}", "labels"),
        ("{id: a1, about: abc, labels: [x]}", "behaviours or kinds of questions"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    first = "{id: cost, about: cost, labels: [cost], behaviours: [cost_asked]}"
    folder = made(tmp_path, f"rubric: made_up\ntargets:\n  - {first}\n  - {line}\n")
    with pytest.raises(InputError, match=told) as caught:
        load_mapped("made_up", folder=folder)
    assert caught.value.line == 4


def test_a_map_names_the_rubric_beside_it(tmp_path: Path) -> None:
    labels = "rubric: other\ntargets:\n  - {id: cost, about: cost, labels: [cost], behaviours: [cost_asked]}\n"
    with pytest.raises(InputError, match="other is not the rubric beside it"):
        load_mapped("made_up", folder=made(tmp_path, labels))


def test_a_target_is_found_by_a_reader_or_without() -> None:
    with pytest.raises(ValidationError, match="not both"):
        Target(id="both", about="abc", labels=frozenset("x"), behaviours=("cost_asked",), questions=("open",))
