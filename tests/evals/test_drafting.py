"""What is checked on drafts, on made-up calls whose right reading is known, and on drafts broken on purpose."""

from collections import Counter
from collections.abc import Mapping
from functools import cache

import pytest

from evals.cases import Case, labelled, load_cases
from evals.drafting import (
    DraftChecks,
    Ground,
    advice_on,
    check_call,
    check_draft,
    check_judged,
    draft_of,
    ground_of,
    reasons,
    states_by_turns,
    states_by_verdicts,
)
from evals.judging import Judged, judge
from evals.labelled import LabelledCall, TurnLabel, VerdictLabel
from evals.mapping import Target
from evals.reference_readers import LabelReader, NothingReader
from pipeline.domain.assessment import VerdictState
from pipeline.domain.coaching import Draft, written
from pipeline.domain.evidence import Evidence
from pipeline.domain.rubric import Polarity, Rubric
from pipeline.rubrics import find_rubric


@cache
def cases() -> tuple[Case, ...]:
    return load_cases()


@cache
def rubric() -> Rubric:
    return find_rubric("discovery").rubric


@cache
def checks_of(reader: type[NothingReader] | None = None) -> tuple[DraftChecks, ...]:
    """The checks of all cases, read by a reader that is never wrong, or by this one."""
    one = reader() if reader else LabelReader(cases())
    return tuple(check_call(ground_of(case, rubric()), one) for case in cases())


@cache
def ground() -> Ground:
    return ground_of(cases()[0], rubric())


@cache
def judged() -> Judged:
    return judge(ground().conversation, ground().rubric, LabelReader(cases()))


def drafted() -> tuple[Draft, Evidence]:
    return draft_of(ground().conversation, ground().rubric, judged())


def with_states(states: Mapping[str, VerdictState]) -> Ground:
    return Ground(ground().id, ground().conversation, ground().rubric, states)


def behaviour_of(polarity: Polarity) -> str:
    return next(b.id for b in ground().rubric.behaviours if b.polarity is polarity and b.measure is None)


def made_of(draft: Draft, **changes: object) -> Draft:
    """The draft with these fields changed, its text written anew."""
    changed = draft.model_copy(update=changes)
    return changed.model_copy(update={"text": written(changed.sentences)})


class TestGoodDrafts:
    def test_reader_that_is_never_wrong_seldom_leads_to_advice_that_was_already_followed(self) -> None:
        advice = Counter(one.advice for one in checks_of())
        # Two calls of twelve: what the rep says there lies outside the places in which the rubric looks for it.
        assert advice["already_done"] <= 2
        assert advice["already_done"] + advice["right"] == len(cases())
        assert all(one.strength_shown in (True, None) for one in checks_of())

    def test_reader_that_finds_nothing_gives_some(self) -> None:
        checks = checks_of(NothingReader)
        assert sum(one.advice == "already_done" for one in checks) > 2
        assert {one.strength for one in checks} == {None}
        assert not any(one.positive_first for one in checks)

    def test_every_draft_of_fixed_words_stands_every_check_of_form(self) -> None:
        checks = checks_of()
        assert all(one.passes and one.n_tied == one.n_sentences > 0 for one in checks)
        assert all(one.one_improvement == (one.improvement is not None) for one in checks)

    def test_draft_does_not_depend_on_the_day(self) -> None:
        assert drafted()[0] == drafted()[0]


class TestBrokenDrafts:
    def test_verdict_breaks_the_linter_and_is_still_tied(self) -> None:
        draft, evidence = drafted()
        first, *rest = draft.sentences
        bad = first.model_copy(update={"text": "Your opening was excellent."})
        found = check_draft(ground(), made_of(draft, sentences=(bad, *rest)), evidence)
        assert "worth" in found.broken
        assert not found.passes
        assert found.n_tied == found.n_sentences == len(draft.sentences)

    def test_number_that_nothing_carries_is_untied(self) -> None:
        draft, evidence = drafted()
        first, *rest = draft.sentences
        bad = first.model_copy(update={"text": "You asked 4711 questions."})
        found = check_draft(ground(), made_of(draft, sentences=(bad, *rest)), evidence)
        assert found.n_tied == found.n_sentences - 1

    def test_draft_that_leads_with_the_improvement_is_not_positive_first(self) -> None:
        draft, evidence = drafted()
        behind = tuple(s for s in draft.sentences if s.paragraph != "strength")
        lead = tuple(s for s in draft.sentences if s.paragraph == "strength")
        assert check_draft(ground(), draft, evidence).positive_first
        found = check_draft(ground(), made_of(draft, sentences=(*behind, *lead)), evidence)
        assert not found.positive_first
        assert not found.passes

    def test_second_behaviour_in_the_paragraph_is_a_second_improvement(self) -> None:
        draft, evidence = drafted()
        assert check_draft(ground(), draft, evidence).one_improvement
        rubric_sentence = next(
            s for s in draft.sentences if s.paragraph == "improvement" and s.citations[0].kind == "rubric"
        )
        named = {c.ref for c in rubric_sentence.citations}
        other = next(b.id for b in ground().rubric.behaviours if b.id not in named)
        citation = rubric_sentence.citations[0].model_copy(update={"ref": other})
        second = rubric_sentence.model_copy(update={"citations": (citation,)})
        place = draft.sentences.index(rubric_sentence)
        both = (*draft.sentences[: place + 1], second, *draft.sentences[place + 1 :])
        assert not check_draft(ground(), made_of(draft, sentences=both), evidence).one_improvement

    def test_refused_draft_is_counted_with_its_reason(self) -> None:
        rubric = ground().rubric
        capabilities = tuple(
            capability.model_copy(
                update={
                    "behaviours": tuple(
                        b.model_copy(update={"praise": "That was excellent."}) for b in capability.behaviours
                    )
                }
            )
            for capability in rubric.capabilities
        )
        judging = rubric.model_copy(update={"capabilities": capabilities})
        found = check_judged(Ground("bad", ground().conversation, judging), judged())
        assert found.refused is not None
        assert "excellent" in found.refused
        assert not found.drafted
        assert not found.passes
        assert reasons([found]) == {found.refused: 1}


class TestAdvice:
    @pytest.mark.parametrize(
        ("label", "advice"),
        [("shown", "already_done"), ("not_shown", "right"), ("no_opportunity", "not_called_for"), ("unread", None)],
    )
    def test_to_do_something(self, label: VerdictState, advice: str | None) -> None:
        name = behaviour_of(Polarity.EFFECTIVE)
        assert advice_on(name, with_states({name: label})) == advice

    @pytest.mark.parametrize(
        ("label", "advice"), [("shown", "right"), ("not_shown", "not_done"), ("no_opportunity", "not_done")]
    )
    def test_not_to_do_something(self, label: VerdictState, advice: str) -> None:
        name = behaviour_of(Polarity.INEFFECTIVE)
        assert advice_on(name, with_states({name: label})) == advice

    def test_without_a_label_nothing_is_said(self) -> None:
        assert advice_on(behaviour_of(Polarity.EFFECTIVE), with_states({})) is None

    def test_chance_is_the_share_of_effective_behaviours_that_were_shown(self) -> None:
        effective = [b.id for b in ground().rubric.behaviours if b.polarity is Polarity.EFFECTIVE][:4]
        named = (*effective, behaviour_of(Polarity.INEFFECTIVE))
        labels: tuple[VerdictState, ...] = ("shown", "not_shown", "no_opportunity", "unread", "shown")
        known = with_states(dict(zip(named, labels, strict=True)))
        # One of the three with a label that says something; what goes against the goal is no advice to do anything.
        assert check_draft(known, *drafted()).chance == pytest.approx(1 / 3)
        assert check_draft(with_states({}), *drafted()).chance is None


class TestLabels:
    CALL = labelled(load_cases()[0])

    def call(self, *turns: TurnLabel) -> LabelledCall:
        return self.CALL.model_copy(update={"turns": turns, "raters": ("a", "b", "c")})

    def turn(self, rater: str, *behaviours: str) -> TurnLabel:
        assert self.CALL.conversation is not None
        rep = next(turn.id for turn in self.CALL.conversation.turns if turn.role == "rep")
        return TurnLabel(turn_id=rep, rater=rater, behaviours=frozenset(behaviours))

    def target(self, *behaviours: str, **fields: object) -> Target:
        known = {"id": "asked", "about": "asks", "labels": ["asks"], "behaviours": behaviours, **fields}
        return Target.model_validate(known)

    def test_what_most_raters_see_in_a_turn_is_shown(self) -> None:
        two = self.call(self.turn("a", "asks"), self.turn("b", "asks"), self.turn("c"))
        one = self.call(self.turn("a", "asks"), self.turn("b"), self.turn("c"))
        assert states_by_turns(two, [self.target("cost_asked")]) == {"cost_asked": "shown"}
        assert states_by_turns(one, [self.target("cost_asked")]) == {"cost_asked": "not_shown"}

    def test_label_of_two_behaviours_or_after_another_turn_says_nothing_of_one(self) -> None:
        call = self.call(self.turn("a", "asks"))
        assert states_by_turns(call, [self.target("cost_asked", "agenda_stated")]) == {}
        assert states_by_turns(call, [self.target("cost_asked", after=["doubt"])]) == {}

    def test_nobody_looked_is_no_no(self) -> None:
        assert states_by_turns(self.call(), [self.target("cost_asked")]) == {}

    def test_verdict_needs_more_than_half(self) -> None:
        def call(*states: VerdictState) -> LabelledCall:
            verdicts = [VerdictLabel(behaviour="b", rater=str(i), state=state) for i, state in enumerate(states)]
            return self.CALL.model_copy(update={"verdicts": tuple(verdicts)})

        assert states_by_verdicts(call("shown", "shown", "not_shown")) == {"b": "shown"}
        assert states_by_verdicts(call("shown", "not_shown")) == {}
        assert states_by_verdicts(call()) == {}


def test_reasons_count_calls_and_leave_out_those_with_an_improvement() -> None:
    checks = [
        DraftChecks(call="a", rubric="r", improvement="b"),
        DraftChecks(call="b", rubric="r", absent="Nothing left."),
        DraftChecks(call="c", rubric="r", absent="Nothing left."),
    ]
    assert reasons(checks) == {"Nothing left.": 2}
