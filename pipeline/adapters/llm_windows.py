"""Long calls in parts: windows of whole lines that fit a model's context, each beginning with the end of the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipeline.adapters.llm_transcript import Line, estimated_tokens, text_of
from pipeline.domain.assessment import Quote
from pipeline.domain.places import Opening

OVERLAP_LINES = 6
"""Lines that two windows share: what is asked in one is answered in the next few, and cut apart it reads otherwise."""

MAX_LINES = 800
"""Lines of a window: OpenAI takes 1,000 words in all enums of a schema (Structured Outputs, supported schemas)."""

_OVERLAP_SHARE = 4
_TOKENS_OF_ID = 3
"""What a line's id costs once more, in the schema."""


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive lines that are read together."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The lines as the model sees them."""
        return text_of(self.lines)

    @property
    def span(self) -> str:
        """Its first and its last turn, for people."""
        return f"{self.lines[0].turn_id} to {self.lines[-1].turn_id}"

    def places_of(self, opening: Opening) -> tuple[Quote, ...]:
        """Those places of the opening that stand in this window, in order."""
        by_turn: dict[str, list[Line]] = {}
        for line in self.lines:
            by_turn.setdefault(line.turn_id, []).append(line)
        return tuple(p for p in opening.places if any(line.holds(p) for line in by_turn.get(p.turn_id, ())))


def windows_of(lines: Sequence[Line], *, room: int) -> tuple[Window, ...]:
    """Windows of at most `room` estimated tokens that hold every line, in order; one where all fit.

    A line that is too long for any window stands alone in one. The next window begins with the last `OVERLAP_LINES`
    lines of the one before, or as many as a quarter of the room takes.
    """
    upto = [0, *accumulate(estimated_tokens(line.text) + _TOKENS_OF_ID for line in lines)]
    found: list[Window] = []
    start = 0
    while start < len(lines):
        end = start + 1
        while end < min(len(lines), start + MAX_LINES) and upto[end + 1] - upto[start] <= room:
            end += 1
        found.append(Window(tuple(lines[start:end])))
        if end == len(lines):
            break
        start = _overlap_from(upto, start, end, room)
    return tuple(found)


def _overlap_from(upto: Sequence[int], start: int, end: int, room: int) -> int:
    """Where the window after the lines start to end begins; with what it shares there is room for a line more."""
    back = end
    while (
        end - back < OVERLAP_LINES
        and back - 1 > start
        and upto[end] - upto[back - 1] <= room // _OVERLAP_SHARE
        and upto[end + 1] - upto[back - 1] <= room
    ):
        back -= 1
    return back
