"""Owns reading the YAML files of evaluations: a value of a schema, or an error that names file, line and column."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from pipeline.domain.base import Value
from pipeline.domain.rubric_mistakes import Location, place
from pipeline.errors import InputError

_V = TypeVar("_V", bound=Value)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a document, and where in it."""

    at: Location
    message: str


@dataclass(frozen=True)
class Document(Generic[_V]):
    """A value and the file it came from, so that what is found wrong later can still be told with its line."""

    path: Path
    value: _V
    _yaml: CommentedMap

    def refuse(self, problems: Iterable[Problem], *, hint: str) -> None:
        """Passes when there are no problems. Raises: InputError with all of them, at the place of the first."""
        found = [(*place(self._yaml, problem.at), problem.message) for problem in problems]
        if found:
            raise _error(self.path, found, hint=hint)


def read_document(path: Path, kind: type[_V]) -> Document[_V]:
    """The document of a YAML file, its content checked against the schema.

    Raises: InputError with the line and column of the first thing that is wrong; its message lists all of them.
    """
    try:
        content = YAML().load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", hint="check the path; the file is UTF-8", path=path) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
        raise _error(path, [(line, column, error.problem or "is not YAML")], hint="put texts in quotes") from error
    except YAMLError as error:
        raise InputError(f"is not YAML: {error}", hint="put texts in quotes", path=path) from error
    if not isinstance(content, CommentedMap):
        raise InputError("must be a mapping", hint="compare with another file of its folder", path=path, line=1)
    try:
        value = kind.model_validate(_plain(content))
    except ValidationError as error:
        found = [(*place(content, details["loc"]), _told(details["loc"], details["msg"])) for details in error.errors()]
        raise _error(path, found, hint="compare with another file of its folder") from None
    return Document(path, value, content)


def _error(path: Path, found: Iterable[tuple[int, int, str]], *, hint: str) -> InputError:
    (line, column, message), *others = sorted(found)
    also = "".join(f"\n  also {at}:{column_}: {told}" for at, column_, told in others)
    return InputError(message + also, hint=hint, path=path, line=line, column=column)


def _told(location: Location, message: str) -> str:
    name = ".".join(str(part) for part in location if not isinstance(part, int))
    return ": ".join(part for part in (name, message.removeprefix("Value error, ")) if part)


def _plain(node: object) -> object:
    """Plain Python types, so that a schema sees what YAML says and not how it was written."""
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return str(node) if isinstance(node, str) else node
