"""The board of a night: whole-night lines, a line for each worker, names that are only names, a terminal given back."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.domain.night import Counts, NightState, Spent, UnderWay
from pipeline.domain.work import CallOutcome
from pipeline.export.board import LiveBoard, board_of, duration
from tests.export.hostile import TEXT
from tests.shift.night_values import START, night, outcome

BUSY = night(
    expected=60,
    counts=Counts(done=10, quarantined=1, skipped=1),
    calls_per_hour=24.0,
    audio_per_hour=4.25,
    spent=Spent(requests=31, input_tokens=1000, usd=0.1234),
    under_way=(
        UnderWay(number=14, station="reading", stage="observe", share=0.4),
        UnderWay(number=13, station="listening", stage="transcribe", share=0.62),
        UnderWay(number=15, station="voices", stage="diarize", share=0.0, seconds=64),
    ),
)
NAMES = {13: "monday.opus", 14: "tuesday.wav", 15: "a-recording-with-a-very-long-name-that-goes-on.wav"}


def drawn(state: NightState, names: dict[int, str], *, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(board_of(state, names))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines() if line.strip()]


def shown(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return [line.strip() for line in console.file.getvalue().splitlines() if line.strip()]


def test_it_says_how_far_how_fast_and_how_dear() -> None:
    head, progress, rates, *_ = drawn(BUSY, NAMES)
    assert head == "12 of 60 calls   1 set aside   1 had nothing to do   1 h 0 min"
    # 48 calls are left at 24 an hour: two hours; 12 of 60 are a fifth
    assert progress.endswith("20%   about 2 h 0 min left")
    assert rates == "24 calls an hour   4.2 hours of sound an hour   $0.123 spent"


def test_each_worker_has_a_line_by_station() -> None:
    rows = drawn(BUSY, NAMES)[3:]
    assert [row.split()[0] for row in rows] == ["listening", "voices", "reading"]
    assert "monday.opus" in rows[0]
    assert rows[0].endswith("62%")
    assert "1 min 4 s" in rows[1]  # no share is known yet, so the time is told


@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_line_is_broken(width: int) -> None:
    lines = drawn(BUSY, NAMES, width=width)
    assert len(lines) == 6
    assert max(map(len, lines)) <= width


def test_where_nobody_knows_how_many_calls_there_are_no_share_and_no_time_left_is_told() -> None:
    told = "\n".join(drawn(BUSY.model_copy(update={"expected": None}), NAMES))
    assert "12 calls" in told
    assert " of " not in told.splitlines()[0]
    assert "20%" not in told
    assert "left" not in told
    assert "Still counting" in told


def test_one_who_watches_is_told_that_it_waits() -> None:
    watching = night(start=START.model_copy(update={"watching": True}))
    assert any("Waiting for recordings" in line for line in drawn(watching, {}))


def test_a_model_without_a_price_is_told_by_requests() -> None:
    assert "31 requests" in drawn(BUSY.model_copy(update={"spent": Spent(requests=31)}), NAMES)[2]


def test_very_many_workers_do_not_fill_the_screen() -> None:
    many = tuple(UnderWay(number=n, station="reading", stage="observe", share=0.5) for n in range(1, 41))
    lines = drawn(BUSY.model_copy(update={"under_way": many}), {})
    assert len(lines) == 3 + 12 + 1
    assert lines[-1] == "and 28 more"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (59.6, "1 min 0 s"), (3599.7, "1 h 0 min"), (86400, "1 d 0 h")]
)
def test_durations_are_two_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def ended(*outcomes: CallOutcome, console: Console | None = None) -> list[str]:
    console = console or Console(file=io.StringIO(), force_terminal=False, width=200)
    with LiveBoard(console, night) as board:
        for number, found in enumerate(outcomes, start=1):
            board.began(number, found.path, "reading")
            board.finished(number, found)
    return shown(console)


def test_a_call_that_ends_leaves_one_line() -> None:
    assert "done in 12.3 s  c0ffee123456  calls/a.wav" in ended(outcome())
    assert "nothing to do in 12.3 s  c0ffee123456  calls/a.wav" in ended(outcome("skipped"))


def test_a_call_set_aside_says_why_and_what_to_do() -> None:
    lines = ended(outcome("quarantined", call=None, reason="ingest: is empty", hint="copy it again", seconds=0))
    at = lines.index("set aside in 0.0 s  calls/a.wav")
    assert lines[at + 1 : at + 3] == ["ingest: is empty", "What to do: copy it again"]


def test_a_worker_that_died_is_told_with_the_call() -> None:
    console = Console(file=io.StringIO(), force_terminal=False, width=200)
    with LiveBoard(console, night) as board:
        board.began(1, Path("calls/a.wav"), "voices")
        board.died(1, "voices", "killed by SIGKILL")
    assert "A worker died over a.wav (voices): killed by SIGKILL" in shown(console)


MARKUP = ["[red]a", "[bold", "a\\[b]", "[", "[@click=app.quit]a", "[/]", "[link=https://evil.example]a[/link]"]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_part_of_a_name_or_reason(text: str) -> None:
    lines = ended(outcome("quarantined", path=text.replace("/", "_"), reason=text, hint=text))
    assert any(line.endswith(text.replace("/", "_")) for line in lines)
    assert text in lines
    assert f"What to do: {text}" in lines


def test_control_characters_never_reach_the_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=False, width=200)
    ended(
        outcome("quarantined", path="\x1b[2Ja\u202egnp.wav", reason=f"\x1b[2J{TEXT}", hint="\x9b31m"), console=console
    )
    assert isinstance(console.file, io.StringIO)
    assert not set(console.file.getvalue()) & set("\x1b\x9b\u202e\x07\x08\r")


def test_the_terminal_is_given_back_when_a_run_breaks_off() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with pytest.raises(KeyboardInterrupt), LiveBoard(console, night):
        raise KeyboardInterrupt
    assert isinstance(console.file, io.StringIO)
    # the cursor is hidden while the board is up, ESC [ ? 25 l, and shown again: ESC [ ? 25 h
    assert console.file.getvalue().rfind("\x1b[?25h") > console.file.getvalue().rfind("\x1b[?25l")
