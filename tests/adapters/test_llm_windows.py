"""Windows of a long call: nothing is lost, nothing is too large, and neighbours overlap."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.llm_transcript import Line, estimated_tokens, lines_of
from pipeline.adapters.llm_windows import MAX_LINES, OVERLAP_LINES, windows_of
from pipeline.domain.assessment import Quote
from pipeline.domain.places import Opening
from tests.adapters.reading import COST_AND_DATE, untimed


def _line(number: int, characters: int) -> Line:
    return Line(f"t{number:04}", "rep", 0, 3, "x" * characters)


def _lines(*characters: int) -> list[Line]:
    return [_line(i, n) for i, n in enumerate(characters, start=1)]


def _ids(lines: tuple[Line, ...]) -> list[int]:
    return [int(line.turn_id[1:]) for line in lines]


def test_a_call_that_fits_is_one_window() -> None:
    (window,) = windows_of(_lines(32, 32), room=26)  # twice 10 tokens, and 3 for each id
    assert window.span == "t0001 to t0002"
    assert window.text == "x" * 32 + "\n" + "x" * 32


def test_windows_are_cut_between_lines_and_begin_with_the_end_of_the_last() -> None:
    # 13 tokens a line, room for 104: 8 lines. A quarter of the room, 26, takes 2 lines of overlap.
    windows = windows_of(_lines(*[32] * 15), room=104)
    assert [_ids(w.lines) for w in windows] == [[*range(1, 9)], [*range(7, 15)], [13, 14, 15]]


def test_no_more_lines_are_shared_than_help() -> None:
    # 4 tokens a line (1 character is 1, and 3): 1,000 lines would fit, 800 are let in.
    first, second = windows_of(_lines(*[1] * 1000), room=4000)
    assert len(first.lines) == MAX_LINES
    assert _ids(second.lines)[0] == MAX_LINES - OVERLAP_LINES + 1


def test_a_line_that_is_too_long_for_any_window_stands_alone() -> None:
    windows = windows_of(_lines(32, 3200, 32), room=50)
    assert [_ids(w.lines) for w in windows] == [[1], [2], [3]]


def test_no_lines_make_no_window() -> None:
    assert windows_of([], room=100) == ()


@given(st.lists(st.integers(1, 400), max_size=60), st.integers(20, 300))
def test_windows_hold_every_line_in_order_within_the_room(characters: list[int], room: int) -> None:
    lines = _lines(*characters)
    windows = windows_of(lines, room=room)
    seen = [number for window in windows for number in _ids(window.lines)]
    assert sorted(set(seen)) == list(range(1, len(lines) + 1))
    for window in windows:
        numbers = _ids(window.lines)
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert len(numbers) == 1 or sum(estimated_tokens(line.text) + 3 for line in window.lines) <= room
    for before, after in pairwise(windows):
        assert _ids(before.lines)[0] < _ids(after.lines)[0] <= _ids(before.lines)[-1] + 1
        assert _ids(before.lines)[-1] < _ids(after.lines)[-1]


def test_an_openings_places_are_those_whose_words_stand_in_the_window() -> None:
    long = "R: " + " ".join(f"word number {i} is here." for i in range(10, 99))
    lines = lines_of(untimed(long, "R: Let us meet."), COST_AND_DATE)
    first, *_, last = windows_of(lines, room=500)
    early = Quote(turn_id="t0001", first_word=0, last_word=4)
    late = Quote(turn_id="t0002", first_word=0, last_word=2)
    opening = Opening(behaviour="cost_asked", places=(early, late))
    assert first.places_of(opening) == (early,)
    assert late in last.places_of(opening)
    assert early not in last.places_of(opening)
