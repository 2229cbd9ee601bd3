"""When a run is worse than another one, and when that is only chance."""

from collections.abc import Sequence

import pytest

from evals.comparing import Comparison, compare
from evals.measures import Measure, Unit
from evals.running import Findings
from evals.suites import SuiteName, SuiteResult
from pipeline.errors import UsageError


def findings(*measures: Measure, suite: SuiteName = "questions") -> Findings:
    return Findings(suites=(SuiteResult(suite=suite, measures=measures),), reader="similarity", code_sha256="0" * 64)


def measure(parts: Sequence[tuple[float, ...]], *, name: str = "questions.phone.f1", **fields: object) -> Measure:
    units = tuple(Unit(id=f"call-{i:02}", parts=part) for i, part in enumerate(parts))
    known = {"name": name, "about": "a measure", "of": "lines", "n": 10, "units": units}
    return Measure.model_validate({**known, **fields})


def one(before: Measure, after: Measure) -> Comparison:
    return compare(findings(before), findings(after))


GOOD = [(9.0, 10.0)] * 6 + [(8.0, 10.0)] * 6
WORSE = [(a - 2, b) for a, b in GOOD]


def test_an_equal_run_passes() -> None:
    (change,) = one(measure(GOOD), measure(GOOD)).changes
    assert (change.outcome, change.difference, change.loses) == ("equal", 0.0, False)


def test_a_loss_in_every_call_is_named() -> None:
    found = one(measure(GOOD), measure(WORSE))
    (loss,) = found.losses
    # (6 * 9 + 6 * 8) / 120 = 0.85 before, 0.2 less in each of the twelve calls after
    assert (loss.name, loss.outcome) == ("questions.phone.f1", "worse")
    assert loss.before == pytest.approx(0.85)
    assert loss.difference == pytest.approx(-0.2)
    assert loss.low == pytest.approx(-0.2)


def test_a_gain_is_no_loss() -> None:
    (change,) = one(measure(WORSE), measure(GOOD)).changes
    assert (change.outcome, change.loses) == ("better", False)


def test_where_less_is_better_a_rise_is_the_loss() -> None:
    (change,) = one(measure(WORSE, better="less"), measure(GOOD, better="less")).changes
    assert (change.outcome, change.loses) == ("worse", True)
    assert one(measure(GOOD, better="less"), measure(WORSE, better="less")).losses == ()


def test_what_only_describes_stops_nothing() -> None:
    (change,) = one(measure(GOOD, better="neither"), measure(WORSE, better="neither")).changes
    assert (change.outcome, change.loses) == ("different", False)


def test_ups_and_downs_that_cancel_are_chance() -> None:
    after = [(a + (0.5 if i % 2 else -0.5), b) for i, (a, b) in enumerate(GOOD)]
    (change,) = one(measure(GOOD), measure(after)).changes
    assert (change.outcome, change.loses) == ("same", False)


def test_calls_are_compared_with_themselves_so_that_hard_ones_hide_nothing() -> None:
    # the calls lie far apart, 0.1 to 0.9, yet each loses 0.02
    before = [(float(i), 10.0) for i in range(1, 10)]
    after = [(a - 0.2, b) for a, b in before]
    (change,) = one(measure(before), measure(after)).changes
    assert change.loses


def test_a_loss_that_stands_alone_stops_the_gate_and_among_forty_measures_does_not() -> None:
    # ten of twelve calls fall by 0.02 and two rise by 0.03: alone more than chance (p below 0.05), but of forty
    # measures that only go up and down, one does that now and then, and Holm asks for 0.05 / 40 of the first
    start, changed = [(9.0, 10.0)] * 12, [(8.8, 10.0)] * 10 + [(9.3, 10.0)] * 2
    (alone,) = one(measure(start), measure(changed)).losses
    assert 0.05 / 40 < alone.p < 0.05
    moved = [(9.0 + (0.3 if i % 2 else -0.3), 10.0) for i in range(12)]
    names = [f"questions.phone.m{i}" for i in range(39)]
    before = findings(measure(start), *(measure(start, name=name) for name in names))
    after = findings(measure(changed), *(measure(moved, name=name) for name in names))
    assert compare(before, after).losses == ()


def test_a_measure_that_is_gone_is_a_loss() -> None:
    kept = measure(GOOD, name="questions.phone.recall")
    found = compare(findings(measure(GOOD), kept), findings(kept))
    (loss,) = found.losses
    assert (loss.name, loss.outcome) == ("questions.phone.f1", "gone")


def test_a_measure_that_lost_its_value_is_a_loss() -> None:
    (loss,) = one(measure(GOOD), measure([(0.0, 0.0)] * 12)).losses
    assert loss.outcome == "gone"


def test_a_measure_without_a_value_in_either_run_has_not_changed() -> None:
    (change,) = one(measure([(0.0, 0.0)] * 6), measure([(0.0, 0.0)] * 6)).changes
    assert (change.outcome, change.loses) == ("same", False)


def test_a_new_measure_is_no_loss() -> None:
    found = compare(findings(), findings(measure(GOOD)))
    assert [(c.outcome, c.loses) for c in found.changes] == [("new", False)]


def test_only_the_suites_of_both_are_compared() -> None:
    speech = SuiteResult(suite="speech", measures=(measure(GOOD, name="speech.calls.wer"),))
    questions = SuiteResult(suite="questions", measures=(measure(GOOD),))
    whole = Findings(suites=(speech, questions), reader="similarity", code_sha256="0" * 64)
    part = Findings(suites=(questions,), reader="similarity", code_sha256="0" * 64)
    assert [change.name for change in compare(whole, part).changes] == ["questions.phone.f1"]


def test_runs_without_a_common_suite_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="no suite in common"):
        compare(findings(suite="speech"), findings(suite="drafts"))


def test_new_calls_play_no_part_and_are_counted() -> None:
    after = [*GOOD, (0.0, 10.0)]
    (change,) = one(measure(GOOD), measure(after)).changes
    assert (change.outcome, change.n_units, change.n_left_out) == ("equal", 12, 0)
    (change,) = one(measure(after), measure(GOOD)).changes
    assert (change.outcome, change.n_units, change.n_left_out) == ("equal", 12, 1)


@pytest.mark.parametrize(
    ("after", "outcome", "loses"),
    [(0.89, "too_few", False), (0.87, "worse", True), (0.93, "better", False)],
)
def test_with_few_units_a_stated_tolerance_decides(after: float, outcome: str, loses: bool) -> None:
    # a share may fall by 0.02 where three recordings are too few for an interval
    (change,) = one(measure([(0.9, 1.0)] * 3), measure([(after, 1.0)] * 3)).changes
    assert (change.outcome, change.loses) == (outcome, loses)
    assert "too few for an interval" in change.reason


def test_seconds_have_their_own_tolerance() -> None:
    def of(seconds: float) -> Measure:
        return measure([(seconds, 1.0)], unit="s", better="less")

    assert one(of(0.1), of(0.15)).losses == ()
    assert [loss.name for loss in one(of(0.1), of(0.25)).losses] == ["questions.phone.f1"]


def test_a_measure_that_is_counted_in_another_way_is_not_compared() -> None:
    (change,) = one(measure(GOOD), measure([(1.0, 0.3)] * 12, statistic="auc")).changes
    assert change.outcome == "new"
    assert "another way" in change.reason
