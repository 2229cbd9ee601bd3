"""What `filmroom show` prints for people."""

from collections.abc import Callable
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from pipeline.domain.coaching import Draft, DraftSentence, Paragraph, written
from pipeline.domain.result import CallResult
from pipeline.export.terminal import show_call, to_text
from tests.export.hostile import hostile_call
from tests.export.test_contract import untimed


def printed(call: CallResult, *, terminal: bool) -> str:
    out = StringIO()
    show_call(
        call, Console(file=out, width=80, force_terminal=terminal, color_system="truecolor" if terminal else None)
    )
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_line_is_wider_than_the_console_or_100_columns(call: CallResult, width: int) -> None:
    lines = to_text(call, width=width).splitlines()
    assert max(cell_len(line) for line in lines) <= min(width, 100)


def test_the_draft_stands_before_the_scorecard_and_the_measures(call: CallResult) -> None:
    shown = to_text(call)
    places = [shown.index(title) for title in ("\nDraft\n", "\nScorecard\n", "\nMeasures\n")]
    assert places == sorted(places)


def test_quotes_have_speaker_and_time(call: CallResult) -> None:
    shown = to_text(call, width=100)
    assert "    At 00:32 you asked: “What did those eighty loaves cost you, with the work in them?”\n" in shown
    assert "    At 00:43 the customer said: “$90 a month is a lot for us.”\n" in shown


def test_a_quote_that_no_sentence_tells_is_shown_after_the_text(
    call: CallResult, call_with: Callable[..., CallResult]
) -> None:
    assert call.draft.improvement is not None
    short = call.draft.improvement.model_copy(update={"text": "A question would have helped."})
    shown = to_text(call_with(draft=call.draft.model_copy(update={"sentences": (), "improvement": short})))
    assert "    “$90 a month is a lot for us.” Customer [00:43], where it was called for\n" in shown
    assert "    “So our platform has everything you need.” Rep [00:45]\n" in shown


def test_why_a_part_is_absent_stands_where_the_part_would(
    call: CallResult, call_with: Callable[..., CallResult]
) -> None:
    kept = tuple(s for s in call.draft.sentences if s.paragraph == "facts")
    places_of_reasons: tuple[Paragraph, ...] = ("facts", "improvement")
    reasons = tuple(
        DraftSentence(paragraph=where, text=f"Nothing for the {where}.", citations=kept[0].citations)
        for where in places_of_reasons
    )
    sentences = (*kept, *reasons)
    bare = Draft(
        strength=None, improvement=None, questions=(), activity=(), absent=tuple(r.text for r in reasons),
        sentences=sentences, text=written(sentences),
    )  # fmt: skip
    shown = to_text(call_with(draft=bare))
    places = [shown.index(text) for text in (reasons[0].text, "In figures", reasons[1].text, "Scorecard")]
    assert places == sorted(places)
    assert shown.count(reasons[0].text) == 1


def test_the_timeline_has_two_sides_and_marks(call: CallResult) -> None:
    lines = to_text(call).splitlines()
    rep = next(n for n, line in enumerate(lines) if line.startswith("Rep 63%"))
    assert "◆" in lines[rep - 1]
    assert lines[rep + 1].startswith("Customer 37%")
    assert lines[rep + 2].strip() == "◇"
    assert lines[rep + 3].split()[0] == "00:00"


def test_levels_reasons_and_refusals_are_told(call: CallResult) -> None:
    shown = " ".join(to_text(call).split())
    assert "Exploring objections: level 1 of 3 ■□□" in shown
    anchors = [score.anchor for score in call.assessment.scores if score.anchor]
    assert anchors
    assert all(anchor in shown for anchor in anchors)
    assert "Decision and budget: unscored, none of its behaviours could be judged in this call" in shown
    assert "3 claims of the reader refused (2: the words do not stand in that turn; 1: somebody else" in shown


def test_a_measure_has_value_and_unit_or_a_reason(call: CallResult) -> None:
    lines = [line.split() for line in to_text(call).splitlines()]
    assert ["Patience", "0.5", "s"] in lines
    assert ["Changes", "of", "speaker", "375", "an", "hour"] in lines
    assert ["Filler", "words", "–", "unavailable:"] in [line[:4] for line in lines]


def test_piped_output_has_no_colour_codes_and_says_the_same(call: CallResult) -> None:
    piped, coloured = printed(call, terminal=False), printed(call, terminal=True)
    assert "\x1b" not in piped
    assert "\x1b[" in coloured
    # Rich closes every code it opens, so without the codes both are one text.
    bare = StringIO()
    Console(file=bare, width=80).print(_without_codes(coloured), markup=False, highlight=False, end="")
    assert bare.getvalue().split() == piped.split()


def test_piped_lines_have_no_trailing_spaces(call: CallResult) -> None:
    assert all(line == line.rstrip() for line in printed(call, terminal=False).splitlines())


def test_a_hostile_call_sends_the_terminal_no_code_and_no_markup() -> None:
    shown = to_text(hostile_call(), width=100)
    assert all(c.isprintable() or c == "\n" for c in shown)
    assert "[bold]rich[/bold]" in shown


def test_without_times_there_is_no_timeline(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    assert "Rep 63%" not in to_text(call_with(conversation=untimed(call.conversation)))


def _without_codes(text: str) -> str:
    return Text.from_ansi(text).plain
