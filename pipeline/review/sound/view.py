"""Owns what the player shows: whether there is sound, the timeline with its marked moments, what was played already."""

from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.export.html import QUOTE_PAD_S
from pipeline.export.moments import Moment, looked_up
from pipeline.export.timeline import Timeline, timeline
from pipeline.export.untrusted import visible
from pipeline.review.guards import Entry
from pipeline.review.sound.cache import SilentError
from pipeline.review.sound.listening import listened

SoundState = Literal["ready", "preparing", "none"]


class PlayerView(Value):
    """The player of one call.

    `state`: the sound is ready, is being prepared, or there is none to play: `why` and `hint` then say so. `base` is
    the address below which sound and loudness are (/sound, /peaks); `reports` whether what is played is reported
    (/played). `duration` is the axis's, seconds. `rep` and `customer` are what the parties are called. `marks` are the
    marked moments, as far as the viewer may see them. `heard` is what the viewer has played of the call.
    """

    call: str
    state: SoundState
    why: str = ""
    hint: str = ""
    base: str
    reports: bool
    duration: float
    timed: bool
    rep: str
    customer: str
    timeline: Timeline | None
    marks: tuple[Moment, ...]
    heard: tuple[Span, ...]
    pad: float = QUOTE_PAD_S


def player_view(entry: Entry, result: CallResult, *, moments: bool, base: str | None = None) -> PlayerView:
    """The player of a call; its sound is being made from now on where it is not there yet.

    `moments`: whether the viewer may see what the software marked in the call. `base`: another address than the
    call's own for its sound, where nothing is reported as listening.
    """
    state, why, hint = _state(entry)
    line = timeline(result)
    looked = looked_up(result) if moments else None
    marks = (*looked.observations.values(), *looked.missed) if looked else ()
    return PlayerView(
        call=entry.call,
        state=state,
        why=visible(why),
        hint=visible(hint),
        base=base or f"/calls/{entry.call}",
        reports=base is None and state != "none",
        duration=line.duration if line else result.recording.duration,
        timed=result.conversation.timed,
        rep=visible(result.rubric.parties.rep),
        customer=visible(result.rubric.parties.customer),
        timeline=line,
        marks=tuple(mark for mark in marks if mark.span is not None),
        heard=listened(entry.room.workspace, entry.call, entry.viewer.user.id),
    )


def _state(entry: Entry) -> tuple[SoundState, str, str]:
    """Whether the call's sound is there; a failure to make it is told and keeps nobody from the rest of the page."""
    sounds = entry.room.sounds
    try:
        job = sounds.ask(entry.room.record(entry.call)[1])
        if not job.done():
            return "preparing", "", ""
        job.result()
    except SilentError as error:
        return "none", error.message, error.hint
    return "ready", "", ""
