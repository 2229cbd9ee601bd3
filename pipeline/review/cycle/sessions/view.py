"""Owns a one-to-one as its page and the API show it: to the rep without the coach's own marks."""

from functools import partial

from pipeline.cycle.agenda import agenda_of, length_told
from pipeline.cycle.causes import MARKS, help_for
from pipeline.cycle.follow_ups import follow_ups
from pipeline.cycle.rep_first import SelfReview, self_reviews
from pipeline.cycle.sessions import NEEDS, SessionState, Standing, session_of
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.rep_first import POWER_QUESTIONS
from pipeline.domain.phrasing import clock
from pipeline.domain.session_template import SessionNature, StepPart
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import happened_to
from pipeline.review.cycle.focus.cards import look_view
from pipeline.review.cycle.progress.gaps import gap_view
from pipeline.review.cycle.sessions.forms import moment_told
from pipeline.review.cycle.sessions.moments import CallChoice, call_choices, talks_with
from pipeline.review.cycle.sessions.values import (
    AgendaView,
    CauseView,
    ClipView,
    FieldView,
    GapView,
    HeldView,
    ImportanceView,
    ItemView,
    Missing,
    OwnAnswer,
    OwnView,
    SessionView,
    StepAgreed,
    TalkChoice,
)
from pipeline.review.drafts.parts import lines
from pipeline.review.guards import Entry

NATURES: dict[SessionNature, tuple[str, str]] = {
    "tactical": ("Tactical", "about calls: what was said, and what to say next time"),
    "strategic": ("Strategic", "about the work as a whole, and where the rep wants to go"),
}
PARTS: dict[StepPart, str] = {
    "rep": "The rep's view",
    "positive": "What worked",
    "improvement": "One thing to change",
    "practice": "Practice",
    "agree": "Agreed",
    "other": "Talk",
}
STANDINGS: dict[Standing, tuple[str, str]] = {
    "planned": ("Planned", "info"),
    "started": ("Going on", "warning"),
    "held": ("Held", "good"),
    "cancelled": ("Cancelled", ""),
}
WHO = {"rep": "Rep", "manager": "Manager", "both": "Both together"}
OWN_WHO = {"rep": "You", "manager": "Your manager", "both": "Both together"}
_OWN_VIEWS = 2


def session_view(entry: Entry, session: str) -> SessionView:
    """The one-to-one of this id, as far as the viewer may see it. Raises: NotFoundError."""
    history = happened_to(entry, entry.whose.id)
    state, choices = session_of(history, session), call_choices(entry)
    plan, by_coach = state.plan, entry.sight == "coach"
    held = agenda_view(state, choices)
    return SessionView(
        id=state.id,
        person=entry.whose.id,
        rep=visible(entry.whose.name),
        coach=name_of(entry, plan.coach),
        by_coach=by_coach,
        state=state.state,
        standing=STANDINGS[state.state],
        seen=state.number_of_plan,
        starts_at=plan.starts_at,
        started_at=state.started_at,
        minutes=plan.minutes,
        template=plan.template,
        template_title=visible(plan.outline.title) if plan.outline else "",
        nature=plan.nature,
        nature_told=NATURES[plan.nature] if plan.nature else None,
        purpose=lines(plan.purpose),
        reason=lines(plan.reason),
        importance=_importance(entry, state),
        missing=tuple(Missing(need=need, told=NEEDS[need]) for need in state.missing),
        ready=not state.missing and held.fits,
        own_views=_own_views(history, state, choices),
        agenda=held,
        positive=lines(plan.positive),
        question=lines(plan.question),
        fields=_fields(state),
        cause=_cause(state) if by_coach else None,
        gaps=_gaps(entry),
        held=_held(entry, history, state),
        cancelled=lines(state.cancelled),
        recorded=_recorded(entry, state),
        recordings=_recordings(entry, state) if by_coach and state.state in ("started", "held") else (),
    )


def agenda_view(state: SessionState, choices: dict[str, CallChoice]) -> AgendaView:
    """The agenda of a plan with its clips; `choices` are the calls of the person."""
    plan, found = state.plan, agenda_of(state.plan)
    clips = tuple(_clip(n, state, choices) for n in range(len(plan.clips)))
    return AgendaView(
        items=tuple(
            ItemView(
                part=item.part,
                part_title=PARTS[item.part],
                title=visible(item.title),
                start_s=item.start_ms / 1000,
                length_s=item.length_ms / 1000,
                at=clock(item.start_ms / 1000),
                length=length_told(item.length_ms),
                questions=tuple(visible(question) for question in item.questions),
                note=visible(item.note),
                clip=None if item.clip is None else clips[item.clip],
            )
            for item in found.items
        ),
        minutes=found.minutes,
        total_s=found.total_ms / 1000,
        remaining_s=found.remaining_ms / 1000,
        total=length_told(found.total_ms),
        fits=found.fits,
        told=found.told,
    )


def name_of(entry: Entry, user: str) -> str:
    """What a user is called; their id where they are none any more."""
    found = entry.room.people.get(user)
    return visible(found.name if found else user)


def _clip(n: int, state: SessionState, choices: dict[str, CallChoice]) -> ClipView:
    clip = state.plan.clips[n]
    call, start, end = choices.get(clip.call), clip.span.start, clip.span.end
    return ClipView(
        place=n,
        call=clip.call,
        told=call.told if call else "a call that is not there any more",
        part=clip.part,
        part_title=PARTS[clip.part],
        title=visible(clip.title) or "A moment to hear",
        start=start,
        end=end,
        clock=f"{moment_told(int(start))} to {moment_told(-int(-end // 1))}",
        length=length_told(round(clip.span.duration * 1000)),
        talk=length_told(round(clip.talk * 60_000)),
        sound=f"/calls/{clip.call}/sound#t={start:g},{end:g}" if call is not None and call.sound else "",
    )


def _importance(entry: Entry, state: SessionState) -> ImportanceView | None:
    said = state.importance
    if said is None:
        return None
    return ImportanceView(text=lines(said.text), by=name_of(entry, said.by), by_rep=said.by == entry.whose.id)


def _own_views(history: History, state: SessionState, choices: dict[str, CallChoice]) -> tuple[OwnView, ...]:
    """The rep's views of the calls that are played, else of the calls they spoke of last."""
    said = [review for review in self_reviews(history) if review.call in choices and (review.answers or review.parked)]
    played = {clip.call for clip in state.plan.clips}
    chosen = [review for review in said if review.call in played]
    if not chosen and state.open:
        chosen = sorted(said, key=lambda review: choices[review.call].at)[-_OWN_VIEWS:]
    return tuple(_own_view(review, choices[review.call]) for review in chosen)


def _own_view(review: SelfReview, call: CallChoice) -> OwnView:
    found = []
    for question, words in POWER_QUESTIONS.items():
        answer = review.answers.get(question)
        nothing = answer is not None and answer.nothing
        found.append(OwnAnswer(question=words, text=lines(answer.text) if answer else "", nothing=nothing))
    found += [OwnAnswer(question=visible(a.prompt), text=lines(a.text), nothing=a.nothing) for a in review.prompted]
    why = {"went_well": "went well", "struggled": "struggled with"}.get(review.why or "", "")
    parked = tuple(visible(text) for text in review.parked)
    return OwnView(call=call.call, told=call.told, why=why, answers=tuple(found), parked=parked)


def _fields(state: SessionState) -> tuple[FieldView, ...]:
    plan = state.plan
    return tuple(
        FieldView(
            id=field.id,
            title=visible(field.title),
            hint=visible(field.hint),
            text=lines(plan.fields.get(field.id, "")),
        )
        for field in (plan.outline.fields if plan.outline else ())
    )


def _cause(state: SessionState) -> CauseView | None:
    cause = state.plan.cause
    found = help_for(cause)
    return CauseView(cause=cause, told=MARKS[cause], help=found) if cause is not None and found is not None else None


def _gaps(entry: Entry) -> tuple[GapView, ...]:
    """The rows of the gap map in which somebody agreed on a target, or has a goal; then goals of no one capability."""
    found = gap_view(entry)
    rows = tuple(
        GapView(
            capability=row.name,
            now=f"{row.now.level:g}{f' of {row.of}' if row.of else ''} ({row.now.told})"
            if row.now
            else "not known yet",
            target=f"{row.target.level}" if row.target else "",
            next_step=row.target.next_step if row.target else "",
            goals=tuple(goal.text for goal in row.goals),
        )
        for row in found.rows
        if row.target is not None or row.goals
    )
    general = tuple(goal.text for goal in found.general)
    return (*rows, GapView(capability="Goals", now="", target="", next_step="", goals=general)) if general else rows


def _held(entry: Entry, history: History, state: SessionState) -> HeldView | None:
    held = state.held
    if held is None or state.held_at is None:
        return None
    today, name = entry.room.now().date(), partial(name_of, entry)
    who = OWN_WHO if entry.sight == "own" else WHO
    looks = tuple(look_view(each, today, name) for each in follow_ups(history) if each.what == state.id)
    return HeldView(
        at=state.held_at,
        steps=tuple(
            StepAgreed(text=visible(step.text), who=step.who, told=who[step.who], by=step.by) for step in held.steps
        ),
        follow_up=held.follow_up,
        look=next((look for look in looks if look.done_on is None), None),
        looked=tuple(look for look in looks if look.done_on is not None),
        rep_said=lines(held.rep_said),
        notes=lines(held.notes),
    )


def _recorded(entry: Entry, state: SessionState) -> str:
    """The recording, for whoever sees that call."""
    call = state.recorded_call
    people = entry.room.index.people_of(call) if call else None
    return call if call and people and entry.scope.sight(*people) is not None else ""


def _recordings(entry: Entry, state: SessionState) -> tuple[TalkChoice, ...]:
    return tuple(
        TalkChoice(call=talk.call, told=f"{talk.at.day} {talk.at:%B %Y}, {talk.at:%H:%M} UTC")
        for talk in talks_with(entry, state.plan.coach)
    )
