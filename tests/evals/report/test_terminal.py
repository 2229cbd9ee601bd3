"""The table for the terminal and for Markdown."""

from io import StringIO

import pytest
from rich.console import Console, RenderableType

from evals.comparing import Change, Comparison
from evals.measures import Measure
from evals.report.terminal import markdown, runs_table, summary, table
from evals.running import EvaluationRun
from tests.evals.report.example import record_of, result, run_of
from tests.evals.report.example_measures import even


def printed(what: RenderableType, width: int) -> list[str]:
    out = StringIO()
    Console(file=out, width=width, color_system=None).print(what)
    return out.getvalue().splitlines()


def row(lines: list[str], name: str) -> list[str]:
    return next(line.split() for line in lines if line.split()[:1] == [name])


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_is_wider_than_the_terminal_and_no_name_is_broken(
    run: EvaluationRun, comparison: Comparison, width: int
) -> None:
    lines = printed(table(run, changes=comparison.changes), width)
    assert max(map(len, lines)) <= width
    # A line each, one for the head and one for the key, and one for every collection of a suite.
    collections = {name.rsplit(".", name.count(".") - 1)[0] for name in run.findings.measures}
    assert len(lines) == len(run.findings.measures) + len(collections) + 2


def test_a_line_tells_value_interval_count_target_and_change() -> None:
    # 8 of 10 in each of 6 units: .800, and every draw is the same.
    measure = even("questions.phone.f1.marks", units=6, target=0.82)
    changes = (Change(name=measure.name, outcome="worse", difference=-0.05, loses=True),)
    lines = printed(table(run_of(result("questions", (measure,))), changes=changes), 80)
    assert "Questions on phone" in lines[1]
    assert row(lines, "f1.marks") == ["f1.marks", ".800", ".800–.800", "60", "◆", ".820", "◆", "-.050", "worse"]


def test_baseline_and_people_need_a_wide_terminal() -> None:
    measure = even("questions.phone.f1", baseline=0.67, baseline_is="a bare ?", people=0.9)
    found = run_of(result("questions", (measure,)))
    assert "baseline" not in printed(table(found), 80)[0]
    wide = printed(table(found), 120)
    assert wide[0].split() == ["measure", "ours", "95%", "n", "baseline", "people", "target"]
    assert row(wide, "f1") == ["f1", ".800", ".800–.800", "50", ".670", ".900"]


def test_what_has_no_value_has_no_number() -> None:
    empty = Measure(name="speech.silence.wer", about="of nothing", units=(), n=0, of="words")
    found = run_of(result("speech", (empty,)))
    assert row(printed(table(found), 80), "wer") == ["wer", "–", "0"]
    assert row(printed(table(found), 120), "wer")[:3] == ["wer", "not", "defined"]


@pytest.mark.parametrize(
    ("unit", "text"), [("share", ".800"), ("points", "0.80 pt"), ("s", "0.80 s"), ("words", "0.8 w")]
)
def test_values_carry_their_unit(unit: str, text: str) -> None:
    lines = printed(table(run_of(result("speech", (even("speech.phone.error", unit=unit),)))), 80)
    assert f" {text} " in next(line for line in lines if "error" in line)


def test_an_equal_measure_says_so_and_a_same_one_shows_its_difference() -> None:
    measures = even("speech.phone.a"), even("speech.phone.b")
    changes = (
        Change(name="speech.phone.a", outcome="equal", difference=0.0),
        Change(name="speech.phone.b", outcome="same", difference=0.004),
    )
    lines = printed(table(run_of(result("speech", measures)), changes=changes), 80)
    assert row(lines, "a")[-2:] == ["–", "equal"]
    assert row(lines, "b")[-2:] == ["–", "+.004"]


def test_each_suite_is_summed_up_in_a_line(run: EvaluationRun) -> None:
    lines = [line.plain for line in summary(run)]
    assert [line.partition(":")[0] for line in lines] == ["Speech", "Questions", "Behaviours", "Drafts"]


def test_markdown_has_a_line_for_each_measure(run: EvaluationRun) -> None:
    lines = markdown(run).splitlines()
    assert len(lines) == 2 + len(run.findings.measures)
    for line, name in zip(lines[2:], run.findings.measures, strict=True):
        assert line.startswith(f"| `{name}` | ")
        assert line.count(" | ") == 6


def test_markdown_tells_the_baseline_and_the_target() -> None:
    measure = even("questions.phone.f1", units=6, baseline=0.67, baseline_is="a bare ?", people=0.9, target=0.8)
    told = (
        "| `questions.phone.f1` | .800 | .800 to .800 | 60 lines in 6 units | .670 (a bare ?) | .900 | .800 reached |"
    )
    assert markdown(run_of(result("questions", (measure,)))).splitlines()[2] == told


def test_a_bar_in_a_text_does_not_end_a_cell() -> None:
    measure = even("questions.phone.f1", of="a|b <i>", baseline=0.5, baseline_is="[x](y) *z*")
    line = markdown(run_of(result("questions", (measure,)))).splitlines()[2]
    assert "a\\|b \\<i>" in line
    assert "\\[x\\](y) \\*z\\*" in line


def test_runs_of_a_history_are_told_with_whole_ids(before: EvaluationRun, run: EvaluationRun) -> None:
    lines = printed(runs_table([record_of(before), record_of(run)]), 80)
    assert [line.split()[0] for line in lines] == ["run", before.id, run.id]
    assert lines[1].split()[1:] == ["2026-03-04", "09:30", "all", "similarity", "38"]
