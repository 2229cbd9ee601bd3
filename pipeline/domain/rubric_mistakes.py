"""Owns what is wrong with a rubric file, in its author's words: line, column, what stands there and what to write."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from pipeline.domain.draft_lint import RubricFinding
from pipeline.domain.rubric import Rubric

GUIDE = "compare with rubrics/discovery.yaml"
_FIXES = {
    "tuple_type": "write each entry on a line of its own, after `- `",
    "too_short": "add entries",
    "too_long": "take entries out",
    "string_type": "put the text in quotes",
    "string_pattern_mismatch": "use lower case letters, digits and underscores, a letter first",
    "int_from_float": "use a whole number",
    "int_parsing": "use a whole number",
    "float_parsing": "use a number",
    "model_type": "write its fields on lines of their own, or as {field: value}",
}
_TOLD = {
    "string_pattern_mismatch": "input should be an id",
    "int_from_float": "input should be a whole number",
    "int_parsing": "input should be a whole number",
    "float_parsing": "input should be a number",
    "model_type": "fields should stand here",
}
"""What the schema says in a programmer's words."""
_CHOICES = ("enum", "literal_error")
_ENTRIES = {"capabilities": "capability", "behaviours": "behaviour", "levels": "level"}
_LONG_LIST = 8

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What keeps a rubric from being loaded: where, from 1, what is wrong, and what to do about it."""

    line: int
    column: int
    message: str
    hint: str


def schema_problems(document: CommentedMap, error: ValidationError) -> tuple[Problem, ...]:
    """What the rubric's schema refuses in the document, in its order, causes only."""
    found = error.errors(include_url=False)
    causes = [details for details in found if not _follows(document, details, found)]
    return tuple(sorted({_problem(document, details, found) for details in causes}))


def wording_problem(document: CommentedMap, finding: RubricFinding) -> Problem:
    """A text of the rubric that no draft may say."""
    where = ".".join(str(part) for part in finding.at if not isinstance(part, int))
    message = f"{where.rpartition('behaviours.')[2]} says “{finding.sentence}”, and no draft may"
    return Problem(*place(document, finding.at), message, f"change “{finding.words}”: {finding.reason}")


def _follows(document: CommentedMap, details: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Whether another problem is the cause of this one.

    A list is called too short when an entry of it is wrong, a field missing when its name is misspelt, and a union's
    value wrong once for each branch.
    """
    at = details["loc"]
    if details["type"] == "too_short":
        return any(other["loc"][: len(at)] == at != other["loc"] for other in found)
    if details["type"] == "missing":
        beside = [o for o in found if o["type"] == "extra_forbidden" and o["loc"][:-1] == at[:-1]]
        return any(difflib.get_close_matches(str(o["loc"][-1]), [str(at[-1])], n=1) for o in beside)
    return details["type"] in _CHOICES and any(
        other["type"] in _CHOICES and _within(document, other["loc"]) == _within(document, at)
        for other in found[: found.index(details)]
    )


def _problem(document: CommentedMap, details: ErrorDetails, found: Sequence[ErrorDetails]) -> Problem:
    location = _within(document, details["loc"])
    name = _named(document, location)
    if details["input"] is None and details["type"] != "extra_forbidden":
        return Problem(*key_place(document, location), f"{name} is empty", "write its value after the colon")
    match details["type"]:
        case "extra_forbidden":
            return _unknown_field(document, location)
        case "missing":
            field = details["loc"][-1]
            message, hint = f"{name or 'the rubric'} has no {field}", f"add `{field}:`; {GUIDE}"
            return Problem(*place(document, location), message, hint)
        case "rubric_rule":
            rule = details["ctx"]
            at = _value_place(document, location, rule["field"], rule["value"])
            return Problem(*at, rule["message"], rule["fix"] or f"change {rule['field']} of {name or 'the rubric'}")
        case "enum" | "literal_error":
            return _wrong_choice(document, location, details, found)
        case _:
            return _wrong_value(document, location, details)


def _wrong_value(document: CommentedMap, location: Location, details: ErrorDetails) -> Problem:
    name, given = _named(document, location), details["input"]
    if details["type"] == "string_type" and isinstance(given, dict) and len(given) == 1:
        (key,) = given
        message = f"{name} is taken for a field `{key}`, since a colon and a space stand in it"
        return Problem(*place(document, location), message, f'put all of the text in quotes: "{key}: …"')
    said = _TOLD.get(details["type"], details["msg"])
    told = said.replace("Tuple", "list").replace("a valid tuple", "a list").replace(" after validation", "")
    shown = "" if isinstance(given, dict | list) else f", not {given!r}"
    message = f"{name}: {told[0].lower()}{told[1:]}{shown}"
    return Problem(*place(document, location), message, _FIXES.get(details["type"], _limits(details)))


def _limits(details: ErrorDetails) -> str:
    at = {"less_than_equal": "le", "greater_than_equal": "ge"}.get(details["type"], "")
    limit = details.get("ctx", {}).get(at)
    return GUIDE if limit is None else f"use {limit} or {'less' if at == 'le' else 'more'}"


def _unknown_field(document: CommentedMap, location: Location) -> Problem:
    key = str(location[-1])
    within = _named(document, location[:-1])
    message = f"unknown field `{key}`" + (f" in {within}" if within else "")
    known = sorted(_fields_at(location[:-1]))
    before, colon, after = key.partition(":")
    near = difflib.get_close_matches(key, known, n=1)
    if colon and before in known:
        hint = f"write `{before}: {after}`, with a space after the colon"
    elif _node(document, location) is None and " " in key:
        hint = "within { } a comma starts a new field: put a text that holds one in quotes"
    else:
        hint = f"did you mean `{near[0]}`?" if near else f"fields here: {', '.join(known)}"
    return Problem(*key_place(document, location), message, hint)


def _wrong_choice(
    document: CommentedMap, location: Location, details: ErrorDetails, found: Sequence[ErrorDetails]
) -> Problem:
    """A value outside a closed vocabulary, with all that every branch of a union would allow."""
    same = [o for o in found if o["type"] in _CHOICES and _within(document, o["loc"]) == location]
    allowed = _quoted_names([str(other.get("ctx", {}).get("expected", "")) for other in same])
    given = details["input"]
    near = difflib.get_close_matches(str(given), allowed, n=1)
    listed = [f"'{word}'" for word in allowed]
    one_of = ", ".join(listed[:-1]) + " or " + listed[-1] if len(listed) > 1 else "".join(listed)
    told = f"input should be {one_of}" if len(allowed) <= _LONG_LIST else "is none of the names known here"
    message = f"{_named(document, location)}: {told}, not {given!r}"
    hint = f"did you mean `{near[0]}`?" if near else GUIDE if len(allowed) <= _LONG_LIST else ", ".join(allowed)
    return Problem(*place(document, location), message, hint)


def _quoted_names(lists: Sequence[str]) -> list[str]:
    """The names in pydantic's "'a', 'b' or 'c'", each once, in order."""
    return list(dict.fromkeys(name for text in lists for name in text.split("'")[1::2]))


def _named(document: CommentedMap, location: Location) -> str:
    """The way to a value with entries by their id: "behaviour cost_asked: coaching.gap"."""
    node: Any = document
    entry, fields = "", list[str]()
    for i, part in enumerate(location):
        node = node[part]
        own = node.get("id", node.get("level")) if isinstance(node, Mapping) else None
        kind = _ENTRIES.get(str(location[i - 1])) if isinstance(part, int) and i else None
        if kind is not None and isinstance(own, str | int):
            within = f" of {entry}" if kind == "level" and entry else ""
            entry, fields = f"{kind} {own}{within}", []
        else:
            fields.append(str(part))
    return ": ".join(part for part in (entry, ".".join(fields)) if part)


def _within(document: CommentedMap, location: Location) -> Location:
    """As much of a location as stands in the document: what is missing, and names of union branches, do not."""
    node: Any = document
    found: list[int | str] = []
    for part in location:
        if isinstance(node, CommentedMap):
            known = [key for key in node if key == part or str(key) == part]  # a key may be a number in the file
        else:
            known = [part] if isinstance(node, CommentedSeq) and part in range(len(node)) else []
        if known:
            node = node[known[0]]
            found.append(known[0])
    return tuple(found)


def _node(document: CommentedMap, location: Location) -> Any:
    node: Any = document
    for part in location:
        node = node[part]
    return node


def place(document: CommentedMap, location: Location) -> tuple[int, int]:
    """Line and column, from 1, where the value at a location starts; of the part of it that stands there."""
    location = _within(document, location)
    if not location:
        return (1, 1)
    parent = _node(document, location[:-1])
    line, column = parent.lc.value(location[-1]) if isinstance(parent, CommentedMap) else parent.lc.item(location[-1])
    return (line + 1, column + 1)


def key_place(document: CommentedMap, location: Location) -> tuple[int, int]:
    """Line and column, from 1, where the name of the field at a location starts; of an entry, where that starts."""
    parent = _node(document, location[:-1])
    if not isinstance(parent, CommentedMap):
        return place(document, location)
    line, column = parent.lc.key(location[-1])
    return (line + 1, column + 1)


def _value_place(document: CommentedMap, location: Location, field: str, value: str | int | None) -> tuple[int, int]:
    """Where the value stands last below a field of this name, else where that field starts, else the location."""
    inside = _within(document, (*location, field))
    scalars = [at for at in _scalars(_node(document, location), location) if field in at[len(location) :]]
    same = [at for at in scalars if value is not None and _node(document, at) == value]
    return place(document, same[-1] if same else inside)


def _scalars(node: Any, location: Location) -> Iterator[Location]:
    if isinstance(node, CommentedMap):
        for key, value in node.items():
            yield from _scalars(value, (*location, key))
    elif isinstance(node, CommentedSeq):
        for at, item in enumerate(node):
            yield from _scalars(item, (*location, at))
    else:
        yield location


def known_fields() -> frozenset[str]:
    """Every name that may stand before a colon somewhere in a rubric."""
    return frozenset(_all_fields(Rubric))


def _all_fields(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        for inner in _models_in(field.annotation):
            yield from _all_fields(inner)


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
