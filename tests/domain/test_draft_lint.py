"""Whoever writes a draft: what is not neutral, not in shape or not founded in the call is found."""

from collections.abc import Callable
from datetime import date

import pytest

from pipeline.domain.assessment import Quote
from pipeline.domain.coaching import Citation, Draft, DraftSentence, Paragraph, written
from pipeline.domain.draft_lint import lint_draft, lint_rubric
from pipeline.domain.evidence import Evidence
from pipeline.domain.rubric import Opportunity
from pipeline.stages.draft import draft
from tests.coaching_values import (
    claim,
    make_behaviour,
    make_capability,
    make_conversation,
    make_metrics,
    make_rubric,
    read,
)

RUBRIC = make_rubric(
    make_capability(
        "asking",
        make_behaviour("open_question"),
        make_behaviour("asks_behind", opportunity=Opportunity(phrases=("too expensive",))),
    )
)
CALL = make_conversation(
    "rep: What brings you here today? " + "We look at the plan together now. " * 6,
    "customer: It is too expensive for us.",
    "rep: Thank you and good bye then.",
)
METRICS = make_metrics({"rep_talk_ratio": 0.58, "rep_questions": 7, "longest_rep_monologue_s": 72.4})
VERIFICATION, ASSESSMENT = read(
    CALL, RUBRIC, claim("open_question", "t0001", "What brings you here today"), metrics=METRICS
)
EVIDENCE = Evidence(
    conversation=CALL,
    rubric=RUBRIC,
    metrics=METRICS,
    observations=VERIFICATION.observations,
    assessment=ASSESSMENT,
)
GOOD = draft(
    conversation=CALL,
    rubric=RUBRIC,
    metrics=METRICS,
    observations=VERIFICATION.observations,
    assessment=ASSESSMENT,
    today=date(2026, 11, 16),
)


def rules(made: Draft) -> set[str]:
    return {finding.rule for finding in lint_draft(made, EVIDENCE)}


def with_sentence(paragraph: Paragraph, text: str, *citations: Citation) -> Draft:
    """The good draft with one more sentence at the end of a paragraph; resting on the rep's turns unless told."""
    one = DraftSentence(paragraph=paragraph, text=text, citations=citations or (Citation(kind="turns", ref="rep"),))
    at = max(i for i, sentence in enumerate(GOOD.sentences) if sentence.paragraph == paragraph) + 1
    sentences = (*GOOD.sentences[:at], one, *GOOD.sentences[at:])
    return Draft.model_validate({**dict(GOOD), "sentences": sentences, "text": written(sentences)})


def changed(**fields: object) -> Draft:
    return Draft.model_validate({**dict(GOOD), **fields})


def in_turn_2(first: int, last: int) -> Citation:
    """The customer's turn and words of it: It0 is1 too2 expensive3 for4 us.5"""
    return Citation(kind="turns", ref="customer", quote=Quote(turn_id="t0002", first_word=first, last_word=last))


def test_good_draft_has_no_findings() -> None:
    assert GOOD.strength is not None
    assert GOOD.improvement is not None
    assert lint_draft(GOOD, EVIDENCE) == ()


def test_sentence_that_is_not_neutral_is_found() -> None:
    assert rules(with_sentence("strength", "That was excellent.")) == {"worth"}


def test_words_of_the_call_may_be_quoted_from_what_is_cited() -> None:
    one = with_sentence("facts", "The customer said: “too expensive”.", in_turn_2(2, 3))
    assert rules(one) == set()


def test_invented_quotation_is_found() -> None:
    assert rules(with_sentence("facts", "The customer said: “much too expensive”.")) == {"quotation"}


def test_quotation_of_other_words_than_those_cited_is_found() -> None:
    one = with_sentence("facts", "The customer said: “too expensive”.", in_turn_2(0, 1))
    assert rules(one) == {"quotation"}


def test_quotation_cut_in_the_middle_of_a_word_is_found() -> None:
    one = with_sentence("facts", "The customer said: “too expensiv”.", in_turn_2(2, 3))
    assert rules(one) == {"quotation"}


def test_invented_quotation_on_the_practice_card_is_found() -> None:
    assert rules(changed(practice="The customer says: “cut the price in half”. Play it twice.")) == {"quotation"}


@pytest.mark.parametrize(
    ("text", "citation"),
    [
        ("You spoke for 58% of the time.", Citation(kind="measure", ref="rep_talk_ratio")),
        ("You spoke for 0.6 of the time.", Citation(kind="measure", ref="rep_talk_ratio")),
        ("You asked 7 questions.", Citation(kind="measure", ref="rep_questions")),
        ("It lasted 72 s.", Citation(kind="measure", ref="longest_rep_monologue_s")),
        ("It lasted 72.4 s.", Citation(kind="measure", ref="longest_rep_monologue_s")),
        ("There are 2 turns of yours.", Citation(kind="turns", ref="rep")),
    ],
)
def test_number_that_the_cited_measure_holds_is_founded(text: str, citation: Citation) -> None:
    assert rules(with_sentence("facts", text, citation)) == set()


@pytest.mark.parametrize(
    ("text", "citation"),
    [
        ("You spoke for 59% of the time.", Citation(kind="measure", ref="rep_talk_ratio")),
        ("You asked 7 questions.", Citation(kind="measure", ref="rep_talk_ratio")),
        ("You asked 70 questions.", Citation(kind="measure", ref="rep_questions")),
        ("It lasted 72.5 s.", Citation(kind="measure", ref="longest_rep_monologue_s")),
        ("At 00:03 you spoke.", Citation(kind="turns", ref="rep")),
        ("There are 3 turns of yours.", Citation(kind="turns", ref="rep")),
    ],
)
def test_number_from_nowhere_is_found(text: str, citation: Citation) -> None:
    assert rules(with_sentence("facts", text, citation)) == {"number"}


@pytest.mark.parametrize(
    "citation",
    [
        Citation(kind="observation", ref="o099", quote=Quote(turn_id="t0001", first_word=0, last_word=4)),
        Citation(kind="observation", ref="o001", quote=Quote(turn_id="t0001", first_word=0, last_word=2)),
        Citation(kind="missed_moment", ref="asks_behind", quote=Quote(turn_id="t0003", first_word=0, last_word=2)),
        Citation(kind="measure", ref="patience_s"),
        Citation(kind="rubric", ref="charm"),
        Citation(kind="search", ref="charm"),
        Citation(kind="turns", ref="manager"),
        Citation(kind="calendar", ref="activity.9"),
        Citation(kind="turns", ref="rep", quote=Quote(turn_id="t0003", first_word=0, last_word=99)),
        Citation(kind="turns", ref="rep", quote=Quote(turn_id="t0099", first_word=0, last_word=0)),
    ],
)
def test_evidence_that_does_not_exist_is_found(citation: Citation) -> None:
    assert "evidence" in rules(with_sentence("facts", "Something was said.", citation))


def test_second_improvement_is_found() -> None:
    one = with_sentence(
        "improvement", "No question of this kind was found.", Citation(kind="rubric", ref="open_question")
    )
    assert rules(one) == {"shape"}


def test_positive_after_the_improvement_is_found() -> None:
    sentences = tuple(sorted(GOOD.sentences, key=lambda s: s.paragraph == "strength"))
    assert "shape" in rules(changed(sentences=sentences, text=written(sentences)))


def test_draft_without_cited_sentences_is_found() -> None:
    assert "shape" in rules(changed(sentences=(), text="You did it."))


Change = Callable[[], Draft]


@pytest.mark.parametrize(
    "change",
    [
        lambda: changed(questions=GOOD.questions[:2]),
        lambda: changed(questions=(*GOOD.questions[:2], "Tell me about it.")),
        lambda: changed(follow_up=None),
        lambda: changed(follow_up=date(2026, 11, 28)),  # a Saturday
        lambda: changed(follow_up=date(2026, 11, 17)),  # before the last step
        lambda: changed(improvement=None),
        lambda: changed(strength=None),
    ],
)
def test_draft_out_of_shape_is_found(change: Change) -> None:
    assert "shape" in rules(change())


def test_activity_of_one_step_is_found() -> None:
    sentences = tuple(s for s in GOOD.sentences if not {c.ref for c in s.citations} & {"activity.1", "activity.2"})
    assert "shape" in rules(changed(activity=GOOD.activity[:1], sentences=sentences, text=written(sentences)))


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"questions": ("Why didn't you ask?", *GOOD.questions[1:])}, "telling"),
        ({"practice": "Be more confident."}, "no_step"),
        ({"absent": ("You were too nervous.",)}, "emotion"),
    ],
)
def test_questions_practice_and_reasons_are_read_too(fields: dict[str, object], rule: str) -> None:
    assert rule in rules(changed(**fields))


def test_step_that_is_a_wish_is_found() -> None:
    step = GOOD.activity[0].model_copy(update={"text": "Work on your questions."})
    assert "no_step" in rules(changed(activity=(step, *GOOD.activity[1:])))


def test_rubrics_own_texts_are_read_before_any_call_is() -> None:
    behaviour = make_behaviour("asks_more")
    coaching = behaviour.coaching.model_copy(
        update={"gap": "You never ask.", "steps": ("Work on it.", "Write two questions."), "practice": "Be yourself."}
    )
    bad = behaviour.model_copy(update={"praise": "Great work.", "coaching": coaching})
    found = lint_rubric(make_rubric(make_capability("asking", bad, make_behaviour("open_question"))))
    assert {f.sentence for f in found} == {"Great work.", "You never ask.", "Work on it.", "Be yourself."}
    assert {f.at[4:] for f in found} == {
        ("praise",),
        ("coaching", "gap"),
        ("coaching", "steps", 0),
        ("coaching", "practice"),
    }
    assert {f.at[:4] for f in found} == {("capabilities", 0, "behaviours", 0)}
    assert lint_rubric(RUBRIC) == ()


@pytest.mark.parametrize(
    ("field", "text", "rule"),
    [("questions", "Tell me more.", "question"), ("steps", "Say “why” once.", "quotation")],
)
def test_rubrics_texts_that_would_break_the_shape_of_a_draft_are_found(field: str, text: str, rule: str) -> None:
    behaviour = make_behaviour("asks_more")
    coaching = behaviour.coaching.model_copy(update={field: (text, *getattr(behaviour.coaching, field)[1:])})
    bad = behaviour.model_copy(update={"coaching": coaching})
    (finding,) = lint_rubric(make_rubric(make_capability("asking", bad, make_behaviour("open_question"))))
    assert (finding.rule, finding.at[4:]) == (rule, ("coaching", field, 0))


def test_a_date_in_a_rubrics_step_is_a_number_like_any_other() -> None:
    behaviour = make_behaviour("asks_more")
    steps = ("Write two sentences until 12.05.2026 or version 1.2.3.", "Say each of them aloud once.")
    dated = behaviour.model_copy(update={"coaching": behaviour.coaching.model_copy(update={"steps": steps})})
    rubric = make_rubric(make_capability("asking", dated, make_behaviour("open_question")))
    evidence = EVIDENCE.model_copy(update={"rubric": rubric})
    step = DraftSentence(paragraph="activity", text=steps[0], citations=(Citation(kind="rubric", ref="asks_more"),))
    assert "number" not in {f.rule for f in lint_draft(GOOD.model_copy(update={"sentences": (step,)}), evidence)}
