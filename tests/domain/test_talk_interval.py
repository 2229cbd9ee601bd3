"""The interval of a talk ratio: its ends by hand, its laws, and every reason for which there is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.metrics import Measure
from pipeline.domain.talk_interval import (
    Bounds,
    IntervalRule,
    Rules,
    Times,
    bounds_of,
    logit,
    parse_rules,
    shipped_rules,
    talk_interval,
    widening,
)
from pipeline.errors import UsageError

RULE = IntervalRule(quantile=math.log(1.5), settled_s=60, shortest_s=10, voices=2, n_calls=20, how="by hand")
RULES: Rules = {"voices": RULE, "transcript": RULE.model_copy(update={"voices": None})}


def given_for(
    ratio: float = 0.5, *, times: Times | None = "voices", speech_s: float = 60, n_voices: int = 2
) -> Bounds | str:
    return talk_interval(ratio, times=times, speech_s=speech_s, n_voices=n_voices, rules=RULES)


def test_ends_are_the_odds_times_and_over_the_quantiles_factor() -> None:
    # Odds 1 times and over 1.5: 1.5 / 2.5 = 0.6 and (1 / 1.5) / (1 + 1 / 1.5) = 0.4.
    assert given_for() == Bounds(low=0.4, high=0.6)
    # Odds 0.8 / 0.2 = 4: 6 / 7 = 0.857.. and 2.667 / 3.667 = 0.727.., rounded outwards.
    assert given_for(0.8) == Bounds(low=0.727, high=0.858)


def test_a_quarter_of_the_settled_speech_doubles_the_logits() -> None:
    # sqrt(60 / 15) = 2, so the factor is 1.5 ** 2 = 2.25: 2.25 / 3.25 = 0.692.., 1 / 3.25 = 0.307..
    assert given_for(speech_s=15) == Bounds(low=0.307, high=0.693)


def test_more_speech_than_was_calibrated_on_gets_no_narrower_interval() -> None:
    assert given_for(speech_s=3600) == given_for(speech_s=60)


def test_widening_of_no_speech_is_finite() -> None:
    assert widening(60, 0) == pytest.approx(math.sqrt(600))


@pytest.mark.parametrize("ratio", [0.0, 1.0])
def test_one_side_alone_has_finite_ends_that_hold_the_ratio(ratio: float) -> None:
    bounds = bounds_of(ratio, RULE, speech_s=60)
    assert 0 <= bounds.low <= ratio <= bounds.high <= 1
    assert math.isfinite(logit(ratio))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (given_for(times=None), "it is not known how the times were had"),
        (given_for(times="channels"), "too few calls of this kind have a known truth"),
        (given_for(speech_s=9.9), "nothing with under 10 s of speech was calibrated"),
        (given_for(n_voices=3), "calibrated on 2 voices, and here are 3"),
    ],
)
def test_without_a_calibration_there_is_a_reason_and_no_interval(found: Bounds | str, told: str) -> None:
    assert isinstance(found, str)
    assert told in found


def test_the_number_of_voices_does_not_matter_where_a_rule_names_none() -> None:
    assert isinstance(given_for(times="transcript", n_voices=5), Bounds)


@given(ratio=st.floats(0, 1), speech_s=st.floats(10, 10_000), quantile=st.floats(0.001, 5))
def test_laws_of_any_interval(ratio: float, speech_s: float, quantile: float) -> None:
    bounds = bounds_of(ratio, RULE.model_copy(update={"quantile": quantile}), speech_s=speech_s)
    assert 0 <= bounds.low <= ratio <= bounds.high <= 1
    mirrored = bounds_of(1 - ratio, RULE.model_copy(update={"quantile": quantile}), speech_s=speech_s)
    # Which side is called the rep does not matter, up to a thousandth of rounding outwards.
    assert mirrored.low == pytest.approx(1 - bounds.high, abs=0.0021)
    more = bounds_of(ratio, RULE.model_copy(update={"quantile": quantile}), speech_s=2 * speech_s)
    assert more.high - more.low <= bounds.high - bounds.low + 1e-9


class TestShippedRules:
    def test_every_kind_rests_on_calls_and_says_on_which(self) -> None:
        for rule in shipped_rules().values():
            assert rule.n_calls >= 20
            assert "simulated" in rule.how

    def test_speech_that_a_model_had_to_find_is_trusted_less_than_stated_times(self) -> None:
        rules = shipped_rules()
        assert set(rules) == {"channels", "voices", "transcript"}
        assert rules["transcript"].quantile < min(rules["channels"].quantile, rules["voices"].quantile)

    def test_rules_of_two_voices_do_not_speak_of_three(self) -> None:
        found = talk_interval(0.5, times="voices", speech_s=600, n_voices=3)
        assert isinstance(found, str)


class TestRulesOfAFile:
    def test_a_kind_without_a_table_has_no_rule(self) -> None:
        text = '[voices]\nquantile = 0.4\nsettled_s = 60.0\nshortest_s = 20\nn_calls = 30\nhow = "so"\n'
        assert parse_rules(text) == {
            "voices": IntervalRule(quantile=0.4, settled_s=60, shortest_s=20, n_calls=30, how="so")
        }
        assert parse_rules("# nothing yet\n") == {}

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("[voices]\nquantile = 0\n", "quantile"),
            ("[voices", "Expected"),
            ("[guesses]\nquantile = 1\n", "no kind of times called guesses"),
        ],
    )
    def test_a_wrong_file_is_refused_with_what_is_wrong(self, text: str, told: str) -> None:
        with pytest.raises(UsageError, match=told):
            parse_rules(text)


class TestMeasure:
    def test_an_interval_holds_the_value(self) -> None:
        kept = Measure(name="rep_talk_ratio", value=0.58, unit="ratio", low=0.52, high=0.64)
        assert (kept.low, kept.high) == (0.52, 0.64)

    @pytest.mark.parametrize(
        ("value", "low", "high"), [(0.5, 0.4, None), (0.5, None, 0.6), (0.5, 0.6, 0.7), (None, 0.4, 0.6)]
    )
    def test_half_an_interval_or_one_beside_the_value_is_refused(
        self, value: float | None, low: float | None, high: float | None
    ) -> None:
        with pytest.raises(ValueError, match="both ends and holds the value"):
            Measure(name="rep_talk_ratio", value=value, unit="ratio", low=low, high=high)
