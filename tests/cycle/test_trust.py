"""Readings of trust: marked by a person, of one rep, one after the other."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.trust import LEVELS, read_trust, trust
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.own import TrustLevel, TrustRead

AT = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def stream(*levels: tuple[str, TrustLevel]) -> History:
    return tuple(
        Happened(number=n, author="mark", at=AT + timedelta(days=n), what=TrustRead(rep=rep, level=level))
        for n, (rep, level) in enumerate(levels, start=1)
    )


def test_readings_move_from_the_one_before_of_the_same_rep() -> None:
    history = stream(("anna", "bronze"), ("bert", "gold"), ("anna", "silver"), ("anna", "silver"), ("anna", "bronze"))
    assert [(r.number, r.level, r.moved) for r in trust(history, "anna")] == [
        (1, "bronze", "first"), (3, "silver", "up"), (4, "silver", "same"), (5, "bronze", "down"),
    ]  # fmt: skip
    assert [r.moved for r in trust(history, "bert")] == ["first"]


def test_nothing_is_read_where_nobody_marked_anything() -> None:
    assert trust((), "anna") == ()


def test_the_same_mark_again_adds_nothing_and_a_new_note_does() -> None:
    history = stream(("anna", "silver"))
    assert read_trust(history, "anna", "silver", "  ") is None
    assert read_trust(history, "anna", "silver", "asked me for help") is not None
    assert read_trust(history, "bert", "silver") == TrustRead(rep="bert", level="silver")


@given(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=12))
def test_ups_less_downs_lead_from_the_first_level_towards_the_last(levels: list[TrustLevel]) -> None:
    found = trust(stream(*(("anna", level) for level in levels)), "anna")
    for before, after in pairwise(found):
        step = LEVELS.index(after.level) - LEVELS.index(before.level)
        assert after.moved == ("same" if step == 0 else "up" if step > 0 else "down")
    assert [reading.level for reading in found] == levels
