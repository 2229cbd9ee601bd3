"""Owns reading YAML files that people write by hand: what keeps one from being read is told with place and fix."""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from pipeline.domain.yaml_mistakes import Mistake, Stop, find_mistake
from pipeline.errors import RubricError

_BOM = b"\xef\xbb\xbf"
_BRACKETS = re.compile(r"[\[\]{}]")
_MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file should be: its name in words, the names that may stand before a colon, and the first of them.

    `guide` is the hint where nothing better is known, `otherwise` the one for a slip in the YAML that is not known. A
    file of more than `most_bytes` is refused unread: a megabyte of YAML takes ten seconds of processor time to parse.
    """

    name: str
    fields: Collection[str]
    begins: str
    guide: str
    otherwise: str
    most_bytes: int


def read_yaml(path: Path, kind: Kind) -> CommentedMap:
    """The file's fields, each with its place. Raises: RubricError, with line and column where there are any."""
    text = _text(path, kind)
    if nests_too_deeply(text):
        raise RubricError(f"is nested too deeply for a {kind.name}", hint=kind.guide, path=path)
    try:
        document = YAML().load(text)
    except MarkedYAMLError as error:
        raise _slip(path, text, error, kind) from error
    except ReaderError as error:
        raise _unreadable(path, text, error) from error
    except RecursionError as error:
        raise RubricError(f"is nested too deeply for a {kind.name}", hint=kind.guide, path=path) from error
    except (YAMLError, ValueError) as error:
        raise RubricError(f"is not YAML: {error}", hint=kind.guide, path=path) from error
    if not isinstance(document, CommentedMap):
        raise RubricError(f"must be a mapping with {kind.begins}, ...", hint=kind.guide, path=path, line=1, column=1)
    return document


def nests_too_deeply(text: str) -> bool:
    """Whether so many [ or { are open at once that no file of ours means it: a few hundred take seconds to parse."""
    depth = 0
    for bracket in _BRACKETS.findall(text):
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        if depth > _MOST_OPEN:
            return True
    return False


def _text(path: Path, kind: Kind) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(kind.most_bytes + len(_BOM) + 1).removeprefix(_BOM)
            size = max(len(data), os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise RubricError(f"cannot be read: {error.strerror}", hint="check the path", path=path) from error
    if len(data) > kind.most_bytes:
        told = f"has {size:,} bytes; a {kind.name} has at most {kind.most_bytes:,}"
        raise RubricError(told, hint=f"check that it is a {kind.name}, and take out what does not belong", path=path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8"))
        told = f"is not UTF-8 text: the byte 0x{data[error.start]:02x} stands here"
        raise RubricError(told, hint="save the file as UTF-8", path=path, line=line, column=column) from error


def _place(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what follows this text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _unreadable(path: Path, text: str, error: ReaderError) -> RubricError:
    line, column = _place(text[: error.position])
    character = error.character if isinstance(error.character, int) else ord(text[error.position])
    told = f"the character U+{character:04X} stands here, which no text may hold"
    return RubricError(told, hint="delete it", path=path, line=line, column=column)


def _slip(path: Path, text: str, error: MarkedYAMLError, kind: Kind) -> RubricError:
    problem = (error.problem or error.context or "is not YAML").split("\n")[0]
    mark, since = error.problem_mark or error.context_mark, error.context_mark
    if mark is None:
        return RubricError(problem, hint=kind.guide, path=path)
    stop = Stop(
        problem=problem,
        line=mark.line + 1,
        column=mark.column + 1,
        since=None if since is None else (since.line + 1, since.column + 1),
        context=str(error.context or ""),
    )
    known = find_mistake(text, stop, fields=kind.fields)
    found = known or Mistake(stop.line, stop.column, problem, kind.otherwise)
    return RubricError(found.message, hint=found.fix, path=path, line=found.line, column=found.column)
