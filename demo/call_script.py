"""Owns the written form of a staged call: who says what, in which voice, after which pause, and when that falls.

Development only: the demo plays the recording that was made from the script, never the script itself.
"""

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator
from ruamel.yaml import YAML

Role = Literal["rep", "customer"]
Kind = Literal["turn", "backchannel", "interruption"]

PHRASE_GAP_S = 0.28
BACKCHANNEL_DELAY_S = 0.1
_PAUSE = re.compile(r"\[(\d+(?:\.\d+)?)\]")
_PHRASE_END = re.compile(r"(?<=[.?!])\s+|\s*(?=\[)|(?<=\])\s+")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Voice(_Value):
    """One role's voice: its name in the model, its speed (1.0 is the model's own) and its speech level in dBFS RMS."""

    voice: str
    speed: float
    level_db: float


class ScriptTurn(_Value):
    """What one side says without giving up the floor; placed by `gap` or, for a backchannel, by `after_phrase`."""

    role: Role
    text: str
    kind: Kind = "turn"
    gap: float | None = None
    after_phrase: int | None = None

    @model_validator(mode="after")
    def _is_placed_once(self) -> Self:
        if (self.gap is None) != (self.after_phrase is not None) or (self.kind == "backchannel") != (self.gap is None):
            raise ValueError(f"a backchannel needs after_phrase, every other turn needs gap: {self.text!r}")
        return self

    @property
    def words(self) -> str:
        """The words as written, without pause marks."""
        return " ".join(_PAUSE.sub(" ", self.text).split())

    def phrases(self) -> list[tuple[float, str]]:
        """Pieces to be voiced apart, each with the pause before it in seconds (0 for the first)."""
        found: list[tuple[float, str]] = []
        marked: float | None = None
        for piece in filter(None, _PHRASE_END.split(self.text)):
            if pause := _PAUSE.fullmatch(piece):
                marked = float(pause[1])
                continue
            default = PHRASE_GAP_S if found else 0.0
            found.append((default if marked is None else marked, piece))
            marked = None
        return found


class CallScript(_Value):
    """A whole staged call. `seed` fixes the made-up room and line noise."""

    id: str
    seed: int
    voices: dict[Role, Voice]
    turns: tuple[ScriptTurn, ...]


class PlacedPhrase(_Value):
    """A phrase and when its voice sounds, in seconds from the start of the recording, half-open."""

    start: float
    end: float
    text: str


class PlacedTurn(_Value):
    """A turn with its true times: from the start of its first phrase to the end of its last."""

    role: Role
    kind: Kind
    start: float
    end: float
    text: str
    phrases: tuple[PlacedPhrase, ...]


def load_script(path: Path) -> CallScript:
    """The script in the YAML file `path`. Raises pydantic's ValidationError where it is malformed."""
    return CallScript.model_validate(YAML(typ="safe").load(path))


def place(script: CallScript, phrase_seconds: list[list[float]]) -> list[PlacedTurn]:
    """The turns in order with their times, given how long the voice takes for each phrase of each turn."""
    placed: list[PlacedTurn] = []
    floor: PlacedTurn | None = None
    for turn, seconds in zip(script.turns, phrase_seconds, strict=True):
        current = _place_turn(turn, seconds, _start(turn, floor))
        placed.append(current)
        if turn.kind != "backchannel":
            floor = current
    return placed


def _start(turn: ScriptTurn, floor: PlacedTurn | None) -> float:
    if turn.after_phrase is None:
        return (floor.end if floor else 0.0) + (turn.gap or 0.0)
    if floor is None:
        raise ValueError(f"a backchannel needs a turn before it: {turn.text!r}")
    return floor.phrases[turn.after_phrase - 1].end + BACKCHANNEL_DELAY_S


def _place_turn(turn: ScriptTurn, seconds: list[float], start: float) -> PlacedTurn:
    phrases = []
    now = start
    for (pause, text), length in zip(turn.phrases(), seconds, strict=True):
        now += pause
        phrases.append(PlacedPhrase(start=round(now, 3), end=round(now + length, 3), text=text))
        now += length
    return PlacedTurn(
        role=turn.role,
        kind=turn.kind,
        start=phrases[0].start,
        end=phrases[-1].end,
        text=turn.words,
        phrases=tuple(phrases),
    )
