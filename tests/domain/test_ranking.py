"""The choice of strength and improvement is an open formula, and its factors add up by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.similarity import SimilarityReader
from pipeline.domain.assessment import Claim, Doubt
from pipeline.domain.coaching import Candidate, Factor
from pipeline.domain.evidence import Evidence
from pipeline.domain.ranking import PLAIN, candidates, strengths
from pipeline.domain.rubric import MeasureRule, Opportunity, Polarity, Rubric
from pipeline.domain.speech import Conversation
from pipeline.rubrics import find_rubric
from pipeline.stages.observe import observe
from tests.adapters.reading import labelled_calls, minilm
from tests.coaching_values import (
    claim,
    make_behaviour,
    make_capability,
    make_conversation,
    make_metrics,
    make_rubric,
    read,
)

PRICE = Opportunity(phrases=("too expensive",), within_turns=1)
ASKING = make_capability("asking", make_behaviour("open_question"), make_behaviour("asks_more"), weight=4)
PRICING = make_capability(
    "pricing",
    make_behaviour("asks_behind", opportunity=PRICE),
    make_behaviour("gives_discount", polarity=Polarity.INEFFECTIVE),
    weight=3,
)
BALANCE = make_capability(
    "balance", make_behaviour("listens", measure=MeasureRule(name="rep_talk_ratio", high=0.5)), make_behaviour("waits")
)
RUBRIC = make_rubric(ASKING, PRICING, BALANCE)
CALL = make_conversation(
    "rep: What brings you here today, Ms Silva?",
    "customer: It is too expensive.",
    "rep: I can give you ten percent off.",
    "customer: Still too expensive.",
    "rep: Then I can make it fifteen percent.",
    "customer: Okay then.",
    "rep: Tell me more about the team first.",
)
ASKED = claim("open_question", "t0001", "What brings you here today")
DISCOUNT = claim("gives_discount", "t0003", "give you ten percent off")


def evidence(*claims: Claim, call: Conversation = CALL, rubric: Rubric = RUBRIC, ratio: float | None = 0.7) -> Evidence:
    metrics = make_metrics({"rep_talk_ratio": ratio})
    verification, assessment = read(call, rubric, *claims, metrics=metrics)
    assert not verification.rejected
    return Evidence(
        conversation=call,
        rubric=rubric,
        metrics=metrics,
        observations=verification.observations,
        assessment=assessment,
    )


def of(behaviour: str, ranked: tuple[Candidate, ...]) -> Candidate:
    return next(candidate for candidate in ranked if candidate.behaviour == behaviour)


def values(candidate: Candidate) -> dict[str, float]:
    return {factor.name: factor.value for factor in candidate.factors}


def whys(factors: tuple[Factor, ...]) -> dict[str, str]:
    return {factor.name: factor.why for factor in factors}


def test_rank_value_is_the_product_of_its_factors() -> None:
    missed = of("asks_behind", candidates(evidence()))
    # weight 3 of 5; level 1 of 2, so (2 - 1 + 1) / 2 = 1; two missed moments: 1 - 0.2 / 2 = 0.9; no focus
    assert values(missed) == pytest.approx({"importance": 0.6, "gap": 1.0, "evidence": 0.9, "focus": 1.0})
    assert missed.rank_value == pytest.approx(0.54)


def test_reasons_are_in_words() -> None:
    assert whys(of("asks_behind", candidates(evidence())).factors) == {
        "importance": "weight 3 of 5 in the rubric",
        "gap": "Capability pricing: level 1 of 2",
        "evidence": "2 times something was said that calls for it, and it did not follow",
        "focus": "no focus is open",
    }


def test_behaviour_not_found_counts_by_how_widely_it_was_looked_for() -> None:
    # 4 turns of the rep: 0.6 x 4 / 10
    found = of("asks_more", candidates(evidence()))
    assert values(found)["evidence"] == pytest.approx(0.24)
    assert whys(found.factors)["evidence"] == "looked for in 4 turns and not found"
    long_call = make_conversation(*["rep: hello there again", "customer: yes indeed"] * 12)
    assert values(of("asks_more", candidates(evidence(call=long_call))))["evidence"] == pytest.approx(0.6)


def test_quote_weighs_more_than_a_wide_search_and_that_more_than_a_measure() -> None:
    call = make_conversation(
        *["rep: I can give you ten percent off.", "customer: It is too expensive."] * 10, "rep: Hm."
    )
    ranked = candidates(evidence(claim("gives_discount", "t0001", "give you ten percent off"), call=call))
    weights = [
        values(of(name, ranked))["evidence"] for name in ("asks_behind", "gives_discount", "asks_more", "listens")
    ]
    # ten missed moments 1 - 0.02; one quote 1 - 0.2; eleven turns searched 0.6; the measure 0.4
    assert weights == pytest.approx([0.98, 0.8, 0.6, 0.4])


def test_gap_shrinks_with_the_level_and_never_ends() -> None:
    # asking has three levels; one of two behaviours shown is level 2: (3 - 2 + 1) / 3
    assert values(of("asks_more", candidates(evidence(ASKED))))["gap"] == pytest.approx(2 / 3)


def test_ineffective_behaviour_shown_is_a_candidate_and_unshown_is_none() -> None:
    assert "gives_discount" not in [c.behaviour for c in candidates(evidence())]
    assert "gives_discount" in [c.behaviour for c in candidates(evidence(DISCOUNT))]


def test_weak_claim_of_an_ineffective_behaviour_is_held_against_nobody() -> None:
    for strength, is_candidate in ((0.449, False), (0.45, True)):
        ranked = candidates(evidence(DISCOUNT.model_copy(update={"strength": strength})))
        assert ("gives_discount" in [c.behaviour for c in ranked]) is is_candidate


def test_ineffective_behaviour_counts_by_its_plain_claims_and_the_plainest_of_them() -> None:
    claims = [
        claim("gives_discount", turn, quote, strength=strength)
        for turn, quote, strength in (
            ("t0003", "give you ten percent", 0.5),
            ("t0005", "make it fifteen percent", 0.6),
            ("t0007", "Tell me more about the team", 0.3),
        )
    ]
    found = of("gives_discount", candidates(evidence(*claims)))
    # two of three are plain: (1 - 0.2 / 2) x 0.6
    assert values(found)["evidence"] == pytest.approx(0.54)
    assert whys(found.factors)["evidence"].startswith("2 times it can be quoted from this call; weighed by")


def test_missed_moment_outweighs_a_quote_held_against_the_rep_in_the_same_capability() -> None:
    ranked = [c.behaviour for c in candidates(evidence(DISCOUNT.model_copy(update={"strength": 0.9})))]
    # 0.9 for two missed moments against 0.8 x 0.9
    assert ranked.index("asks_behind") < ranked.index("gives_discount")


def test_what_was_already_shown_in_this_call_is_no_candidate() -> None:
    assert "open_question" not in [c.behaviour for c in candidates(evidence(ASKED))]


def test_unscored_capability_has_no_candidates() -> None:
    ranked = candidates(evidence(ratio=None))  # the measure is unavailable: "balance" cannot be scored
    assert {c.capability for c in ranked} == {"asking", "pricing"}


def test_behaviour_without_opportunity_is_no_candidate() -> None:
    call = make_conversation(
        "rep: What brings you here today?", "customer: Seats.", "rep: I can give you ten percent off."
    )
    ranked = candidates(evidence(claim("gives_discount", "t0003", "ten percent off"), call=call))
    assert "asks_behind" not in [c.behaviour for c in ranked]


def test_focus_halves_what_lies_outside_it() -> None:
    plain, focused = candidates(evidence()), candidates(evidence(), focus="asks_more")
    assert of("asks_more", focused).rank_value == of("asks_more", plain).rank_value
    assert of("asks_behind", focused).rank_value == pytest.approx(of("asks_behind", plain).rank_value / 2)
    assert whys(of("asks_more", focused).factors)["focus"] == "it is the current focus"
    assert whys(of("asks_behind", focused).factors)["focus"] == "outside the current focus"


def test_focus_may_be_a_whole_capability() -> None:
    ranked = candidates(evidence(), focus="asking")
    assert {values(c)["focus"] for c in ranked if c.capability == "asking"} == {1.0}


def test_focus_of_another_rubric_changes_no_order_and_says_so() -> None:
    ranked = candidates(evidence(), focus="closing_question")
    assert [c.behaviour for c in ranked] == [c.behaviour for c in candidates(evidence())]
    assert whys(ranked[0].factors)["focus"] == "the current focus is not in this rubric"


def test_equal_candidates_keep_the_rubrics_order() -> None:
    ranked = [c for c in candidates(evidence()) if c.capability == "asking"]
    assert [c.behaviour for c in ranked] == ["open_question", "asks_more"]


def test_strength_weighs_importance_clarity_and_specificity() -> None:
    (_, factors), *_ = strengths(evidence(ASKED.model_copy(update={"strength": 0.5})))
    # weight 4 of 5; claim 0.5, squared; "What brings you here today": what, brings, today are words of content, 3 of 6
    assert {f.name: f.value for f in factors} == pytest.approx({"importance": 0.8, "clarity": 0.25, "specificity": 0.5})


def test_plainer_claim_comes_before_a_more_specific_one() -> None:
    # specificity 3 of 6 and 4 of 6, clarity 0.36 and 0.25: 0.18 against 0.167; unsquared it would be 0.3 against 0.333
    plain = claim("open_question", "t0001", "What brings you here today", strength=0.6)
    specific = claim("asks_more", "t0003", "give you ten percent off", strength=0.5)
    assert strengths(evidence(plain, specific))[0][0].behaviour == "open_question"


def test_more_specific_quote_comes_first() -> None:
    vague = claim("open_question", "t0001", "What brings you")
    specific = claim("asks_more", "t0007", "Tell me more about the team first")
    assert strengths(evidence(vague, specific))[0][0].behaviour == "asks_more"


def test_words_that_also_show_an_ineffective_behaviour_are_no_strength() -> None:
    praised = claim("open_question", "t0003", "I can give you ten")
    assert strengths(evidence(praised, DISCOUNT)) == ()
    assert len(strengths(evidence(praised))) == 1


def test_ineffective_behaviour_is_no_strength() -> None:
    assert strengths(evidence(DISCOUNT)) == ()


def test_what_the_customer_does_is_no_strength_of_the_rep() -> None:
    rubric = make_rubric(make_capability("landing", make_behaviour("agrees", role="customer"), make_behaviour("asks")))
    found = evidence(claim("agrees", "t0002", "It is too expensive"), rubric=rubric)
    assert len(found.observations) == 1
    assert strengths(found) == ()


@pytest.mark.slow
def test_on_labelled_calls_nothing_false_is_held_against_a_rep() -> None:
    discovery, reader = find_rubric("discovery").rubric, SimilarityReader(minilm())
    outcomes = []
    for call in labelled_calls():
        for found in observe(call.conversation, discovery, questions=call.questions, reader=reader).claims:
            behaviour = discovery.behaviour(found.behaviour)
            assert behaviour is not None
            if behaviour.polarity is Polarity.INEFFECTIVE:
                outcomes.append((found.strength >= PLAIN, found.behaviour in call.shows[found.turn_id]))
    # measured: true at 0.53 and 0.47; left out are a true one at 0.43 and two false ones at 0.39
    assert sorted(outcomes) == [(False, False), (False, False), (False, True), (True, True), (True, True)]


@given(st.sets(st.sampled_from(range(7))), st.sampled_from([None, "asking", "asks_behind", "elsewhere"]))
@settings(max_examples=60, deadline=None)
def test_ranking_is_in_order_bounded_and_only_of_what_may_be_chosen(turns: set[int], focus: str | None) -> None:
    claims = [
        claim(name, CALL.turns[i].id, CALL.turns[i].text)
        for i in turns
        if CALL.turns[i].role == "rep"
        for name in ("open_question", "gives_discount")
    ]
    found = evidence(*claims)
    ranked = candidates(found, focus=focus)
    assert [c.rank_value for c in ranked] == sorted((c.rank_value for c in ranked), reverse=True)
    for candidate in ranked:
        verdict = found.assessment.verdict(candidate.behaviour)
        effective = found.behaviour(candidate.behaviour).polarity is Polarity.EFFECTIVE
        assert verdict.state == ("not_shown" if effective else "shown")
        assert found.assessment.score(candidate.capability).level is not None
        assert 0 < candidate.rank_value <= 1


class TestWithheld:
    def test_a_withheld_behaviour_is_no_candidate_and_the_others_keep_their_order(self) -> None:
        everything = [c.behaviour for c in candidates(evidence(DISCOUNT))]
        kept = [c.behaviour for c in candidates(evidence(DISCOUNT), withheld={everything[0]})]
        assert kept == everything[1:]

    def test_a_withheld_behaviour_is_no_strength(self) -> None:
        assert [o.behaviour for o, _ in strengths(evidence(ASKED))] == ["open_question"]
        assert strengths(evidence(ASKED), withheld={"open_question"}) == ()

    def test_words_that_show_a_withheld_fault_are_not_praised_either(self) -> None:
        praised = claim("open_question", "t0003", "I can give you ten percent off")
        assert strengths(evidence(praised, DISCOUNT), withheld={"gives_discount"}) == ()

    @given(st.sets(st.sampled_from([b.id for b in RUBRIC.behaviours])))
    def test_nothing_withheld_is_ever_chosen(self, withheld: set[str]) -> None:
        found = evidence(ASKED, DISCOUNT)
        chosen = {c.behaviour for c in candidates(found, withheld=withheld)}
        chosen |= {o.behaviour for o, _ in strengths(found, withheld=withheld)}
        assert not chosen & withheld


def test_what_the_reader_nearly_claimed_is_a_worse_thing_to_ask_for() -> None:
    # asks_more was looked for in all 4 turns of the rep: 0.6 * 4 / 10 = 0.24; at three quarters of a claim
    # 0.24 * (1 - 0.8 * 0.75) = 0.096
    plain = evidence(ASKED)
    doubtful = plain.model_copy(update={"doubts": (Doubt(behaviour="asks_more", nearness=0.75),)})
    assert values(of("asks_more", candidates(plain)))["evidence"] == pytest.approx(0.24)
    found = of("asks_more", candidates(doubtful))
    assert values(found)["evidence"] == pytest.approx(0.096)
    assert "75% of what a claim needs" in whys(found.factors)["evidence"]


def test_a_missed_moment_counts_less_too_where_some_words_came_near() -> None:
    # two moments missed: 1 - 0.2 / 2 = 0.9; half-way to a claim 0.9 * (1 - 0.8 * 0.5) = 0.54
    doubtful = evidence(ASKED).model_copy(update={"doubts": (Doubt(behaviour="asks_behind", nearness=0.5),)})
    assert values(of("asks_behind", candidates(doubtful)))["evidence"] == pytest.approx(0.54)


def test_a_doubt_about_another_behaviour_changes_nothing() -> None:
    plain = evidence(ASKED)
    doubtful = plain.model_copy(update={"doubts": (Doubt(behaviour="open_question", nearness=0.9),)})
    assert candidates(plain) == candidates(doubtful)
