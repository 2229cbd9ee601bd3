"""Progress by capability: what counts to a series, what breaks it, and what never changes it."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.progress import Course, Stretch, progress
from pipeline.domain.cycle.past_calls import Level, PastCall

BEGAN = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
SAME = [2] * 12
HIGHER = [*SAME, 3, 3, 3, 3, 3, 3]


def call(
    n: int,
    level: int | None,
    *,
    version: int = 1,
    mode: str = "live",
    capability: str = "depth",
    stage: str = "discovery",
) -> PastCall:
    """The call of the n-th day, with this level of one capability."""
    return PastCall(
        call=f"c{n:03d}{mode[0]}",
        at=BEGAN + timedelta(days=n),
        mode=mode,
        stage=stage,
        customer="Northside",
        deal=None,
        rubric="discovery",
        rubric_version=version,
        duration=600.0,
        levels={capability: Level(level=level, of=4)},
        verdicts={},
    )


def calls(levels: list[int | None], *, begin: int = 0, version: int = 1) -> list[PastCall]:
    """A call a day with these levels."""
    return [call(begin + n, level, version=version) for n, level in enumerate(levels)]


def only(found: tuple[Course, ...]) -> Stretch:
    """The one stretch of the one capability."""
    (course,) = found
    (stretch,) = course.stretches
    return stretch


def test_without_calls_there_is_no_progress() -> None:
    assert progress([]) == ()


def test_too_few_calls_say_how_many_more_it_takes() -> None:
    stretch = only(progress(calls([2, 2, 3])))
    assert (stretch.verdict, stretch.standing, stretch.needed) == ("too_few", None, 10)


def test_a_level_higher_for_six_calls_is_improved_and_marked_where_it_was_noticed() -> None:
    """Counted from 1: at call 13 one of the latest three is at 3, at 15 three of five, at 16 four of six: too few. At
    call 17 five of six do, 0.83 above the first eleven: more than 3.2 * 0.35 * sqrt(1/6 + 1/11) = 0.57."""
    stretch = only(progress(calls(list(HIGHER))))
    assert stretch.verdict == "improved"
    assert [(n, p.noticed) for n, p in enumerate(stretch.points, start=1) if p.noticed] == [(17, "improved")]


def test_levels_that_stay_are_no_change() -> None:
    stretch = only(progress(calls([2, 3] * 10)))
    assert stretch.verdict == "no_change"
    assert stretch.needed == 0


def test_unscored_calls_are_counted_and_left_out() -> None:
    stretch = only(progress(calls([2, None, 2, None, None, 3])))
    assert [point.level for point in stretch.points] == [2, 2, 3]
    assert stretch.n_unscored == 3


def test_a_new_version_begins_anew_whatever_was_before() -> None:
    found = progress([*calls(list(HIGHER)), *calls([2] * 13, begin=30, version=2)])
    (course,) = found
    assert [(s.version, s.verdict, len(s.points)) for s in course.stretches] == [
        (1, "improved", 18),
        (2, "no_change", 13),
    ]
    assert course.latest == only(progress(calls([2] * 13, begin=30, version=2)))


def test_a_step_up_at_a_break_is_no_improvement() -> None:
    """All at 1, then a version by which all is 3: neither stretch knows of the other."""
    (course,) = progress([*calls([1] * 20), *calls([3] * 20, begin=30, version=2)])
    assert [s.verdict for s in course.stretches] == ["no_change", "no_change"]


def test_calls_that_were_read_again_with_another_version_are_one_stretch_at_their_first() -> None:
    mixed = [*calls([2, 2], version=2), *calls([2, 2], begin=5), *calls([2], begin=9, version=2)]
    (course,) = progress(mixed)
    assert [(s.version, len(s.points)) for s in course.stretches] == [(2, 3), (1, 2)]


def test_one_to_ones_that_were_recorded_are_no_calls_of_a_rep() -> None:
    assert progress([call(1, 3, stage="coaching")]) == ()


def test_practice_alone_is_a_lane_without_a_verdict() -> None:
    stretch = only(progress([call(n, 4, mode="simulated") for n in range(20)]))
    assert (len(stretch.practice), stretch.points, stretch.verdict) == (20, (), "too_few")


def test_more_capabilities_take_a_larger_change() -> None:
    """The same levels beside seven capabilities that stand still: eight are looked at, so the bar is higher."""
    alone = only(progress(calls(list(HIGHER))))
    names = ["depth", *"abcdefg"]
    beside = [
        c.model_copy(update={"levels": {name: Level(level=lv if name == "depth" else 2, of=4) for name in names}})
        for c, lv in zip(calls(list(HIGHER)), HIGHER, strict=True)
    ]
    (course,) = [c for c in progress(beside) if c.capability == "depth"]
    assert alone.standing is not None
    assert course.latest.standing is not None
    assert course.latest.standing.smallest > alone.standing.smallest


LEVELS = st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=1, max_size=40)


@given(LEVELS, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 4)), max_size=12))
def test_practice_never_changes_anything_of_live_calls(levels: list[int | None], tried: list[tuple[int, int]]) -> None:
    live = calls(levels)
    with_practice = progress([*live, *(call(n, level, mode="simulated") for n, level in dict(tried).items())])
    without = progress(live)
    assert [s.model_copy(update={"practice": ()}) for c in with_practice for s in c.stretches] == [
        s for c in without for s in c.stretches
    ]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=30), st.lists(st.integers(0, 29), max_size=10))
def test_unscored_calls_anywhere_change_nothing_but_their_count(levels: list[int], places: list[int]) -> None:
    scored = [call(2 * n, level) for n, level in enumerate(levels)]
    unscored = [call(2 * place + 1, None) for place in sorted(set(places))]
    stretch, plain = only(progress([*scored, *unscored])), only(progress(scored))
    assert stretch.n_unscored == len(unscored)
    assert stretch.model_copy(update={"n_unscored": 0}) == plain


@given(LEVELS, st.randoms())
def test_the_order_in_which_calls_are_given_does_not_matter(levels: list[int | None], dice: Random) -> None:
    given_calls = calls(levels)
    shuffled = dice.sample(given_calls, len(given_calls))
    assert progress(shuffled) == progress(given_calls)


@given(LEVELS, LEVELS)
def test_no_series_is_compared_across_a_break(before: list[int | None], after: list[int | None]) -> None:
    (course,) = progress([*calls(before), *calls(after, begin=100, version=2)])
    assert course.stretches[0] == only(progress(calls(before)))
    assert course.stretches[1] == only(progress(calls(after, begin=100, version=2)))
