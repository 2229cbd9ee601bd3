"""Claims stand only on words that were spoken, by the right person, in the turn they name."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.assessment import Claim, Quote, Verification
from pipeline.domain.places import Opening
from pipeline.domain.rubric import MeasureRule, Polarity, Rubric
from pipeline.domain.speech import Conversation
from pipeline.stages.verify import verify
from tests.coaching_values import (
    claim,
    make_behaviour,
    make_capability,
    make_conversation,
    make_rubric,
    make_turn,
    texts,
)

RUBRIC = make_rubric(
    make_capability(
        "asking",
        make_behaviour("open_question"),
        make_behaviour("names_price"),
        make_behaviour("pushes", polarity=Polarity.INEFFECTIVE),
        make_behaviour("agrees", role="customer"),
        make_behaviour("balance", measure=MeasureRule(name="rep_talk_ratio", high=0.6)),
    )
)
CALL = make_conversation(
    "rep: Thanks for the time yesterday, re. pricing: it is $40 a seat, (roughly speaking) for everyone.",
    "customer: That is more than we pay today, to be honest with you.",
    "rep: Tell me more about that. What would you change? And what would you change first?",
    "customer: Mm-hm okay that's right",
    "rep: We can do $40 a seat — or, say, 1,200 a month.",
    backchannels=(4,),
)


def check(*claims: Claim, call: Conversation = CALL, rubric: Rubric = RUBRIC) -> Verification:
    return verify(claims=claims, conversation=call, rubric=rubric)


def reason_for(one: Claim, *, call: Conversation = CALL) -> str:
    result = check(one, call=call)
    assert not result.observations
    return result.rejected[0].reason


def test_price_with_its_currency_sign_is_found_before_a_comma() -> None:
    assert texts(check(claim("names_price", "t0001", "$40 a seat")).observations) == ["$40 a seat,"]


def test_price_without_its_currency_sign_is_not_the_price() -> None:
    assert reason_for(claim("names_price", "t0001", "40 a seat")) == "not_found"


def test_open_parenthesis_breaks_nothing() -> None:
    assert texts(check(claim("names_price", "t0001", "(roughly speaking) for")).observations) == [
        "(roughly speaking) for"
    ]
    assert texts(check(claim("names_price", "t0001", "a seat, (roughly")).observations) == ["a seat, (roughly"]


@pytest.mark.parametrize("invented", ["yes", "yes yes yes", "yes pricing it", "terday re pricing", "re. yes."])
def test_invented_yes_is_not_found_inside_other_words(invented: str) -> None:
    assert reason_for(claim("open_question", "t0001", invented)) in ("not_found", "too_short")


@pytest.mark.parametrize("pattern", [".* .* .*", "[a-z]+ \\w+ $", "($40|seat) a seat", "a seat) for ((everyone x"])
def test_signs_of_a_pattern_are_only_text(pattern: str) -> None:
    assert reason_for(claim("open_question", "t0001", pattern)) in ("not_found", "too_short")


def test_phrase_said_twice_is_ambiguous() -> None:
    assert reason_for(claim("open_question", "t0003", "what would you change")) == "ambiguous"


def test_phrase_said_twice_stands_where_it_is_pointed_at() -> None:
    # Tell0 me1 more2 about3 that.4 What5 would6 you7 change?8 And9 what10 would11 you12 change13 first?14
    first = check(claim("open_question", "t0003", "what would you change", first_word=5)).observations[0]
    second = check(claim("open_question", "t0003", "what would you change", first_word=10)).observations[0]
    assert (first.quote.first_word, first.text) == (5, "What would you change?")
    assert (second.quote.first_word, second.text) == (10, "what would you change")


def test_pointing_at_neither_place_stays_ambiguous() -> None:
    assert reason_for(claim("open_question", "t0003", "what would you change", first_word=6)) == "ambiguous"


def test_wrong_pointer_to_words_said_once_does_no_harm() -> None:
    assert check(claim("open_question", "t0003", "tell me more", first_word=9)).observations[0].quote.first_word == 0


def test_pointer_to_a_lone_dash_means_the_word_after_it() -> None:
    call = make_conversation("rep: — what is next — what is next")
    # —0 what1 is2 next3 —4 what5 is6 next7
    found = check(claim("open_question", "t0001", "what is next", first_word=4), call=call).observations
    assert found[0].quote.first_word == 5


def test_quote_from_the_customer_is_no_quote_of_the_rep() -> None:
    assert reason_for(claim("open_question", "t0002", "more than we pay today")) == "wrong_speaker"


def test_words_of_somebody_else_put_in_the_reps_turn_are_wrong_speaker() -> None:
    assert reason_for(claim("open_question", "t0003", "more than we pay today")) == "wrong_speaker"


def test_words_from_another_turn_of_the_rep_are_not_found_in_the_turn_named() -> None:
    assert reason_for(claim("open_question", "t0003", "for everyone $40")) == "not_found"
    assert reason_for(claim("names_price", "t0003", "$40 a seat")) == "not_found"


def test_turn_that_does_not_exist_holds_nothing() -> None:
    assert reason_for(claim("open_question", "t0099", "tell me more")) == "not_found"


def test_behaviour_of_the_customer_takes_the_customers_words() -> None:
    assert texts(check(claim("agrees", "t0002", "more than we pay")).observations) == ["more than we pay"]
    assert reason_for(claim("agrees", "t0003", "tell me more")) == "wrong_speaker"


def test_behaviour_the_rubric_does_not_have_is_unknown() -> None:
    assert reason_for(claim("charm", "t0003", "tell me more")) == "unknown_behaviour"


def test_reader_has_no_say_in_what_a_measure_decides() -> None:
    assert reason_for(claim("balance", "t0003", "tell me more")) == "unknown_behaviour"


@pytest.mark.parametrize("quote", ["", "...", "tell me", "$40", "for the", "it is a"])
def test_too_few_words_show_nothing(quote: str) -> None:
    assert reason_for(claim("open_question", "t0001", quote)) == "too_short"


@pytest.mark.parametrize("quote", ["Tell me more", "tell me more about that."])
def test_three_words_are_enough(quote: str) -> None:
    assert len(check(claim("open_question", "t0003", quote)).observations) == 1


def test_three_small_words_are_enough_when_one_of_them_asks() -> None:
    call = make_conversation("rep: And why is that?")
    assert texts(check(claim("open_question", "t0001", "why is that"), call=call).observations) == ["why is that?"]


def test_backchannel_carries_no_quote() -> None:
    assert reason_for(claim("agrees", "t0004", "mm-hm okay that's right")) == "too_short"


def test_words_that_may_be_invented_carry_no_quote() -> None:
    sound, doubtful = make_turn(1, "rep: what matters most"), make_turn(1, "rep: to you", unreliable="silence")
    turn = sound.model_copy(update={"words": sound.words + doubtful.words})
    call = make_conversation("rep: x").model_copy(update={"turns": (turn,)})
    assert reason_for(claim("open_question", "t0001", "what matters most to"), call=call) == "unreliable_words"
    assert texts(check(claim("open_question", "t0001", "what matters most"), call=call).observations) == [
        "what matters most"
    ]


def test_lone_dash_inside_a_quote_is_kept_as_written() -> None:
    found = check(claim("names_price", "t0005", "$40 a seat or say 1200 a month")).observations
    assert texts(found) == ["$40 a seat — or, say, 1,200 a month."]


def test_same_claim_twice_is_one_observation() -> None:
    found = check(
        claim("open_question", "t0003", "Tell me more", strength=0.4),
        claim("open_question", "t0003", "tell me more", strength=0.9),
    ).observations
    assert [(o.id, o.strength) for o in found] == [("o001", 0.9)]


def test_claims_that_overlap_are_the_strongest_one() -> None:
    found = check(
        claim("open_question", "t0003", "tell me more about that", strength=0.4),
        claim("open_question", "t0003", "tell me more", strength=0.9),
    )
    assert texts(found.observations) == ["Tell me more"]
    assert not found.rejected


def test_same_words_may_show_two_behaviours() -> None:
    found = check(
        claim("pushes", "t0003", "tell me more"), claim("open_question", "t0003", "tell me more")
    ).observations
    assert [(o.behaviour, o.kind) for o in found] == [("open_question", "effective"), ("pushes", "ineffective")]


def test_ids_are_in_order_of_time_whatever_the_order_of_the_claims() -> None:
    claims = [
        claim("open_question", "t0003", "and what would you change first"),
        claim("names_price", "t0005", "$40 a seat"),
        claim("open_question", "t0003", "tell me more"),
        claim("names_price", "t0001", "$40 a seat"),
    ]
    expected = [("o001", "t0001"), ("o002", "t0003"), ("o003", "t0003"), ("o004", "t0005")]
    for seed in range(5):
        random.Random(seed).shuffle(claims)
        assert [(o.id, o.quote.turn_id) for o in check(*claims).observations] == expected


def test_observation_has_the_time_of_its_words() -> None:
    # 17 words in t0001 and 13 in t0002, half a second each: t0003 starts at 15 s, "more about that." is words 2 to 4
    turn = CALL.turn("t0003")
    assert turn is not None
    assert turn.span is not None
    start = turn.span.start
    span = check(claim("open_question", "t0003", "more about that")).observations[0].span
    assert span is not None
    assert (span.start - start, span.end - start) == (1.0, 2.5)


def test_transcript_without_times_gives_observations_without_times() -> None:
    call = make_conversation("rep: tell me more about that", timed=False)
    assert check(claim("open_question", "t0001", "tell me more"), call=call).observations[0].span is None


VOCABULARY = [
    "what",
    "would",
    "you",
    "change",
    "$40",
    "a",
    "seat,",
    "(roughly",
    "re.",
    "yes",
    "—",
    "follow-up",
    "1,200",
]
LINES = st.lists(
    st.tuples(st.sampled_from(["rep", "customer", "unknown"]), st.lists(st.sampled_from(VOCABULARY), min_size=1)),
    min_size=1,
    max_size=5,
)
CLAIMS = st.lists(
    st.builds(
        Claim,
        behaviour=st.sampled_from(["open_question", "names_price", "agrees", "balance", "charm"]),
        turn_id=st.sampled_from([f"t000{i}" for i in range(1, 7)]),
        quote=st.one_of(st.lists(st.sampled_from(VOCABULARY), max_size=5).map(" ".join), st.text(max_size=12)),
        first_word=st.one_of(st.none(), st.integers(0, 12)),
        strength=st.floats(0, 1),
    ),
    max_size=12,
)


@given(LINES, CLAIMS)
@settings(max_examples=300, deadline=None)
def test_every_observation_is_a_slice_of_its_turn_by_the_right_role(
    lines: list[tuple[str, list[str]]], claims: list[Claim]
) -> None:
    call = make_conversation(*(f"{who}: {' '.join(words)}" for who, words in lines))
    result = check(*claims, call=call)
    for observation in result.observations:
        turn = call.turn(observation.quote.turn_id)
        behaviour = RUBRIC.behaviour(observation.behaviour)
        assert turn is not None
        assert behaviour is not None
        quoted = turn.words[observation.quote.first_word : observation.quote.last_word + 1]
        assert observation.text == " ".join(word.text for word in quoted)
        assert observation.text in turn.text
        assert observation.role == turn.role == behaviour.role
    assert len(result.observations) + len(result.rejected) <= len(claims)
    assert [o.id for o in result.observations] == [f"o{i:03}" for i in range(1, len(result.observations) + 1)]


@given(LINES, st.data())
@settings(max_examples=200, deadline=None)
def test_quote_with_one_word_changed_never_passes(lines: list[tuple[str, list[str]]], data: st.DataObject) -> None:
    call = make_conversation(*(f"rep: {' '.join(words)}" for _, words in lines))
    turn = data.draw(st.sampled_from(call.turns))
    words = [word.text for word in turn.words]
    words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(["invented", "$41", "yesterday"]))
    assert not check(claim("open_question", turn.id, " ".join(words)), call=call).observations


class TestPlaces:
    """A claim stands only where its behaviour may show; without openings, anywhere."""

    OPENINGS = (
        Opening(behaviour="open_question", places=(Quote(turn_id="t0003", first_word=5, last_word=8),)),
        Opening(behaviour="names_price"),
    )

    def reasons(self, *claims: Claim) -> list[str]:
        result = verify(claims=claims, conversation=CALL, rubric=RUBRIC, openings=self.OPENINGS)
        return [r.reason for r in result.rejected]

    def test_words_of_an_open_place_stand(self) -> None:
        assert self.reasons(claim("open_question", "t0003", "What would you change?", first_word=5)) == []

    def test_words_that_only_touch_it_stand(self) -> None:
        assert self.reasons(claim("open_question", "t0003", "more about that. What would you", first_word=2)) == []

    def test_words_beside_it_do_not(self) -> None:
        assert self.reasons(claim("open_question", "t0003", "Tell me more about that.")) == ["out_of_place"]

    def test_a_behaviour_that_nothing_is_open_for_cannot_show(self) -> None:
        assert self.reasons(claim("names_price", "t0001", "$40 a seat")) == ["out_of_place"]
        assert self.reasons(claim("pushes", "t0001", "Thanks for the time")) == ["out_of_place"]

    def test_what_is_wrong_with_the_words_is_told_first(self) -> None:
        assert self.reasons(claim("names_price", "t0001", "$50 a seat")) == ["not_found"]
