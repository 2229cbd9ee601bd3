"""Owns where speech and marked moments lie along a call, as both pictures of it need it: two sides on one axis."""

from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span, shared, total, union
from pipeline.export.wording import ROLES

_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_MAX_TICKS = 8


class Lane(Value):
    """The spans in which one side speaks, in order and without overlap, and its share of all speaking time, 0 to 1."""

    role: Role
    label: str
    spans: tuple[Span, ...]
    share: float


class Timeline(Value):
    """Two sides, rep first, then anybody else who spoke; `overlaps` is where rep and customer speak at once."""

    duration: float
    lanes: tuple[Lane, ...]
    overlaps: tuple[Span, ...]
    ticks: tuple[int, ...]


def timeline(result: CallResult) -> Timeline | None:
    """The timeline of a call; None for a transcript that does not say when everybody speaks."""
    if not result.conversation.timed:
        return None
    spoken = _spoken(result)
    if not any(spoken.values()):
        return None
    ends = [span.end for spans in spoken.values() for span in spans]
    duration = max(result.conversation.duration, *ends)
    talk = sum(total(spans) for spans in spoken.values()) or 1.0
    lanes = tuple(
        Lane(role=role, label=result.rubric.parties.named(ROLES[role]), spans=union(spans), share=total(spans) / talk)
        for role, spans in spoken.items()
        if spans or role in ("rep", "customer")
    )
    return Timeline(
        duration=duration,
        lanes=lanes,
        overlaps=shared(spoken["rep"], spoken["customer"]),
        ticks=_ticks(duration),
    )


def _spoken(result: CallResult) -> dict[Role, list[Span]]:
    conversation = result.conversation
    spoken: dict[Role, list[Span]] = {"rep": [], "customer": [], "other": [], "unknown": []}
    if conversation.speech:
        for segment in conversation.speech:
            spoken[conversation.role_of(segment.speaker)].append(segment.span)
    else:
        for turn in conversation.turns:
            if turn.span is not None:
                spoken[turn.role].append(turn.span)
    return spoken


def _ticks(duration: float) -> tuple[int, ...]:
    step = next((s for s in _STEPS_S if duration / s <= _MAX_TICKS), _STEPS_S[-1])
    return tuple(range(0, int(duration) + 1, step))
