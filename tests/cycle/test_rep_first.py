"""The rep goes first: picks, the three questions in their order, what is put aside, and the seal."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.rep_first import (
    QUESTIONS,
    awaits_rep,
    is_sealed,
    overridden,
    pick_of,
    picks,
    sealed_calls,
    self_review,
    self_reviews,
    standing_picks,
)
from pipeline.cycle.rep_first_acts import FOLLOW_UP_QUESTIONS, answer, override, park, pick, take_back
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.goals import GoalSet
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.cycle.rep_first import (
    POWER_QUESTIONS,
    Answered,
    Parked,
    Picked,
    PickReason,
    PickTakenBack,
    PowerQuestion,
    SealOverridden,
)
from pipeline.errors import UsageError

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
TODAY = NOW.date()
MONDAY = date(2026, 3, 2)
ONE, TWO, THREE = "c00000000000a", "c00000000000b", "c00000000000c"
CALLS = (ONE, TWO, THREE)
PLANNED = ("Who was in the room?", "What came next?")


def history(*events: Event) -> History:
    return tuple(
        Happened(number=n, author="anna", at=NOW + timedelta(minutes=n), what=what)
        for n, what in enumerate(events, start=1)
    )


def past(call: str, *, mode: str = "live", stage: str = "discovery") -> PastCall:
    return PastCall(
        call=call,
        at=NOW,
        mode=mode,
        stage=stage,
        customer=None,
        deal=None,
        rubric="discovery",
        rubric_version=1,
        duration=60.0,
        levels={},
        verdicts={},
    )


OURS = tuple(past(call) for call in CALLS)


def picked(call: str, why: PickReason = "struggled", week: date = MONDAY, **more: bool) -> Picked:
    return Picked(call=call, week=week, why=why, **more)


def answered(question: PowerQuestion, text: str = "so", call: str = ONE, **more: str | bool) -> Answered:
    return Answered.model_validate({"call": call, "question": question, "text": text, **more})


ALL_THREE = tuple(answered(question) for question in QUESTIONS)
NOTHING = (*ALL_THREE[:2], answered("would_change", "", nothing=True))


def said(wish: Answered, *events: Event) -> Answered | None:
    return answer(history(*events), wish, calls=OURS, planned=PLANNED)


def chosen(wish: Picked, *events: Event, calls: tuple[PastCall, ...] = OURS) -> Picked | None:
    return pick(history(*events), wish, calls=calls, today=TODAY)


def test_the_three_questions_are_those_of_coaching_and_in_their_order() -> None:
    assert [POWER_QUESTIONS[q] for q in QUESTIONS] == [
        "How do you think it went?",
        "What did you do well?",
        "What, if anything, would you change?",
    ]


def test_a_week_has_two_picks_one_of_each_kind() -> None:
    found = picks(history(picked(ONE, "went_well"), picked(TWO, "struggled")), MONDAY)
    assert [(p.call, p.why) for p in found] == [(ONE, "went_well"), (TWO, "struggled")]


def test_a_later_pick_of_the_same_kind_takes_the_place_of_the_earlier() -> None:
    found = history(picked(ONE, "went_well"), picked(TWO, "went_well"))
    assert [p.call for p in picks(found, MONDAY)] == [TWO]
    assert pick_of(found, ONE) is None


def test_picks_of_another_week_stand_beside() -> None:
    before = MONDAY - timedelta(days=7)
    found = history(picked(ONE, week=before), picked(TWO))
    assert [p.call for p in picks(found, before)] == [ONE]
    assert [p.call for p in picks(found, MONDAY)] == [TWO]
    assert [p.call for p in standing_picks(found)] == [ONE, TWO]


def test_a_pick_taken_back_is_none() -> None:
    assert standing_picks(history(picked(ONE), PickTakenBack(call=ONE))) == ()


def test_a_call_of_somebody_else_cannot_be_picked() -> None:
    with pytest.raises(UsageError, match="no call of yours"):
        chosen(picked("c0000000000ff"))


def test_a_recorded_one_to_one_cannot_be_picked() -> None:
    with pytest.raises(UsageError, match="one-to-one"):
        chosen(picked(ONE), calls=(past(ONE, stage="coaching"),))


def test_a_rehearsal_can_be_picked() -> None:
    assert chosen(picked(ONE), calls=(past(ONE, mode="simulated"),)) == picked(ONE)


def test_only_this_week_can_be_picked_for() -> None:
    with pytest.raises(UsageError, match="does not begin this week"):
        chosen(picked(ONE, week=MONDAY - timedelta(days=7)))


def test_a_call_cannot_be_both_picks() -> None:
    with pytest.raises(UsageError, match="as one that went well"):
        chosen(picked(ONE, "struggled"), picked(ONE, "went_well"))


def test_picking_the_same_again_changes_nothing() -> None:
    assert chosen(picked(ONE), picked(ONE)) is None


def test_what_is_not_picked_cannot_be_taken_back() -> None:
    with pytest.raises(UsageError, match="not picked"):
        take_back(history(), PickTakenBack(call=ONE))
    assert take_back(history(picked(ONE)), PickTakenBack(call=ONE)) == PickTakenBack(call=ONE)


@pytest.mark.parametrize("question", ["did_well", "would_change"])
def test_the_first_question_comes_first(question: PowerQuestion) -> None:
    with pytest.raises(UsageError, match="comes later") as raised:
        said(answered(question))
    assert "How do you think it went?" in raised.value.hint


def test_the_third_waits_for_the_second() -> None:
    with pytest.raises(UsageError, match="comes later") as raised:
        said(answered("would_change"), ALL_THREE[0])
    assert "What did you do well?" in raised.value.hint


def test_an_earlier_answer_can_be_given_anew() -> None:
    assert said(answered("how_it_went", "better than I said"), *ALL_THREE) is not None
    found = self_review(history(*ALL_THREE, answered("how_it_went", "better")), ONE)
    assert found.answers["how_it_went"].text == "better"
    assert found.done


def test_the_same_answer_again_adds_nothing() -> None:
    assert said(answered("how_it_went"), ALL_THREE[0]) is None


def test_an_empty_answer_is_none() -> None:
    with pytest.raises(UsageError, match="empty"):
        said(answered("how_it_went", "  \n"))


def test_nothing_is_an_answer_to_the_third_question_alone() -> None:
    with pytest.raises(UsageError, match="only the third"):
        said(answered("how_it_went", "", nothing=True))
    assert said(NOTHING[2], *ALL_THREE[:2]) == NOTHING[2]


def test_a_call_of_somebody_else_cannot_be_answered_for() -> None:
    with pytest.raises(UsageError, match="no call of yours"):
        said(answered("how_it_went", call="c0000000000ff"))


def test_questions_about_two_calls_do_not_mix() -> None:
    found = history(ALL_THREE[0], answered("how_it_went", call=TWO), ALL_THREE[1])
    assert self_review(found, ONE).next_question == "would_change"
    assert self_review(found, TWO).next_question == "did_well"


def test_what_was_disliked_is_put_aside_until_the_third_question() -> None:
    parked = Parked(call=ONE, text="I talked over her")
    assert park(history(ALL_THREE[0]), parked, calls=OURS) == parked
    assert park(history(parked), parked, calls=OURS) is None
    assert self_review(history(ALL_THREE[0], parked), ONE).parked == ("I talked over her",)
    with pytest.raises(UsageError, match="third question has its answer"):
        park(history(*ALL_THREE), parked, calls=OURS)
    with pytest.raises(UsageError, match="nothing to put aside"):
        park(history(), Parked(call=ONE, text=" "), calls=OURS)


def test_what_was_put_aside_is_no_answer_of_one_who_would_change_nothing() -> None:
    """The page puts it into the field; to say "nothing" over it is not to say it."""
    aside: tuple[Event, ...] = (*ALL_THREE[:2], Parked(call=ONE, text="the price"), Parked(call=ONE, text="the end"))
    field = answered("would_change", "the price\nthe end", nothing=True)
    assert said(field, *aside) == answered("would_change", "", nothing=True)
    own = answered("would_change", "the price, but only a little", nothing=True)
    assert said(own, *aside) == own


def test_nothing_opens_the_planned_questions_one_at_a_time() -> None:
    first, second = PLANNED
    assert self_review(history(*ALL_THREE), ONE).next_prompt(PLANNED) is None
    assert self_review(history(*NOTHING), ONE).next_prompt(PLANNED) == first
    one = answered("would_change", "the buyer", prompt=first)
    assert self_review(history(*NOTHING, one), ONE).next_prompt(PLANNED) == second
    two = answered("would_change", "", prompt=second, nothing=True)
    assert self_review(history(*NOTHING, one, two), ONE).next_prompt(PLANNED) is None


def test_a_planned_question_out_of_turn_is_refused() -> None:
    with pytest.raises(UsageError, match="another question comes first"):
        said(answered("would_change", "x", prompt=PLANNED[1]), *NOTHING)
    with pytest.raises(UsageError, match="only where nothing would be changed"):
        said(answered("would_change", "x", prompt=PLANNED[0]), *ALL_THREE)


def test_a_follow_up_answer_leaves_the_answer_itself() -> None:
    found = self_review(history(*NOTHING, answered("would_change", "her boss", prompt=PLANNED[0])), ONE)
    assert found.would_change_nothing
    assert [(a.prompt, a.text) for a in found.prompted] == [(PLANNED[0], "her boss")]


def test_saying_what_to_change_after_all_ends_the_planned_questions() -> None:
    found = self_review(history(*NOTHING, answered("would_change", "ask about the price")), ONE)
    assert found.done
    assert found.next_prompt(PLANNED) is None


def test_the_shipped_follow_up_questions_are_questions_and_none_judges() -> None:
    assert len(set(FOLLOW_UP_QUESTIONS)) == len(FOLLOW_UP_QUESTIONS) == 3
    for text in FOLLOW_UP_QUESTIONS:
        assert text.endswith("?")
        assert not {"good", "bad", "wrong", "mistake", "better"} & set(text.lower().replace("?", "").split())


def test_a_call_that_nobody_picked_is_open() -> None:
    assert not is_sealed(history(), ONE, False)
    assert not is_sealed(history(picked(TWO)), ONE, False)


def test_the_rep_view_comes_before_the_managers() -> None:
    """Rule: the rep's view before the manager's. A picked call is sealed until the rep has commented or answered."""
    assert is_sealed(history(picked(ONE)), ONE, False)
    assert not is_sealed(history(picked(ONE)), ONE, True)
    assert is_sealed(history(picked(ONE), *ALL_THREE[:2]), ONE, False)
    assert not is_sealed(history(picked(ONE), *ALL_THREE), ONE, False)
    assert not is_sealed(history(picked(ONE), *NOTHING), ONE, False)


def test_a_pick_of_an_earlier_week_stays_sealed() -> None:
    assert is_sealed(history(picked(ONE, week=MONDAY - timedelta(days=70))), ONE, False)


def test_a_call_that_is_no_longer_picked_is_open() -> None:
    assert not is_sealed(history(picked(ONE), PickTakenBack(call=ONE)), ONE, False)
    assert not is_sealed(history(picked(ONE), picked(TWO)), ONE, False)


def test_a_call_that_had_its_feedback_when_it_was_picked_is_not_sealed() -> None:
    assert not is_sealed(history(picked(ONE, after_feedback=True)), ONE, False)


def test_an_override_opens_the_call_to_coaches_and_not_to_the_rep() -> None:
    found = history(picked(ONE), SealOverridden(call=ONE, reason="she is ill today"))
    assert not is_sealed(found, ONE, False)
    assert awaits_rep(found, ONE, False)
    event = overridden(found, ONE)
    assert event is not None
    assert event.number == 2


def test_an_override_needs_three_words_and_a_seal() -> None:
    wish = SealOverridden(call=ONE, reason="too late")
    with pytest.raises(UsageError, match="fewer than 3 words"):
        override(history(picked(ONE)), wish, rep_commented=False)
    whole = SealOverridden(call=ONE, reason="customer calls today")
    assert override(history(picked(ONE)), whole, rep_commented=False) == whole
    assert override(history(picked(ONE), whole), whole, rep_commented=False) is None
    with pytest.raises(UsageError, match="open already"):
        override(history(picked(ONE)), whole, rep_commented=True)
    with pytest.raises(UsageError, match="open already"):
        override(history(), whole, rep_commented=False)


def test_reviews_are_of_picked_and_answered_calls_and_a_parked_one_alone_is_none() -> None:
    found = self_reviews(history(picked(ONE), answered("how_it_went", call=TWO), Parked(call=THREE, text="hm")))
    assert [(r.call, r.why, len(r.answers)) for r in found] == [(ONE, "struggled", 0), (TWO, None, 1)]


CALL = st.sampled_from(CALLS)
EVENTS = st.lists(
    st.one_of(
        st.builds(
            picked, CALL, st.sampled_from(["went_well", "struggled"]), st.sampled_from([MONDAY, date(2026, 3, 9)])
        ),
        st.builds(lambda call: PickTakenBack(call=call), CALL),
        st.builds(
            lambda q, call, n: answered(q, call=call, nothing=n), st.sampled_from(QUESTIONS), CALL, st.booleans()
        ),
        st.builds(lambda call: Parked(call=call, text="hm"), CALL),
        st.builds(lambda call: SealOverridden(call=call, reason="we meet today already"), CALL),
        st.just(GoalSet(text="ask more")),
    ),
    max_size=25,
)


@given(EVENTS)
def test_picks_never_share_a_call_nor_a_week_and_kind(events: list[Event]) -> None:
    found = standing_picks(history(*events))
    assert len({p.call for p in found}) == len(found)
    assert len({(p.week, p.why) for p in found}) == len(found)


@given(EVENTS, st.sets(CALL))
def test_a_sealed_call_is_picked_without_comment_and_unanswered(events: list[Event], commented: set[str]) -> None:
    found = history(*events)
    sealed = sealed_calls(found, commented)
    assert set(sealed) == {call for call in CALLS if is_sealed(found, call, call in commented)}
    for call in sealed:
        assert pick_of(found, call) is not None
        assert call not in commented
        assert not self_review(found, call).done
        assert overridden(found, call) is None


@given(EVENTS)
def test_a_comment_always_opens(events: list[Event]) -> None:
    assert sealed_calls(history(*events), CALLS) == ()


@given(EVENTS, CALL, st.sampled_from(QUESTIONS))
def test_through_the_rules_answers_are_always_a_beginning_of_the_order(
    events: list[Event], call: str, question: PowerQuestion
) -> None:
    """Whatever is tried: what the rules let through has answers to a first part of the three questions."""
    kept: list[Event] = []
    for what in [*events, answered(question, call=call)]:
        try:
            wish = said(what, *kept) if isinstance(what, Answered) else what
        except UsageError:
            continue
        kept += [] if wish is None else [wish]
    for review in self_reviews(history(*kept)):
        assert tuple(review.answers) == QUESTIONS[: len(review.answers)]


@given(EVENTS)
def test_a_call_once_done_is_never_sealed_again(events: list[Event]) -> None:
    done: set[str] = set()
    for n in range(len(events) + 1):
        found = history(*events[:n])
        done |= {review.call for review in self_reviews(found) if review.done}
        assert not done & set(sealed_calls(found, ()))
