"""Owns the sample of reviewed drafts as a value: what the draft said, what was sent, and what it rested on."""

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlencode

from pydantic import AwareDatetime, Field, ValidationError

from pipeline.cycle.period import Period, chosen_period
from pipeline.cycle.samples import A_MANAGER, MOST_A_MANAGER, Reviewed, drawn, usual_seed, weeks_before
from pipeline.domain.base import Value
from pipeline.domain.people import same_name
from pipeline.domain.review import PARTS, Feedback, FeedbackPart, Review, feedback_of, part_text
from pipeline.errors import UsageError
from pipeline.export.untrusted import visible
from pipeline.review.cycle.second.evidence import approvals_in, feedback_at, managers_below
from pipeline.review.cycle.second.view import NoteView, named, notes_of
from pipeline.review.drafts.differences import Piece, differences
from pipeline.review.drafts.parts import TITLES, lines
from pipeline.review.guards import Entry
from pipeline.review.seals import seal_of, seals_of
from pipeline.reviewing.standing import Seen, state_at

PATH = "/coaching/samples"
LONGEST_SEED = 80


class SampleQuery(Value):
    """Which sample is asked for. Without a seed it is that of the week, without days the four weeks before this one."""

    seed: str = Field(default="", max_length=LONGEST_SEED)
    since: date | None = None
    until: date | None = None
    each: int = Field(default=A_MANAGER, ge=1, le=MOST_A_MANAGER)


class SamplePart(Value):
    """A part as the draft had it and as it was sent, with the words that differ marked."""

    part: FeedbackPart
    title: str
    before: str
    after: str
    changed: bool
    diff: tuple[Piece, ...]
    reasons: tuple[str, ...]


class SampledDraft(Value):
    """A reviewed draft of the sample. `heard` of `cited` moments had been played when it was approved, so far as the
    room asks for; `heard_ratio` is the mean share of a moment that was played, None where nothing could be."""

    call: str
    review: int
    manager: str
    by: str
    rep: str
    customer: str
    at: AwareDatetime
    parts: tuple[SamplePart, ...]
    chose_improvement: bool
    heard: int
    cited: int
    heard_ratio: float | None
    override: str
    notes: tuple[NoteView, ...]

    @property
    def n_changed(self) -> int:
        """How many parts differ."""
        return sum(part.changed for part in self.parts)


class SamplesView(Value):
    """The sample: the same for everybody who sees these managers and names this seed and these days."""

    seed: str
    period: Period
    each: int
    n_reviewed: int
    drafts: tuple[SampledDraft, ...]

    @property
    def address(self) -> str:
        """Where this very sample can be seen again."""
        days = {"since": self.period.first.isoformat(), "until": self.period.last.isoformat()}
        return f"{PATH}?{urlencode({'seed': self.seed, **days, 'each': self.each})}"

    @property
    def n_looked_at(self) -> int:
        """How many of the drafts somebody has noted something on."""
        return sum(bool(draft.notes) for draft in self.drafts)


def asked_sample(fields: Mapping[str, str]) -> SampleQuery:
    """The sample that a form's fields ask for; fields that are empty or not ours are left out. Raises: UsageError."""
    try:
        return SampleQuery.model_validate({k: v for k, v in fields.items() if v and k in SampleQuery.model_fields})
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UsageError(f"no sample can be drawn by this {field!r}", hint="open the sample page again") from error


def samples_view(entry: Entry, asked: SampleQuery) -> SamplesView:
    """The sample, managers by name; writes to the audit trail that its calls were seen. Raises: UsageError."""
    today = entry.room.now().date()
    period = chosen_period(asked.since, asked.until, weeks_before(today))
    seed = visible(asked.seed) or usual_seed(today)
    managers = {user.id: user for user in managers_below(entry)}
    sealed = seals_of(entry.room, entry.room.people.all(removed=True))
    reviewed = [
        Reviewed(call=a.call, review=a.review, author=a.author, at=a.at)
        for a in approvals_in(entry, period)
        if a.author in managers and a.call not in sealed
    ]
    notes = {manager: notes_of(entry, manager) for manager in {each.author for each in reviewed}}
    sample = sorted(drawn(reviewed, seed=seed, k=asked.each), key=lambda r: same_name(managers[r.author].name))
    drafts = tuple(_draft(entry, each, notes[each.author]) for each in sample)
    for draft in drafts:
        entry.room.audit.tell(
            entry.viewer.user.id, "viewed", call=draft.call, detail=f"in the sample {seed}", address=entry.address
        )
    return SamplesView(seed=seed, period=period, each=asked.each, n_reviewed=len(reviewed), drafts=drafts)


def reviewed_by(entry: Entry, manager: str, call: str, number: int) -> tuple[Reviewed, ...]:
    """The approval that this record of the call's review is; none where it is no approval of this manager, or not the
    viewer's to see."""
    people = entry.room.index.people_of(call)
    if people is None or entry.scope.sight(*people) != "coach":
        return ()
    if not 1 <= number <= entry.room.workspace.reviews.last_number(call):
        return ()
    review = entry.room.workspace.reviews.get(call, number)
    if review.action != "approved" or review.author != manager or seal_of(entry.room, call, "coach") is not None:
        return ()
    return (Reviewed(call=call, review=number, author=manager, at=review.at),)


def _draft(entry: Entry, each: Reviewed, notes: tuple[NoteView, ...]) -> SampledDraft:
    workspace, required = entry.room.workspace, entry.room.config.review.listening
    reviews = workspace.reviews.all(each.call)[: each.review]
    last = reviews[-1]
    standing = state_at(workspace, each.call, Seen(after=each.review, record=last.record))
    sent = feedback_at(workspace, each.call, last, each.review)
    ratios = [moment.heard for moment in last.listened]
    rep, customer = _named_in(entry, each.call)
    return SampledDraft(
        call=each.call,
        review=each.review,
        manager=each.author,
        by=named(entry, each.author),
        rep=rep,
        customer=customer,
        at=each.at,
        parts=tuple(_parts(feedback_of(standing.first), sent, reviews)),
        chose_improvement=standing.draft_key != workspace.calls.get(each.call, last.record).results["draft"],
        heard=sum(ratio >= required for ratio in ratios),
        cited=len(ratios),
        heard_ratio=sum(ratios) / len(ratios) if ratios else None,
        override=visible(last.override),
        notes=tuple(note for note in notes if (note.call, note.review) == (each.call, each.review)),
    )


def _parts(drafted: Feedback, sent: Feedback, reviews: tuple[Review, ...]) -> Iterator[SamplePart]:
    for part in PARTS:
        before, after = lines(part_text(drafted, part)), lines(part_text(sent, part))
        if not before and not after:
            continue
        changed = getattr(drafted, part) != getattr(sent, part)
        said = (visible(e.reason) for r in reviews for e in r.edits if e.part == part and e.reason)
        yield SamplePart(
            part=part,
            title=TITLES[part],
            before=before,
            after=after,
            changed=changed,
            diff=differences(before, after) if changed else (),
            reasons=tuple(said),
        )


def _named_in(entry: Entry, call: str) -> tuple[str, str]:
    ((rep, customer),) = entry.room.index.rows("SELECT rep, customer FROM calls WHERE call = ?", [call])
    return visible(str(rep or "No rep named")), visible(str(customer or "Customer not named"))
