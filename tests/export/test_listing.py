"""The list of calls on a narrow terminal."""

import io

from rich.console import Console

from pipeline.export.listing import show_list

CALL = {
    "call": "c55313428fde0",
    "rep": "Maya [red]Olsen[/]",
    "customer": None,
    "stage": "discovery",
    "duration": 192.7,
    "rep_talk_ratio": 0.485,
    "strength": "a_rather_long_behaviour",
    "improvement": "another_rather_long_behaviour",
}
ASIDE = {"path": "/calls/bad.wav", "stage": "ingest", "reason": "is empty", "hint": "copy it again", "reviewed": None}


def shown(width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    show_list([CALL], [ASIDE], console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_an_id_is_whole_even_where_the_rest_is_cut() -> None:
    assert "c55313428fde0" in shown(60)


def test_a_row_has_minutes_and_share_and_markup_in_names_is_text() -> None:
    text = shown(160)
    # 192.7 s are 3.2 minutes; 0.485 is 48% (half to even) of the talk
    assert "3.2" in text
    assert "48%" in text
    assert "Maya [red]Olsen[/]" in text


def test_of_a_one_to_one_the_share_is_that_of_the_rep_whom_the_row_names() -> None:
    console = Console(file=io.StringIO(), width=160, color_system=None)
    show_list([{**CALL, "stage": "coaching", "rep_talk_ratio": 0.58}], [], console)
    assert isinstance(console.file, io.StringIO)
    # the manager has the role rep: the rep talks for 1 - 0.58
    assert "42%" in console.file.getvalue()


def test_what_was_set_aside_says_why_and_what_to_do() -> None:
    lines = [line.strip() for line in shown(80).splitlines()]
    assert lines[-3:] == ["set aside /calls/bad.wav", "ingest: is empty", "What to do: copy it again"]


def test_a_call_refused_after_a_review_says_so() -> None:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    show_list([], [{**ASIDE, "reviewed": "c55313428fde0"}], console)
    assert isinstance(console.file, io.StringIO)
    assert "its review as c55313428fde0 is from before" in console.file.getvalue()
