"""Two runs against each other: what stops a gate first, then what else changed, and equal ones in one line."""

from io import StringIO

from rich.console import Console

from evals.comparing import Change, Comparison, compare
from evals.report.comparison import changes_page, changes_table, parted, verdict
from evals.running import EvaluationRun
from tests.evals.report.example import make_run, result, run_of
from tests.evals.report.example_measures import even
from tests.evals.report.reading import Page
from tests.export.hostile import TEXT


def printed(before: EvaluationRun, after: EvaluationRun, comparison: Comparison) -> str:
    out = StringIO()
    Console(file=out, width=80, color_system=None).print(changes_table(before, after, comparison))
    return out.getvalue()


def change(name: str, outcome: str, **fields: object) -> Change:
    return Change.model_validate({"name": f"questions.phone.{name}", "outcome": outcome, **fields})


def test_losses_come_first_then_what_changed_then_the_rest() -> None:
    changes = (
        change("equal", "equal"), change("better", "better"), change("new", "new"), change("worse", "worse"),
        change("lost", "worse", loses=True), change("gone", "gone", loses=True), change("few", "too_few"),
    )  # fmt: skip
    found = parted(Comparison(changes=changes))
    named = [[c.name.rpartition(".")[2] for c in part] for part in (found.lost, found.told, found.rest, found.equal)]
    assert named == [["lost", "gone"], ["worse", "better"], ["new", "few"], ["equal"]]


def test_the_verdict_names_the_losses() -> None:
    lost = Comparison(changes=(change("f1", "worse", loses=True), change("wer", "better")))
    assert verdict(lost) == "1 measure lost: F1 (phone)."
    assert verdict(Comparison(changes=(change("f1", "better"),))) == "No loss in 1 measure, of which 1 moved."
    assert verdict(Comparison(changes=(change("f1", "equal"),))) == "No loss: all 1 measure are equal."


def test_the_terminal_shows_a_loss_with_both_values(
    before: EvaluationRun, run: EvaluationRun, comparison: Comparison
) -> None:
    text = printed(before, run, comparison)
    lines = [line.split() for line in text.splitlines()]
    # Six calls of 40 words in which five more are wrong each: 0.125 more in every draw.
    assert ["speech.phone.wer", ".188", ".312", "◆", "+.125", "worse", ".125", "to", ".125"] in lines
    assert text.index("Lost") < text.index("Changed beyond chance") < text.index("Not told apart")
    assert max(map(len, text.splitlines())) <= 80
    n_equal = sum(c.outcome == "equal" for c in comparison.changes)
    assert f"{n_equal} measures equal to the last digit" in text


def test_an_equal_run_is_told_in_a_line() -> None:
    runs = [run_of(result("questions", (even("questions.phone.f1"),)), id=f"e{n}") for n in (1, 2)]
    found = compare(runs[0].findings, runs[1].findings)
    assert printed(runs[0], runs[1], found).split("\n\n")[1].strip() == "1 measure equal to the last digit"


def test_a_reason_is_told() -> None:
    before, after = (
        run_of(result("questions", measures), id="e")
        for measures in ((even("questions.phone.a"), even("questions.phone.b")), (even("questions.phone.a"),))
    )
    found = compare(before.findings, after.findings)
    assert "questions.phone.b: it was measured before and is not any more" in printed(before, after, found)
    cells = Page(changes_page(before, after, found)).row("b (phone)")
    assert cells[:1] == ["b (phone) questions.phone.b it was measured before and is not any more"]
    assert cells[2:5] == [".800", "not defined", "gone"]


def test_the_page_tells_both_runs_and_every_change(
    before: EvaluationRun, run: EvaluationRun, comparison: Comparison
) -> None:
    source = changes_page(before, run, comparison)
    page = Page(source)
    for needed in (before.id, run.id, before.findings.sha256, run.findings.sha256, "1 measure lost: WER (phone)."):
        assert needed in page.text
    for found in comparison.changes:
        assert found.name in page.text
    assert page.row("WER (phone)")[2:] == [".188", ".312", "+.125 worse, a loss", ".125 to .125 p 0.0001", "6"]
    assert "speech.phone.wer: difference +.125, 95% .125 to .125" in {a.get("aria-label") for a in page.all("svg")}
    assert "http" not in source.replace('http-equiv="', "")
    assert not page.all("script")


def test_the_page_is_the_same_each_time() -> None:
    before, after = (make_small(top) for top in (8, 7))
    found = compare(before.findings, after.findings)
    assert changes_page(before, after, found) == changes_page(before, after, found)


def make_small(top: float) -> EvaluationRun:
    return run_of(result("questions", (even("questions.phone.f1", top=top),)), id=f"e{top:g}")


def test_markup_stays_text_on_the_page_and_in_the_terminal() -> None:
    before, after = make_small(8), make_small(7).model_copy(update={"note": TEXT})
    hostile = Comparison(changes=(change("f1", "worse", before=0.8, after=0.7, difference=-0.1, reason=TEXT),))
    page = changes_page(before, after, hostile)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "window.pwned=1" in Page(page).text
    text = printed(before, after, hostile)
    assert "\x1b" not in text
    assert "[bold]rich[/bold]" in " ".join(text.split())


def test_differences_of_a_kind_share_an_axis_with_none_in_the_middle() -> None:
    before, after = make_run(id="a", days=0), make_run(id="b", days=1, no_marks=0.05)
    page = Page(changes_page(before, after, compare(before.findings, after.findings)))
    axes = {a["aria-label"] for a in page.all("svg") if a.get("aria-label", "").startswith("axis from")}
    for axis in axes:
        low, high = axis.removeprefix("axis from ").split(" to ")
        assert float(low) == -float(high)
