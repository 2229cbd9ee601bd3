"""Owns session template files: finding and loading them, with errors that name the line and the fix."""

import difflib
from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap

from pipeline.domain.base import Value
from pipeline.domain.rubric_mistakes import key_place, place
from pipeline.domain.session_template import SessionField, SessionStep, SessionTemplate
from pipeline.errors import NotFoundError, RubricError, UsageError
from pipeline.yaml_files import Kind, read_yaml

SHIPPED_SESSIONS = Path(__file__).resolve().parent.parent.parent / "rubrics" / "sessions"
"""The folder of the session templates that come with Filmroom."""

_SUFFIXES = (".yaml", ".yml")
_GUIDE = "compare with rubrics/sessions/tactical.yaml"
_FIELDS = {
    "steps": tuple(SessionStep.model_fields),
    "fields": tuple(SessionField.model_fields),
    "": tuple(SessionTemplate.model_fields),
}
_KIND = Kind(
    name="session template",
    fields=tuple({name for names in _FIELDS.values() for name in names}),
    begins="id, version, title",
    guide=_GUIDE,
    otherwise="check the indent (spaces, no tabs), and put a text with ': ' or a leading * & ! % @ ` in quotes",
    most_bytes=65_536,
)
_FIXES = {
    "tuple_type": "write each entry on a line of its own, after `- `",
    "too_short": "add entries",
    "too_long": "take entries out",
    "string_type": "put the text in quotes",
    "string_too_short": "write something, or take the field out",
    "string_too_long": "shorten it",
    "string_pattern_mismatch": "use lower case letters, digits and underscores, a letter first",
    "int_from_float": "use a whole number",
    "int_parsing": "use a whole number",
    "float_parsing": "use a number",
    "value_error": _GUIDE,
    "literal_error": "use one of them",
}
_MOST_NODES = 5_000
_MOST_DEPTH = 8

_Problem = tuple[int, int, str, str]
"""Line and column, from 1, what is wrong, and the fix."""


class Shelf(Value):
    """The templates that can be used, by id, and what is wrong with files that cannot."""

    templates: tuple[SessionTemplate, ...]
    problems: tuple[str, ...] = ()

    def get(self, template: str) -> SessionTemplate:
        """The template of this id. Raises: NotFoundError."""
        for found in self.templates:
            if found.id == template:
                return found
        known = ", ".join(found.id for found in self.templates) or "none"
        told = f"; not read: {self.problems[0]}" if self.problems else ""
        raise NotFoundError(f"there is no session template {template!r}", hint=f"known: {known}{told}")


def shelf(own: Path | None = None, *, shipped: Path = SHIPPED_SESSIONS) -> Shelf:
    """The shipped templates and those of a folder of the team's own, which go before shipped ones of the same id.

    A file that is no template keeps nobody from using the others: it stands among the problems.
    """
    found: dict[str, SessionTemplate] = {}
    problems = [] if own is None or own.is_dir() else [f"{own}: there is no such folder of session templates"]
    for folder in (shipped, *([own] if own is not None else [])):
        for path in _files(folder):
            try:
                template = load_template(path)
            except RubricError as error:
                problems.append(f"{error.message} ({error.hint})")
            else:
                found[template.id] = template
    return Shelf(templates=tuple(found[name] for name in sorted(found)), problems=tuple(problems))


def require_templates(own: Path | None) -> tuple[SessionTemplate, ...]:
    """All templates, where each file is one. Raises: UsageError that names every file that is none."""
    found = shelf(own)
    if found.problems:
        raise UsageError("; ".join(found.problems), hint="put the session templates right")
    return found.templates


def load_template(path: Path) -> SessionTemplate:
    """The template of a file.

    Raises: RubricError with the line and column of the first thing that is wrong; its message lists all of them.
    """
    document = read_yaml(path, _KIND)
    try:
        return SessionTemplate.model_validate(_plain(document, path))
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise _told(path, [_problem(document, each) for each in found if not _is_misspelt(each, found)]) from None


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(p for p in folder.glob("*") if p.suffix in _SUFFIXES)) if folder.is_dir() else ()


def _plain(document: CommentedMap, path: Path) -> object:
    """The document in plain Python types. Aliases are written out, so their growth is limited."""
    n_nodes = 0

    def plain(node: object, depth: int) -> object:
        nonlocal n_nodes
        n_nodes += 1
        if depth > _MOST_DEPTH or n_nodes > _MOST_NODES:
            raise RubricError("holds more than a session template can", hint="take out aliases", path=path)
        if isinstance(node, dict):
            return {str(key): plain(value, depth + 1) for key, value in node.items()}
        return [plain(item, depth + 1) for item in node] if isinstance(node, list) else node

    return plain(document, 0)


def _problem(document: CommentedMap, details: ErrorDetails) -> _Problem:
    at, name = details["loc"], ".".join(_told_place(details["loc"]))
    if details["type"] == "extra_forbidden":
        known = _FIELDS.get(str(at[0]) if len(at) > 1 else "", _FIELDS[""])
        near = difflib.get_close_matches(str(at[-1]), known, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"fields here: {', '.join(known)}"
        return (*key_place(document, at), f"unknown field {name}", hint)
    if details["type"] == "missing":
        whose = ".".join(_told_place(at[:-1])) or "the template"
        return (*place(document, at[:-1]), f"{whose} has no {at[-1]}", f"add `{at[-1]}:`; {_GUIDE}")
    if details["input"] is None:
        return (*key_place(document, at), f"{name} is empty", "write its value after the colon")
    said = details["msg"].removeprefix("Value error, ").replace("Tuple", "list").replace("a valid tuple", "a list")
    shown = "" if isinstance(details["input"], dict | list) else f", not {details['input']!r}"
    message = f"{name + ': ' if name else ''}{said[0].lower()}{said[1:].replace(' after validation', '')}{shown}"
    return (*place(document, at), message, _FIXES.get(details["type"], _GUIDE))


def _told_place(at: tuple[int | str, ...]) -> list[str]:
    """As people count: steps.2.minutes is of the second step."""
    return [str(part + 1) if isinstance(part, int) else part for part in at]


def _is_misspelt(details: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Whether a field is called missing only because an unknown one beside it is its name with a slip."""
    beside = [o for o in found if o["type"] == "extra_forbidden" and o["loc"][:-1] == details["loc"][:-1]]
    unknown = [str(other["loc"][-1]) for other in beside]
    return details["type"] == "missing" and bool(difflib.get_close_matches(str(details["loc"][-1]), unknown, n=1))


def _told(path: Path, problems: Collection[_Problem]) -> RubricError:
    (line, column, message, hint), *others = sorted(problems)
    also = "".join(f"\n  also {at}:{col}: {what} ({fix})" for at, col, what, fix in others)
    return RubricError(message + also, hint=hint, path=path, line=line, column=column)
