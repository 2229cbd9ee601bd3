"""Reports of repeatability add up, and say which behaviours are too unsteady for a draft."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.domain.stability import FlipRate, Repeatability, Stability, Withheld, listed, of_rubric, unsteady


def rate(name: str, flips: int, pairs: int) -> FlipRate:
    return FlipRate(id=name, flips=flips, pairs=pairs, calls=min(pairs, 1), rate=flips / pairs if pairs else None)


def names(found: tuple[Withheld, ...]) -> list[str]:
    return [each.behaviour for each in found]


ROWS = (rate("steady", 0, 30), rate("at_limit", 6, 30), rate("above", 7, 30), rate("few", 3, 5), rate("none", 0, 0))


def test_a_rate_above_the_limit_withholds_and_one_at_it_does_not() -> None:
    # 7 of 30 is 0.233, 6 of 30 exactly 0.2
    assert names(unsteady(ROWS, by="readings", limit=0.2, pairs=6)) == ["above"]


def test_too_few_pairs_say_nothing() -> None:
    assert names(unsteady(ROWS, by="readings", limit=0.2, pairs=5)) == ["above", "few"]


def test_why_tells_the_counts_and_the_kind() -> None:
    (found,) = unsteady([rate("above", 7, 30)], by="readings", limit=0.2, pairs=6)
    assert (found.cause, found.why) == ("readings", "7 of 30 pairs of readings differ: 23%, above 20%")
    (changed,) = unsteady([rate("above", 7, 30)], by="transcripts", limit=0.2, pairs=6)
    assert changed.cause == "transcripts"
    assert "slightly changed transcript" in changed.why


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8), st.floats(0, 1), st.floats(0, 1))
def test_a_lower_limit_never_withholds_less(counts: list[tuple[int, int]], one: float, other: float) -> None:
    rows = [rate(f"b{n}", min(flips, pairs), pairs) for n, (flips, pairs) in enumerate(counts)]
    low, high = sorted((one, other))
    strict = names(unsteady(rows, by="readings", limit=low, pairs=1))
    assert set(names(unsteady(rows, by="readings", limit=high, pairs=1))) <= set(strict)


def test_a_behaviour_stands_once_and_what_a_person_listed_comes_first() -> None:
    both = (*unsteady([rate("above", 7, 30)], by="readings", limit=0.2, pairs=6), *listed(["other", "above"]))
    kept = of_rubric(both, {"above", "other"})
    assert [(each.behaviour, each.cause) for each in kept] == [("other", "setting"), ("above", "setting")]


def test_behaviours_of_another_rubric_are_left_out() -> None:
    assert of_rubric(listed(["mine", "not_mine"]), {"mine"}) == listed(["mine"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"flips": 4, "pairs": 3, "rate": 1.0},
        {"flips": 1, "pairs": 3, "rate": None},
        {"flips": 0, "pairs": 0, "rate": 0.0},
        {"flips": 1, "pairs": 3, "rate": 0.5},
    ],
)
def test_a_rate_that_its_counts_do_not_give_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FlipRate.model_validate({"id": "x", "calls": 1, **wrong})


def stability(*rows: FlipRate) -> Stability:
    return Stability(overall=rate("all", 0, 0), behaviours=rows, levels=(), quotes=rate("all", 0, 0))


def report(k: int = 3, **fields: object) -> Repeatability:
    known = {"reader": "r", "rubric": "test_rubric", "rubric_version": 1, "rubric_reads": "a" * 64, "n_calls": 2}
    return Repeatability.model_validate({**known, "k": k, "at": datetime(2026, 3, 5, tzinfo=UTC), **fields})


def test_a_report_is_read_back_as_it_was_written() -> None:
    made = report(readings=stability(*ROWS), transcripts=stability(ROWS[0]))
    assert Repeatability.model_validate_json(made.model_dump_json()) == made


def test_both_kinds_are_found_apart() -> None:
    made = report(readings=stability(ROWS[0]), transcripts=stability(ROWS[1]))
    found = [made.found("readings"), made.found("transcripts")]
    assert [each.behaviours[0].id for each in found if each] == ["steady", "at_limit"]
    assert report().found("readings") is None


def test_a_single_reading_cannot_differ_from_itself() -> None:
    with pytest.raises(ValidationError, match="at least two"):
        report(k=1, readings=stability())


def test_a_report_of_a_later_form_is_not_guessed_at() -> None:
    with pytest.raises(ValidationError):
        report(format=2)
