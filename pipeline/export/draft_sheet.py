"""Owns the draft as a page shows it: what worked, facts, one thing to change, questions, activity, follow-up."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft, Factor, Paragraph, Phrasing
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.domain.stability import Cause
from pipeline.export.moments import Moment, Moments
from pipeline.export.untrusted import paragraphs, visible

_UNUSED: dict[Cause, str] = {
    "readings": "Not used, since readings of it differ",
    "transcripts": "Not used, since small changes of the transcript change its reading",
    "setting": "Not used, as the settings say",
}
WHO: dict[Literal["rep", "manager", "both"], str] = {"rep": "Rep", "manager": "Manager", "both": "Rep and manager"}


class Passage(Value):
    """A piece of the draft. With a `moment` it quotes that moment's words; an empty text stands for the quote alone.

    `spans` are the moments of the call that sentences without a quote speak of.
    """

    text: str
    moment: Moment | None = None
    spans: tuple[Span, ...] = ()


class DraftPart(Value):
    """The strength or the improvement: what is said of it, what it rests on, and why it was chosen.

    `measured` is empty where a sentence tells it already.
    """

    capability: str
    behaviour: str
    passages: tuple[Passage, ...]
    measured: str = ""
    reasons: tuple[str, ...] = ()


class Step(Value):
    """One step of the activity."""

    text: str
    who: str
    by: date | None


class DraftSheet(Value):
    """The draft; `full` is its text as it would be sent, by paragraphs; `words` says in a line who phrased it.

    `withheld` names in a line for each cause the behaviours that this call has something to say of and the draft does
    not use.
    `without_strength` and `without_improvement` say why one is absent, each to be shown where it would stand.
    """

    strength: DraftPart | None
    facts: tuple[Passage, ...]
    improvement: DraftPart | None
    without_strength: tuple[str, ...]
    without_improvement: tuple[str, ...]
    questions: tuple[str, ...]
    steps: tuple[Step, ...]
    practice: str
    follow_up: date | None
    words: str
    withheld: tuple[str, ...]
    full: tuple[str, ...]


def draft_sheet(result: CallResult, moments: Moments) -> DraftSheet:
    """The draft of a call. What it cites stands beside the sentence that quotes it, else after the part's text."""
    draft = result.draft
    absent = tuple(visible(a) for a in draft.absent)
    lines = _lines(draft, "facts", "")
    facts = tuple(p for p in lines if p.text not in absent)
    of_strength = {p.text for p in lines}
    return DraftSheet(
        strength=_strength(draft, moments),
        facts=_joined(facts),
        improvement=_improvement(draft, moments),
        without_strength=tuple(a for a in absent if a in of_strength),
        without_improvement=tuple(a for a in absent if a not in of_strength),
        questions=tuple(visible(q) for q in draft.questions),
        steps=tuple(
            Step(text=visible(s.text), who=result.rubric.parties.named(WHO[s.who]), by=s.by) for s in draft.activity
        ),
        practice=visible(draft.practice or ""),
        follow_up=draft.follow_up,
        words=phrased_by(draft.phrasing),
        withheld=tuple(_withheld(result, moments)),
        full=paragraphs(draft.text),
    )


def phrased_by(phrasing: Phrasing) -> str:
    """Whose words a draft is in, and why where a model's were left: "Words: template.", "Phrased by openai/m."."""
    if phrasing.by == "model":
        named = visible(phrasing.model or "").split()
        return f"Phrased by {named[0] if named else 'a language model'}; its quotes and figures are the call's own."
    return f"Template stands: {visible(phrasing.reason).rstrip('.')}." if phrasing.reason else "Words: template."


def _withheld(result: CallResult, moments: Moments) -> Iterator[str]:
    """What the draft does not use, though it was shown or looked for in this call, and why; a line for each cause."""
    judged = {v.behaviour for v in result.assessment.verdicts if v.state in ("shown", "not_shown")}
    for cause, words in _UNUSED.items():
        names = [w.behaviour for w in result.draft.withheld if w.cause == cause and w.behaviour in judged]
        if names:
            yield f"{words}: {'; '.join(moments.behaviour(name) for name in names)}."


def _strength(draft: Draft, moments: Moments) -> DraftPart | None:
    strength = draft.strength
    if strength is None:
        return None
    cited = moments.observations.get(strength.observation_id)
    return DraftPart(
        capability=moments.capability(strength.capability),
        behaviour=moments.behaviour(strength.behaviour),
        passages=_passages(_lines(draft, "strength", strength.text), () if cited is None else (cited,)),
        reasons=_reasons(strength.reasons),
    )


def _improvement(draft: Draft, moments: Moments) -> DraftPart | None:
    improvement = draft.improvement
    if improvement is None:
        return None
    missed = () if improvement.missed is None else (moments.of_missed(improvement.missed, improvement.behaviour),)
    cited = tuple(moments.observations[i] for i in improvement.observation_ids if i in moments.observations)
    return DraftPart(
        capability=moments.capability(improvement.capability),
        behaviour=moments.behaviour(improvement.behaviour),
        passages=_passages(_lines(draft, "improvement", improvement.text), missed + cited),
        measured="" if draft.sentences else moments.measured(improvement.behaviour, improvement.measured),
        reasons=_reasons(improvement.reasons),
    )


def _reasons(factors: tuple[Factor, ...]) -> tuple[str, ...]:
    return tuple(visible(f"{factor.name}: {factor.why}") for factor in factors)


def _lines(draft: Draft, paragraph: Paragraph, otherwise: str) -> tuple[Passage, ...]:
    """The paragraph's sentences; where a draft has no sentences, the paragraphs of the other text."""
    if not draft.sentences:
        return tuple(Passage(text=text) for text in paragraphs(otherwise))
    return tuple(
        Passage(
            text=visible(sentence.text),
            spans=tuple(c.span for c in sentence.citations if c.span is not None and c.quote is None),
        )
        for sentence in draft.paragraph(paragraph)
    )


def _passages(lines: tuple[Passage, ...], cited: tuple[Moment, ...]) -> tuple[Passage, ...]:
    placed = list(lines)
    for moment in cited:
        quoting = (n for n, line in enumerate(placed) if line.moment is None and moment.text in line.text)
        place = next(quoting, None)
        if place is None:
            placed.append(Passage(text="", moment=moment))
        else:
            placed[place] = placed[place].model_copy(update={"moment": moment})
    return _joined(tuple(placed))


def _joined(lines: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """Neighbouring sentences without a quote made one passage, since they were written as one."""
    joined: list[Passage] = []
    for plain, together in groupby(lines, key=lambda line: line.moment is None):
        run = list(together)
        if plain:
            spans = tuple(span for line in run for span in line.spans)
            joined.append(Passage(text=" ".join(line.text for line in run), spans=spans))
        else:
            joined.extend(run)
    return tuple(joined)
