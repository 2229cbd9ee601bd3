"""Owns rubric files: finding, loading, hashing and writing them, with errors that name the line and the fix."""

import difflib
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from pipeline.domain.draft_lint import lint_rubric
from pipeline.domain.rubric import LoadedRubric, Parties, Rubric
from pipeline.domain.rubric_mistakes import (
    GUIDE,
    Problem,
    known_fields,
    place,
    schema_problems,
    wording_problem,
)
from pipeline.errors import NotFoundError, RubricError
from pipeline.yaml_files import Kind, read_yaml

SHIPPED = Path(__file__).resolve().parent.parent / "rubrics"
"""The folder of the rubrics that come with Filmroom."""

_SUFFIXES = (".yaml", ".yml")
_KIND = Kind(
    name="rubric",
    fields=known_fields(),
    begins="id, version, title",
    guide=GUIDE,
    otherwise="check the indent (spaces, no tabs), and put a text with ': ' or a leading * & ! % @ ` in quotes",
    most_bytes=200_000,  # five times the largest that comes with Filmroom
)
_MAX_DEPTH = 20
_MAX_NODES = 50_000
_SEEN_BY_READERS = {"id", "text", "polarity", "role", "form", "part", "examples", "counterexamples", "opportunity"}


@dataclass(frozen=True)
class RubricText:
    """A rubric file as its author wrote it: the rubric, unless `problems` say why it is none, and where things stand.

    A rubric that breaks only the rules of wording is there beside its problems.
    """

    path: Path
    rubric: Rubric | None
    problems: tuple[Problem, ...]
    document: CommentedMap

    def place(self, *at: int | str) -> tuple[int, int]:
        """Line and column, from 1, where the value at capabilities, 0, behaviours, 2, ... starts."""
        return place(self.document, at)

    @property
    def error(self) -> RubricError:
        """All problems in one error, that of the first line first."""
        first, *others = sorted(self.problems)
        also = "".join(f"\n  also {p.line}:{p.column}: {p.message} ({p.hint})" for p in others)
        return RubricError(first.message + also, hint=first.hint, path=self.path, line=first.line, column=first.column)


def find_rubric(name_or_path: str, *, folders: Sequence[Path] = (SHIPPED,)) -> LoadedRubric:
    """The rubric of this id from the first folder that has it, or of this file.

    What ends in .yaml or .yml, or names an existing file, is a file.
    Raises: NotFoundError, RubricError.
    """
    path = Path(name_or_path)
    if path.suffix in _SUFFIXES or path.is_file():
        return load_rubric(path)
    known = {file.stem: file for folder in reversed(folders) for file in rubric_files(folder)}
    if name_or_path in known:
        return load_rubric(known[name_or_path])
    near = difflib.get_close_matches(name_or_path, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known)) or 'none'}; or give a .yaml file"
    raise NotFoundError(f"no rubric {name_or_path!r}", hint=hint)


def shipped_rubrics() -> tuple[LoadedRubric, ...]:
    """Every rubric that comes with Filmroom, by file name."""
    return tuple(load_rubric(path) for path in rubric_files(SHIPPED))


def rubric_files(folder: Path) -> tuple[Path, ...]:
    """The rubric files of a folder, by name; empty for a folder that is not there."""
    return tuple(sorted(path for path in folder.glob("*") if path.suffix in _SUFFIXES)) if folder.is_dir() else ()


def load_rubric(path: Path) -> LoadedRubric:
    """The rubric of a file, with the hash of its content.

    Its texts are read as drafts are, so that a sentence that no draft may say stops the run and not each call. A file
    that has not changed is not parsed again.
    Raises: RubricError with the line and column of the first thing that is wrong; its message lists all of them.
    """
    try:
        content = path.read_bytes()
    except OSError:
        content = b""  # what is wrong with it is told where it is parsed
    return _loaded(path, hashlib.sha256(content).hexdigest())


@lru_cache(maxsize=64)
def _loaded(path: Path, _content: str) -> LoadedRubric:
    text = read_rubric(path)
    if text.rubric is None or text.problems:
        raise text.error
    return LoadedRubric(rubric=text.rubric, sha256=content_hash(text.rubric))


def read_rubric(path: Path) -> RubricText:
    """The rubric of a file with everything that is wrong with it. Raises: RubricError for what cannot be read."""
    document = read_yaml(path, _KIND)
    try:
        rubric = Rubric.model_validate(_plain(document, path))
    except ValidationError as error:
        return RubricText(path, None, schema_problems(document, error), document)
    unsayable = {wording_problem(document, finding) for finding in lint_rubric(rubric)}
    return RubricText(path, rubric, tuple(sorted(unsayable)), document)


def content_hash(rubric: Rubric) -> str:
    """The sha256 of the rubric's content as canonical JSON.

    Not of the file's bytes: a comment, an alias or a moved line must not make paid work be done again. Nor of
    `parties` where they are the usual ones, so that a rubric which does not name them keeps its hash.
    """
    usual = {"parties"} if rubric.parties == Parties() else None
    return _sha256(rubric.model_dump(mode="json", exclude=usual))


def reading_hash(rubric: Rubric) -> str:
    """The sha256 of what readers see of the rubric: new wording of praise, coaching or levels needs no new reading.

    Readers see behaviours under the name and goal of their capability, and what the rubric calls those who speak.
    """
    seen = [
        {
            "name": capability.name,
            "goal": capability.goal,
            "behaviours": [b.model_dump(mode="json", include=_SEEN_BY_READERS) for b in read],
        }
        for capability in rubric.capabilities
        if (read := [b for b in capability.behaviours if b.measure is None])
    ]
    return _sha256({"parties": rubric.parties.model_dump(mode="json"), "capabilities": seen})


def dump_rubric(rubric: Rubric) -> str:
    """The rubric as YAML, without what has its default value; loading it gives an equal rubric."""
    yaml = YAML()
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(rubric.model_dump(mode="json", exclude_defaults=True), out)
    return out.getvalue()


def _sha256(content: object) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(document: CommentedMap, path: Path) -> object:
    """The document in plain Python types. Aliases are written out, so their growth is limited."""
    n_nodes = 0

    def plain(node: object, depth: int) -> object:
        nonlocal n_nodes
        n_nodes += 1
        if depth > _MAX_DEPTH or n_nodes > _MAX_NODES:
            raise RubricError("its aliases unfold to more than a rubric can hold", hint="remove aliases", path=path)
        if isinstance(node, dict):
            return {key if isinstance(key, str) else str(key): plain(value, depth + 1) for key, value in node.items()}
        return [plain(item, depth + 1) for item in node] if isinstance(node, list) else node

    return plain(document, 0)
