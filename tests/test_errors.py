"""The exception tree: one root, exit codes by class, places that editors can jump to."""

from pathlib import Path

import pytest

from pipeline import errors

TREE: list[type[errors.FilmroomError]] = [
    c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.FilmroomError)
]


def test_no_exception_of_the_module_is_outside_the_tree() -> None:
    exceptions = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, Exception)]
    assert set(exceptions) == set(TREE)


@pytest.mark.parametrize("kind", TREE)
def test_every_error_has_an_exit_code_from_1_to_10(kind: type[errors.FilmroomError]) -> None:
    assert 1 <= kind.exit_code <= 10
    assert kind.__doc__


def test_no_class_of_error_shares_the_exit_code_of_quarantine() -> None:
    assert errors.QUARANTINE_EXIT_CODE not in {kind.exit_code for kind in TREE}


def test_an_input_error_names_file_line_and_column() -> None:
    error = errors.RubricError("no such field", hint="remove it", path=Path("r.yaml"), line=3, column=7)
    assert str(error) == "r.yaml:3:7: no such field"


def test_a_stage_error_names_the_stage() -> None:
    assert str(errors.StageError("diarize", "no memory", hint="retry")) == "diarize: no memory"
