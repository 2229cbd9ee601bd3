"""Calibration: quantiles and halves by hand, the law that conformal intervals cover, and the file that is written."""

import math
import random
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.calibration import (
    LEAST_CALLS,
    Coverage,
    calibrated,
    conformal_quantile,
    coverage,
    errors_table,
    halves,
    heard_points,
    rule_of,
    table,
    to_toml,
    with_rule,
)
from evals.talk_ratio import CalibrationPoint, Kind
from pipeline.domain.talk_interval import logit, parse_rules
from tests.evals.sounds import Hearing, bursts, segments, textgrid, write_wave


def made(
    n: int, *, kind: Kind = "voices", off: float = 0.1, real: bool = False, speech_s: float = 60
) -> tuple[CalibrationPoint, ...]:
    """Points of calls of their own, the i-th off by i/n of this many logits from a truth of a half."""
    return tuple(
        CalibrationPoint(
            call=f"c{i}",
            group=f"g{i}",
            kind=kind,
            truth=0.5,
            estimate=1 / (1 + math.exp(-off * i / n)),
            speech_s=speech_s,
            real=real,
        )
        for i in range(1, n + 1)
    )


class TestQuantile:
    def test_of_nine_it_is_the_largest_and_of_nineteen_the_eighteenth(self) -> None:
        # ceil(0.9 * 10) = 9, ceil(0.9 * 20) = 18, ceil(0.9 * 100) = 90.
        assert conformal_quantile([float(i) for i in range(9, 0, -1)]) == 9
        assert conformal_quantile([float(i) for i in range(1, 20)]) == 18
        assert conformal_quantile([float(i) for i in range(1, 100)]) == 90

    def test_fewer_than_nine_have_none(self) -> None:
        assert conformal_quantile([1.0] * 8) is None
        assert conformal_quantile([]) is None

    def test_it_bounds_nine_of_ten_further_errors(self) -> None:
        # The law of split conformal: P(next <= quantile) >= 0.9 whatever the distribution, here a heavy-tailed one.
        draw = random.Random(0)
        held = []
        for _ in range(2000):
            errors = [abs(draw.gauss(0, 1)) ** 3 for _ in range(26)]
            bound = conformal_quantile(errors[:25])
            assert bound is not None
            held.append(errors[25] <= bound)
        # With 25 it is the 24th of 26 places: 24 / 26 = 0.923; 2000 draws have a standard error of 0.006.
        assert mean(held) == pytest.approx(24 / 26, abs=0.02)


class TestHalves:
    def test_calls_of_one_consultation_are_in_one_half(self) -> None:
        points = [p.model_copy(update={"group": f"g{i // 3}"}) for i, p in enumerate(made(30))]
        ours, others = halves(points)
        assert len(ours) == len(others) == 15
        assert not {p.group for p in ours} & {p.group for p in others}

    @given(st.lists(st.sampled_from([f"g{i}" for i in range(12)]), max_size=40))
    def test_every_point_is_in_exactly_one_half(self, groups: list[str]) -> None:
        points = [made(1)[0].model_copy(update={"group": g, "call": f"c{i}"}) for i, g in enumerate(groups)]
        ours, others = halves(points)
        assert sorted(p.call for p in (*ours, *others)) == sorted(p.call for p in points)
        assert 0 <= len({p.group for p in ours}) - len({p.group for p in others}) <= 1


class TestRule:
    def test_the_quantile_is_that_of_the_logits(self) -> None:
        # 29 errors of 0.01, 0.02, ... 0.29 logits: the ceil(0.9 * 30) = 27th is 0.27.
        rule = rule_of("voices", made(29, off=0.29))
        assert rule is not None
        assert rule.quantile == pytest.approx(0.27, abs=0.0011)
        assert (rule.n_calls, rule.shortest_s, rule.voices) == (29, 60, 2)

    def test_errors_of_short_calls_count_for_less(self) -> None:
        # 15 s of speech may be twice as wrong as 60 s: sqrt(60 / 15) = 2.
        rule = rule_of("voices", made(29, off=0.29, speech_s=15))
        assert rule is not None
        assert rule.quantile == pytest.approx(0.135, abs=0.0011)
        assert rule.shortest_s == 15

    def test_too_few_calls_make_no_rule_and_those_without_estimate_are_none(self) -> None:
        assert rule_of("voices", made(LEAST_CALLS - 1)) is None
        withheld = tuple(p.model_copy(update={"estimate": None}) for p in made(5))
        assert rule_of("voices", (*made(LEAST_CALLS - 1), *withheld)) is None
        kept = rule_of("voices", (*made(LEAST_CALLS), *withheld))
        assert kept is not None
        assert kept.n_calls == LEAST_CALLS

    def test_a_transcript_may_have_any_number_of_speakers(self) -> None:
        rule = rule_of("transcript", made(20, kind="transcript"))
        assert rule is not None
        assert rule.voices is None

    def test_a_rule_gives_a_point_its_interval_and_too_little_speech_gets_none(self) -> None:
        rule = rule_of("voices", made(29, off=0.29))
        assert rule is not None
        point = made(1, off=0.2)[0]
        within = with_rule(point, rule)
        assert within.covered is True
        assert with_rule(point.model_copy(update={"truth": 0.4}), rule).covered is False
        assert with_rule(point.model_copy(update={"speech_s": 59.0}), rule).low is None
        assert with_rule(within, None).low is None


class TestCoverage:
    def test_counts_are_of_intervals_and_the_rest_is_told(self) -> None:
        first, *others = made(4)
        points = [
            first.model_copy(update={"low": 0.4, "high": 0.6}),
            others[0].model_copy(update={"low": 0.51, "high": 0.59}),
            others[1],
        ]
        found = coverage(points)
        assert (found.held, found.n, found.without) == (1, 2, 1)
        assert found.mean_width == pytest.approx(0.14)
        assert found.value == 0.5

    def test_of_nothing_there_is_no_share_and_of_all_the_bounds_do_not_shrink_to_one(self) -> None:
        assert (coverage([]).value, coverage([]).bounds) == (None, None)
        bounds = Coverage(held=20, n=20, without=0, mean_width=0.1).bounds
        # Wilson for 20 of 20: 20 / (20 + 1.96 ** 2) = 0.839.
        assert bounds == pytest.approx((0.839, 1.0), abs=0.001)


class TestCalibrated:
    def test_each_kind_has_its_own_rule_and_real_calls_make_none(self) -> None:
        points = [*made(60), *made(60, kind="transcript", off=0.02), *made(40, kind="channels", real=True)]
        found = {c.kind: c for c in calibrated(points)}
        assert found["channels"].rule is None
        assert [len(found["channels"].real), len(found["channels"].checked)] == [40, 0]
        voices, transcript = found["voices"].rule, found["transcript"].rule
        assert voices is not None
        assert transcript is not None
        assert (voices.n_calls, transcript.n_calls) == (60, 60)
        assert voices.quantile > 3 * transcript.quantile
        assert coverage(found["voices"].checked).n == 60

    def test_a_call_is_checked_by_the_rule_of_the_half_it_is_not_in(self) -> None:
        # One half is off by 1 point and the other by 10: by the other's rule all of the first hold, none of the second.
        first, second = halves(made(60))
        points = [p.model_copy(update={"estimate": 0.51}) for p in first]
        points += [p.model_copy(update={"estimate": 0.6}) for p in second]
        (found,) = [c for c in calibrated(points) if c.kind == "voices"]
        held = {p.call: p.covered for p in found.checked}
        assert {held[p.call] for p in first} == {True}
        assert {held[p.call] for p in second} == {False}

    def test_what_is_written_is_what_the_pipeline_reads(self) -> None:
        found = calibrated([*made(60), *made(60, kind="transcript")])
        assert parse_rules(to_toml(found)) == {c.kind: c.rule for c in found if c.rule is not None}

    def test_the_table_has_a_line_a_kind_and_says_where_there_is_no_rule(self) -> None:
        shown = table(calibrated(made(60)))
        assert "60 " in next(line for line in shown.splitlines() if line.startswith("voices"))
        assert "no rule" in next(line for line in shown.splitlines() if line.startswith("channels"))

    def test_errors_are_told_in_points(self) -> None:
        turns = [CalibrationPoint(call="a", kind="transcript", truth=0.5, estimate=0.51)]
        shown = errors_table(turns, [])
        assert "timed turns: 1 calls, mean error 1.00 points" in shown
        assert errors_table([], []) == "no consultations here"


class TestHeard:
    def test_simulated_calls_and_recordings_are_heard_and_no_more_than_asked_for(self, tmp_path: Path) -> None:
        write_wave(tmp_path / "audio" / "call" / "agent.wav", bursts(60, (0, 20)))
        write_wave(tmp_path / "audio" / "call" / "caller.wav", bursts(60, (20, 50)))
        for name in "ab":
            folder = tmp_path / "labelled" / "consultations"
            textgrid(folder / f"{name}_doctor.TextGrid", "Doctor", (0, 20, "Hello."), (20, 40, ""))
            textgrid(folder / f"{name}_patient.TextGrid", "Patient", (0, 20, ""), (20, 40, "Hi."))
        ears = Hearing(
            channels=[*segments("ch0", (0, 20)), *segments("ch1", (20, 40))],
            mix=[*segments("S1", (0, 20)), *segments("S2", (20, 40))],
        )
        found = heard_points(tmp_path, ears, calls=3, demo=None)
        assert [p.call for p in found if p.kind == "voices"] == ["a-0", "b-0", "a-1", "call"]
        assert [p.real for p in found if p.kind == "channels"] == [False, False, False, True]

    def test_without_data_there_are_no_points(self, tmp_path: Path) -> None:
        assert heard_points(tmp_path, Hearing(), calls=3, demo=None) == ()


def test_logits_of_made_points_are_what_they_say() -> None:
    assert logit(made(2, off=0.2)[0].estimate or 0) == pytest.approx(0.1)
