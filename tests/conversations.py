"""Conversations made by hand, so that tests can say what was spoken when in one line a turn."""

from collections.abc import Sequence

from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, SpeakerSegment, Turn, Word

Line = tuple[Role, float, float, str]
"""Role, start, end, text; a text in parentheses is a backchannel."""

LABELS: dict[Role, str] = {"rep": "S1", "customer": "S2", "other": "S3", "unknown": "unknown"}


def words(text: str, start: float, end: float) -> tuple[Word, ...]:
    """The words of a text, spread evenly over [start, end)."""
    parts = text.split()
    step = (end - start) / len(parts)
    return tuple(
        Word(text=part, span=Span(start=start + i * step, end=start + (i + 1) * step), confidence=0.9)
        for i, part in enumerate(parts)
    )


def conversation(lines: Sequence[Line], *, duration: float | None = None) -> Conversation:
    """A timed conversation of these lines; speech is exactly the lines' times."""
    roles = dict.fromkeys(role for role, *_ in lines)
    turns = tuple(
        Turn(
            id=f"t{i:04d}",
            speaker=LABELS[role],
            role=role,
            words=words(text.strip("()"), start, end),
            backchannel=text.startswith("("),
        )
        for i, (role, start, end, text) in enumerate(lines, start=1)
    )
    return Conversation(
        call="c0000",
        turns=turns,
        speakers=tuple(Speaker(label=LABELS[r], role=r, confidence=1.0, source="person") for r in roles),
        speech=tuple(SpeakerSegment(span=Span(start=s, end=e), speaker=LABELS[r]) for r, s, e, _ in lines),
        duration=duration if duration is not None else max((e for _, _, e, _ in lines), default=0.0),
        language="en",
    )
