"""The similarity reader: what it claims of made-up sentences, and what it is worth on labelled calls."""

import pytest

from pipeline.adapters.embedding import MiniLmEmbedder
from pipeline.adapters.similarity import MOST_CLAIMS, SimilarityReader, matches
from pipeline.domain.assessment import Claim
from pipeline.domain.rubric import Form, Rubric
from pipeline.domain.speech import Conversation
from pipeline.rubrics import find_rubric
from pipeline.stages.observe import observe, openings
from pipeline.stages.verify import verify
from tests.adapters.reading import (
    COST_AND_DATE,
    LabelledCall,
    WordCounter,
    auc,
    behaviour,
    labelled_calls,
    minilm,
    questions_of,
    rubric,
    untimed,
)


def _claims(call: Conversation, made: Rubric = COST_AND_DATE, *, least: float = 0.3) -> tuple[Claim, ...]:
    reader = SimilarityReader(WordCounter(), min_resemblance=least)
    return observe(call, made, questions=questions_of(call), reader=reader).claims


def test_the_sentence_that_resembles_an_example_is_claimed_in_its_own_words() -> None:
    call = untimed("C: We wait a lot.", "R: I see that happens often. What does it cost you then?")
    (claim,) = _claims(call)
    assert (claim.behaviour, claim.turn_id, claim.first_word) == ("cost_asked", "t0002", 5)
    assert claim.quote == "What does it cost you then?"


def test_a_statement_with_the_same_words_shows_no_question_behaviour() -> None:
    assert _claims(untimed("R: That is what it does cost you.")) == ()


def test_what_the_customer_says_shows_nothing_of_the_rep() -> None:
    assert _claims(untimed("C: What does it cost you?", "R: It has a blue door.")) == ()


def test_every_claim_stands_before_verification() -> None:
    call = untimed("R: What does it cost you? And what does it cost you? Shall we meet on Monday?")
    claims = _claims(call)
    assert len(claims) == 3
    assert verify(claims=claims, conversation=call, rubric=COST_AND_DATE).rejected == ()


def test_at_most_the_best_claims_of_a_behaviour_are_made() -> None:
    lines = ["R: What does it cost you?", *[f"R: What does it cost {name} now?" for name in ("her", "him", "us", "me")]]
    claims = _claims(untimed(*lines))
    assert len(claims) == MOST_CLAIMS
    assert claims[0].quote == "What does it cost you?"
    assert [c.strength for c in claims] == sorted((c.strength for c in claims), reverse=True)


def test_a_counterexample_that_is_nearer_weighs_against_a_claim() -> None:
    call = untimed("R: What does it cost to call you?")
    plain = behaviour("cost_asked", "What does it cost you?", "How much does that cost?", form=Form.QUESTION)
    against = plain.model_copy(update={"counterexamples": ("What does it cost to call?",)})
    other = COST_AND_DATE.behaviours[1]
    (before,) = _claims(call, rubric(plain, other), least=0.1)
    (after,) = _claims(call, rubric(against, other), least=0.1)
    assert after.strength < before.strength


def test_another_behaviours_nearer_example_weighs_against_a_claim() -> None:
    call = untimed("R: What does it cost to wait?")
    plain = behaviour("cost_asked", "What does it cost you?", "How much does that cost?", form=Form.QUESTION)
    rival = behaviour("waiting_asked", "What does it cost to wait?", "Why wait?", form=Form.QUESTION)
    found = matches(
        call, rubric(plain, rival), openings(call, rubric(plain, rival), questions_of(call)), embedder=WordCounter()
    )
    strengths = {match.behaviour: match.resemblance for match in found}
    # cost_asked: its examples share "what does it cost", 4 / sqrt(6 * 5) = 0.730, and "does cost", 2 / sqrt(6 * 5) =
    # 0.365, so (0.730 + 0.548) / 2 = 0.639; the rival is nearer by 1 - 0.730, half of that is taken off: 0.504.
    assert strengths["cost_asked"] == pytest.approx(0.504, abs=0.002)
    assert strengths["waiting_asked"] > strengths["cost_asked"]


def test_a_call_without_openings_asks_for_no_vectors() -> None:
    embedder = WordCounter()
    call = untimed("C: We wait a lot.")
    assert matches(call, COST_AND_DATE, openings(call, COST_AND_DATE, ()), embedder=embedder) == ()
    assert embedder.embedded == []


def test_identity_names_the_model_and_the_parameters_that_change_claims() -> None:
    plain, strict = SimilarityReader(WordCounter()), SimilarityReader(WordCounter(), min_resemblance=0.9)
    assert "word counter" in plain.identity
    assert plain.identity != strict.identity


def test_auc_counts_pairs() -> None:
    # pairs: (3,1) won, (3,2) won, (2,1) won, (2,2) tied = 3.5 of 4
    assert auc([3, 2], [1, 2]) == 0.875


@pytest.mark.slow
def test_on_held_out_calls_resemblance_orders_turns_by_what_they_show() -> None:
    embedder, discovery = minilm(), find_rubric("discovery").rubric
    shown: list[float] = []
    others: list[float] = []
    for call in labelled_calls("held_out"):
        for (turn_id, name), value in _best_by_turn(call, discovery, embedder).items():
            (shown if name in call.shows[turn_id] else others).append(value)
    assert auc(shown, others) > 0.85  # measured: 0.915 on open pairs


def _best_by_turn(call: LabelledCall, made: Rubric, embedder: MiniLmEmbedder) -> dict[tuple[str, str], float]:
    found = matches(call.conversation, made, openings(call.conversation, made, call.questions), embedder=embedder)
    best: dict[tuple[str, str], float] = {}
    for match in found:
        key = (match.place.turn_id, match.behaviour)
        best[key] = max(best.get(key, 0.0), match.resemblance)
    return best


def test_a_behaviour_without_a_claim_tells_how_near_it_came() -> None:
    # With all that can be asked of a claim nothing is claimed, and the strongest place is its own share of 1.
    call = untimed("C: We wait a lot.", "R: What does it cost you then?")
    found = openings(call, COST_AND_DATE, questions_of(call))
    reading = SimilarityReader(WordCounter(), min_resemblance=1.0).read(call, COST_AND_DATE, found)
    known = matches(call, COST_AND_DATE, found, embedder=WordCounter())
    best = max(match.resemblance for match in known if match.behaviour == "cost_asked")
    assert reading.claims == ()
    assert 0 < best < 1
    assert {doubt.behaviour: doubt.nearness for doubt in reading.doubts}["cost_asked"] == pytest.approx(best, abs=1e-3)


def test_a_claimed_behaviour_is_not_doubted() -> None:
    call = untimed("C: We wait a lot.", "R: What does it cost you then?")
    reading = SimilarityReader(WordCounter(), min_resemblance=0.3).read(
        call, COST_AND_DATE, openings(call, COST_AND_DATE, questions_of(call))
    )
    assert [claim.behaviour for claim in reading.claims] == ["cost_asked"]
    assert "cost_asked" not in {doubt.behaviour for doubt in reading.doubts}
