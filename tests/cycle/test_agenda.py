"""Agenda arithmetic: exact to the millisecond, the rep first, one thing to change, and a proposal that always fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.agenda import (
    BARE_STEPS,
    Moment,
    agenda,
    around,
    clip_ms,
    in_order,
    length_told,
    propose,
)
from pipeline.cycle.session_templates import shelf
from pipeline.domain.cycle.sessions import AGENDA_PARTS, AgendaClip, AgendaPart
from pipeline.domain.session_template import SessionStep
from pipeline.domain.span import Span
from pipeline.errors import UsageError

TACTICAL = shelf().get("tactical")

milliseconds = st.integers(0, 600_000).map(lambda ms: ms / 1000)
spans = st.tuples(milliseconds, milliseconds).map(lambda pair: Span(start=min(pair), end=max(pair)))
parts = st.sampled_from(AGENDA_PARTS)
talks = st.integers(0, 600).map(lambda tenths: tenths / 10)
clips = st.builds(AgendaClip, call=st.just("call-1"), span=spans, part=parts, talk=talks)
moments = st.builds(Moment, call=st.just("call-1"), span=spans, part=parts)
steps = st.lists(
    st.builds(
        SessionStep,
        title=st.just("step"),
        part=st.sampled_from(("rep", "positive", "improvement", "practice", "agree", "other")),
        minutes=st.integers(0, 600).map(lambda tenths: tenths / 10),
    ),
    min_size=1,
    max_size=8,
)


def clip(part: AgendaPart, start: float, end: float, talk: float = 2.0) -> AgendaClip:
    return AgendaClip(call="call-1", span=Span(start=start, end=end), part=part, talk=talk)


def test_minutes_add_up_by_hand() -> None:
    """Steps 4 + 1 + 1 + 4 + 3 = 13 min; clips 25 s + 2 min, 6 s + 2 min, 6.2 s + 1.5 min: 13:00 + 2:25 + 2:06 + 1:36.2
    = 19 min 7.2 s, so 52.8 s of 20 minutes are left."""
    played = (clip("rep", 22, 47), clip("positive", 33, 39), clip("improvement", 39, 45.2, talk=1.5))
    found = agenda(TACTICAL.steps, played, 20)
    assert (found.total_ms, found.remaining_ms, found.fits) == (1_147_200, 52_800, True)
    assert found.told == "fits: 53 s left"


def test_what_does_not_fit_says_by_how_much() -> None:
    """13 min of steps and a clip of 20 s with 10 min of talk are 23 min 20 s: 3 min 20 s more than 20."""
    found = agenda(TACTICAL.steps, (clip("positive", 0, 20, talk=10),), 20)
    assert (found.told, found.fits) == ("does not fit: 3 min 20 s over", False)


def test_one_millisecond_too_many_does_not_fit() -> None:
    """13 min and 7 min of talk are exactly 20; a clip of 1 ms is one too many, and told as 1 s."""
    exactly = agenda(TACTICAL.steps, (clip("positive", 5, 5, talk=7),), 20)
    over = agenda(TACTICAL.steps, (clip("positive", 5, 5.001, talk=7),), 20)
    assert (exactly.fits, exactly.told) == (True, "fits: nothing left")
    assert (over.fits, over.told) == (False, "does not fit: 1 s over")


def test_the_rep_is_heard_before_the_positive_and_that_before_the_change() -> None:
    played = in_order((clip("improvement", 1, 2), clip("positive", 3, 4), clip("rep", 5, 6)))
    found = agenda(TACTICAL.steps, played, 20)
    assert [(item.part, item.clip is not None) for item in found.items] == [
        ("rep", False), ("rep", True), ("positive", False), ("positive", True),
        ("improvement", False), ("improvement", True), ("practice", False), ("agree", False),
    ]  # fmt: skip


def test_a_clip_of_a_part_without_a_step_comes_where_the_part_belongs() -> None:
    """The first session has no step for a change: a clip for one comes after the positive, before what is agreed."""
    first = shelf().get("first")
    found = agenda(first.steps, (clip("improvement", 1, 2),), 30)
    order = [item.part for item in found.items]
    assert order.index("improvement") > order.index("positive")
    assert order.index("improvement") < order.index("agree")


def test_two_things_to_change_are_refused() -> None:
    with pytest.raises(UsageError, match="two clips") as refused:
        in_order((clip("improvement", 1, 2), clip("improvement", 3, 4)))
    assert "one thing at a time" in refused.value.hint


@given(steps=steps, clips=st.lists(clips, max_size=6), minutes=st.integers(0, 240))
def test_items_lie_end_to_end_and_add_up(steps: list[SessionStep], clips: list[AgendaClip], minutes: int) -> None:
    found = agenda(steps, clips, minutes)
    at = 0
    for item in found.items:
        assert item.start_ms == at
        at += item.length_ms
    asked = sum(round(step.minutes * 60_000) for step in steps) + sum(clip_ms(clip) for clip in clips)
    assert found.total_ms == at == asked
    assert found.total_ms + found.remaining_ms == minutes * 60_000
    assert found.fits == (asked <= minutes * 60_000)
    assert sorted(item.clip for item in found.items if item.clip is not None) == list(range(len(clips)))


@given(moments=st.lists(moments, max_size=10), steps=steps, minutes=st.integers(0, 60))
def test_a_proposal_always_fits(moments: list[Moment], steps: list[SessionStep], minutes: int) -> None:
    proposed = propose(moments, steps, minutes)
    bare = agenda(steps, (), minutes)
    assert agenda(steps, proposed, minutes).fits or (not bare.fits and not proposed)
    order = [AGENDA_PARTS.index(clip.part) for clip in proposed]
    assert order == sorted(order)
    assert sum(clip.part == "improvement" for clip in proposed) <= 1


def test_a_proposal_takes_the_positive_before_anything_else() -> None:
    """In 15 minutes the bare steps leave 2: the positive of 20 s with 1 min of talk fits, the change no more."""
    found = propose(
        (
            Moment(call="call-1", span=Span(start=0, end=30), part="improvement"),
            Moment(call="call-1", span=Span(start=40, end=60), part="positive"),
        ),
        BARE_STEPS,
        15,
    )
    assert [(clip.part, clip.talk) for clip in found] == [("positive", 1.0)]


def test_a_moment_that_is_too_long_is_passed_over_for_the_next() -> None:
    found = propose(
        (
            Moment(call="call-1", span=Span(start=0, end=600), part="positive", title="long"),
            Moment(call="call-1", span=Span(start=0, end=10), part="positive", title="short"),
        ),
        BARE_STEPS,
        20,
    )
    assert [clip.title for clip in found] == ["short"]


@pytest.mark.parametrize(
    ("moment", "duration", "expected"),
    [(27.0, 60.0, (22.0, 47.0)), (2.0, 60.0, (0.0, 22.0)), (55.0, 60.0, (50.0, 60.0)), (70.0, 60.0, (60.0, 60.0))],
)
def test_a_comment_is_played_with_what_came_before(
    moment: float, duration: float, expected: tuple[float, float]
) -> None:
    span = around(moment, duration)
    assert (span.start, span.end) == expected


@pytest.mark.parametrize(
    ("ms", "told"), [(0, "0 s"), (1, "1 s"), (59_000, "59 s"), (60_000, "1 min"), (200_000, "3 min 20 s")]
)
def test_lengths_in_words_hide_nothing(ms: int, told: str) -> None:
    assert length_told(ms) == told
