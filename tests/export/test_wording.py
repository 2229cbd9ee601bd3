"""Plain words for times, quantities and names."""

from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest

from pipeline.domain.assessment import RejectionReason
from pipeline.domain.metrics import MetricName
from pipeline.domain.phrasing import clock
from pipeline.domain.recording import Mode, Role
from pipeline.domain.rubric import MeasureRule
from pipeline.export.wording import (
    MEASURES,
    MODES,
    REJECTIONS,
    ROLES,
    Unit,
    amount,
    counted,
    moment_of,
    sought,
    unit_of,
)
from tests.export.call import metrics


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "00:00"), (59.99, "00:59"), (60, "01:00"), (754.2, "12:34"), (3599.9, "59:59"), (3661, "1:01:01")],
)
def test_a_clock_names_the_second_that_has_begun(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.631, "ratio", "63%"),
        (4.25, "s", "4.2 s"),
        (59.94, "s", "59.9 s"),
        (59.96, "s", "1:00 min"),
        (72.4, "s", "1:12 min"),
        (3725, "s", "1:02:05 min"),
        (4, "count", "4"),
        (37.4, "1/h", "37 an hour"),
        (148.2, "words/min", "148 words a minute"),
    ],
)
def test_an_amount_has_its_unit(value: float, unit: Unit, shown: str) -> None:
    assert amount(value, unit) == shown


def test_everything_the_domain_names_has_plain_words() -> None:
    assert set(MEASURES) == set(get_args(MetricName))
    assert set(REJECTIONS) == set(get_args(RejectionReason))
    assert set(ROLES) == set(get_args(Role))
    assert set(MODES) == set(Mode)


def test_units_by_name_are_those_of_the_measures() -> None:
    assert {m.name: unit_of(m.name) for m in metrics().measures} == {m.name: m.unit for m in metrics().measures}


def test_a_rule_says_what_it_looks_for() -> None:
    assert sought(MeasureRule(name="rep_talk_ratio", low=0.35, high=0.6)) == "35% to 60%"
    assert sought(MeasureRule(name="longest_rep_monologue_s", high=90)) == "at most 1:30 min"
    assert sought(MeasureRule(name="rep_open_questions", low=3)) == "at least 3"


def test_a_moment_keeps_the_offset_of_its_place() -> None:
    assert moment_of(datetime(2026, 3, 4, 9, 5, tzinfo=UTC)) == "4 March 2026, 09:05 UTC"
    delhi = timezone(timedelta(hours=5, minutes=30))
    assert moment_of(datetime(2026, 3, 14, 17, 0, tzinfo=delhi)) == "14 March 2026, 17:00 UTC+05:30"


def test_a_count_of_one_is_singular() -> None:
    assert [counted(n, "turn") for n in (0, 1, 2)] == ["0 turns", "1 turn", "2 turns"]
