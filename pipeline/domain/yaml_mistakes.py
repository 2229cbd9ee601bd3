"""Owns what people get wrong when they write YAML by hand: the parser's words and place, put into the author's."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

_FIELD = re.compile(r"^(?P<indent> *(?:- +)*)(?P<name>[A-Za-z_][A-Za-z_0-9]*)(?P<after>:?)(?P<gap>\s*)(?P<rest>.*)$")
_DASH = re.compile(r"^ *-(?=[^\s-])")
_QUOTED = re.compile(r"""^ *(?:- +)*(?:\w+: +)?(?P<value>(?P<mark>["'])(?:(?!(?P=mark)).)*(?P=mark)\s*[^\s#].*)$""")
_COLON = re.compile(r"^(?P<before> *(?:- +)*(?:\w+: +)?)(?P<value>[^\"'\[{|>#&*].*?:\s.*)$")
_STARTS = "*&!%@`"
_INVISIBLE = re.compile(r"^ *([\u00a0\u2000-\u200b\u202f\u3000\ufeff])")


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a YAML parser gave up and what it said; lines and columns from 1.

    `since` is where the part began that it was reading then, where it said so.
    """

    problem: str
    line: int
    column: int
    since: tuple[int, int] | None = None
    context: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What an author has to change, and where: often some lines before the place where the parser stopped."""

    line: int
    column: int
    message: str
    fix: str


def find_mistake(text: str, stop: Stop, *, fields: Collection[str]) -> Mistake | None:
    """What probably keeps the text from being YAML, in an author's words; None when nothing known fits.

    `fields` are the names that may stand before a colon.
    """
    lines = text.splitlines()
    if not lines:
        return None
    at = min(stop.line, len(lines))
    return next(_found(lines, at, stop, fields), None)


def _found(lines: Sequence[str], at: int, stop: Stop, fields: Collection[str]) -> Iterator[Mistake]:
    """Every explanation that fits, the surest first."""
    yield from _written_again(stop)
    yield from _blanks(lines, at)
    if stop.since is not None and "quoted scalar" in stop.context:
        yield Mistake(*stop.since, "the quotation mark that opens here is not closed", "put the same mark at its end")
        return
    yield from _text_after_quotes(lines, at)
    if "could not find expected ':'" in stop.problem:
        yield from _without_colon(lines, at, fields)
    if stop.since is not None and "flow" in stop.context:
        mark = lines[stop.since[0] - 1][stop.since[1] - 1 : stop.since[1]]
        closing = {"{": "}", "[": "]"}.get(mark, "}")
        yield Mistake(*stop.since, f"the `{mark}` that opens here is not closed", f"put `{closing}` at its end")
    yield from _special_start(lines, at, stop)
    if "mapping values" in stop.problem:
        yield from _colon_in_text(lines, at)
    yield from _indented(lines, at, fields)


def _written_again(stop: Stop) -> Iterator[Mistake]:
    """A field that stands twice, where it stands the second time; a second document after the first."""
    if "duplicate key" in stop.problem:
        name = stop.problem.partition('"')[2].partition('"')[0]
        fix = "if a new entry begins here, put `- ` before it" if name in ("id", "level") else "name each field once"
        yield Mistake(stop.line, stop.column, f"duplicate key `{name}`: it stands twice in one entry", fix)
    if "another document" in stop.problem:
        fix = "take out the line `---`, or keep what follows in a file of its own"
        yield Mistake(stop.line, stop.column, "a second document begins here", fix)


def _blanks(lines: Sequence[str], at: int) -> Iterator[Mistake]:
    """Tabs and invisible characters where only spaces may stand, in the first line that has one."""
    for number, line in enumerate(lines[:at], start=1):
        margin = line[: len(line) - len(line.lstrip())]
        if "\t" in margin:
            hint = f"use spaces; the line above is indented by {_indent(lines[number - 2]) if number > 1 else 0}"
            yield Mistake(number, margin.index("\t") + 1, "a tab stands in the indent", hint)
            return
        if match := _INVISIBLE.match(line):
            what = f"an invisible character (U+{ord(match[1]):04X}) stands in the indent"
            yield Mistake(number, match.start(1) + 1, what, "delete it and type spaces")
            return
    line = lines[at - 1]
    if match := re.search(r":(\t+)", line):
        yield Mistake(at, match.start(1) + 1, "a tab stands after the colon", "use one space")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _without_colon(lines: Sequence[str], at: int, fields: Collection[str]) -> Iterator[Mistake]:
    """The nearest line at or above the stop whose colon, or the space after a colon or dash, is missing."""
    for number in range(at, 0, -1):
        line = lines[number - 1]
        if match := _DASH.match(line):
            rest = line[match.end() :].strip()
            yield Mistake(number, match.end(), "no space stands after the dash", f"write `- {_short(rest)}`")
            return
        field = _FIELD.match(line)
        if field is None or field["name"] not in fields:
            continue
        column = field.start("name") + 1
        rest = _short(field["rest"])
        if not field["after"] and (field["gap"] or not rest):
            wanted = f"{field['name']}: {rest}".rstrip()
            yield Mistake(number, column, f"no colon stands after `{field['name']}`", f"write `{wanted}`")
            return
        if field["after"] and not field["gap"] and rest:
            what = f"no space stands after the colon of `{field['name']}`"
            yield Mistake(number, column, what, f"write `{field['name']}: {rest}`")
            return


def _text_after_quotes(lines: Sequence[str], at: int) -> Iterator[Mistake]:
    if match := _QUOTED.match(lines[at - 1]):
        other = "'" if match["mark"] == '"' else '"'
        value = match["value"].strip()
        sure = other not in value
        hint = f"put all of it in {other}: {other}{_short(value)}{other}" if sure else "put all of it in one pair"
        yield Mistake(at, match.start("value") + 1, "text goes on after the closing quotation mark", hint)


def _special_start(lines: Sequence[str], at: int, stop: Stop) -> Iterator[Mistake]:
    character = lines[at - 1][stop.column - 1 : stop.column]
    if character and character in _STARTS:
        rest = _short(lines[at - 1][stop.column - 1 :].strip())
        what = f"a text may not begin with {character} by itself"
        yield Mistake(at, stop.column, what, f"put the text in quotes: '{rest}'" if "'" not in rest else f'"{rest}"')


def _colon_in_text(lines: Sequence[str], at: int) -> Iterator[Mistake]:
    match = _COLON.match(lines[at - 1])
    if match and _FIELD.match(match["value"]) and ":" in match["before"]:
        text = match["value"].strip()
        quoted = f"'{_short(text)}'" if "'" not in text else f'"{_short(text)}"'
        what = "a text that holds a colon and a space is taken for a field"
        yield Mistake(at, match.start("value") + 1, what, f"put the text in quotes: {quoted}")


def _indented(lines: Sequence[str], at: int, fields: Collection[str]) -> Iterator[Mistake]:
    """A line that begins at a column where nothing above it does, or where only entries of a list do."""
    line, here = lines[at - 1], _indent(lines[at - 1])
    dashed = line.lstrip().startswith("- ")
    name = _FIELD.match(line)
    known = name is not None and name["name"] in fields
    if not (dashed or known):
        return
    columns = _columns(lines[: at - 1], dashes=dashed)
    if not columns or here in columns:
        return
    nearest = min(columns, key=lambda column: (abs(column - here), column < here))
    kind = "entry" if dashed else "field"
    what = "an entry" if dashed or name is None else f"the field `{name['name']}`"
    message = f"{what} is indented by {_spaces(here)}, and no {kind} above it is"
    wanted = f"indent it by {_spaces(nearest)}, as one above" if nearest else "begin the line with it"
    yield Mistake(at, here + 1, message, wanted)


def _columns(lines: Sequence[str], *, dashes: bool) -> set[int]:
    """The columns, from 0, of the open lists' dashes, or of the open mappings' fields, after these lines."""
    opened: dict[int, bool] = {}
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        column = _indent(line)
        opened = {other: dash for other, dash in opened.items() if other <= column}
        rest = line[column:]
        while rest.startswith("- "):
            opened = {other: dash for other, dash in opened.items() if other < column}
            opened[column] = True
            column += len(rest) - len(rest[1:].lstrip(" "))
            rest = line[column:]
        if _FIELD.match(rest):
            opened[column] = False
    return {column for column, dash in opened.items() if dash == dashes}


def _spaces(n: int) -> str:
    return "1 space" if n == 1 else f"{n} spaces"


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
