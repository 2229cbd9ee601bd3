"""The sample of reviewed drafts: drawn by a seed, the same for everybody, whatever else there is."""

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.period import Period
from pipeline.cycle.samples import Reviewed, drawn, look_at, looked_at, usual_seed, weeks_before
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.own import SampleLookedAt
from pipeline.errors import UsageError

AT = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def reviewed(author: str, *calls: str) -> tuple[Reviewed, ...]:
    return tuple(Reviewed(call=call, review=2, author=author, at=AT) for call in calls)


MARK = reviewed("mark", *(f"mark-{n:02d}" for n in range(12)))
NINA = reviewed("nina", *(f"nina-{n:02d}" for n in range(12)))


def test_the_sample_of_a_seed_is_known_for_ever() -> None:
    """The lowest SHA-256 of "2026-03-02", the call and "2", a line each. Another draw would undo samples on paper."""
    assert [r.call for r in drawn(MARK, seed="2026-03-02", k=3)] == ["mark-03", "mark-06", "mark-08"]


@given(st.text(max_size=20), st.integers(1, 20), st.randoms(use_true_random=False))
def test_neither_order_nor_other_managers_change_what_is_drawn(seed: str, k: int, chance: random.Random) -> None:
    mixed = [*MARK, *NINA]
    chance.shuffle(mixed)
    assert drawn(mixed, seed=seed, k=k) == drawn(MARK, seed=seed, k=k) + drawn(NINA, seed=seed, k=k)


@given(st.text(max_size=20), st.integers(1, 19))
def test_a_larger_sample_holds_the_smaller(seed: str, k: int) -> None:
    assert drawn(MARK, seed=seed, k=k + 1)[:k] == drawn(MARK, seed=seed, k=k)[:k]


@given(st.text(max_size=20))
def test_a_further_draft_takes_the_place_of_one_at_most(seed: str) -> None:
    before, after = set(drawn(MARK, seed=seed, k=3)), set(drawn((*MARK, *reviewed("mark", "mark-99")), seed=seed, k=3))
    assert len(before - after) <= 1


def test_another_seed_draws_others() -> None:
    found = {drawn(MARK, seed=str(seed), k=3) for seed in range(20)}
    assert len(found) > 10


def test_each_manager_has_as_many_as_there_are() -> None:
    assert len(drawn((*MARK[:2], *NINA), seed="x", k=5)) == 7


def test_the_same_draft_given_twice_is_drawn_once() -> None:
    assert len(drawn((*MARK[:2], *MARK[:2]), seed="x", k=5)) == 2


@pytest.mark.parametrize("k", [0, 21])
def test_a_sample_of_none_or_of_very_many_is_refused(k: int) -> None:
    with pytest.raises(UsageError):
        drawn(MARK, seed="x", k=k)


def test_the_week_s_sample_is_of_the_four_weeks_before_it() -> None:
    # Thursday, 5 March 2026: its week began on Monday the 2nd.
    assert usual_seed(date(2026, 3, 5)) == usual_seed(date(2026, 3, 8)) == "2026-03-02"
    assert weeks_before(date(2026, 3, 5)) == Period(first=date(2026, 2, 2), last=date(2026, 3, 1))


def history(*noted: tuple[SampleLookedAt, str]) -> History:
    return tuple(Happened(number=n, author=by, at=AT, what=what) for n, (what, by) in enumerate(noted, start=1))


def noted(call: str = "mark-00", note: str = "asks well", **more: bool) -> SampleLookedAt:
    return SampleLookedAt(call=call, review=2, note=note, sample="2026-03-02", **more)


def test_each_writer_s_last_note_on_a_draft_stands_the_latest_first() -> None:
    again = (noted(note="asks twice"), "vera")
    known = history((noted(), "vera"), (noted("mark-01"), "vera"), again, (noted(), "walt"))
    assert [(each.what.call, each.what.note, each.by) for each in looked_at(known)] == [
        ("mark-00", "asks well", "walt"),
        ("mark-00", "asks twice", "vera"),
        ("mark-01", "asks well", "vera"),
    ]


def test_a_note_on_what_the_manager_never_approved_is_refused() -> None:
    with pytest.raises(UsageError, match="approved no such draft"):
        look_at((), noted("mark-77"), author="vera", reviewed=MARK)


def test_a_note_that_says_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing is noted"):
        look_at((), noted(note="  "), author="vera", reviewed=MARK)


def test_an_answer_alone_is_a_note() -> None:
    assert look_at((), noted(note="", asks=False), author="vera", reviewed=MARK) == noted(note="", asks=False)


def test_the_same_note_again_is_nothing_new_and_somebody_else_s_is() -> None:
    known = history((noted(), "vera"))
    assert look_at(known, noted(), author="vera", reviewed=MARK) is None
    assert look_at(known, noted(), author="walt", reviewed=MARK) == noted()
