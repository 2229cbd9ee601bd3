"""The exception tree: one root, exit codes by class, places that editors can jump to."""

import pickle
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
def test_every_error_has_an_exit_code_from_1_to_12(kind: type[errors.FilmroomError]) -> None:
    assert 1 <= kind.exit_code <= 12
    assert kind.__doc__


def test_no_class_of_error_shares_the_exit_code_of_quarantine() -> None:
    assert errors.QUARANTINE_EXIT_CODE not in {kind.exit_code for kind in TREE}


def test_an_input_error_names_file_line_and_column() -> None:
    error = errors.RubricError("no such field", hint="remove it", path=Path("r.yaml"), line=3, column=7)
    assert str(error) == "r.yaml:3:7: no such field"


def test_a_stage_error_names_the_stage() -> None:
    assert str(errors.StageError("diarize", "no memory", hint="retry")) == "diarize: no memory"


@pytest.mark.parametrize("kind", TREE)
def test_every_error_comes_back_from_another_process_as_it_was(kind: type[errors.FilmroomError]) -> None:
    said = ("diarize", "no memory") if kind is errors.StageError else ("no memory",)
    error = kind(*said, hint="retry")
    error.__dict__["told_by"] = "a worker"  # whatever fields a class adds travel too
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert (str(back), back.message, back.hint, vars(back)) == (str(error), error.message, "retry", vars(error))


def test_the_fields_of_errors_come_back_too() -> None:
    place = pickle.loads(pickle.dumps(errors.RubricError("no field", hint="h", path=Path("r.yaml"), line=3)))
    assert (str(place), place.path, place.line) == ("r.yaml:3: no field", Path("r.yaml"), 3)
    silent = pickle.loads(pickle.dumps(errors.EndpointError("no key", hint="h", lasting=True)))
    assert silent.lasting
