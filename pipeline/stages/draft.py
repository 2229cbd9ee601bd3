"""Owns the draft: code has chosen what it says (`pipeline.domain.ranking`), a fixed form of words says it."""

from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.domain.assessment import Assessment, Doubt, MissedMoment, Observation
from pipeline.domain.coaching import (
    ActivityStep,
    Candidate,
    Citation,
    Draft,
    DraftSentence,
    Improvement,
    Strength,
    written,
)
from pipeline.domain.draft_lint import N_QUESTIONS, lint_draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.phrasing import day, facts, from_rubric, heard, measured, practice_card, said, searched
from pipeline.domain.ranking import RankedStrength, candidates, strengths
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.domain.stability import Withheld, of_rubric
from pipeline.errors import StageError

MIN_REP_WORDS = 40
"""Words of the rep below which a call is no ground for coaching: a wrong number, a call that breaks off."""

FOLLOW_UP_DAYS = 7
_SATURDAY = 5
_WHO = {"rep": "you", "manager": "your manager", "both": "both of us"}
_MORE_QUESTIONS = (
    "What did you notice when you listened to this call?",
    "What would you like to try in the next call?",
    "How will you notice in the next call what changed?",
)
_REHEARSE = "Play through the practice card together, twice."


def draft(
    *,
    conversation: Conversation,
    rubric: Rubric,
    metrics: CallMetrics,
    observations: tuple[Observation, ...],
    assessment: Assessment,
    today: date,
    focus: str | None = None,
    withheld: tuple[Withheld, ...] = (),
    doubts: tuple[Doubt, ...] = (),
    improvement: str | None = None,
) -> Draft:
    """The draft for one call: the positive, facts, one thing to change, three questions, steps, a day to look again.

    `focus` is the behaviour or capability the rep is working on. Steps and the follow-up are dated from `today`; none
    falls on a weekend. Without evidence for a strength or an improvement the draft leaves it out and says why. Neither
    rests on a behaviour that is `withheld`; those of this rubric are in the draft's record. What the reader `doubts` to
    be absent is a worse choice for the improvement. `improvement` is the behaviour that a person chose instead of the
    first of the ranking; the ranking stays as it is.

    Raises: StageError when the linter finds something, which is then in the rubric's texts; when the chosen behaviour
    is not in the ranking.
    """
    evidence = Evidence(
        conversation=conversation,
        rubric=rubric,
        metrics=metrics,
        observations=observations,
        assessment=assessment,
        doubts=doubts,
    )
    kept_out = of_rubric(withheld, {behaviour.id for behaviour in rubric.behaviours})
    composition = _Composition(evidence, today=today, focus=focus, withheld=kept_out)
    if improvement is not None:
        composition.choose(improvement)
    made = composition.draft()
    for finding in lint_draft(made, evidence):
        raise StageError(
            "draft",
            f"“{finding.sentence}” breaks the rule “{finding.rule}” ({finding.words}): {finding.reason}",
            hint=f"Change this text in the rubric {rubric.id}, then run again.",
        )
    return made


def working_day(when: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return when + timedelta(days=max(0, 7 - when.weekday()) if when.weekday() >= _SATURDAY else 0)


class _Composition:
    """One draft while it is put together."""

    def __init__(self, evidence: Evidence, *, today: date, focus: str | None, withheld: tuple[Withheld, ...]) -> None:
        self.evidence = evidence
        self.today = today
        self.follow_up = working_day(today + timedelta(days=FOLLOW_UP_DAYS))
        self.thin = _too_thin(evidence)
        self.withheld = withheld
        names = {each.behaviour for each in withheld}
        self.ranking = () if self.thin else candidates(evidence, focus=focus, withheld=names)
        self.strongest = None if self.thin else next(iter(strengths(evidence, withheld=names)), None)
        self.chosen = next(iter(self.ranking), None)

    def choose(self, behaviour: str) -> None:
        """Another behaviour of the ranking takes the place of the first. Raises: StageError for one not in it."""
        self.chosen = next((each for each in self.ranking if each.behaviour == behaviour), None)
        if self.chosen is None:
            names = ", ".join(each.behaviour for each in self.ranking)
            raise StageError(
                "draft",
                f"{behaviour} cannot be the improvement of this call",
                hint=f"choose one of its ranking: {names}" if names else "this call has nothing to change",
            )

    def draft(self) -> Draft:
        positive = self._positive(self.strongest) if self.strongest else ()
        change = self._change(self.chosen) if self.chosen else ()
        activity = self._activity(self.chosen) if self.chosen else ()
        absent = self._absent()
        sentences = (
            *positive,
            *(facts(self.evidence) if self.evidence.turns_of("rep") else ()),
            *(sentence for sentence in absent if sentence.paragraph == "facts"),
            *change,
            *(sentence for sentence in absent if sentence.paragraph == "improvement"),
            *self._steps_told(activity),
            *(self._seen_again() if self.chosen else ()),
        )
        return Draft(
            strength=self._strength(self.strongest, positive) if self.strongest else None,
            improvement=self._improvement(self.chosen, change) if self.chosen else None,
            questions=self._questions(self.chosen) if self.chosen else (),
            activity=activity,
            practice=practice_card(self.evidence, self.chosen.behaviour, self._missed()) if self.chosen else None,
            follow_up=self.follow_up if self.chosen else None,
            absent=tuple(sentence.text for sentence in absent),
            ranking=self.ranking,
            withheld=self.withheld,
            sentences=sentences,
            text=written(sentences),
        )

    def _positive(self, strongest: RankedStrength) -> tuple[DraftSentence, ...]:
        observation = strongest[0]
        praise = self.evidence.behaviour(observation.behaviour).praise
        cited = Citation(kind="observation", ref=observation.id, quote=observation.quote, span=observation.span)
        return (
            from_rubric(observation.behaviour, praise, "strength", cited),
            said(self.evidence, observation, "strength"),
        )

    def _strength(self, strongest: RankedStrength, sentences: tuple[DraftSentence, ...]) -> Strength:
        observation, factors = strongest
        return Strength(
            capability=observation.capability,
            behaviour=observation.behaviour,
            observation_id=observation.id,
            text=written(sentences),
            reasons=factors,
        )

    def _change(self, chosen: Candidate) -> tuple[DraftSentence, ...]:
        """What was heard, said, measured or looked for; what the rubric says of it; a question instead of advice."""
        behaviour = self.evidence.behaviour(chosen.behaviour)
        verdict = self.evidence.assessment.verdict(chosen.behaviour)
        gap = from_rubric(behaviour.id, behaviour.coaching.gap, "improvement")
        question = from_rubric(behaviour.id, behaviour.coaching.questions[0], "improvement")
        missed, shown = self._missed(), self._quoted()
        if missed is not None:
            return heard(self.evidence, missed, behaviour.id), gap, question
        if shown is not None:
            return said(self.evidence, shown, "improvement"), gap, question
        if behaviour.measure is not None:
            return gap, measured(self.evidence, verdict, behaviour.measure), question
        return gap, searched(self.evidence, verdict), question

    def _improvement(self, chosen: Candidate, sentences: tuple[DraftSentence, ...]) -> Improvement:
        shown = self._quoted()
        return Improvement(
            capability=chosen.capability,
            behaviour=chosen.behaviour,
            observation_ids=(shown.id,) if shown is not None else (),
            missed=self._missed(),
            measured=self.evidence.assessment.verdict(chosen.behaviour).measured,
            text=written(sentences),
            reasons=chosen.factors,
        )

    def _missed(self) -> MissedMoment | None:
        verdict = self.evidence.assessment.verdict(self.chosen.behaviour) if self.chosen else None
        return next(iter(verdict.missed), None) if verdict else None

    def _quoted(self) -> Observation | None:
        """The observation of the chosen behaviour that its reader saw most plainly; the earliest of equals."""
        found = self.evidence.of_behaviour(self.chosen.behaviour) if self.chosen else ()
        return max(found, key=lambda observation: observation.strength, default=None)

    def _questions(self, chosen: Candidate) -> tuple[str, ...]:
        """Three to ask beside the one that the improvement ends with, the behaviour's own first."""
        own = self.evidence.behaviour(chosen.behaviour).coaching.questions[1:]
        more = map(self.evidence.rubric.parties.named, _MORE_QUESTIONS)
        return (*own, *more)[:N_QUESTIONS]

    def _activity(self, chosen: Candidate) -> tuple[ActivityStep, ...]:
        """The rubric's steps for the rep, the practice card for both after the first, spread over the days."""
        first, *rest = self.evidence.behaviour(chosen.behaviour).coaching.steps
        n = len(rest) + 2
        days = [working_day(self.today + timedelta(days=FOLLOW_UP_DAYS * i // n)) for i in range(1, n + 1)]
        return (
            ActivityStep(text=first, who="rep", by=days[0]),
            ActivityStep(text=_REHEARSE, who="both", by=days[1]),
            *(ActivityStep(text=step, who="rep", by=by) for step, by in zip(rest, days[2:], strict=True)),
        )

    def _steps_told(self, activity: tuple[ActivityStep, ...]) -> Iterator[DraftSentence]:
        for i, step in enumerate(activity):
            due = f", by {day(step.by)}" if step.by is not None else ""
            assert self.chosen is not None  # there are no steps without an improvement
            text = f"Step {i + 1} ({_WHO[step.who]}{due}): {step.text}"
            dated = Citation(kind="calendar", ref=f"activity.{i}")
            yield from_rubric(self.chosen.behaviour, text, "activity", dated)

    def _seen_again(self) -> tuple[DraftSentence, ...]:
        text = f"We look at this again on {day(self.follow_up)}."
        return (
            DraftSentence(paragraph="follow_up", text=text, citations=(Citation(kind="calendar", ref="follow_up"),)),
        )

    def _absent(self) -> tuple[DraftSentence, ...]:
        cited, named = (Citation(kind="turns", ref="rep"),), self.evidence.rubric.parties.named
        if self.thin:
            return (DraftSentence(paragraph="facts", text=named(self.thin), citations=cited),)
        found = []
        if self.strongest is None:
            found.append(DraftSentence(paragraph="facts", text=self._without_strength(), citations=cited))
        if self.chosen is None:
            text = named(self._without_improvement())
            found.append(DraftSentence(paragraph="improvement", text=text, citations=cited))
        return tuple(found)

    def _without_strength(self) -> str:
        states = {verdict.state for verdict in self.evidence.assessment.verdicts}
        if states <= {"unread", "no_opportunity"} and "unread" in states:
            return "No behaviour of the rubric was read on this call; the scorecard has the reasons."
        if strengths(self.evidence):
            return "What was found of effective behaviours is withheld from drafts, so nothing leads this one."
        return "No behaviour that the rubric calls effective was found in words that can be quoted."

    def _without_improvement(self) -> str:
        if candidates(self.evidence):
            return "What is left to change on this call is withheld from drafts, so nothing to change is named."
        if any(score.level is not None for score in self.evidence.assessment.scores):
            return "Every behaviour that this call had room for was found, so nothing to change is named."
        return "No capability of the rubric was scored on this call, so nothing to change is named."


def _too_thin(evidence: Evidence) -> str | None:
    """Why a call is no ground for coaching, or None."""
    if not evidence.turns_of("rep"):
        return "No turn of this call is known to be by the rep; once the roles are set, there can be a draft."
    n_words = evidence.n_words("rep")
    if n_words < MIN_REP_WORDS:
        return f"You speak {n_words} word{'s' * (n_words != 1)} in this call, which is no ground for coaching."
    if all(turn.role == "rep" or turn.backchannel for turn in evidence.conversation.turns):
        return "The turns of this call are all yours, which is no ground for coaching."
    return None
