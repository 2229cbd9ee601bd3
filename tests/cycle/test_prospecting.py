"""Attempts on contacts from hand-made histories: counts, spacing, who was left early, stages, weeks."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.prospecting import (
    ActivityWeek,
    Contact,
    ContactCall,
    Direction,
    Prospecting,
    StageCount,
    prospecting,
)

TODAY = date(2026, 3, 5)  # a Thursday; its week began on 2 March, and the twelfth week back on 15 December
START = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def call(
    days_ago: int,
    customer: str | None = "Heron",
    *,
    stage: str | None = "prospecting",
    direction: Direction | None = "outbound",
    answered: bool | None = False,
    name: str = "",
    simulated: bool = False,
) -> ContactCall:
    return ContactCall(
        call=name or f"call-{days_ago:03d}-{customer}",
        at=START - timedelta(days=days_ago),
        customer=customer,
        stage=stage,
        direction=direction,
        answered=answered,
        simulated=simulated,
    )


def of(*calls: ContactCall, attempts: int = 6, quiet_days: int = 14) -> Prospecting:
    return prospecting(calls, today=TODAY, attempts=attempts, quiet_days=quiet_days)


def only(*calls: ContactCall) -> Contact:
    (contact,) = of(*calls).contacts
    return contact


def test_attempts_and_the_days_between_them() -> None:
    # 20, 18, 11 and 11 days ago: 2, then 7, then 0 days apart.
    found = only(call(20), call(18), call(11, name="a"), call(11, name="b"))
    assert len(found.attempts) == 4
    assert found.spacing == (2, 7, 0)


def test_spacing_counts_days_of_the_calendar_and_not_of_24_hours() -> None:
    late = call(3).model_copy(update={"at": datetime(2026, 3, 2, 23, 50, tzinfo=UTC)})
    early = call(2).model_copy(update={"at": datetime(2026, 3, 3, 0, 10, tzinfo=UTC)})
    assert only(late, early).spacing == (1,)


def test_a_contact_tried_less_often_than_the_number_and_not_for_the_days_was_left_early() -> None:
    assert only(call(30), call(14)).state == "given_up"  # two of six, and fourteen days of quiet
    assert only(call(30), call(13)).state == "waiting"


def test_a_contact_tried_as_often_as_the_number_was_not_left_early() -> None:
    six = [call(70 - n) for n in range(6)]
    assert only(*six).state == "tried"
    assert only(*six[:5]).state == "given_up"


def test_the_number_and_the_days_are_the_teams() -> None:
    (contact,) = of(call(30), call(13), attempts=2).contacts
    assert contact.state == "tried"
    (contact,) = of(call(30), call(13), quiet_days=13).contacts
    assert contact.state == "given_up"


def test_a_contact_that_answers_is_reached_at_that_attempt() -> None:
    found = only(call(30), call(25), call(20, answered=True), call(10))
    assert (found.state, found.n_until_reached, found.reached_on) == ("reached", 3, date(2026, 2, 13))
    assert len(found.attempts) == 4


def test_a_later_stage_means_that_the_contact_was_reached() -> None:
    found = only(call(30), call(20), call(15, stage="discovery", direction=None))
    assert (found.state, found.n_until_reached) == ("reached", 2)
    assert len(found.attempts) == 2


def test_a_call_of_before_the_first_attempt_says_nothing_of_it() -> None:
    assert only(call(60, stage="demo"), call(30)).state == "given_up"


def test_an_inbound_call_is_no_attempt_and_reaches_where_somebody_speaks() -> None:
    found = only(call(30), call(28, direction="inbound", answered=True))
    assert (len(found.attempts), found.state, found.n_until_reached) == (1, "reached", 1)
    assert of(call(28, direction="inbound")).contacts == ()


def test_where_nobody_stated_a_direction_a_prospecting_call_is_an_attempt() -> None:
    assert len(only(call(3, direction=None)).attempts) == 1


def test_where_nobody_knows_who_spoke_nothing_is_said_of_giving_up() -> None:
    assert only(call(30, answered=None), call(20)).state == "unclear"
    assert only(call(30, answered=None), call(20, answered=True)).state == "reached"


def test_names_of_contacts_are_compared_without_case_and_white_space() -> None:
    found = only(call(20, "Heron  Lane"), call(10, " heron lane"))
    assert (len(found.attempts), found.customer) == (2, " heron lane")


def test_an_attempt_without_a_customer_is_counted_and_is_nobodys() -> None:
    found = of(call(3, None), call(4, "  "), call(5))
    assert (found.n_unnamed, len(found.contacts)) == (2, 1)
    assert found.weeks[-1].n_attempts + found.weeks[-2].n_attempts == 3


def test_practice_and_one_to_ones_are_in_no_count() -> None:
    found = of(call(3, simulated=True), call(4, stage="coaching"))
    assert found.contacts == ()
    assert sum(week.n_calls for week in found.weeks) == 0


def test_weeks_begin_on_monday_and_those_without_calls_stand_there_too() -> None:
    found = of(call(0), call(3), call(4), call(10, stage="demo"))  # Thursday, Monday; Sunday before; 23 February
    assert found.since == date(2025, 12, 15)
    assert len(found.weeks) == 12
    assert found.weeks[-1] == ActivityWeek(week=date(2026, 3, 2), n_calls=2, n_attempts=2)
    assert found.weeks[-2] == ActivityWeek(week=date(2026, 2, 23), n_calls=2, n_attempts=1)
    assert found.weeks[-3] == ActivityWeek(week=date(2026, 2, 16), n_calls=0, n_attempts=0)


def test_calls_by_stage_and_those_where_nobody_said() -> None:
    found = of(call(1), call(2), call(3, stage="closing"), call(4, stage=None))
    assert found.stages == (
        StageCount(stage="prospecting", n=2),
        StageCount(stage="discovery", n=0),
        StageCount(stage="demo", n=0),
        StageCount(stage="closing", n=1),
        StageCount(stage=None, n=1),
    )


def test_contacts_of_before_these_weeks_are_left_out_and_old_attempts_of_others_are_not() -> None:
    found = of(call(100, "Old"), call(100, "Heron"), call(5, "Heron"))
    assert [(c.customer, len(c.attempts)) for c in found.contacts] == [("Heron", 2)]


def test_the_contact_that_was_tried_last_comes_first() -> None:
    found = of(call(9, "B"), call(3, "A"), call(3, "C"), call(30, "C"))
    assert [c.customer for c in found.contacts] == ["C", "A", "B"]  # of one moment by the greater id


def test_nothing_is_made_of_no_calls() -> None:
    found = of()
    assert (found.contacts, found.n_unnamed, len(found.weeks)) == ((), 0, 12)


calls = st.lists(
    st.builds(
        lambda days, customer, stage, direction, answered, n: call(
            days, customer, stage=stage, direction=direction, answered=answered, name=f"c{n:06d}"
        ),
        st.integers(0, 80),
        st.sampled_from(["Heron", "KITE", "kite ", None]),
        st.sampled_from(["prospecting", "discovery", None]),
        st.sampled_from(["inbound", "outbound", None]),
        st.sampled_from([True, False, None]),
        st.integers(0, 10**6),
    ),
    max_size=15,
    unique_by=lambda c: c.call,
)


@given(calls)
def test_every_attempt_is_a_contacts_or_nobodys_and_the_order_of_calls_does_not_matter(
    found: list[ContactCall],
) -> None:
    told = of(*found)
    n_attempts = sum(c.is_attempt for c in found)
    assert sum(len(c.attempts) for c in told.contacts) + told.n_unnamed == n_attempts
    assert sum(week.n_attempts for week in told.weeks) == n_attempts
    assert sum(stage.n for stage in told.stages) == len(found)
    assert of(*reversed(found)) == told


@given(calls)
def test_days_between_attempts_add_up_to_those_from_first_to_last(found: list[ContactCall]) -> None:
    for contact in of(*found).contacts:
        assert len(contact.spacing) == len(contact.attempts) - 1
        assert sum(contact.spacing) == (contact.last - contact.attempts[0].at.date()).days
        assert (contact.reached_on is not None) == (contact.state == "reached")


@given(calls, st.integers(1, 20))
def test_a_greater_number_never_makes_a_contact_that_was_left_early_one_that_was_not(
    found: list[ContactCall], attempts: int
) -> None:
    fewer = {c.customer for c in of(*found, attempts=attempts).of_state("given_up")}
    more = {c.customer for c in of(*found, attempts=attempts + 1).of_state("given_up")}
    assert fewer <= more
