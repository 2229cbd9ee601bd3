"""Owns reading PersuasionForGood: chats in which a persuader asks a persuadee to give to a charity.

The published labels of sentences, hyphens as underscores, are behaviours (credibility_appeal, task_related_inquiry,
ask_donation_amount ...). What one side writes before the other side answers is a turn, which shows what any of its
sentences does; the table has no second rater, so `annotation` stands for all.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from evals.collections.conversations import SpokenLine, call_id, turn_id, untimed
from evals.collections.tables import Row, read_table
from evals.labelled import LabelledCall, TurnLabel
from pipeline.domain.recording import Role

COLLECTION = "pitches"
RATER = "annotation"
_FOLDER = Path("labelled") / "donation-pitches"
_LABELS = ("er_label_1", "er_label_2", "ee_label_1", "ee_label_2")
_ROLES: dict[str, Role] = {"0": "rep", "1": "customer"}
_SPEAKERS: dict[Role, str] = {"rep": "persuader", "customer": "persuadee"}
_DIALOGUE, _ROLE, _GIVEN = "B2", "B4", "B6"
_HINT = "set FILMROOM_SHARED to the shared folder"


def load_pitches(data: Path) -> tuple[LabelledCall, ...]:
    """The chats in the order of the table under `data`, persuader as rep and persuadee as customer.

    `outcome` is what the persuadee gave, in dollars, from the table of participants (columns B2 dialogue, B4 role, B6
    donation); absent where none is stated. Raises: InputError for an absent or a damaged table.
    """
    sentences = read_table(
        data / _FOLDER / "sentences.csv", needs=("dialogue_id", "role", "Turn", "Unit", *_LABELS), hint=_HINT
    )
    given = _donations(data / _FOLDER / "participants.csv")
    chats = groupby(sentences, key=lambda row: row["dialogue_id"])
    return tuple(_chat(name, list(rows), given=given) for name, rows in chats)


def _donations(table: Path) -> dict[str, float]:
    """What the persuadee of each dialogue gave."""
    rows = read_table(table, needs=(_DIALOGUE, _ROLE, _GIVEN), hint=_HINT)
    return {row[_DIALOGUE]: _dollars(row) for row in rows if _role(row, _ROLE) == "customer" and row[_GIVEN]}


def _dollars(row: Row) -> float:
    try:
        return float(row[_GIVEN])
    except ValueError as error:
        raise row.error(_GIVEN, f"{row[_GIVEN]!r} is no amount", hint="write dollars as 0.5") from error


def _role(row: Row, column: str) -> Role:
    if row[column] not in _ROLES:
        raise row.error(column, f"{row[column]!r} is no role", hint="0 is the persuader, 1 the persuadee")
    return _ROLES[row[column]]


def _chat(name: str, rows: Sequence[Row], *, given: Mapping[str, float]) -> LabelledCall:
    runs = [list(run) for _, run in groupby((row for row in rows if row["Unit"]), key=lambda row: _role(row, "role"))]
    lines = [_line(run) for run in runs]
    call = call_id(COLLECTION, name)
    return LabelledCall(
        id=call,
        collection=COLLECTION,
        conversation=untimed(call, lines),
        language="en",
        roles={line.speaker: line.role for line in lines},
        raters=(RATER,),
        turns=tuple(
            TurnLabel(turn_id=turn_id(n), rater=RATER, behaviours=frozenset(_behaviours(run)))
            for n, run in enumerate(runs, start=1)
        ),
        outcome=given.get(name),
    )


def _line(run: Sequence[Row]) -> SpokenLine:
    role = _role(run[0], "role")
    return SpokenLine(_SPEAKERS[role], role, " ".join(row["Unit"] for row in run))


def _behaviours(run: Sequence[Row]) -> list[str]:
    return [row[column].replace("-", "_") for row in run for column in _LABELS if row[column]]
