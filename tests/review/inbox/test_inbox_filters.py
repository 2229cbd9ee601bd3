"""Filters stand in addresses: what goes in comes out, and nonsense is refused."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.review.inbox.filters import AGES, Age, CallFilters, InboxFilters, OpenState, Sort

inbox_filters = st.builds(
    InboxFilters,
    rep=st.none() | st.text(min_size=1, max_size=40).filter(lambda t: t.isprintable()),
    stage=st.sampled_from([None, "discovery", "coaching", "-"]),
    state=st.sampled_from([None, *get_args(OpenState)]),
    age=st.sampled_from([None, *get_args(Age)]),
    kind=st.sampled_from([None, "audio", "transcript"]),
    sort=st.sampled_from(get_args(Sort)),
    page=st.integers(1, 100_000),
)


@given(inbox_filters)
def test_filters_come_back_from_their_address(filters: InboxFilters) -> None:
    assert InboxFilters.of(filters.query()) == filters


def test_an_address_without_choices_is_bare() -> None:
    assert InboxFilters().query() == ""
    assert CallFilters(since=date(2026, 3, 1)).query() == "since=2026-03-01"


def test_a_change_leads_to_the_first_page() -> None:
    filters = InboxFilters(rep="anna", page=7)
    assert filters.query(age="older") == "rep=anna&age=older"
    assert filters.query(page=8) == "rep=anna&page=8"
    assert filters.query(rep=None) == ""


def test_fields_that_a_form_sends_empty_are_not_chosen() -> None:
    assert CallFilters.checked({"q": "", "since": "", "stage": "", "mode": ""}) == CallFilters()


@pytest.mark.parametrize(
    "query", ["age=young", "sort=fun", "page=0", "page=x", "colour=red", "rep=" + "a" * 201, "stage=lunch"]
)
def test_what_is_no_filter_is_refused_with_a_hint(query: str) -> None:
    with pytest.raises(UsageError) as refused:
        InboxFilters.of(query)
    assert query.partition("=")[0] in refused.value.message
    assert refused.value.hint


def test_the_ages_leave_no_gap() -> None:
    # Each begins where the one before ends, from 0 to without end.
    assert [begin for _, _, begin, _ in AGES] == [0, 1, 3, 7]
    assert [end for _, _, _, end in AGES] == [1, 3, 7, None]
