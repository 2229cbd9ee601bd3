"""Owns which moments a one-to-one may play: those of approved feedback, and those that the rep commented."""

from datetime import datetime

from pipeline.cycle.agenda import Moment, around
from pipeline.domain.base import Value
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.cycle.sessions import AgendaPart
from pipeline.domain.people import same_name
from pipeline.errors import UsageError
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import calls_of
from pipeline.review.guards import Entry
from pipeline.review.seals import seals_of
from pipeline.reviewing.cited import cited
from pipeline.reviewing.standing import state_of

RECENT = 3
"""So many of the latest calls are looked at for moments, where no call is named."""

MOST_CALLS = 30
_MOST_TITLE = 140


class CallChoice(Value):
    """A call of the rep's that a clip may come from; `sealed` where its coaching still waits for the rep."""

    call: str
    at: datetime
    customer: str
    rehearsal: bool
    duration: float | None
    sound: bool
    sealed: bool

    @property
    def told(self) -> str:
        """The call in a line: "4 March 2026, Customer 1"."""
        return f"{self.at.day} {self.at:%B %Y}, {self.customer or 'customer not named'}"


def call_choices(entry: Entry) -> dict[str, CallChoice]:
    """All calls of the person, oldest first, by id; talks of coaching are none."""
    past = [call for call in calls_of(entry, entry.whose) if call.stage != "coaching"]
    query = "SELECT call FROM calls WHERE kind = 'audio' AND call IN (SELECT unnest(CAST(? AS VARCHAR[])))"
    audible = {str(call) for (call,) in entry.room.index.rows(query, [[call.call for call in past]])}
    sealed = seals_of(entry.room, [entry.whose])
    return {call.call: _choice(call, sound=call.call in audible, sealed=call.call in sealed) for call in past}


def talks_with(entry: Entry, coach: str) -> tuple[PastCall, ...]:
    """The recorded one-to-ones of this coach with the person, or with nobody named, as far as the viewer sees them;
    latest first."""
    known = entry.room.people.get(coach)
    if known is None:
        return ()
    talks = [call for call in calls_of(entry, known) if call.stage == "coaching"]
    query = "SELECT call, rep FROM calls WHERE call IN (SELECT unnest(CAST(? AS VARCHAR[])))"
    reps = {str(call): rep for call, rep in entry.room.index.rows(query, [[talk.call for talk in talks]])}
    return tuple(talk for talk in reversed(talks) if _is_with(entry, reps[talk.call]) and _is_seen(entry, talk.call))


def _is_with(entry: Entry, rep: object) -> bool:
    return rep is None or same_name(str(rep)) in entry.whose.names


def _is_seen(entry: Entry, call: str) -> bool:
    people = entry.room.index.people_of(call)
    return people is not None and entry.scope.sight(*people) is not None


def moments_for(entry: Entry, calls: tuple[CallChoice, ...]) -> tuple[Moment, ...]:
    """The moments of these calls, those of the first call first; none of a sealed one, or without sound."""
    return tuple(m for call in calls if call.sound and not call.sealed for m in _moments(entry, call))


def named_or_latest(choices: dict[str, CallChoice], call: str | None) -> tuple[CallChoice, ...]:
    """The call that was named, else the latest ones, latest first. Raises: UsageError for a call of somebody else."""
    if call:
        if call not in choices:
            raise UsageError("this is no call of this person", hint="choose one of their calls")
        return (choices[call],)
    live = [choice for choice in choices.values() if not choice.rehearsal]
    return tuple(reversed(live[-RECENT:]))


def _choice(call: PastCall, *, sound: bool, sealed: bool) -> CallChoice:
    return CallChoice(
        call=call.call,
        at=call.at,
        customer=visible(call.customer or ""),
        rehearsal=call.simulated,
        duration=call.duration,
        sound=sound,
        sealed=sealed,
    )


def _moments(entry: Entry, choice: CallChoice) -> list[Moment]:
    parts: dict[str, AgendaPart] = {"strength": "positive", "improvement": "improvement"}
    standing, found = state_of(entry.room.workspace, choice.call), list[Moment]()
    if standing.state == "approved":
        result = entry.room.result(entry.room.workspace.calls.get(choice.call, standing.record))
        for each in cited(standing, result):
            if each.span is not None and each.span.duration > 0 and each.part in parts:
                title = _short(f"“{visible(each.text)}”")
                found.append(Moment(call=choice.call, span=each.span, part=parts[each.part], title=title))
    records = entry.room.workspace.comments.all(choice.call)
    gone = {record.withdraws for record in records}
    for number, comment in enumerate(records, start=1):
        if comment.author == entry.whose.id and comment.moment is not None and f"c{number}" not in gone:
            span = around(comment.moment, choice.duration or comment.moment)
            if span.duration > 0:
                found.append(Moment(call=choice.call, span=span, part="rep", title=_short(visible(comment.text))))
    return found


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TITLE else f"{text[:_MOST_TITLE].rsplit(' ', 1)[0]} …"
