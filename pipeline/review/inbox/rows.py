"""Owns what a list tells of one call, from the index alone: no file of the call is read."""

from datetime import UTC, datetime

from pydantic import AwareDatetime, TypeAdapter

from pipeline.domain.base import Value
from pipeline.domain.review import ReviewState
from pipeline.export.untrusted import visible
from pipeline.review.inbox.facets import words
from pipeline.review.inbox.filters import NOBODY
from pipeline.review.inbox.texts import RubricTexts
from pipeline.review.seals import Seal


class Talk(Value):
    """The rep's share of the talk, 0 to 1, for a small bar: its per cent, and what it means in words."""

    share: float
    percent: int
    meaning: str


class DraftRow(Value):
    """A draft that waits. Absent is what nobody named or measured; `minutes` is rounded, at least 1.

    `improvement` is the text of the one behaviour proposed for change, `strength` of the one praised. `sealed`: the rep
    picked the call and goes first; nothing of the draft is told until then.
    """

    call: str
    address: str
    customer: str | None
    rep: str | None
    deal: str | None
    stage: str | None
    rehearsal: bool
    transcript_only: bool
    started_at: AwareDatetime | None
    minutes: int | None
    improvement: str | None
    strength: str | None
    state: ReviewState
    age_days: int
    drafted_at: AwareDatetime
    talk: Talk | None
    sealed: str | None = None

    def behind(self, seal: Seal | None) -> "DraftRow":
        """The row as it is told while this seal is on the call."""
        if seal is None:
            return self
        gone = {"improvement": None, "strength": None, "state": "waiting", "sealed": seal.badge}
        return self.model_copy(update=gone)


_STATE: TypeAdapter[ReviewState] = TypeAdapter(ReviewState)
DRAFT_COLUMNS = (
    "call, customer, rep_name, deal, stage, mode, kind, started_at, duration, rubric, rubric_version, improvement, "
    "strength, state, recorded_at"
)


def draft_row(found: tuple[object, ...], texts: RubricTexts, *, now: datetime, query: str) -> DraftRow:
    """The row of what `DRAFT_COLUMNS` and the talk ratio gave; `query` is the inbox it is opened from."""
    call, customer, rep, deal, stage, mode, kind, started, duration, *rest = found
    rubric, version, change, praise, state, at, share = rest

    def text(behaviour: object) -> str | None:
        return texts.behaviour(str(rubric), int(str(version)), str(behaviour)) if behaviour else None

    assert isinstance(at, datetime)
    return DraftRow(
        call=str(call),
        address=f"/calls/{call}" + (f"?{query}" if query else ""),
        customer=named(customer),
        rep=named(rep),
        deal=named(deal),
        stage=stage_words(stage),
        rehearsal=mode == "simulated",
        transcript_only=kind == "transcript",
        started_at=aware(started),
        minutes=minutes(duration),
        improvement=text(change),
        strength=text(praise),
        state=state_of(state),
        age_days=max(0, (now - at).days),
        drafted_at=at.replace(tzinfo=UTC),
        talk=talk_of(share),
    )


def state_of(state: object) -> ReviewState:
    """The state of a review as the index has it; waiting where there is none."""
    return _STATE.validate_python(state or "waiting")


def named(value: object) -> str | None:
    """The text as people may see it; None for none."""
    return (visible(str(value)) or None) if value else None


def stage_words(stage: object) -> str | None:
    """The stage in words; None where nobody named one."""
    return None if stage in (None, NOBODY) else words("stage", str(stage))


def aware(at: object) -> datetime | None:
    """The moment with its zone: the index has UTC without."""
    return at.replace(tzinfo=UTC) if isinstance(at, datetime) else None


def minutes(duration: object) -> int | None:
    """Whole minutes of so many seconds, at least one; None where there is no sound."""
    return max(1, round(float(duration) / 60)) if isinstance(duration, (int, float)) and duration > 0 else None


def talk_of(share: object) -> Talk | None:
    """The rep's share of the talk; None where it was not measured."""
    if not isinstance(share, (int, float)):
        return None
    percent = round(100 * share)
    return Talk(share=float(share), percent=percent, meaning=f"Of all the talk, {percent}% is the rep's")
