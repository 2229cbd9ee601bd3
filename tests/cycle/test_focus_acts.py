"""What may be done with a focus: one at a time, a habit only when it is met, no end without a reason."""

from datetime import date

import pytest

from pipeline.cycle.focus import open_focuses, relapses
from pipeline.cycle.focus_acts import (
    answer_relapse,
    close_focus,
    follow_up,
    give_praise,
    mark_step,
    open_focus,
    praiseworthy,
)
from pipeline.cycle.follow_ups import follow_ups
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.focus import (
    FocusClosed,
    FollowedUp,
    PraiseGiven,
    RelapseAnswered,
    StepMarked,
)
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.errors import NotFoundError, UsageError
from tests.cycle.focus_values import day, days_of, habit, opening, past, story

ONE = story((0, opening()))
TWO = story((0, opening()), (1, opening("waiting_asked", second=True, reason="both belong together")))
CALLS = days_of("+-+-+")


def praise(call: PastCall, text: str = "You asked what it costs.") -> PraiseGiven:
    return PraiseGiven(focus="f1", call=call.call, record=1, observation="o001", text=text)


def offered(history: History, calls: tuple[PastCall, ...], choice: str = "reopened", note: str = "") -> RelapseAnswered:
    (found,) = relapses(history, calls)
    return RelapseAnswered.model_validate({"focus": found.focus.id, "call": found.call, "choice": choice, "note": note})


def test_the_first_focus_takes_no_reason_and_is_no_second() -> None:
    assert open_focus((), opening(second=True, reason="by mistake")).second is False


def test_one_thing_at_a_time() -> None:
    with pytest.raises(UsageError, match="one thing at a time"):
        open_focus(ONE, opening("waiting_asked"))


@pytest.mark.parametrize(("second", "reason"), [(True, ""), (True, "  "), (False, "both belong together")])
def test_a_second_takes_a_choice_and_a_reason(second: bool, reason: str) -> None:
    with pytest.raises(UsageError):
        open_focus(ONE, opening("waiting_asked", second=second, reason=reason))


def test_two_by_choice() -> None:
    made = open_focus(ONE, opening("waiting_asked", second=True, reason="both belong together"))
    assert (made.second, made.reason) == (True, "both belong together")


def test_never_three() -> None:
    assert len(open_focuses(TWO)) == 2
    with pytest.raises(UsageError, match="third"):
        open_focus(TWO, opening("people_asked", second=True, reason="all three"))


def test_a_behaviour_that_is_open_is_not_opened_twice() -> None:
    with pytest.raises(UsageError, match="the focus already"):
        open_focus(ONE, opening(second=True, reason="twice as much"))


def test_after_an_end_there_is_room_again() -> None:
    history = story(*habit(5))
    assert open_focus(history, opening("waiting_asked")).second is False


def test_a_step_is_marked_once() -> None:
    tried = StepMarked(focus="f1", step=0, status="tried")
    assert mark_step(ONE, tried) == tried
    assert mark_step(story((0, opening()), (1, tried)), tried) is None
    assert mark_step(story((0, opening()), (1, tried)), StepMarked(focus="f1", step=0, status="open")) is not None


def test_a_step_that_is_not_there_is_not_marked() -> None:
    with pytest.raises(NotFoundError):
        mark_step(ONE, StepMarked(focus="f1", step=2, status="done"))
    with pytest.raises(NotFoundError):
        mark_step(ONE, StepMarked(focus="f2", step=0, status="done"))


def test_steps_of_a_focus_that_ended_stay_as_they_were() -> None:
    with pytest.raises(UsageError):
        mark_step(story(*habit(5)), StepMarked(focus="f1", step=0, status="done"))


def test_a_focus_stays_open_until_its_behaviour_shows_in_k_of_n() -> None:
    closing = FocusClosed(focus="f1", how="habit")
    with pytest.raises(UsageError, match="2 of the last 4 calls, and a habit takes 3 of the last 5"):
        close_focus(ONE, CALLS[:4], closing)
    assert close_focus(ONE, CALLS, closing) == closing


def test_setting_aside_takes_a_reason_and_no_showing() -> None:
    with pytest.raises(UsageError, match="reason"):
        close_focus(ONE, (), FocusClosed(focus="f1", how="set_aside", reason=" "))
    assert close_focus(ONE, (), FocusClosed(focus="f1", how="set_aside", reason="a new role")).how == "set_aside"


def test_a_focus_ends_once() -> None:
    with pytest.raises(UsageError, match="ended already"):
        close_focus(story(*habit(5)), CALLS, FocusClosed(focus="f1", how="habit"))


def test_practice_does_not_close_a_focus() -> None:
    rehearsals = tuple(past(n, mode="simulated") for n in range(1, 6))
    with pytest.raises(UsageError):
        close_focus(ONE, rehearsals, FocusClosed(focus="f1", how="habit"))


def test_praise_is_for_showings_only() -> None:
    assert [call.call for call in praiseworthy(open_focuses(ONE)[0], CALLS)] == [CALLS[n].call for n in (0, 2, 4)]
    assert give_praise(ONE, CALLS, praise(CALLS[0])).call == CALLS[0].call
    with pytest.raises(UsageError, match="did not show"):
        give_praise(ONE, CALLS, praise(CALLS[1]))
    with pytest.raises(UsageError, match="did not show"):
        give_praise(ONE, CALLS, praise(past(9)))


def test_each_showing_is_praised_once() -> None:
    with pytest.raises(UsageError, match="already"):
        give_praise(story((0, opening()), (2, praise(CALLS[0]))), CALLS, praise(CALLS[0], "Well asked."))


def test_praise_has_words() -> None:
    with pytest.raises(UsageError, match="no words"):
        give_praise(ONE, CALLS, praise(CALLS[0], "  "))


def test_a_relapse_is_offered_and_not_imposed() -> None:
    history, calls = story(*habit(8)), days_of("-----", first=10)
    assert open_focuses(history) == ()
    for choice in ("reopened", "left"):
        assert answer_relapse(history, calls, offered(history, calls, choice), by_coach=False).choice == choice


def test_a_relapse_is_answered_by_what_was_looked_at() -> None:
    """A call came in while the page was open: what it says is looked at before anybody decides."""
    history, calls = story(*habit(8)), days_of("-----", first=10)
    answer = offered(history, calls)
    with pytest.raises(UsageError, match="not offered"):
        answer_relapse(history, (*calls, past(16, "not_shown")), answer, by_coach=True)


def test_a_relapse_is_answered_once() -> None:
    calls = days_of("-----", first=10)
    answer = offered(story(*habit(8)), calls, "left")
    with pytest.raises(UsageError, match="not offered"):
        answer_relapse(story(*habit(8), (15, answer)), calls, answer, by_coach=True)


def test_taken_up_beside_an_open_focus_it_is_a_second_by_the_coach_and_with_a_reason() -> None:
    history, calls = story(*habit(8), (9, opening("waiting_asked"))), days_of("-----", first=10)
    with pytest.raises(UsageError, match="one thing at a time"):
        answer_relapse(history, calls, offered(history, calls, note="both"), by_coach=False)
    with pytest.raises(UsageError, match="one thing at a time"):
        answer_relapse(history, calls, offered(history, calls), by_coach=True)
    assert answer_relapse(history, calls, offered(history, calls, note="both"), by_coach=True).note == "both"
    assert answer_relapse(history, calls, offered(history, calls, "left"), by_coach=False).choice == "left"


def test_taken_up_again_it_is_never_a_third() -> None:
    both = opening("waiting_asked"), opening("people_asked", second=True, reason="both")
    history, calls = story(*habit(8), (9, both[0]), (9.5, both[1])), days_of("-----", first=10)
    with pytest.raises(UsageError, match="third"):
        answer_relapse(history, calls, offered(history, calls, note="all"), by_coach=True)


def test_somebody_looks_again_where_a_day_was_agreed() -> None:
    agreed = opening().model_copy(update={"follow_up": date(2026, 3, 9)})
    looked = FollowedUp(what="f1", text="It comes.", again=date(2026, 3, 16))
    assert follow_up(story((0, agreed)), looked, now=day(7)) == looked
    done = FollowedUp(what="f1", text="It comes.")
    with pytest.raises(NotFoundError):
        follow_up(ONE, done, now=day(7))
    with pytest.raises(NotFoundError):
        follow_up(story((0, agreed), (7, FollowedUp(what="f1"))), done, now=day(7))


def test_an_open_focus_without_a_day_gets_one_and_one_that_ended_does_not() -> None:
    """So a habit that is taken up again has a day to look at it."""
    again = FollowedUp(what="f1", again=date(2026, 3, 16))
    assert follow_up(ONE, again, now=day(7)) == again
    agreed = story((0, opening()), (7, again))
    assert [(f.on, f.done_on) for f in follow_ups(agreed)] == [(date(2026, 3, 16), None)]
    with pytest.raises(NotFoundError):
        follow_up(story(*habit(6)), again, now=day(7))


def test_the_next_day_to_look_is_after_today() -> None:
    agreed = opening().model_copy(update={"follow_up": date(2026, 3, 9)})
    with pytest.raises(UsageError):
        follow_up(story((0, agreed)), FollowedUp(what="f1", again=date(2026, 3, 9)), now=day(7))
