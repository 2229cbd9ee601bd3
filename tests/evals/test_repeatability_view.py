"""The report on a terminal: worst first, what would be withheld is marked, and the two kinds stand apart."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from evals.repeatability_view import show_repeatability
from pipeline.config import Withholding
from pipeline.domain.stability import FlipRate, Repeatability, Stability


def row(name: str, flips: int, pairs: int, low: float | None = None, high: float | None = None) -> FlipRate:
    rate = flips / pairs if pairs else None
    return FlipRate(id=name, flips=flips, pairs=pairs, calls=5 if pairs else 0, rate=rate, low=low, high=high)


FOUND = Stability(
    overall=row("all", 9, 32),
    behaviours=(
        row("steady", 0, 15, 0.0, 0.5218),
        row("idle", 0, 0),
        row("unsteady", 6, 12, 0.25, 0.75),
        row("few", 3, 5),
    ),
    levels=(row("asking", 4, 15),),
    quotes=row("all", 1, 4),
)
CHANGED = FOUND.model_copy(update={"changes": (row("without_question_marks", 2, 10),)})


def shown(readings: Stability | None, transcripts: Stability | None = None, **settings: object) -> str:
    report = Repeatability(
        reader="llm@1 openai/m temperature=0.7",
        rubric="discovery",
        rubric_version=2,
        rubric_reads="a" * 64,
        k=3 if readings else 1,
        n_calls=5,
        readings=readings,
        transcripts=transcripts,
        at=datetime(2026, 3, 5, tzinfo=UTC),
    )
    out = StringIO()
    console = Console(file=out, width=80, color_system=None, force_terminal=False)
    show_repeatability(report, Withholding.model_validate(settings), console)
    return out.getvalue()


def order(text: str, *names: str) -> list[str]:
    first = {name: next(n for n, line in enumerate(text.splitlines()) if line.startswith(name)) for name in names}
    return sorted(names, key=lambda name: first[name])


def line(text: str, start: str) -> str:
    """The line that begins so, single spaces between its words."""
    return next(" ".join(line.split()) for line in text.splitlines() if line.startswith(start))


def test_the_head_names_rubric_calls_readings_and_reader() -> None:
    text = shown(FOUND)
    assert text.splitlines()[0] == "discovery version 2: 5 calls, each read 3 times"
    assert "llm@1 openai/m temperature=0.7" in text


def test_the_least_steady_comes_first_with_counts_rate_and_bounds() -> None:
    text = shown(FOUND)
    assert order(text, "steady", "few", "unsteady") == ["few", "unsteady", "steady"]
    assert line(text, "unsteady") == "unsteady 6 12 5 50.0% 25.0% to 75.0% above the limit"
    assert line(text, "steady") == "steady 0 15 5 0.0% 0.0% to 52.2%"


def test_few_pairs_are_called_few_and_no_pair_is_named_below() -> None:
    text = shown(FOUND)
    assert line(text, "few") == "few 3 5 5 60.0% - too few pairs to say"
    assert "No pair of readings: idle." in text


@pytest.mark.parametrize(("limit", "marked"), [(0.2, 1), (0.5, 0)])
def test_the_settings_limit_is_the_one_that_marks(limit: float, marked: int) -> None:
    assert shown(FOUND, flip_rate=limit).count("above the limit") == marked


def test_both_kinds_stand_apart() -> None:
    text = shown(FOUND, CHANGED)
    titles = ["Flips between readings of the same words", "Flips under small changes of the transcript"]
    assert order(text, *titles) == titles
    assert line(text, "by change: without question marks").endswith(" 2 10 5 20.0% -")
    assert "by construction" not in text


def test_a_reader_that_is_alike_says_so_and_shows_no_rate_of_readings() -> None:
    text = shown(None, CHANGED)
    assert "This reader reads equal words alike, by construction" in " ".join(text.split())
    assert "Flips between readings" not in text


def test_levels_and_quotes_are_told() -> None:
    text = shown(FOUND)
    assert line(text, "level of asking") == "level of asking 4 15 5 26.7% -"
    assert line(text, "plainest quote") == "plainest quote in another turn 1 4 5 25.0% -"


def test_no_line_is_wider_than_the_terminal() -> None:
    assert max(len(text.rstrip()) for text in shown(FOUND, CHANGED).splitlines()) <= 80
