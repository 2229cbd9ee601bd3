"""Owns all that the practice page of a person shows, to them and to those above them alike."""

from pydantic import AwareDatetime

from pipeline.cycle.library import ClipState, clips
from pipeline.cycle.practice import Attempt, PracticeLine, at_card, at_focus, attempts
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import Happened
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.cycle.practice import RehearsalUploaded
from pipeline.domain.people import User
from pipeline.domain.phrasing import clock
from pipeline.export.untrusted import paragraphs, visible
from pipeline.export.wording import ROLES
from pipeline.review.cycle.acting import calls_of, happened_to
from pipeline.review.cycle.library.moments import ClipMoment, moment_of
from pipeline.review.cycle.practice.cards import Dealt, Desk, dealt, desk_of
from pipeline.review.cycle.practice.rehearsals import Doing
from pipeline.review.guards import Entry

MOST_LISTED = 50
"""Attempts and rehearsals that the page lists, the latest first; all of them are counted."""

_TOLD: dict[Doing, tuple[str, str]] = {
    "done": ("Ready", "good"),
    "reading": ("Being listened to", "info"),
    "waiting": ("Waits its turn", "info"),
    "set_aside": ("Cannot be used", "gap"),
    "failed": ("Did not work", "gap"),
    "lost": ("The file is gone", "gap"),
    "left": ("Not begun yet", "warning"),
}
_VERDICTS = {
    "shown": "it shows",
    "not_shown": "it was looked for and not found",
    "no_opportunity": "nothing called for it",
}


class LineView(Value):
    """Words of a call: who spoke them, when, and where to hear them; `sound` is empty where there is none."""

    text: str
    speaker: str
    clock: str
    start: float | None
    end: float | None
    sound: str


class CardView(Value):
    """A card. `line` is the customer's, `said` the rep's words there; `absent` says why there is neither.

    `n_attempts` are at this card, `nth` is which one the next is; `of_focus` are all of the focus it belongs to.
    """

    call: str
    title: str
    at: AwareDatetime
    capability: str
    behaviour: str
    text: str
    task: tuple[str, ...]
    written: bool
    steps: tuple[str, ...]
    line: LineView | None
    said: LineView | None
    absent: str
    focus: str
    n_attempts: int
    nth: int
    of_focus: int

    @property
    def key(self) -> str:
        """What a form names the card by."""
        return f"{self.call} {self.behaviour}"


class AttemptView(Value):
    """An attempt, by whom it was written down; `rehearsal` is the sha256 of its recording, empty for none."""

    number: int
    at: AwareDatetime
    by: str
    call: str
    behaviour: str
    text: str
    focus: str
    with_whom: str
    note: str
    rehearsal: str


class RehearsalView(Value):
    """A recording that was handed in. `told` and `tone` say how far it is; `call` is its own page once it is ready.

    `text` is the behaviour that was practised, and `verdict` what the call shows of it; both empty for none.
    """

    sha256: str
    name: str
    at: AwareDatetime
    by: str
    customer: str
    state: Doing
    told: str
    tone: str
    reason: str
    hint: str
    call: str
    of_call: str
    text: str
    verdict: str

    @property
    def again(self) -> bool:
        """Whether somebody may ask for it once more."""
        return self.state in ("failed", "set_aside", "left")


class OwnClip(Value):
    """A moment of this person in the library, or on its way there; `moment` is absent where it cannot be looked up."""

    id: str
    state: str
    by: str
    at: AwareDatetime
    changed_by: str
    changed_at: AwareDatetime
    call: str
    title: str
    reason: str
    moment: ClipMoment | None


class PracticeView(Value):
    """Everything on the practice page. Nothing of it counts to progress, or to a focus."""

    person: str
    name: str
    own: bool
    cards: tuple[CardView, ...]
    attempts: tuple[AttemptView, ...]
    n_attempts: int
    rehearsals: tuple[RehearsalView, ...]
    clips: tuple[OwnClip, ...]

    @property
    def asked(self) -> tuple[OwnClip, ...]:
        """The clips that wait for the featured rep's answer."""
        return tuple(clip for clip in self.clips if clip.state == "proposed")

    @property
    def answered(self) -> tuple[OwnClip, ...]:
        """The clips that were answered, the latest first."""
        return tuple(clip for clip in reversed(self.clips) if clip.state != "proposed")

    @property
    def busy(self) -> bool:
        """Whether a rehearsal is on its way, so that the page is worth opening again."""
        return any(rehearsal.state in ("reading", "waiting") for rehearsal in self.rehearsals)


def practice_view(entry: Entry) -> PracticeView:
    """The practice of the person of the path."""
    history, calls = happened_to(entry, entry.whose.id), calls_of(entry, entry.whose)
    desk = desk_of(entry, history, calls)
    tried = attempts(history)
    uploaded = [event for event in history if isinstance(event.what, RehearsalUploaded)]
    return PracticeView(
        person=entry.whose.id,
        name=visible(entry.whose.name),
        own=entry.sight == "own",
        cards=tuple(_card(desk, one) for one in dealt(desk)),
        attempts=tuple(_attempt(desk, one) for one in tried[: -MOST_LISTED - 1 : -1]),
        n_attempts=len(tried),
        rehearsals=tuple(_rehearsal(desk, event) for event in uploaded[: -MOST_LISTED - 1 : -1]),
        clips=tuple(_own_clip(entry, clip) for clip in clips(history)),
    )


def name_of(entry: Entry, user_id: str) -> str:
    """What a user is called; the id of one that is not known."""
    if user_id == entry.viewer.user.id:
        return "You"
    user: User | None = entry.room.people.get(user_id)
    return visible(user.name if user else user_id)


def _card(desk: Desk, one: Dealt) -> CardView:
    card, history = one.card, desk.history
    n = len(at_card(history, card.call, card.behaviour))
    return CardView(
        call=card.call,
        title=_title(one.call),
        at=one.call.at,
        capability=visible(card.capability),
        behaviour=card.behaviour,
        text=visible(card.text),
        task=paragraphs(card.task),
        written=card.written,
        steps=tuple(visible(step) for step in card.steps),
        line=_line(desk, card.line, card.call),
        said=_line(desk, card.said, card.call),
        absent=_absent(one),
        focus=one.focus.id if one.focus else "",
        n_attempts=n,
        nth=n + 1,
        of_focus=len(at_focus(history, one.focus.id)) if one.focus else 0,
    )


def _absent(one: Dealt) -> str:
    if one.card.line is not None or one.card.said is not None:
        return ""
    if not one.approved:
        return "The feedback of this call is not approved, so its words stay out of the card. The task is the rubric’s."
    return (
        "This call has no single moment where it was called for, so there is no line to start from: make up your own."
    )


def _line(desk: Desk, line: PracticeLine | None, call: str) -> LineView | None:
    if line is None:
        return None
    span = line.span
    heard = span is not None and _has_sound(desk, call)
    return LineView(
        text=visible(line.text),
        speaker=ROLES[line.role],
        clock="" if span is None else clock(span.start),
        start=span.start if span is not None else None,
        end=span.end if span is not None else None,
        sound=f"/calls/{call}/sound#t={span.start:.2f},{span.end:.2f}" if span is not None and heard else "",
    )


def _has_sound(desk: Desk, call: str) -> bool:
    rows = desk.entry.room.index.rows("SELECT kind FROM calls WHERE call = ?", [call])
    return bool(rows) and rows[0][0] == "audio"


def _title(call: PastCall) -> str:
    return visible(call.customer or call.deal or "") or "a call without a customer’s name"


def _behaviour(desk: Desk, call: str | None, behaviour: str) -> str:
    past = next((c for c in desk.calls if c.call == call), None)
    if past is None:
        return behaviour.replace("_", " ").capitalize()
    return visible(desk.entry.room.rubric_texts.behaviour(past.rubric, past.rubric_version, behaviour))


def _attempt(desk: Desk, one: Attempt) -> AttemptView:
    return AttemptView(
        number=one.number,
        at=one.at,
        by=name_of(desk.entry, one.author),
        call=one.call,
        behaviour=one.behaviour,
        text=_behaviour(desk, one.call, one.behaviour),
        focus=one.focus or "",
        with_whom=visible(one.with_whom),
        note="\n".join(visible(line) for line in one.note.splitlines()),
        rehearsal=one.rehearsal or "",
    )


def _rehearsal(desk: Desk, event: Happened) -> RehearsalView:
    what = event.what
    assert isinstance(what, RehearsalUploaded)
    state = desk.entry.room.rehearsals.state(what.sha256)
    told, tone = _TOLD[state.state]
    made = next((c for c in desk.calls if c.call == state.call), None) if state.call else None
    verdict = made.verdicts.get(what.behaviour) if made is not None and what.behaviour else None
    return RehearsalView(
        sha256=what.sha256,
        name=visible(what.name),
        at=event.at,
        by=name_of(desk.entry, event.author),
        customer=visible(what.customer),
        state=state.state,
        told=told,
        tone=tone,
        reason=visible(state.reason),
        hint=visible(state.hint),
        call=state.call if made is not None else "",
        of_call=what.call or "",
        text=_behaviour(desk, what.call, what.behaviour) if what.behaviour else "",
        verdict=_VERDICTS.get(verdict or "", ""),
    )


def _own_clip(entry: Entry, clip: ClipState) -> OwnClip:
    return OwnClip(
        id=clip.id,
        state=clip.state,
        by=name_of(entry, clip.author),
        at=clip.at,
        changed_by=name_of(entry, clip.changed_by),
        changed_at=clip.changed_at,
        call=clip.proposed.call,
        title=visible(clip.proposed.title),
        reason=visible(clip.reason),
        moment=moment_of(entry.room, clip.proposed) if clip.state in ("proposed", "shown") else None,
    )
