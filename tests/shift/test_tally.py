"""Counting a night: by hand-set clocks, so that every figure can be worked out."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.night import Counts, Spent, UnderWay
from pipeline.domain.work import STAGES
from pipeline.shift.tally import Around, Pace, Tally
from tests.shift.night_values import START, outcome

A = Path("calls/a.wav")


class HandClock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def tally(clock: HandClock, **around: object) -> Tally:
    return Tally(START, Around(**around), clock=clock)  # type: ignore[arg-type]


def test_the_rate_is_that_of_the_latest_calls() -> None:
    pace = Pace(0.0)
    assert pace.per_hour(10.0) is None
    pace.add(60.0, 600.0)
    pace.add(120.0, 1200.0)
    # two calls in 120 s are 60 an hour; 1,800 s of sound in 120 s are 15 hours an hour
    assert pace.per_hour(120.0) == (60.0, 15.0)
    # nothing for as long again: half of that
    assert pace.per_hour(240.0) == (30.0, 7.5)


def test_a_slow_beginning_is_forgotten_after_a_hundred_calls() -> None:
    pace = Pace(0.0)
    for number in range(150):
        pace.add(100_000.0 + number * 36, 0.0)
    found = pace.per_hour(100_000.0 + 149 * 36)
    # the first of the latest is number 49: 100 calls in 100 x 36 s, or 100 an hour
    assert found is not None
    assert found[0] == 100.0


def test_it_knows_what_is_left_and_how_long_that_takes() -> None:
    clock = HandClock()
    counting = tally(clock, expected=lambda: 10)
    for number in (1, 2):
        clock.now += 60
        counting.began(number, A, "reading")
        counting.finished(number, outcome())
    state = counting.state()
    assert (state.counts, state.left) == (Counts(done=2), 8)
    # 2 calls in 120 s: 60 an hour, so 8 calls take 480 s
    assert state.time_left_s == 480.0


def test_while_nobody_knows_how_many_there_are_nothing_is_said_of_the_rest() -> None:
    state = tally(HandClock()).state()
    assert (state.expected, state.left, state.time_left_s) == (None, None, None)


def test_sound_counts_for_calls_that_were_done_only() -> None:
    counting = tally(HandClock(), audio_s=lambda call: 60.0)
    counting.finished(1, outcome("done"))
    counting.finished(2, outcome("skipped"))
    counting.finished(3, outcome("quarantined", call=None))
    assert counting.state().audio_s == 60.0


def test_a_stage_counts_from_its_beginning_to_its_end_and_one_that_was_found_not_at_all() -> None:
    clock = HandClock()
    counting = tally(clock)
    counting.began(1, A, "listening")
    counting.stage_at(1, "ingest", 1.0)
    counting.stage_at(1, "transcribe", 0.0)
    clock.now += 30
    counting.stage_at(1, "transcribe", 0.5)
    clock.now += 15
    counting.stage_at(1, "transcribe", 1.0)
    (stage,) = counting.state().stages
    assert (stage.stage, stage.times, stage.seconds) == ("transcribe", 1, 45.0)


def test_a_call_at_two_stations_has_two_lines_each_with_its_own_stage() -> None:
    clock = HandClock()
    counting = tally(clock)
    counting.began(1, A, "listening")
    counting.began(1, A, "voices")
    counting.stage_at(1, "transcribe", 0.25)
    counting.stage_at(1, "diarize", 0.5)
    clock.now += 8
    assert counting.state().under_way == (
        UnderWay(number=1, station="listening", stage="transcribe", share=0.25, seconds=8.0),
        UnderWay(number=1, station="voices", stage="diarize", share=0.5, seconds=8.0),
    )
    counting.stage_at(1, "diarize", 1.0)
    assert [at.station for at in counting.state().under_way] == ["listening"]


def test_a_worker_that_died_is_counted_and_its_line_gone() -> None:
    counting = tally(HandClock())
    counting.began(1, A, "voices")
    counting.stage_at(1, "diarize", 0.1)
    counting.died(1, "voices", "killed")
    state = counting.state()
    assert (state.deaths, state.under_way) == (1, ())


def test_what_was_spent_is_asked_for() -> None:
    assert tally(HandClock(), spent=lambda: Spent(requests=3)).state().spent == Spent(requests=3)


def test_an_ended_night_has_nothing_under_way() -> None:
    counting = tally(HandClock())
    counting.began(1, A, "reading")
    state = counting.state(ended="terminated", exit_code=143)
    assert (state.ended, state.exit_code, state.under_way) == ("terminated", 143, ())


STATUSES = st.lists(st.sampled_from(list(Counts.model_fields)), max_size=60)


@given(STATUSES)
def test_its_memory_does_not_grow_with_the_calls(statuses: list[str]) -> None:
    counting = tally(HandClock())
    for number, status in enumerate(statuses, start=1):
        counting.began(number, A, "reading")
        for stage in STAGES:
            counting.stage_at(number, stage, 0.0)
            counting.stage_at(number, stage, 1.0)
        counting.stage_at(number, "draft", 0.5)
        counting.finished(number, outcome(status))
    assert counting.counts.total == len(statuses)
    assert not counting._under_way
    assert not counting._stage_began
