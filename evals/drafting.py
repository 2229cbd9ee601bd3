"""Owns how right drafts are, call by call: what can be checked on each, and whether its advice was already followed.

A draft *already done* tells the rep to do what a person heard them do in that very call. `PUBLISHED_ALREADY_DONE` is
the figure published for a naive chatbot; what a choice by chance would reach on the same calls stands beside ours,
since it depends on how much the reps of those calls do.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import Field

from evals.cases import Case
from evals.judging import Judged, judge
from evals.labelled import LabelledCall
from evals.mapping import Target
from evals.rated_turns import rated_turns
from pipeline.domain.assessment import VerdictState
from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.draft_lint import lint_draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.rubric import Polarity, Rubric
from pipeline.domain.speech import Conversation
from pipeline.errors import StageError
from pipeline.ports import Reader
from pipeline.stages.draft import draft
from pipeline.stages.measure import measure

PUBLISHED_ALREADY_DONE = 0.82
"""The share of a naive chatbot's advice that was already followed in the call, as published."""

A_MONDAY = date(2026, 1, 5)
"""The day from which steps are dated, so that no figure depends on when it was measured."""

_UNTIED = frozenset({"evidence", "quotation", "number"})
"""Rules of `lint_draft` by which a sentence says what its citations do not carry."""

Advice = Literal["right", "already_done", "not_called_for", "not_done"]
"""right: a person says of the improvement what the draft says. already_done: it asks for what was shown.
not_called_for: for what nothing in the call called for. not_done: against what nobody did."""


@dataclass(frozen=True)
class Ground:
    """A call to be drafted: its words, the rubric, and what people say of its behaviours, where they do."""

    id: str
    conversation: Conversation
    rubric: Rubric
    states: Mapping[str, VerdictState] = field(default_factory=dict)


class DraftChecks(Value):
    """What was checked on the draft of one call.

    `refused` says why there is no draft; the rest then says nothing. `broken` are the rules that `lint_draft` finds
    broken, once each. Of `n_sentences`, `n_tied` rest on evidence that exists and carries their quotations and numbers.
    `one_improvement` is whether its paragraph speaks of exactly one behaviour, that of the improvement. `absent` says
    why there is no improvement. `advice` and `strength_shown` need people's word on that behaviour. `chance` is the
    share of the effective behaviours with such a word that a person says were shown.
    """

    call: str = Field(min_length=1)
    rubric: str
    refused: str | None = None
    broken: tuple[str, ...] = ()
    n_sentences: int = Field(default=0, ge=0)
    n_tied: int = Field(default=0, ge=0)
    one_improvement: bool = False
    positive_first: bool = False
    improvement: str | None = None
    absent: str | None = None
    advice: Advice | None = None
    strength: str | None = None
    strength_shown: bool | None = None
    chance: float | None = Field(default=None, ge=0, le=1)

    @property
    def drafted(self) -> bool:
        """Whether there is a draft at all."""
        return self.refused is None

    @property
    def passes(self) -> bool:
        """Whether there is one and the linter finds nothing in it."""
        return self.drafted and not self.broken


def ground_of(case: Case, rubric: Rubric) -> Ground:
    """A case with its author's labels and its rubric, or one that stands in for it."""
    return Ground(case.id, case.conversation, rubric, case.states)


def states_by_turns(call: LabelledCall, targets: Iterable[Target]) -> dict[str, VerdictState]:
    """What most raters of turns say of behaviours: shown where they see one in any turn, else not shown.

    Only of what speaks for exactly one behaviour: a target with one, and without a turn of the customer before it,
    which would leave open whether there was room for it. Nothing of a call in which nobody labelled a turn.
    """
    found: dict[str, VerdictState] = {}
    for target in targets:
        rated = rated_turns(call, target)
        if len(target.behaviours) == 1 and not target.after and rated.turns:
            found[target.behaviours[0]] = "shown" if rated.majority() else "not_shown"
    return found


def states_by_verdicts(call: LabelledCall) -> dict[str, VerdictState]:
    """What more than half of those who gave a verdict on a behaviour say of it; nothing where no state has so many."""
    votes: dict[str, Counter[VerdictState]] = {}
    for label in call.verdicts:
        votes.setdefault(label.behaviour, Counter())[label.state] += 1
    most = {behaviour: counted.most_common(1)[0] for behaviour, counted in votes.items()}
    return {behaviour: state for behaviour, (state, n) in most.items() if 2 * n > votes[behaviour].total()}


def draft_of(conversation: Conversation, rubric: Rubric, judged: Judged) -> tuple[Draft, Evidence]:
    """The draft in the pipeline's fixed words, and everything it may rest on. Raises: StageError when it is refused."""
    evidence = Evidence(
        conversation=conversation,
        rubric=rubric,
        metrics=measure(conversation),
        observations=judged.verification.observations,
        assessment=judged.assessment,
        doubts=judged.reading.doubts,
    )
    written = draft(
        conversation=conversation,
        rubric=rubric,
        metrics=evidence.metrics,
        observations=evidence.observations,
        assessment=evidence.assessment,
        today=A_MONDAY,
        doubts=evidence.doubts,
    )
    return written, evidence


def check_call(ground: Ground, reader: Reader) -> DraftChecks:
    """The checks of the draft that this reader leads to. Raises: what reading raises; a refused draft is counted."""
    judged = judge(ground.conversation, ground.rubric, reader)
    return check_judged(ground, judged)


def check_judged(ground: Ground, judged: Judged) -> DraftChecks:
    """The checks of the draft that follows from this judgement."""
    try:
        written, evidence = draft_of(ground.conversation, ground.rubric, judged)
    except StageError as error:
        return DraftChecks(call=ground.id, rubric=ground.rubric.id, refused=error.message)
    return check_draft(ground, written, evidence)


def check_draft(ground: Ground, written: Draft, evidence: Evidence) -> DraftChecks:
    """The checks of a draft, whoever wrote it."""
    findings = lint_draft(written, evidence)
    untied = {finding.sentence for finding in findings if finding.rule in _UNTIED}
    improvement = written.improvement.behaviour if written.improvement else None
    strength = written.strength.behaviour if written.strength else None
    return DraftChecks(
        call=ground.id,
        rubric=ground.rubric.id,
        broken=tuple(dict.fromkeys(finding.rule for finding in findings)),
        n_sentences=len(written.sentences),
        n_tied=sum(sentence.text not in untied for sentence in written.sentences),
        one_improvement=improvement is not None and _named(written) == {improvement},
        positive_first=bool(written.sentences) and written.sentences[0].paragraph == "strength",
        improvement=improvement,
        absent=None if improvement or not written.absent else written.absent[-1],
        advice=advice_on(improvement, ground) if improvement else None,
        strength=strength,
        strength_shown=_shown(strength, ground),
        chance=_shown_by_chance(ground),
    )


def _named(written: Draft) -> set[str]:
    """The behaviours that the paragraph of the improvement speaks of, by what it cites."""
    cited = [c for s in written.sentences if s.paragraph == "improvement" for c in s.citations]
    by_name = {c.ref for c in cited if c.kind in ("rubric", "search", "missed_moment")}
    observed = {c.ref for c in cited if c.kind == "observation"}
    own = set(written.improvement.observation_ids) if written.improvement else set[str]()
    return by_name | {f"another: {ref}" for ref in observed - own}


def advice_on(behaviour: str, ground: Ground) -> Advice | None:
    """How the advice to change this behaviour stands to what a person says of it; None where nobody says anything."""
    label, known = ground.states.get(behaviour), ground.rubric.behaviour(behaviour)
    if label is None or label == "unread" or known is None:
        return None
    if known.polarity is Polarity.INEFFECTIVE:
        return "right" if label == "shown" else "not_done"
    if label == "shown":
        return "already_done"
    return "not_called_for" if label == "no_opportunity" else "right"


def _shown(behaviour: str | None, ground: Ground) -> bool | None:
    label = ground.states.get(behaviour) if behaviour else None
    return None if label in (None, "unread") else label == "shown"


def _shown_by_chance(ground: Ground) -> float | None:
    labels = [
        state
        for name, state in ground.states.items()
        if state != "unread" and (known := ground.rubric.behaviour(name)) and known.polarity is Polarity.EFFECTIVE
    ]
    return labels.count("shown") / len(labels) if labels else None


def reasons(checks: Iterable[DraftChecks]) -> Counter[str]:
    """Why calls have no draft, or one without an improvement, and how many."""
    return Counter(reason for one in checks if (reason := one.refused or one.absent))
