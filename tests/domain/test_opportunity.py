"""Where a behaviour is looked for, and what called for it."""

import pytest

from pipeline.domain.assessment import MissedMoment, Quote
from pipeline.domain.opportunity import missed, moments, turns_looked_at
from pipeline.domain.rubric import Behaviour, Opportunity, Part
from pipeline.domain.speech import Conversation
from pipeline.stages.verify import verify
from tests.coaching_values import (
    claim,
    make_behaviour,
    make_capability,
    make_conversation,
    make_rubric,
    make_turn,
)

CALL = make_conversation(
    "rep: It is $40 a seat.",
    "customer: Okay. That is too expensive, I think. We have no budget.",
    "rep: I see that.",
    "customer: Right",
    "rep: Tell me more about the budget.",
    "customer: It is too expensive for us!",
    "rep: Thanks for your time.",
    backchannels=(4,),
)


def asks_behind(within: int = 1, *phrases: str) -> Behaviour:
    rule = Opportunity(phrases=phrases or ("too expensive", "no budget"), within_turns=within)
    return make_behaviour("asks_behind_objection", opportunity=rule)


def lines(call: Conversation, behaviour: Behaviour, *said: tuple[str, str]) -> list[str]:
    rubric = make_rubric(make_capability("objections", behaviour, make_behaviour("another")))
    found = verify(claims=[claim(behaviour.id, t, q) for t, q in said], conversation=call, rubric=rubric).observations
    assert len(found) == len(said)
    return [moment.text for moment in missed(moments(call, behaviour), found)]


def test_moment_quotes_the_whole_sentence_around_its_phrase() -> None:
    assert lines(CALL, asks_behind()) == ["That is too expensive, I think.", "It is too expensive for us!"]


def test_two_phrases_in_one_turn_are_one_moment() -> None:
    assert len([m for m in moments(CALL, asks_behind()) if m.line.quote.turn_id == "t0002"]) == 1


def test_moment_is_taken_when_the_behaviour_follows_within_its_turns() -> None:
    # t0002 is followed by the rep's turns t0003 and t0005; the question comes in the second of them
    assert lines(CALL, asks_behind(2), ("t0005", "tell me more")) == ["It is too expensive for us!"]


def test_moment_is_missed_when_the_behaviour_comes_a_turn_too_late() -> None:
    assert "That is too expensive, I think." in lines(CALL, asks_behind(1), ("t0005", "tell me more"))


def test_phrases_are_whole_words() -> None:
    assert moments(CALL, asks_behind(1, "too expense", "budge", "his time")) == ()


def test_phrase_said_by_the_rep_is_no_opportunity_of_the_customer() -> None:
    assert moments(CALL, asks_behind(1, "$40 a seat")) == ()


def test_nobody_can_answer_the_last_words_of_a_call() -> None:
    call = make_conversation("rep: It is $40.", "customer: That is too expensive.")
    assert moments(call, asks_behind()) == ()


def test_backchannel_calls_for_nothing_and_answers_nothing() -> None:
    call = make_conversation(
        "customer: too expensive", "rep: mm hm", "rep: Tell me more about that.", backchannels=(1, 2)
    )
    assert moments(call, asks_behind()) == ()
    call = make_conversation("customer: too expensive", "rep: mm hm", "rep: Tell me more.", backchannels=(2,))
    assert moments(call, asks_behind())[0].answers == ("t0003",)


def test_words_that_may_be_invented_call_for_nothing() -> None:
    doubtful = make_turn(1, "customer: That is too expensive.", unreliable="no_speech")
    call = CALL.model_copy(update={"turns": (doubtful, make_turn(2, "rep: Tell me more."))})
    assert moments(call, asks_behind()) == ()


def test_quoted_sentence_stops_before_doubtful_words() -> None:
    sound = make_turn(1, "customer: it is too expensive for")
    doubtful = make_turn(1, "customer: us thanks for watching", unreliable="silence")
    turn = sound.model_copy(update={"words": sound.words + doubtful.words})
    call = CALL.model_copy(update={"turns": (turn, make_turn(2, "rep: Tell me more."))})
    assert lines(call, asks_behind()) == ["it is too expensive for"]


def test_moment_points_at_its_own_words() -> None:
    # Okay.0 That1 is2 too3 expensive,4 I5 think.6; t0001 has 5 words, so t0002 starts at 2.5 s and word 1 at 3 s
    moment = moments(CALL, asks_behind())[0].line
    assert moment.quote == Quote(turn_id="t0002", first_word=1, last_word=6)
    assert moment.span is not None
    assert (moment.span.start, moment.span.end) == (3.0, 6.0)
    assert isinstance(moment, MissedMoment)
    assert moment.text == moment.quote.text(CALL)


def test_own_words_later_in_the_same_turn_take_the_moment() -> None:
    rule = Opportunity(role="rep", phrases=("price is",), within_turns=1)
    behaviour = make_behaviour("explains_price", opportunity=rule)
    call = make_conversation(
        "rep: The price is forty. It covers support and setup.", "customer: Fine.", "rep: Good bye."
    )
    assert lines(call, behaviour, ("t0001", "covers support and setup")) == []
    assert lines(call, behaviour, ("t0001", "price is forty")) == ["The price is forty."]


def test_behaviour_without_a_rule_has_no_moments() -> None:
    assert moments(CALL, make_behaviour("asks")) == ()


def test_opening_is_the_first_minute_of_a_short_call() -> None:
    # 100 words of half a second each: turns start at 0 s, 50 s and 100 s; the opening ends at 60 s
    call = make_conversation(*["rep: " + "word " * 100] * 3)
    assert [t.id for t in turns_looked_at(call, role="rep", part=Part.OPENING)] == ["t0001", "t0002"]
    # the call ends at 150 s, so the closing starts at 90 s; t0002 ends at 100 s
    assert [t.id for t in turns_looked_at(call, role="rep", part=Part.CLOSING)] == ["t0002", "t0003"]


@pytest.mark.parametrize("timed", [True, False])
def test_opening_and_closing_are_at_most_half_of_a_call(timed: bool) -> None:
    # four turns of 20 words, 10 s each: halves of 20 s; 80 words are halves of 40
    call = make_conversation(*["rep: " + "word " * 20] * 4, timed=timed)
    assert [t.id for t in turns_looked_at(call, role="rep", part=Part.OPENING)] == ["t0001", "t0002"]
    assert [t.id for t in turns_looked_at(call, role="rep", part=Part.CLOSING)] == ["t0003", "t0004"]


def test_opening_is_the_first_fifth_of_a_long_call() -> None:
    # ten turns of 100 words are 500 s: the fifth is 100 s, turns start at 0, 50, 100 s; the last two end after 400 s
    call = make_conversation(*["rep: " + "word " * 100] * 10)
    assert [t.id for t in turns_looked_at(call, role="rep", part=Part.OPENING)] == ["t0001", "t0002"]
    assert [t.id for t in turns_looked_at(call, role="rep", part=Part.CLOSING)] == ["t0009", "t0010"]


def test_without_times_the_parts_are_counted_in_words() -> None:
    # ten turns of 100 words: a fifth is 200 words
    call = make_conversation(*["rep: " + "word " * 100] * 10, timed=False)
    assert [t.id for t in turns_looked_at(call, role="rep", part=Part.OPENING)] == ["t0001", "t0002"]
    assert [t.id for t in turns_looked_at(call, role="rep", part=Part.CLOSING)] == ["t0009", "t0010"]


def test_only_turns_of_the_role_that_can_carry_a_quote_are_looked_at() -> None:
    assert [t.id for t in turns_looked_at(CALL, role="customer")] == ["t0002", "t0006"]
