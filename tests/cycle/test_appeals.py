"""What a rep says of observations, what is found on listening again, and the two rates."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.appeals import (
    AppealRates,
    answer_observation,
    appeal_labels,
    appeal_rates,
    appeals,
    decide_appeal,
    observation_answers,
    open_appeals,
    struck,
)
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.rep_first import AppealDecided, ObservationAnswered, Stance
from pipeline.errors import UsageError

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
CALL, OTHER = "c00000000000a", "c00000000000b"


def history(*events: Event) -> History:
    return tuple(
        Happened(
            number=n,
            author="mark" if isinstance(what, AppealDecided) else "anna",
            at=NOW + timedelta(minutes=n),
            what=what,
        )
        for n, what in enumerate(events, start=1)
    )


def answered(
    observation: str,
    stance: Stance = "not_like_that",
    text: str = "she asked me to",
    *,
    call: str = CALL,
    record: int = 1,
) -> ObservationAnswered:
    return ObservationAnswered(
        call=call, record=record, observation=observation, behaviour="next_step", stance=stance, text=text
    )


def decided(
    observation: str, upheld: bool, text: str = "heard it", *, call: str = CALL, record: int = 1
) -> AppealDecided:
    return AppealDecided(call=call, record=record, observation=observation, upheld=upheld, text=text)


def test_an_agreement_is_an_answer_and_no_appeal() -> None:
    found = history(answered("o001", "agree", ""))
    assert [a.observation for a in observation_answers(found)] == ["o001"]
    assert appeals(found) == ()


def test_a_later_answer_takes_the_place_of_the_earlier() -> None:
    found = history(answered("o001"), answered("o001", "agree", "I listened again"))
    assert [(a.stance, a.text) for a in observation_answers(found)] == [("agree", "I listened again")]
    assert open_appeals(found) == ()


def test_open_appeals_are_those_nobody_decided_oldest_first() -> None:
    found = history(answered("o002"), answered("o001"), answered("o003"), decided("o001", False))
    assert [a.observation for a in open_appeals(found)] == ["o002", "o003"]


def test_the_same_id_of_another_reading_or_call_is_another_observation() -> None:
    found = history(answered("o001"), answered("o001", record=2), answered("o001", call=OTHER), decided("o001", True))
    assert len(open_appeals(found)) == 2
    assert [a.record for a in struck(found, CALL)] == [1]
    assert struck(found, OTHER) == ()


def test_an_upheld_observation_is_struck_with_who_and_when() -> None:
    [found] = struck(history(answered("o001"), decided("o001", True, "it was the customer")), CALL)
    assert found.decision is not None
    assert (found.decision.by, found.decision.at, found.decision.text) == (
        "mark",
        NOW + timedelta(minutes=2),
        "it was the customer",
    )


def test_an_appeal_says_how_it_was() -> None:
    with pytest.raises(UsageError, match="how it was"):
        answer_observation(history(), answered("o001", "did_not_happen", " "))
    assert answer_observation(history(), answered("o001", "agree", "")) is not None


def test_the_same_answer_again_adds_nothing() -> None:
    assert answer_observation(history(answered("o001")), answered("o001")) is None


def test_what_was_listened_to_again_is_not_appealed_again() -> None:
    with pytest.raises(UsageError, match="listened to again already"):
        answer_observation(history(answered("o001"), decided("o001", False)), answered("o001", text="but still"))


def test_only_an_open_appeal_is_decided_and_only_once() -> None:
    with pytest.raises(UsageError, match="has not said"):
        decide_appeal(history(), decided("o001", True))
    with pytest.raises(UsageError, match="has not said"):
        decide_appeal(history(answered("o001", "agree", "")), decided("o001", True))
    with pytest.raises(UsageError, match="decided this already"):
        decide_appeal(history(answered("o001"), decided("o001", True)), decided("o001", False))
    with pytest.raises(UsageError, match="what you heard"):
        decide_appeal(history(answered("o001")), decided("o001", True, "  "))
    assert decide_appeal(history(answered("o001")), decided("o001", True)) == decided("o001", True)


def test_a_decision_is_a_label_either_way_and_an_open_appeal_is_none() -> None:
    found = history(answered("o001"), answered("o002"), answered("o003"), decided("o001", True), decided("o002", False))
    assert [(a.observation, a.rater, a.shows) for a in appeal_labels(found)] == [
        ("o001", "mark", False),
        ("o002", "mark", True),
    ]


def test_appeal_and_uphold_rates_by_hand() -> None:
    """Twenty observations shown, four appealed, three of them decided, one upheld: 4 of 20, and 1 of 3."""
    found = history(
        *(answered(f"o{n:03d}") for n in range(1, 5)),
        answered("o005", "agree", ""),
        decided("o001", True),
        decided("o002", False),
        decided("o003", False),
    )
    rates = appeal_rates(found, {(CALL, 1): 12, (OTHER, 2): 8})
    assert rates == AppealRates(shown=20, appealed=4, decided=3, upheld=1)
    assert rates.appeal_rate == pytest.approx(0.2)
    assert rates.uphold_rate == pytest.approx(1 / 3)


def test_rates_of_nothing_are_absent_and_not_zero() -> None:
    rates = appeal_rates(history(), {})
    assert rates.appeal_rate is None
    assert rates.uphold_rate is None


def test_appeals_of_readings_that_are_not_counted_are_in_no_rate() -> None:
    found = history(answered("o001", record=1), answered("o001", record=2), decided("o001", True, record=2))
    assert appeal_rates(found, {(CALL, 1): 5}) == AppealRates(shown=5, appealed=1, decided=0, upheld=0)


def test_adding_rates_adds_counts() -> None:
    """1 of 2 and 0 of 8 are 1 of 10 together, and not the middle of a half and nothing."""
    both = AppealRates(shown=2, appealed=1, decided=1, upheld=1) + AppealRates(shown=8, appealed=0, decided=0, upheld=0)
    assert both.appeal_rate == pytest.approx(0.1)
    assert both.uphold_rate == 1


IDS = st.sampled_from(["o001", "o002", "o003"])
EVENTS = st.lists(
    st.one_of(
        st.builds(answered, IDS, st.sampled_from(["agree", "not_like_that", "did_not_happen"]), st.just("so")),
        st.builds(decided, IDS, st.booleans()),
    ),
    max_size=20,
)


def kept(events: list[Event]) -> History:
    """What the rules let through of these."""
    found: list[Event] = []
    for what in events:
        try:
            if isinstance(what, ObservationAnswered):
                wish: Event | None = answer_observation(history(*found), what)
            else:
                assert isinstance(what, AppealDecided)
                wish = decide_appeal(history(*found), what)
        except UsageError:
            continue
        found += [] if wish is None else [wish]
    return history(*found)


@given(EVENTS)
def test_counts_never_exceed_what_they_are_counts_of(events: list[Event]) -> None:
    rates = appeal_rates(kept(events), {(CALL, 1): 3})
    assert rates.upheld <= rates.decided <= rates.appealed <= rates.shown


@given(EVENTS)
def test_every_appeal_is_open_or_decided_and_what_is_struck_stays_struck(events: list[Event]) -> None:
    whole = kept(events)
    gone: set[str] = set()
    for n in range(len(whole) + 1):
        now = {a.observation for a in struck(whole[:n], CALL)}
        assert gone <= now
        gone = now
    assert all(a.is_open != (a.decision is not None) for a in appeals(whole))
