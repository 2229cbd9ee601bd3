"""What a measure may be held against: nothing without calls, nothing without a source."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.domain.ranges import Baseline, PublishedRange, Source

SOURCE = {
    "author": "A. Writer",
    "title": "Talk in calls",
    "year": 2016,
    "address": "https://example.org/talk",
    "sample": "recorded calls of one company",
    "n": 120,
}
DAYS = {"since": date(2026, 1, 1), "until": date(2026, 2, 1)}


def published(**fields: Any) -> PublishedRange:
    given = {"measure": "rep_talk_ratio", "low": 0.4, "high": 0.5, "says": "usual", "source": SOURCE}
    return PublishedRange.model_validate({**given, **fields})


def test_a_range_with_its_source_stands() -> None:
    assert published().source == Source.model_validate(SOURCE)


@pytest.mark.parametrize("gone", sorted(SOURCE))
def test_a_range_whose_source_lacks_anything_does_not_stand(gone: str) -> None:
    with pytest.raises(ValidationError):
        published(source={name: value for name, value in SOURCE.items() if name != gone})


@pytest.mark.parametrize(
    "fields", [{"source": None}, {"low": 0.6}, {"measure": "charm"}, {"source": {**SOURCE, "n": 1}}, {"says": ""}]
)
def test_what_is_no_range_does_not_stand(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        published(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"n": 4, "low": 1, "median": 2, "high": 3, **DAYS},
        {"n": 5, "low": 1, "median": 4, "high": 3, **DAYS},
        {"n": 5, "low": 1, "high": 3, **DAYS},
        {"n": 5, "low": 1, "median": 2, "high": 3},
        {"n": 5},
        {"n": 9, "absent": "few_colleagues", "median": 2},
    ],
)
def test_what_is_no_baseline_does_not_stand(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Baseline.model_validate({"of": "rep", **fields})


def test_a_baseline_says_why_it_has_no_figures() -> None:
    assert Baseline(of="team", n=0, absent="few_calls").median is None
    assert Baseline(of="team", n=50, absent="few_colleagues").median is None
