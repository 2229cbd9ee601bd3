"""The report: everything in it, nothing from outside, and nothing that a transcript could break."""

import base64
import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest

import pipeline.export
from evals.comparing import Change, Comparison
from evals.measures import Measure, Unit
from evals.report import render
from evals.report.sections import MOST_FAILURES
from evals.running import EvaluationRun
from evals.suites import Failure, Point, Points, Skipped
from tests.evals.report.example import record_of, result, run_of
from tests.evals.report.example_measures import even
from tests.evals.report.reading import Page
from tests.export.hostile import TEXT


@pytest.fixture(scope="module")
def read(page: str) -> Page:
    return Page(page)


def small(*measures: Measure, **fields: object) -> EvaluationRun:
    return run_of(result("questions", measures, failures=(), **fields))


def test_every_measure_is_there_with_its_number_and_what_was_counted(run: EvaluationRun, read: Page, page: str) -> None:
    names = {attributes.get("aria-label", "").partition(":")[0] for attributes in read.all("svg")}
    told = {" ".join(row[3].split()) for row in read.rows if len(row) == 8}
    for measure in run.findings.measures.values():
        assert measure.name in names
        assert f"<code>{measure.name}</code>" in page
        assert any(text.startswith(f"{measure.n:,} {measure.of}") for text in told)
    assert f"{len(run.findings.measures)} measures in 4 suites" in read.text


def test_a_row_tells_everything_about_its_measure() -> None:
    # 8 of 10 in each of 6 units: .800, and every draw is the same.
    measure = even("questions.phone.f1", units=6, baseline=0.67, baseline_is="a bare ?", people=0.9, target=0.82)
    change = Change(name=measure.name, outcome="better", difference=0.05, low=0.01, high=0.09)
    cells = Page(render(small(measure), changes=(change,))).row("F1")
    assert cells == [
        "F1 what questions.phone.f1 is", "", ".800 .800 to .800", "60 lines in 6 units",
        ".670, better beyond chance a bare ?", ".900, worse beyond chance", ".820 missed", "+.050 better",
    ]  # fmt: skip


def test_what_has_no_value_says_so(read: Page) -> None:
    cells = next(row for row in read.rows if row and "word error rate of nothing" in row[0])
    assert cells[2].strip() == "not defined"


def test_few_units_have_no_interval_and_say_why() -> None:
    cells = Page(render(small(even("questions.phone.f1", units=4, target=0.7)))).row("F1")
    assert (cells[2], cells[6]) == (".800 4 units: too few for an interval", ".700 reached, on few units")


def test_nothing_is_fetched_from_outside(page: str, read: Page) -> None:
    assert "http" not in page.replace('http-equiv="', "")
    for _, attributes in read.elements:
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            assert attributes.get(name, "#").startswith(("#", "data:"))
    assert "url(" not in read.style
    assert "@import" not in read.style


def test_no_script_and_no_style_but_its_own(read: Page) -> None:
    assert not read.all("script")
    content = next(m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(read.style.encode()).digest()).decode()
    assert content.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    for _, attributes in read.elements:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


def test_the_page_is_the_same_each_time() -> None:
    run, older = small(even("questions.phone.f1")), small(even("questions.phone.f1", top=7))
    made = [render(run, before=older, history=(record_of(older),)) for _ in range(2)]
    assert made[0] == made[1]


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(read: Page) -> None:
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    links = [a["href"] for tag, a in read.elements if tag in ("a", "use")]
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_every_plot_is_told_in_words_or_hidden(read: Page) -> None:
    for attributes in read.all("svg"):
        assert attributes.get("aria-hidden") == "true" or (attributes["role"] == "img" and attributes["aria-label"])


def test_every_suite_has_a_headline_and_its_plots(run: EvaluationRun, read: Page) -> None:
    assert read.text.count("reached; better than the baseline beyond chance in") == 4
    assert "the interval holds the truth (" in read.text
    assert "Score against the annotators' level" in read.text
    shown = [a["aria-label"] for a in read.all("svg") if "labelled 1" in a.get("aria-label", "")]
    assert len(shown) == sum(m.statistic == "auc" for m in run.findings.measures.values())


def test_what_changed_stands_in_the_overview_and_in_its_row(read: Page, comparison: Comparison) -> None:
    assert {c.name: c.outcome for c in comparison.losses} == {"speech.phone.wer": "worse"}
    assert read.row("Speech")[5] == "1 worse"
    assert read.row("WER word error rate, all words in order")[7] == "+.125 worse, a loss"
    assert "Worse since the run before: WER (phone)" in read.text


def test_failures_are_shown_by_measure_and_not_without_end(read: Page) -> None:
    assert "F1: no marks (phone): 47 cases" in read.text
    assert f"The first {MOST_FAILURES} of 47" in read.text
    assert read.row("talk-03") == ["talk-03", "Tell me how that was for you.", "asks", "does not ask"]
    assert len([row for row in read.rows if row and row[0].startswith("sw0")]) == MOST_FAILURES


def test_a_failure_of_a_measure_that_is_not_there_is_shown_all_the_same() -> None:
    stray = Failure(measure="elsewhere", unit="u", expected="a", found="b")
    run = run_of(result("questions", (even("questions.phone.f1"),), failures=(stray,)))
    assert "elsewhere: 1 case" in Page(render(run)).text


def test_what_was_left_out_says_why(read: Page) -> None:
    assert "speech.true_stereo: the collection is not there" in read.text


def test_any_number_can_be_had_again(run: EvaluationRun, before: EvaluationRun, read: Page) -> None:
    for needed in (run.id, before.id, run.findings.sha256, before.findings.sha256, run.findings.code_sha256):
        assert needed in read.text
    for suite in run.findings.suites:
        for name, value in suite.inputs.items():
            assert name in read.text
            assert value in read.text


def test_the_history_is_drawn_from_two_values_on_and_ends_with_this_run() -> None:
    run = small(even("questions.phone.f1"), even("questions.phone.new"))
    older = [
        run_of(result("questions", (even("questions.phone.f1", top=top),), failures=()), id=f"older-{top}", days=-top)
        for top in (6, 7)
    ]
    page = Page(render(run, history=tuple(map(record_of, (*older, run)))))
    assert ".700 to .800 over 3 runs" in page.text
    assert not [a for a in page.all("svg") if a.get("aria-label", "").startswith("questions.phone.new over")]


def test_later_runs_are_no_history() -> None:
    run = small(even("questions.phone.f1"))
    later = record_of(run).model_copy(update={"id": "later", "at": run.at + timedelta(days=1)})
    assert "Over runs" not in Page(render(run, history=(later,))).text


def test_without_a_run_before_nothing_is_compared() -> None:
    page = Page(render(small(even("questions.phone.f1"))))
    assert "no run before" in page.text
    assert page.row("F1")[7] == "–"


def test_a_suite_without_measures_says_so() -> None:
    skipped = (Skipped(what="everything", reason="no data is there"),)
    page = Page(render(run_of(result("questions", (), failures=(), skipped=skipped))))
    assert "Nothing was measured in this suite." in page.text
    assert "everything: no data is there" in page.text


def test_the_worst_units_are_named() -> None:
    units = tuple(Unit(id=f"call-{n}", parts=(n, 10)) for n in range(1, 7))
    good = Measure(name="questions.phone.f1", about="found", units=units, n=60, of="lines")
    bad = good.model_copy(update={"name": "questions.phone.wer", "better": "less"})
    empty = Unit(id="empty", parts=(0, 0))
    text = Page(render(small(good.model_copy(update={"units": (*units, empty)}), bad))).text
    assert "6 units. Lowest: call-1 .100, call-2 .200, call-3 .300. 1 unit without anything to count." in text
    assert "6 units. Highest: call-6 .600, call-5 .500, call-4 .400." in text


def hostile_run() -> EvaluationRun:
    units = tuple(Unit(id=f"{TEXT}{n}", parts=(n, 10)) for n in range(6))
    scored = tuple(Unit(id=f"{TEXT}{n}", parts=(n % 2, n)) for n in range(6))
    measure = Measure(
        name="speech.phone.f1", about=TEXT, units=units, n=6, of=TEXT, baseline=0.2, baseline_is=TEXT, target=0.5
    )
    auc = Measure(name="speech.phone.auc", about=TEXT, statistic="auc", units=scored, n=6, of=TEXT)
    dots = tuple(Point(id=f"{TEXT}{n}", x=n, y=n, group=f"{TEXT}{n}") for n in range(3))
    suite = result(
        "speech", (measure, auc), failures=(Failure(measure=TEXT, unit=TEXT, text=TEXT, expected=TEXT, found=TEXT),),
        skipped=(Skipped(what=TEXT, reason=TEXT),), points=(Points(title=TEXT, x=TEXT, y=TEXT, dots=dots),),
        inputs={TEXT: TEXT},
    )  # fmt: skip
    return run_of(suite, id="e1", note=TEXT)


def test_markup_in_any_text_stays_text() -> None:
    run = hostile_run()
    calm = render(make_calm(run))
    page = render(run, history=(record_of(run).model_copy(update={"id": "older"}),))
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    tags = {tag for tag, _ in Page(page).elements}
    assert tags <= {tag for tag, _ in Page(calm).elements}
    assert not [name for _, attributes in Page(page).elements for name in attributes if name.startswith("on")]
    assert "window.pwned=1" in Page(page).text


def make_calm(run: EvaluationRun) -> EvaluationRun:
    """The same run with harmless texts."""
    return EvaluationRun.model_validate_json(run.model_dump_json().replace(_escaped(TEXT), "calm"))


def _escaped(text: str) -> str:
    return Failure(measure=text, unit="", expected="", found="").model_dump_json().split('"unit"')[0][12:-2]


def test_the_colours_are_those_of_the_call_s_page(read: Page) -> None:
    # One product: what both pages name alike is the same colour, in the light and in the dark.
    call = (Path(pipeline.export.__file__).parent / "templates" / "call.css").read_text(encoding="utf-8")
    for ours, theirs in zip(palettes(read.style), palettes(call), strict=True):
        assert ours.keys() <= theirs.keys()
        assert {name: theirs[name] for name in ours} == ours


def palettes(style: str) -> list[dict[str, str]]:
    blocks = re.findall(r":root \{([^}]*)\}", style)
    return [dict(re.findall(r"--(\w[\w-]*): (#\w+)", block)) for block in blocks]
