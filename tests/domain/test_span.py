"""Spans: rounding, overlap, union; each instant is counted once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.domain.span import Span, shared, total, union

spans = st.tuples(st.integers(0, 100_000), st.integers(0, 20_000)).map(
    lambda pair: Span(start=pair[0] / 1000, end=(pair[0] + pair[1]) / 1000)
)


def test_times_are_rounded_to_a_millisecond_once() -> None:
    span = Span(start=1.00049, end=2.0005001)
    assert (span.start, span.end) == (1.0, 2.001)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValidationError, match="end before it starts"):
        Span(start=2, end=1)


def test_spans_that_touch_do_not_overlap_and_become_one() -> None:
    left, right = Span(start=0, end=1), Span(start=1, end=2)
    assert left.overlap(right) == 0
    assert union([right, left]) == (Span(start=0, end=2),)


def test_total_counts_shared_time_once() -> None:
    # 0-3 and 2-5 cover 0-5; 7-8 adds 1: 6 seconds.
    assert total([Span(start=0, end=3), Span(start=2, end=5), Span(start=7, end=8)]) == 6.0


def test_shared_time_of_two_sides() -> None:
    # 0-4 and 6-9 against 3-7: 3-4 and 6-7.
    found = shared([Span(start=0, end=4), Span(start=6, end=9)], [Span(start=3, end=7)])
    assert found == (Span(start=3, end=4), Span(start=6, end=7))


@given(st.lists(spans, max_size=12))
def test_union_covers_no_less_than_the_longest_and_no_more_than_the_sum(found: list[Span]) -> None:
    covered = total(found)
    assert covered <= sum(s.duration for s in found) + 1e-6
    assert covered >= max((s.duration for s in found), default=0.0) - 1e-6


@given(st.lists(spans, max_size=12))
def test_union_is_in_order_and_apart(found: list[Span]) -> None:
    merged = union(found)
    assert all(a.end < b.start for a, b in pairwise(merged))


@given(st.lists(spans, max_size=8), st.lists(spans, max_size=8))
def test_shared_and_union_add_up_to_both_sides(left: list[Span], right: list[Span]) -> None:
    # |A| + |B| = |A or B| + |A and B|
    both = total([*left, *right]) + total(shared(left, right))
    assert both == pytest.approx(total(left) + total(right), abs=1e-6)
