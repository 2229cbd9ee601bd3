"""Owns reading labels as people write them: a CSV or a JSON list with a row for each turn, behaviour or capability.

Columns tell what a row is a label of: `turn_id`, or `behaviour` and `state`, or `capability` and `level`. A row without
any label in it is not labelled, which is something else than a no.
"""

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from evals.collections.formats import read_text
from evals.collections.tables import Row, read_table
from evals.labelled import LevelLabel, Openness, TurnLabel, VerdictLabel
from pipeline.domain.assessment import VerdictState
from pipeline.domain.base import Value
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.errors import InputError

_T = TypeVar("_T")

NONE = "none"
UNCLEAR = "unclear"
_YES_NO: Mapping[str, bool] = {"yes": True, "no": False, "y": True, "n": False, "true": True, "false": False}
_OPENNESS: Mapping[str, Openness] = {"open": "open", "closed": "closed"}
_STATES: Mapping[str, VerdictState] = {"shown": "shown", "not_shown": "not_shown", "no_opportunity": "no_opportunity"}
STATES = tuple(_STATES)
_LABELS_OF_TURN = ("asks", "openness", "declarative", "behaviours")
_HEADS = (("turn_id",), ("behaviour", "state"), ("capability", "level"))
_COLUMNS = "turn_id; or behaviour and state; or capability and level"


class Labels(Value):
    """What the tables of one case say of it."""

    turns: tuple[TurnLabel, ...] = ()
    verdicts: tuple[VerdictLabel, ...] = ()
    levels: tuple[LevelLabel, ...] = ()

    def __add__(self, other: "Labels") -> "Labels":
        return Labels(
            turns=self.turns + other.turns,
            verdicts=self.verdicts + other.verdicts,
            levels=self.levels + other.levels,
        )

    @property
    def raters(self) -> tuple[str, ...]:
        """Everybody who gave a label, in order of first appearance."""
        named = [*(t.rater for t in self.turns), *(v.rater for v in self.verdicts), *(v.rater for v in self.levels)]
        return tuple(dict.fromkeys(named))

    @property
    def twice(self) -> str | None:
        """What has two labels by one rater, in words; None where nothing has."""
        given = [(t.rater, t.turn_id) for t in self.turns] + [(v.rater, v.behaviour) for v in self.verdicts]
        counted = Counter(given + [(v.rater, v.capability) for v in self.levels])
        return next((f"{what} has two labels by {rater}" for (rater, what), n in counted.items() if n > 1), None)


@dataclass(frozen=True)
class Labelled:
    """What a table's rows are checked against: the case, its turns and its rubric, where it has them."""

    case: str
    conversation: Conversation | None = None
    rubric: Rubric | None = None


def read_labels(path: Path, of: Labelled) -> Labels:
    """The labels that a file has for one case: rows that name another case in column `case` are passed over.

    Raises: InputError with line and column for a word that is none, a turn, behaviour or capability that does not
    exist, a row without its rater, a turn whose text is another one, or a second label of one rater for one thing.
    """
    rows = _json_rows(path) if path.suffix.lower() == ".json" else read_table(path, needs=())
    if rows and not any(set(head) <= set(rows[0].cells) for head in _HEADS):
        raise InputError("has no columns of labels", hint=f"its columns are {_COLUMNS}", path=path, line=1)
    own = [row for row in rows if row.get("case") in ("", of.case)]
    return Labels(
        turns=tuple(_unique(own, lambda row: _turn(row, of), "turn_id")),
        verdicts=tuple(_unique(own, lambda row: _verdict(row, of), "behaviour")),
        levels=tuple(_unique(own, lambda row: _level(row, of), "capability")),
    )


def _unique(rows: Iterable[Row], label: Callable[[Row], _T | None], key: str) -> Iterator[_T]:
    """The labels of the rows that have one of this kind. Raises: InputError where a rater has two for one thing."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        found = label(row)
        if found is None:
            continue
        what = (row["rater"], row[key])
        if what in seen:
            hint = f"keep one of them; the first is on line {seen[what]}"
            raise row.error(key, f"{row[key]} has a second label by {row['rater']}", hint=hint)
        seen[what] = row.line
        yield found


def _rater(row: Row) -> str:
    if not row.get("rater"):
        raise row.error("rater", "nobody is named", hint="write in column rater who gave the label")
    return row["rater"]


def _turn(row: Row, of: Labelled) -> TurnLabel | None:
    if not any(row.get(column) for column in _LABELS_OF_TURN):
        return None
    if not row.get("turn_id"):
        raise row.error("turn_id", "is empty", hint="write which turn the label is of")
    _check_turn(row, of.conversation)
    words, asks = _behaviours(row, of.rubric), _asks(row)
    return TurnLabel(
        turn_id=row["turn_id"],
        rater=_rater(row),
        behaviours=frozenset(words or ()),
        asks=asks,
        openness=_word(row, "openness", _OPENNESS) if row.get("openness") else None,
        declarative=_is_yes(row, "declarative"),
        unclear=asks is None and words is None,
        looked_for=words is not None,
    )


def _asks(row: Row) -> bool | None:
    """Whether the turn asks, which what kind of question it is says too; None for unclear and where nobody says it."""
    kind = bool(row.get("openness")) or _is_yes(row, "declarative")
    if row.get("asks").lower() in ("", UNCLEAR):
        return True if kind else None
    asks = _word(row, "asks", _YES_NO, also=(UNCLEAR,))
    if kind and not asks:
        hint = "empty openness and declarative, or write yes in asks"
        raise row.error("asks", "says no, and a kind of question is given", hint=hint)
    return asks


def _is_yes(row: Row, column: str) -> bool:
    return bool(row.get(column)) and _word(row, column, _YES_NO)


def _check_turn(row: Row, conversation: Conversation | None) -> None:
    if conversation is None:
        hint = "name a transcript in the case: turns are those of a transcript"
        raise row.error("turn_id", "the case has no turns", hint=hint)
    turn = conversation.turn(row["turn_id"])
    if turn is None:
        last = conversation.turns[-1].id if conversation.turns else "none"
        raise row.error("turn_id", f"there is no turn {row['turn_id']!r}", hint=f"turns go from t0001 to {last}")
    if row.get("text") and _plain(row["text"]) != _plain(turn.text):
        hint = f"the transcript says {turn.text[:60]!r} there; take the ids from its own template"
        raise row.error("text", f"is not the text of {turn.id}", hint=hint)


def _plain(text: str) -> str:
    """Letters and digits only: a spreadsheet changes quotation marks and dashes as it likes."""
    return "".join(re.findall(r"\w+", text.casefold()))


def _behaviours(row: Row, rubric: Rubric | None) -> list[str] | None:
    """The names in the cell, none for the word none; None where it is empty or unclear."""
    names = [name for name in re.split(r"[;,\s]+", row.get("behaviours")) if name]
    if not names or [name.lower() for name in names] == [UNCLEAR]:
        return None
    if [name.lower() for name in names] == [NONE]:
        return []
    for name in names:
        if rubric is not None:
            _known(row, "behaviours", name, [b.id for b in rubric.behaviours])
    return names


def _verdict(row: Row, of: Labelled) -> VerdictLabel | None:
    if not row.get("state"):
        return None
    if not row.get("behaviour"):
        raise row.error("behaviour", "is empty", hint="write which behaviour the state is of")
    if of.rubric is not None:
        _known(row, "behaviour", row["behaviour"], [b.id for b in of.rubric.behaviours])
    return VerdictLabel(behaviour=row["behaviour"], rater=_rater(row), state=_word(row, "state", _STATES))


def _level(row: Row, of: Labelled) -> LevelLabel | None:
    if not row.get("level"):
        return None
    if not row.get("capability"):
        raise row.error("capability", "is empty", hint="write which capability the level is of")
    known = {c.id: c for c in of.rubric.capabilities} if of.rubric is not None else {}
    if of.rubric is not None:
        _known(row, "capability", row["capability"], known)
    highest = len(known[row["capability"]].levels) if known else 5
    levels: dict[str, int | None] = {str(n): n for n in range(1, highest + 1)}
    return LevelLabel(
        capability=row["capability"], rater=_rater(row), level=_word(row, "level", {**levels, NONE: None})
    )


def _known(row: Row, column: str, name: str, names: Collection[str]) -> None:
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the rubric has {', '.join(names)}"
        raise row.error(column, f"the rubric has no {name!r}", hint=hint)


def _word(row: Row, column: str, words: Mapping[str, _T], *, also: Sequence[str] = ()) -> _T:
    word = row[column].lower().removesuffix(".0")
    if word not in words:
        hint = f"write {', '.join([*words, *also])}, or leave it empty where you did not label"
        raise row.error(column, f"{row[column][:40]!r} is no label", hint=hint)
    return words[word]


def _json_rows(path: Path) -> tuple[Row, ...]:
    """The objects of a JSON list as rows, each with the line that it begins on; lists in a field are joined."""
    text = read_text(path)
    decoder, at, rows = json.JSONDecoder(), text.find("[") + 1, []
    if at == 0 or text[: at - 1].strip():
        raise InputError("is no list", hint='write [{"rater": "Ann", "turn_id": "t0001", ...}, ...]', path=path, line=1)
    while (at := _skip(text, at)) < len(text) and text[at] != "]":
        line = text.count("\n", 0, at) + 1
        try:
            entry, at = decoder.raw_decode(text, at)
            rows.append(Row(path, line, {str(key): _cell(value) for key, value in dict(entry).items()}))
        except (ValueError, TypeError, ValidationError) as error:
            hint = "each entry is an object of plain values, or of lists of names"
            raise InputError(f"cannot be read: {error}", hint=hint, path=path, line=line) from error
    columns = {name: "" for row in rows for name in row.cells}
    return tuple(Row(path, row.line, columns | dict(row.cells)) for row in rows)


def _skip(text: str, at: int) -> int:
    found = re.compile(r"[\s,]*").match(text, at)
    return found.end() if found else at


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(str(item) for item in value) or NONE
    if isinstance(value, dict):
        raise TypeError("an object stands inside an entry")
    return str(value).strip()
