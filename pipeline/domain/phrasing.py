"""Owns the sentences of a draft: each a fixed form of words around what the call and the rubric hold, with citations.

They are written to the rep. Nothing here chooses anything; `pipeline.domain.ranking` does.
"""

from collections.abc import Iterator
from datetime import date

from pipeline.domain.assessment import MissedMoment, Observation, Quote, Verdict
from pipeline.domain.coaching import Citation, DraftSentence, Paragraph
from pipeline.domain.evidence import Evidence, extent
from pipeline.domain.metrics import Measure, MetricName
from pipeline.domain.recording import Role
from pipeline.domain.rubric import MeasureRule, Part, Polarity

MAX_FACTS = 3
_SPEAKERS: dict[Role, str] = {
    "rep": "you",
    "customer": "the customer",
    "other": "another person",
    "unknown": "somebody",
}


def clock(seconds: float) -> str:
    """mm:ss, or h:mm:ss from one hour on; parts of a second are cut off."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def day(when: date) -> str:
    """The weekday and the date in words: Monday, 30 November 2026."""
    return f"{when:%A}, {when.day} {when:%B %Y}"


def amount(value: float, unit: str) -> str:
    """A measure's value with its unit: 58%, 72 s, 0.6 s, 14 an hour, 164 words a minute, 7."""
    if unit == "ratio":
        return f"{value * 100:.0f}%"
    number = f"{value:.1f}" if unit == "s" and value < 10 else f"{value:.0f}"
    return number + {"s": " s", "1/h": " an hour", "words/min": " words a minute"}.get(unit, "")


def facts(evidence: Evidence) -> tuple[DraftSentence, ...]:
    """Up to `MAX_FACTS` measures that have a value; without any, how many turns each side has."""
    found = tuple(_measured_facts(evidence))[:MAX_FACTS]
    if found:
        return found
    n_rep, n_customer = len(evidence.turns_of("rep")), len(evidence.turns_of("customer"))
    text = f"The call has {_count(n_rep, 'turn')} of yours and {n_customer or 'none'} of the customer's."
    return (
        DraftSentence(
            paragraph="facts",
            text=evidence.rubric.parties.named(text),
            citations=(Citation(kind="turns", ref="rep"), Citation(kind="turns", ref="customer")),
        ),
    )


def _measured_facts(evidence: Evidence) -> Iterator[DraftSentence]:
    forms: tuple[tuple[MetricName, str], ...] = (
        ("rep_talk_ratio", "You spoke for {} of the talking time."),
        ("rep_questions", ""),
        ("longest_rep_monologue_s", "The longest stretch in which you spoke lasted {}{}."),
        ("longest_customer_story_s", "The longest stretch in which the customer spoke lasted {}{}."),
        ("patience_s", "Between the customer's last word and your first there were {}, as a median."),
    )
    for name, form in forms:
        measure = evidence.measure(name)
        if measure is not None and name == "rep_questions":
            yield _questions_asked(evidence, measure)
        elif measure is not None:
            where = f", from {clock(measure.where.start)}" if measure.where is not None else ""
            told = evidence.rubric.parties.named(form).format(amount(measure.value or 0, measure.unit), where)
            yield _fact(told, measure)


def _questions_asked(evidence: Evidence, asked: Measure) -> DraftSentence:
    count, opened = round(asked.value or 0), evidence.measure("rep_open_questions")
    if count < 2 or opened is None:
        return _fact(f"You asked {_count(count, 'question')}.", asked)
    return _fact(f"You asked {_count(count, 'question')}, {round(opened.value or 0)} of them open.", asked, opened)


def _fact(text: str, *measures: Measure) -> DraftSentence:
    cited = tuple(Citation(kind="measure", ref=measure.name, span=measure.where) for measure in measures)
    return DraftSentence(paragraph="facts", text=text, citations=cited)


def _count(n: int, noun: str) -> str:
    return f"{n or 'no'} {noun}{'s' * (n != 1)}"


def said(evidence: Evidence, observation: Observation, paragraph: Paragraph) -> DraftSentence:
    """The observation's words, with speaker and time: At 00:42 you asked: "..."."""
    cited = Citation(kind="observation", ref=observation.id, quote=observation.quote, span=observation.span)
    text = _quotation(evidence, observation.quote, observation.role)
    return DraftSentence(paragraph=paragraph, text=text, citations=(cited,))


def heard(evidence: Evidence, moment: MissedMoment, behaviour: str) -> DraftSentence:
    """The words of a missed moment, with speaker and time."""
    cited = Citation(kind="missed_moment", ref=behaviour, quote=moment.quote, span=moment.span)
    text = _quotation(evidence, moment.quote, moment.role)
    return DraftSentence(paragraph="improvement", text=text, citations=(cited,))


def _quotation(evidence: Evidence, quote: Quote, role: Role) -> str:
    words, span = quote.text(evidence.conversation), quote.span(evidence.conversation)
    who, verb = evidence.rubric.parties.named(_SPEAKERS[role]), "asked" if evidence.is_question(quote) else "said"
    lead = f"{who} {verb}" if span is None else f"at {clock(span.start)} {who} {verb}"
    return f"{lead[0].upper()}{lead[1:]}: “{words}”" + ("" if words.endswith((".", "?", "!", "…")) else ".")


def from_rubric(behaviour: str, text: str, paragraph: Paragraph, *citations: Citation) -> DraftSentence:
    """A sentence that people wrote into the rubric, closed with a full stop where it has no end."""
    closed = text if text.rstrip("\"')”’").endswith((".", "?", "!")) else f"{text}."
    return DraftSentence(
        paragraph=paragraph, text=closed, citations=(Citation(kind="rubric", ref=behaviour), *citations)
    )


def searched(evidence: Evidence, verdict: Verdict) -> DraftSentence:
    """Where a behaviour that was not shown was looked for: in how many turns, from when to when."""
    turns = evidence.searched(verdict.behaviour)
    behaviour, span = evidence.behaviour(verdict.behaviour), extent(turns)
    whose = "yours" if behaviour.role == "rep" else f"{_SPEAKERS[behaviour.role]}'s"
    place = f" in the {behaviour.part} of the call" if behaviour.part is not Part.ANY else ""
    when = f", from {clock(span.start)} to {clock(span.end)}" if span is not None else ""
    which = f"one turn of {whose}" if len(turns) == 1 else f"{len(turns)} turns of {whose}"
    return DraftSentence(
        paragraph="improvement",
        text=evidence.rubric.parties.named(f"It was looked for in {which}{place}{when}."),
        citations=(Citation(kind="search", ref=verdict.behaviour, span=span),),
    )


def measured(evidence: Evidence, verdict: Verdict, rule: MeasureRule) -> DraftSentence:
    """What was measured beside what the rubric looks for (or, for an ineffective behaviour, what it marks)."""
    measure = evidence.measure(rule.name)
    assert measure is not None  # a behaviour decided by a measure without a value is unread
    assert measure.value is not None
    effective = evidence.behaviour(verdict.behaviour).polarity is Polarity.EFFECTIVE
    return DraftSentence(
        paragraph="improvement",
        text=f"Measured: {amount(measure.value, measure.unit)}; the rubric {'looks for' if effective else 'marks'} "
        f"{_bounds(rule, measure.unit)}.",
        citations=(
            Citation(kind="measure", ref=rule.name, span=measure.where),
            Citation(kind="rubric", ref=verdict.behaviour),
        ),
    )


def _bounds(rule: MeasureRule, unit: str) -> str:
    if rule.low is None:
        return f"at most {amount(rule.high or 0, unit)}"
    if rule.high is None:
        return f"at least {amount(rule.low, unit)}"
    return f"{amount(rule.low, unit)} to {amount(rule.high, unit)}"


def practice_card(evidence: Evidence, behaviour: str, moment: MissedMoment | None) -> str:
    """The rubric's rehearsal, headed by the line from this call that it starts from, where there is one."""
    task = evidence.behaviour(behaviour).coaching.practice
    return task if moment is None else f"{_quotation(evidence, moment.quote, moment.role)} {task}"
