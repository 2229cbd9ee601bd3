"""Owns what is shown of the speakers of a call: who each is, how sure that is and why, and where to hear them."""

from hashlib import sha256

from pipeline.correct import longest
from pipeline.domain.base import Value
from pipeline.domain.correction import corrected, names_of
from pipeline.domain.recording import Role, Stage
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span, total
from pipeline.domain.speech import Conversation, Speaker
from pipeline.domain.work import CallRecord
from pipeline.export.untrusted import visible
from pipeline.review.guards import Entry
from pipeline.review.rereads import RereadState

MOST_HEARD_S = 12.0
"""Enough to know a voice by."""
_MOST_SAMPLE = 160
ROLES: dict[Role, str] = {"rep": "Rep", "customer": "Customer", "other": "Somebody else", "unknown": "Not known"}
_ONE_TO_ONE: dict[Role, str] = {**ROLES, "rep": "Manager, who is coached here", "customer": "Rep"}
_TOLD = {
    "person": "Set by hand",
    "channel": "Certain: a channel of their own",
    "metadata": "Stated with the recording",
    "transcript": "By the names in the transcript",
    "unknown": "Nothing tells",
}


class SpeakerRow(Value):
    """One speaker: `name` is empty until somebody gave one, `span` a stretch in which they are heard."""

    label: str
    name: str
    role: Role
    confidence: float
    source: str
    sure: str
    why: str
    talk_s: float
    span: Span | None
    sample: str


class RoleChoice(Value):
    """A role, and what it is called in this call."""

    role: Role
    title: str


class SpeakersView(Value):
    """The speakers of a call, as corrected by now; the measures follow once the call was read again.

    `names` are those that people gave, by label. `after` and `heard` go back with a change: the number of the last
    correction, and what tells these voices from those of another hearing. `swap`: whether there is one rep and one
    customer, who can be exchanged. `reading` is absent for who cannot correct.
    """

    call: str
    rows: tuple[SpeakerRow, ...]
    names: dict[str, str]
    roles: tuple[RoleChoice, ...]
    after: int
    heard: str
    editable: bool
    swap: bool
    reading: RereadState | None = None

    def title(self, role: Role) -> str:
        """What a role is called in this call."""
        return next(choice.title for choice in self.roles if choice.role == role)


def speakers_view(entry: Entry, result: CallResult) -> SpeakersView:
    """The speakers of the call of this entry, as this viewer may see them. Raises: NotFoundError, StoreError."""
    room, call = entry.room, entry.call
    corrections = room.workspace.corrections.last(call)
    conversation = result.conversation
    speakers = corrected(conversation, corrections.roles if corrections else ())
    names = {label: visible(name) for label, name in names_of(conversation, corrections).items()}
    audible = result.recording.kind == "audio"
    titles = _ONE_TO_ONE if result.recording.metadata.stage is Stage.COACHING else ROLES
    editable = entry.sight == "coach"
    return SpeakersView(
        call=call,
        rows=tuple(_row(conversation, each, names.get(each.label, ""), audible=audible) for each in speakers),
        names=names,
        roles=tuple(RoleChoice(role=role, title=title) for role, title in titles.items()),
        after=room.workspace.corrections.last_number(call),
        heard=heard_as(room.record(call)[1], conversation),
        editable=editable,
        swap=editable and swapped(speakers) is not None,
        reading=room.rereads.state(call) if editable else None,
    )


def swapped(speakers: tuple[Speaker, ...]) -> dict[str, Role] | None:
    """The roles by label with rep and customer exchanged; None unless there is exactly one of each."""
    reps = [s.label for s in speakers if s.role == "rep"]
    customers = [s.label for s in speakers if s.role == "customer"]
    if len(reps) != 1 or len(customers) != 1:
        return None
    return {reps[0]: "customer", customers[0]: "rep"}


def heard_as(record: CallRecord, conversation: Conversation) -> str:
    """What tells the voices of this hearing of a call from those of another, in which labels may mean other people."""
    source = record.results.get("import") or record.results["diarize"]
    return sha256("\n".join((source, *(s.label for s in conversation.speakers))).encode()).hexdigest()[:16]


def _row(conversation: Conversation, speaker: Speaker, name: str, *, audible: bool) -> SpeakerRow:
    spoken = [turn for turn in conversation.turns if turn.speaker == speaker.label]
    span = longest(conversation, speaker.label) if audible else None
    most = max((turn.text for turn in spoken), key=len, default="")
    talk = total(s.span for s in conversation.speech if s.speaker == speaker.label)
    return SpeakerRow(
        label=speaker.label,
        name=name,
        role=speaker.role,
        confidence=speaker.confidence,
        source=speaker.source,
        sure=_TOLD.get(speaker.source, f"{speaker.confidence:.0%} sure"),
        why="" if speaker.source == "person" else visible(speaker.reason),
        talk_s=talk,
        span=span and Span(start=span.start, end=min(span.end, span.start + MOST_HEARD_S)),
        sample=_cut(visible(most)),
    )


def _cut(text: str) -> str:
    if len(text) <= _MOST_SAMPLE:
        return text
    head = text[:_MOST_SAMPLE]
    return (head.rpartition(" ")[0] or head) + " ..."
