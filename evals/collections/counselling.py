"""Owns reading AnnoMI: talks of a therapist and a client, each utterance labelled by one annotator or by ten.

The collection's own labels in small letters are behaviours: open_question, closed_question, reflection_simple,
reflection_complex, the kinds of input advice, information, negotiation and options, and of the client change_talk and
sustain_talk. An utterance is a turn. Its time is that of its start only, in whole seconds and not always rising, so
that conversations come without times.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from evals.collections.conversations import SpokenLine, call_id, turn_id, untimed
from evals.collections.tables import Row, read_table
from evals.labelled import LabelledCall, Openness, Quality, TurnLabel
from pipeline.domain.recording import Role

_T = TypeVar("_T")

COLLECTION = "counselling"
_TABLE = Path("labelled") / "counselling-talks" / "annomi.csv"
_COLUMNS = (
    "mi_quality", "transcript_id", "utterance_id", "interlocutor", "utterance_text", "annotator_id",
    "therapist_input_exists", "therapist_input_subtype", "reflection_exists", "reflection_subtype",
    "question_exists", "question_subtype", "client_talk_type",
)  # fmt: skip
_ROLES: dict[str, Role] = {"therapist": "rep", "client": "customer"}
_QUALITIES: dict[str, Quality] = {"high": "high", "low": "low"}
_OPENNESS: dict[str, Openness] = {"open": "open", "closed": "closed"}
_INPUTS = ("advice", "information", "negotiation", "options")
_REFLECTIONS = ("simple", "complex")
_TALK = {"change": "change_talk", "sustain": "sustain_talk"}
_HINT = "the table is AnnoMI's, one row for each utterance and annotator"


def load_counselling(data: Path) -> tuple[LabelledCall, ...]:
    """The talks in the order of the table under `data`, therapist as rep and client as customer.

    Every annotator of an utterance has a label of its turn, also where it says nothing; `asks` is None for the client.
    An utterance without words is left out. Raises: InputError for an absent or a damaged table.
    """
    rows = read_table(data / _TABLE, needs=_COLUMNS, hint="set FILMROOM_SHARED to the shared folder")
    return tuple(_talk(name, list(talk)) for name, talk in groupby(rows, key=lambda row: row["transcript_id"]))


def _talk(name: str, rows: Sequence[Row]) -> LabelledCall:
    utterances = [list(group) for _, group in groupby(rows, key=lambda row: row["utterance_id"])]
    spoken = [labels for labels in utterances if labels[0]["utterance_text"]]
    lines = [SpokenLine(u[0]["interlocutor"], _role(u[0]), u[0]["utterance_text"]) for u in spoken]
    call = call_id(COLLECTION, name)
    return LabelledCall(
        id=call,
        collection=COLLECTION,
        conversation=untimed(call, lines),
        language="en",
        roles={line.speaker: line.role for line in lines},
        raters=tuple(dict.fromkeys(row["annotator_id"] for row in rows)),
        turns=tuple(_label(row, turn_id(n)) for n, labels in enumerate(spoken, start=1) for row in labels),
        quality=_one_of(rows[0], "mi_quality", _QUALITIES),
    )


def _role(row: Row) -> Role:
    return _one_of(row, "interlocutor", _ROLES)


def _label(row: Row, turn: str) -> TurnLabel:
    if _role(row) == "customer":
        said = _TALK.get(row["client_talk_type"])
        return TurnLabel(turn_id=turn, rater=row["annotator_id"], behaviours=frozenset([said] if said else []))
    asks = row["question_exists"] == "True"
    return TurnLabel(
        turn_id=turn,
        rater=row["annotator_id"],
        behaviours=frozenset(_behaviours(row)),
        asks=asks,
        openness=_OPENNESS.get(row["question_subtype"]) if asks else None,
    )


def _behaviours(row: Row) -> list[str]:
    """What the therapist's side shows; a kind that nobody told leaves its behaviour out."""
    found = []
    if row["question_exists"] == "True" and row["question_subtype"] in _OPENNESS:
        found.append(f"{row['question_subtype']}_question")
    if row["reflection_exists"] == "True" and row["reflection_subtype"] in _REFLECTIONS:
        found.append(f"reflection_{row['reflection_subtype']}")
    if row["therapist_input_exists"] == "True" and row["therapist_input_subtype"] in _INPUTS:
        found.append(row["therapist_input_subtype"])
    return found


def _one_of(row: Row, column: str, known: Mapping[str, _T]) -> _T:
    if row[column] not in known:
        raise row.error(column, f"{row[column]!r} is none of {', '.join(known)}", hint=_HINT)
    return known[row[column]]
