"""Owns rubric files: finding, loading, hashing and writing them, with errors that name the line and the fix."""

import difflib
import hashlib
import io
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from pipeline.domain.draft_lint import RubricFinding, lint_rubric
from pipeline.domain.rubric import LoadedRubric, Rubric
from pipeline.errors import NotFoundError, RubricError

SHIPPED = Path(__file__).resolve().parent.parent / "rubrics"
"""The folder of the rubrics that come with Filmroom."""

_SUFFIXES = (".yaml", ".yml")
_MAX_BYTES = 1_000_000
_MAX_DEPTH = 20
_MAX_NODES = 50_000
_GUIDE = "compare with rubrics/discovery.yaml"
_FIXES = {
    "tuple_type": "write each entry on a line of its own, after `- `",
    "too_short": "add entries",
    "too_long": "take entries out",
    "string_type": "put the text in quotes",
    "string_pattern_mismatch": "use lower case letters, digits and underscores, a letter first",
}
_SEEN_BY_READERS = {"id", "text", "polarity", "role", "form", "part", "examples", "counterexamples", "opportunity"}

Location = tuple[int | str, ...]


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

    Its texts are read as drafts are, so that a sentence that no draft may say stops the run and not each call.
    Raises: RubricError with the line and column of the first thing that is wrong; its message lists all of them.
    """
    document = _parse(path)
    try:
        rubric = Rubric.model_validate(_plain(document, path))
    except ValidationError as error:
        raise _rubric_error(path, document, error) from None
    unsayable = {_unsayable(document, finding) for finding in lint_rubric(rubric)}
    if unsayable:
        raise _told_at_once(path, unsayable)
    return LoadedRubric(rubric=rubric, sha256=content_hash(rubric))


def content_hash(rubric: Rubric) -> str:
    """The sha256 of the rubric's content as canonical JSON.

    Not of the file's bytes: a comment, an alias or a moved line must not make paid work be done again.
    """
    return _sha256(rubric.model_dump(mode="json"))


def reading_hash(rubric: Rubric) -> str:
    """The sha256 of what readers see of the rubric: new wording of praise, coaching or levels needs no new reading."""
    return _sha256(
        [b.model_dump(mode="json", include=_SEEN_BY_READERS) for b in rubric.behaviours if b.measure is None]
    )


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


def _parse(path: Path) -> CommentedMap:
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise RubricError(f"cannot be read: {error.strerror}", hint="check the path", path=path) from error
    except UnicodeDecodeError as error:
        raise RubricError("is not UTF-8 text", hint="save the file as UTF-8", path=path) from error
    if len(data) > _MAX_BYTES:
        raise RubricError(f"has {len(data)} bytes, too many for a rubric", hint="give a rubric file", path=path)
    try:
        document = YAML().load(text)
    except MarkedYAMLError as error:
        raise _yaml_error(path, error) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise RubricError(f"is not YAML: {error}", hint=_GUIDE, path=path) from error
    if not isinstance(document, CommentedMap):
        raise RubricError("must be a mapping with id, version, title, ...", hint=_GUIDE, path=path, line=1, column=1)
    return document


def _yaml_error(path: Path, error: MarkedYAMLError) -> RubricError:
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or error.context or "is not YAML").split("\n")[0]
    hint = (
        "name each field once"
        if "duplicate key" in problem
        else "check the indent (spaces, no tabs), and put a text with ': ' or a leading * & ! % @ ` in quotes"
    )
    place = (None, None) if mark is None else (mark.line + 1, mark.column + 1)
    return RubricError(problem, hint=hint, path=path, line=place[0], column=place[1])


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


@dataclass(frozen=True, slots=True, order=True)
class _Problem:
    line: int
    column: int
    message: str
    hint: str


def _rubric_error(path: Path, document: CommentedMap, error: ValidationError) -> RubricError:
    found = error.errors(include_url=False)
    causes = [details for details in found if not _follows(details, found)]
    return _told_at_once(path, {_problem(document, details) for details in causes})


def _told_at_once(path: Path, problems: Collection[_Problem]) -> RubricError:
    first, *others = sorted(problems)
    also = "".join(f"\n  also {p.line}:{p.column}: {p.message} ({p.hint})" for p in others)
    return RubricError(first.message + also, hint=first.hint, path=path, line=first.line, column=first.column)


def _unsayable(document: CommentedMap, finding: RubricFinding) -> _Problem:
    where = ".".join(str(part) for part in finding.at if not isinstance(part, int))
    message = f"{where.rpartition('behaviours.')[2]} says “{finding.sentence}”, and no draft may"
    return _Problem(*_place(document, finding.at), message, f"change “{finding.words}”: {finding.reason}")


def _follows(details: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Whether a list is called too short only because an entry of it is wrong."""
    at = details["loc"]
    return details["type"] == "too_short" and any(other["loc"][: len(at)] == at != other["loc"] for other in found)


def _problem(document: CommentedMap, details: ErrorDetails) -> _Problem:
    location = _within(document, details["loc"])
    name = ".".join(str(part) for part in location)
    if details["type"] == "extra_forbidden":
        known = sorted(_fields_at(location[:-1]))
        near = difflib.get_close_matches(str(location[-1]), known, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"fields here: {', '.join(known)}"
        return _Problem(*_key_place(document, location), f"unknown field {name}", hint)
    if details["type"] == "missing":
        field = details["loc"][-1]
        return _Problem(
            *_place(document, location), f"{name or 'the rubric'} has no {field}", f"add `{field}:`; {_GUIDE}"
        )
    if details["type"] == "rubric_rule":
        rule = details["ctx"]
        at = _value_place(document, location, rule["field"], rule["value"])
        return _Problem(*at, rule["message"], f"change {rule['field']} of {name or 'the rubric'}")
    given = "" if isinstance(details["input"], dict | list) else f", not {details['input']!r}"
    told = details["msg"].replace("Tuple", "list").replace("a valid tuple", "a list").replace(" after validation", "")
    message = f"{name}: {told[0].lower()}{told[1:]}{given}"
    return _Problem(*_place(document, location), message, _FIXES.get(details["type"], _GUIDE))


def _within(document: CommentedMap, location: Location) -> Location:
    """As much of a location as stands in the document: what is missing, and names of union branches, do not."""
    node: Any = document
    found: list[int | str] = []
    for part in location:
        in_map = isinstance(node, CommentedMap) and part in node
        if in_map or (isinstance(node, CommentedSeq) and part in range(len(node))):
            node = node[part]
            found.append(part)
    return tuple(found)


def _node(document: CommentedMap, location: Location) -> Any:
    node: Any = document
    for part in location:
        node = node[part]
    return node


def _place(document: CommentedMap, location: Location) -> tuple[int, int]:
    """Line and column, from 1, where the value at a location starts."""
    if not location:
        return (1, 1)
    parent = _node(document, location[:-1])
    line, column = parent.lc.value(location[-1]) if isinstance(parent, CommentedMap) else parent.lc.item(location[-1])
    return (line + 1, column + 1)


def _key_place(document: CommentedMap, location: Location) -> tuple[int, int]:
    line, column = _node(document, location[:-1]).lc.key(location[-1])
    return (line + 1, column + 1)


def _value_place(document: CommentedMap, location: Location, field: str, value: str | None) -> tuple[int, int]:
    """Where the value stands last below a field of this name, else where that field starts, else the location."""
    inside = _within(document, (*location, field))
    scalars = [at for at in _scalars(_node(document, location), location) if field in at[len(location) :]]
    same = [at for at in scalars if value is not None and _node(document, at) == value]
    return _place(document, same[-1] if same else inside)


def _scalars(node: Any, location: Location) -> Iterator[Location]:
    if isinstance(node, CommentedMap):
        for key, value in node.items():
            yield from _scalars(value, (*location, key))
    elif isinstance(node, CommentedSeq):
        for at, item in enumerate(node):
            yield from _scalars(item, (*location, at))
    else:
        yield location


def _fields_at(location: Location) -> frozenset[str]:
    """The names of the fields that the rubric's schema knows at a location."""
    model: type[BaseModel] = Rubric
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models_in(model.model_fields[part].annotation), model)
    return frozenset(model.model_fields)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
