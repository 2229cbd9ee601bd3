"""Owns what every draft has to be, whoever wrote it: neutral, in shape, and each sentence resting on its evidence."""

import re
from collections.abc import Iterator

from pipeline.domain.coaching import ActivityStep, Citation, Draft, DraftSentence
from pipeline.domain.evidence import Evidence, extent
from pipeline.domain.neutrality import Finding, Form, lint
from pipeline.domain.phrasing import clock
from pipeline.domain.recording import Role
from pipeline.domain.rubric import Behaviour, Polarity, Rubric
from pipeline.domain.span import Span

N_QUESTIONS = 3
MIN_STEPS = 2
_ORDER = ("strength", "facts", "improvement", "activity", "follow_up")
_NUMBER = re.compile(r"\d+(?::\d\d)+|\d+(?:,\d{3})*(?:\.\d+)?")
_QUOTATION = re.compile("“([^“”]*)”")


def lint_draft(draft: Draft, evidence: Evidence) -> tuple[Finding, ...]:
    """Everything that keeps a draft from being shown: neutrality, shape, citations, quotations and numbers.

    Words in quotation marks are exempt from neutrality exactly when they are a slice of a turn that the sentence cites.
    """
    texts = _texts(draft)
    return (
        *_shape(draft, evidence),
        *(finding for sentence in draft.sentences for finding in _lint_sentence(sentence, draft, evidence)),
        *(finding for text in texts for finding in lint(_unquoted(text, _cited_words(draft, evidence)))),
        *(finding for step in draft.activity for finding in lint(step.text, form="step")),
        *_invented_quotations(draft.practice or "", _cited_words(draft, evidence)),
        *lint(_unquoted(draft.practice or "", _cited_words(draft, evidence)), form="step"),
    )


class RubricFinding(Finding):
    """A finding in a rubric's text; `at` is the way to it: capabilities, 0, behaviours, 2, coaching, gap."""

    at: tuple[int | str, ...]


def lint_rubric(rubric: Rubric) -> tuple[RubricFinding, ...]:
    """What a rubric's own texts would bring into drafts that `lint_draft` refuses, in the rubric's order.

    Steps and practice are read as steps, the rest as prose; questions have to end as such. Curved quotation marks are
    kept for words of the call, so a rubric uses straight ones.
    """
    return tuple(
        RubricFinding(**finding.model_dump(), at=("capabilities", i, "behaviours", j, *field))
        for i, capability in enumerate(rubric.capabilities)
        for j, behaviour in enumerate(capability.behaviours)
        for field, text, form in _told(behaviour)
        for finding in _lint_text(text, form, asks=field[:2] == ("coaching", "questions"))
    )


def _told(behaviour: Behaviour) -> Iterator[tuple[tuple[int | str, ...], str, Form]]:
    """The texts of a behaviour that drafts use, with their fields."""
    coaching = behaviour.coaching
    yield ("praise",), behaviour.praise, "prose"
    yield ("coaching", "gap"), coaching.gap, "prose"
    yield from ((("coaching", "questions", i), text, "prose") for i, text in enumerate(coaching.questions))
    yield from ((("coaching", "steps", i), text, "step") for i, text in enumerate(coaching.steps))
    yield ("coaching", "practice"), coaching.practice, "step"


def _lint_text(text: str, form: Form, *, asks: bool) -> Iterator[Finding]:
    yield from lint(text, form=form)
    for finding in _invented_quotations(text, ()):
        reason = "curved quotation marks are kept for words of the call; use straight ones, or none"
        yield finding.model_copy(update={"reason": reason})
    if asks and not _is_asked(text):
        yield _found("question", text.rsplit(maxsplit=1)[-1], text, "what a manager asks ends in a question mark")


def _is_asked(question: str) -> bool:
    return question.rstrip().endswith("?")


def _texts(draft: Draft) -> tuple[str, ...]:
    return (*draft.questions, *draft.absent)


def _found(rule: str, words: str, sentence: str, reason: str) -> Finding:
    return Finding(rule=rule, words=words, sentence=sentence, reason=reason)


def _shape(draft: Draft, evidence: Evidence) -> Iterator[Finding]:
    places = [_ORDER.index(sentence.paragraph) for sentence in draft.sentences]
    if not places or places != sorted(places):
        yield _found("shape", "sentences", draft.text, f"a draft has the paragraphs {', '.join(_ORDER)}, in this order")
    if (draft.strength is None or draft.improvement is None) and not draft.absent:
        yield _found("shape", "absent", draft.text, "a draft without a strength or an improvement says why")
    yield from _strength_shape(draft, evidence)
    yield from _improvement_shape(draft)


def _strength_shape(draft: Draft, evidence: Evidence) -> Iterator[Finding]:
    if draft.strength is None:
        return
    cited = {c.ref for s in draft.paragraph("strength") for c in s.citations if c.kind == "observation"}
    observation = evidence.observation(draft.strength.observation_id)
    if observation is None or observation.kind is not Polarity.EFFECTIVE or cited != {observation.id}:
        reason = "the positive rests on one observation of an effective behaviour, and quotes it"
        yield _found("shape", "strength", draft.strength.text, reason)


def _improvement_shape(draft: Draft) -> Iterator[Finding]:
    if draft.improvement is None:
        if draft.questions or draft.activity or draft.follow_up:
            yield _found("shape", "improvement", draft.text, "questions and steps belong to an improvement")
        return
    named = {
        c.ref
        for s in draft.paragraph("improvement")
        for c in s.citations
        if c.kind in ("rubric", "search", "missed_moment")
    }
    if named != {draft.improvement.behaviour}:
        yield _found("shape", ", ".join(sorted(named)), draft.improvement.text, "a draft names exactly one improvement")
    if len(draft.questions) != N_QUESTIONS or not all(map(_is_asked, draft.questions)):
        yield _found("shape", "questions", " ".join(draft.questions), f"a draft has {N_QUESTIONS} questions to ask")
    if len(draft.activity) < MIN_STEPS:
        yield _found("shape", "activity", draft.text, f"an activity has at least {MIN_STEPS} steps")
    if draft.follow_up is None or draft.follow_up.weekday() >= 5 or not _in_time(draft.activity, draft):
        reason = "a draft proposes a working day to look again, on or after the last step"
        yield _found("shape", "follow_up", str(draft.follow_up), reason)


def _in_time(activity: tuple[ActivityStep, ...], draft: Draft) -> bool:
    return all(step.by is None or (draft.follow_up is not None and step.by <= draft.follow_up) for step in activity)


def _lint_sentence(sentence: DraftSentence, draft: Draft, evidence: Evidence) -> Iterator[Finding]:
    for citation in sentence.citations:
        if not _resolves(citation, draft, evidence):
            reason = "the evidence a sentence cites has to exist, with these very words"
            yield _found("evidence", f"{citation.kind} {citation.ref}", sentence.text, reason)
            return
    quoted = tuple(c.quote.text(evidence.conversation) for c in sentence.citations if c.quote is not None)
    yield from _invented_quotations(sentence.text, quoted)
    plain = _unquoted(sentence.text, quoted)
    yield from lint(plain, form="step" if sentence.paragraph == "activity" else "prose")
    supported = _Supported(sentence, draft, evidence)
    for number in _NUMBER.findall(plain):
        if not supported.holds(number):
            yield _found("number", number, sentence.text, "a number comes from what the sentence cites")


def _unquoted(text: str, quoted: tuple[str, ...]) -> str:
    """The text with exact quotations emptied, so that neither their words nor their numbers are read."""
    for words in sorted(quoted, key=len, reverse=True):
        text = text.replace(f"“{words}”", "“—.”" if words.endswith((".", "?", "!", "…")) else "“—”")
    return text


def _invented_quotations(text: str, quoted: tuple[str, ...]) -> Iterator[Finding]:
    for words in _QUOTATION.findall(_unquoted(text, quoted)):
        if words not in ("—", "—."):
            yield _found("quotation", words, text, "a quotation is a slice of a turn that the sentence cites")


def _cited_words(draft: Draft, evidence: Evidence) -> tuple[str, ...]:
    quotes = [c.quote for s in draft.sentences for c in s.citations if c.quote is not None]
    return tuple(q.text(evidence.conversation) for q in quotes if _is_slice(q.turn_id, q.last_word, evidence))


def _is_slice(turn_id: str, last_word: int, evidence: Evidence) -> bool:
    turn = evidence.conversation.turn(turn_id)
    return turn is not None and last_word < len(turn.words)


def _resolves(citation: Citation, draft: Draft, evidence: Evidence) -> bool:
    if citation.quote is not None and not _is_slice(citation.quote.turn_id, citation.quote.last_word, evidence):
        return False
    if citation.kind == "observation":
        observation = evidence.observation(citation.ref)
        return observation is not None and citation.quote == observation.quote
    if citation.kind == "missed_moment":
        verdicts = [v for v in evidence.assessment.verdicts if v.behaviour == citation.ref]
        return any(moment.quote == citation.quote for verdict in verdicts for moment in verdict.missed)
    return citation.ref in _names(citation, draft, evidence)


def _names(citation: Citation, draft: Draft, evidence: Evidence) -> set[str]:
    """What a citation of this kind may name."""
    match citation.kind:
        case "measure":
            return {measure.name for measure in evidence.metrics.measures if measure.value is not None}
        case "calendar":
            return {"follow_up", *(f"activity.{i}" for i in range(len(draft.activity)))}
        case "turns":
            return {"rep", "customer"}
        case _:
            return {behaviour.id for behaviour in evidence.rubric.behaviours}


class _Supported:
    """The numbers that a sentence's citations hold: moments as clock times, and values."""

    def __init__(self, sentence: DraftSentence, draft: Draft, evidence: Evidence) -> None:
        self.clocks: set[str] = set()
        self.values: set[float] = set()
        self._draft, self._evidence = draft, evidence
        for citation in sentence.citations:
            self._add(citation)

    def holds(self, number: str) -> bool:
        """Whether the number is one of them, at the precision it is written with."""
        if ":" in number:
            return number in self.clocks
        value = float(number.replace(",", ""))
        decimals = len(number.partition(".")[2])
        return any(abs(round(held, decimals) - value) < 1e-9 for held in self.values)

    def _add(self, citation: Citation) -> None:
        evidence = self._evidence
        if citation.quote is not None:
            self._add_span(citation.quote.span(evidence.conversation))
        match citation.kind:
            case "measure":
                for measure in evidence.metrics.measures:
                    if measure.name == citation.ref:
                        self._add_value(measure.value)
                        self._add_span(measure.where)
            case "search":
                turns = evidence.searched(citation.ref)
                self.values.add(len(turns))
                self._add_span(extent(turns))
            case "turns":
                role: Role = "rep" if citation.ref == "rep" else "customer"
                self.values |= {len(evidence.turns_of(role)), evidence.n_words(role)}
            case "rubric":
                self._add_rubric(evidence.behaviour(citation.ref))
            case "calendar":
                self._add_day(citation.ref)
            case _:
                pass

    def _add_value(self, value: float | None) -> None:
        if value is not None:
            self.values |= {value, value * 100}

    def _add_span(self, span: Span | None) -> None:
        if span is not None:
            self.clocks |= {clock(span.start), clock(span.end)}

    def _add_rubric(self, behaviour: Behaviour) -> None:
        coaching = behaviour.coaching
        prose = (behaviour.praise, coaching.gap, *coaching.questions, *coaching.steps, coaching.practice)
        written = [n for text in prose for n in _NUMBER.findall(text)]
        self.clocks |= {n for n in written if ":" in n}
        self.values |= {float(n.replace(",", "")) for n in written if ":" not in n}
        if behaviour.measure is not None:
            self._add_value(behaviour.measure.low)
            self._add_value(behaviour.measure.high)

    def _add_day(self, ref: str) -> None:
        step = ref.partition(".")[2]
        when = self._draft.activity[int(step)].by if step else self._draft.follow_up
        self.values |= {when.day, when.year} if when is not None else set()
        self.values |= {int(step) + 1} if step else set()
