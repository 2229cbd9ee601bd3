"""Owns reading Switchboard calls with dialogue acts: `speaker|text|act` a row, one file a conversation.

Every row is a turn, so that what was said before it is the turn before it; a row with act `+` goes on with the last row
of its speaker and is no turn of its own. Its act in small letters is the turn's behaviour. Who is who is not told.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from evals.collections.conversations import SpokenLine, call_id, turn_id, untimed
from evals.collections.formats import read_text
from evals.labelled import LabelledCall, TurnLabel
from pipeline.errors import InputError

COLLECTION = "phone"
RATER = "annotation"
_FOLDER = Path("labelled") / "phone-dialogue-acts"
_LEGEND = "label_map.txt"
_ASKING = re.compile(r"q[ywor]\S*")
_DECLARATIVE = re.compile(r"q[yw]\^d\S*")
_CONTINUATION = "+"


class _Act(NamedTuple):
    speaker: str
    text: str
    act: str


def load_phone(data: Path) -> tuple[LabelledCall, ...]:
    """The calls by file name: all .txt files of the folder under `data` but the legend of acts.

    Asking acts are qy, qw, qo, qr and their variants (qy^d, qrr, qy^t ...); qh (rhetorical), bh (backchannel in
    question form) and br (signal of not hearing) are none. qy^d and qw^d are declarative. Raises: InputError for a row
    that has not three fields, and where there is no file.
    """
    paths = sorted(path for path in (data / _FOLDER).glob("*.txt") if path.name != _LEGEND)
    if not paths:
        raise InputError("holds no calls", hint="set FILMROOM_SHARED to the shared folder", path=data / _FOLDER)
    return tuple(_call(path) for path in paths)


def _call(path: Path) -> LabelledCall:
    acts = [act for act in _joined(_rows(path)) if act.text.split()]
    call = call_id(COLLECTION, path.stem)
    return LabelledCall(
        id=call,
        collection=COLLECTION,
        conversation=untimed(call, [SpokenLine(act.speaker, "unknown", act.text) for act in acts]),
        language="en",
        raters=(RATER,),
        turns=tuple(
            TurnLabel(
                turn_id=turn_id(number),
                rater=RATER,
                behaviours=frozenset([act.act.lower()]),
                asks=_ASKING.fullmatch(act.act) is not None,
                declarative=_DECLARATIVE.fullmatch(act.act) is not None,
            )
            for number, act in enumerate(acts, start=1)
        ),
    )


def _rows(path: Path) -> list[_Act]:
    rows = []
    for number, row in enumerate(read_text(path).splitlines(), 1):
        fields = row.split("|")
        if len(fields) != 3:
            raise InputError(f"{len(fields)} fields", hint="a row is speaker|text|act", path=path, line=number)
        rows.append(_Act(*fields))
    return rows


def _joined(rows: Sequence[_Act]) -> list[_Act]:
    found: list[_Act] = []
    for row in rows:
        last = next((i for i in range(len(found) - 1, -1, -1) if found[i].speaker == row.speaker), None)
        if row.act == _CONTINUATION and last is not None:
            found[last] = _Act(row.speaker, f"{found[last].text} {row.text}", found[last].act)
        else:
            found.append(row)
    return found
