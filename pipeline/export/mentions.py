"""Owns what a page tells of the trackers' mentions, and of the stage that was told from the call's words."""

from pipeline.domain.base import Value
from pipeline.domain.phrasing import clock
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.domain.tracker import Mention, Tracked
from pipeline.export.untrusted import visible
from pipeline.export.wording import ROLES, amount, counted, weekday

DENIED = "said not to be so"


class MentionRow(Value):
    """A mention: the words, who spoke them and when; `note` tells a denial, and a next step's owner and day."""

    text: str
    role: Role
    speaker: str
    span: Span | None
    denied: bool
    note: str

    @property
    def clock(self) -> str:
        """When the words start, mm:ss; empty in a transcript without times."""
        return "" if self.span is None else clock(self.span.start)


class TrackerRow(Value):
    """A tracker with its mentions in order of time; `summary` counts them and tells how long they last."""

    title: str
    summary: str
    mentions: tuple[MentionRow, ...]


def tracker_rows(result: CallResult) -> tuple[TrackerRow, ...]:
    """A row for each tracker that found something; none for a call that was reviewed without trackers."""
    if result.tracking is None:
        return ()
    rows = ((tracked, result.tracking.of(tracked.tracker)) for tracked in result.tracking.trackers)
    return tuple(
        TrackerRow(
            title=visible(tracked.title),
            summary=_summary(tracked, mentions),
            mentions=tuple(_row(result, mention) for mention in mentions),
        )
        for tracked, mentions in rows
        if mentions
    )


def stage_told(result: CallResult) -> str | None:
    """The call's stage in words: as people stated it, else as it was told from what was said; None where it was not."""
    stated = result.recording.metadata.stage
    if stated is not None:
        return stated.value.capitalize()
    guess = None if result.tracking is None else result.tracking.stage
    if guess is None or guess.stage == "unknown":
        return None
    return f"{guess.stage.value.capitalize()}, by what was said"


def _summary(tracked: Tracked, mentions: tuple[Mention, ...]) -> str:
    denied = sum(mention.negated for mention in mentions)
    parts = [counted(len(mentions), "mention")]
    parts += [f"{denied} {DENIED}"] if denied else []
    parts += [amount(tracked.seconds, "s")] if tracked.seconds is not None else []
    return ", ".join(parts)


def _row(result: CallResult, mention: Mention) -> MentionRow:
    named = result.rubric.parties.named
    return MentionRow(
        text=visible(mention.quote.text(result.conversation)),
        role=mention.role,
        speaker=named(ROLES[mention.role]),
        span=mention.quote.span(result.conversation),
        denied=mention.negated,
        note="; ".join(_notes(mention, owner=named(_owner(mention)))),
    )


def _owner(mention: Mention) -> str:
    owners = {"rep": "by the rep", "customer": "by the customer", "both": "by both", "unknown": "by whom is not said"}
    return "" if mention.owner is None else owners[mention.owner]


def _notes(mention: Mention, *, owner: str) -> list[str]:
    notes = [DENIED] if mention.negated else []
    notes += [owner] if owner else []
    if mention.date is not None:
        said = f"“{visible(mention.date.words)}”"
        notes.append(said if mention.date.day is None else f"{said}: {weekday(mention.date.day)}")
    return notes
