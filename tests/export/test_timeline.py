"""Where speech lies along a call, as values and in characters."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.export.moments import looked_up
from pipeline.export.strips import legend, strips
from pipeline.export.timeline import Lane, Timeline, timeline
from tests.export.test_contract import untimed


def a_line(rep: list[tuple[float, float]], customer: list[tuple[float, float]], duration: float) -> Timeline:
    lanes = tuple(
        Lane(role=role, label=role.capitalize(), spans=tuple(Span(start=a, end=b) for a, b in spans), share=0.5)
        for role, spans in (("rep", rep), ("customer", customer))
    )
    return Timeline(duration=duration, lanes=lanes, overlaps=(), ticks=(0, int(duration / 2)))


def test_the_rep_is_above_the_customer_and_shares_are_of_all_talk(call: CallResult) -> None:
    line = timeline(call)
    assert line is not None
    assert [lane.role for lane in line.lanes] == ["rep", "customer"]
    # 52.9 s and 30.9 s, added up beside the fixture's turns.
    assert [round(lane.share, 3) for lane in line.lanes] == [0.631, 0.369]


def test_both_at_once_is_where_the_lanes_meet(call: CallResult) -> None:
    line = timeline(call)
    assert line is not None
    # The backchannel within the customer's story, and the pitch that cuts the customer short.
    assert line.overlaps == (Span(start=24.6, end=25.1), Span(start=45.3, end=45.9))


def test_turns_stand_in_where_no_speech_was_segmented(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    bare = call_with(conversation=call.conversation.model_copy(update={"speech": ()}))
    assert timeline(bare) == timeline(call)


def test_a_speaker_of_no_known_role_has_a_lane_below(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    speakers = tuple(s.model_copy(update={"role": "unknown"}) for s in call.conversation.speakers[:1])
    talk = call.conversation.model_copy(update={"speakers": (*speakers, call.conversation.speakers[1])})
    line = timeline(call_with(conversation=talk))
    assert line is not None
    assert [(lane.role, bool(lane.spans)) for lane in line.lanes] == [
        ("rep", True),
        ("customer", False),
        ("unknown", True),
    ]


def test_without_times_there_is_no_timeline(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    assert timeline(call_with(conversation=untimed(call.conversation))) is None


def test_there_are_at_most_nine_ticks_in_a_round_step(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    for duration in (20.0, 96.0, 245.0, 1800.0, 5400.0, 30_000.0):
        line = timeline(call_with(conversation=call.conversation.model_copy(update={"duration": duration})))
        assert line is not None
        assert 2 <= len(line.ticks) <= 9
        assert line.ticks[-1] <= line.duration


def test_a_cell_is_as_high_as_its_share_of_talk() -> None:
    # Four cells of 2 s: all of it, half of it, an eighth, none; the customer speaks in the last.
    line = a_line([(0, 2), (2, 3), (4, 4.2)], [(6, 8)], 8)
    rep, customer, _ = strips(line, (), width=4)
    assert rep.cells == "█▅▁ "
    assert customer.cells == "   █"


def test_marks_stand_on_the_side_of_who_spoke(call: CallResult) -> None:
    line, moments = timeline(call), looked_up(call)
    assert line is not None
    above, rep, customer, below, axis = strips(line, (*moments.observations.values(), *moments.missed), width=96)
    # One cell a second: o001 starts in second 6, the pitch in 45; the customer's "$90" in 43.
    assert (above.cells[6], above.cells[45]) == ("●", "◆")
    assert below.cells.index("◇") == 43
    assert (rep.label, customer.label) == ("Rep 63%", "Customer 37%")
    assert axis.cells.index("00:15") == 15


def test_the_legend_names_only_marks_that_occur(call: CallResult) -> None:
    moments = looked_up(call)
    assert legend(moments.missed) == "◇ missed moment"
    assert legend(()) == ""


@given(
    st.lists(st.tuples(st.floats(0, 90), st.floats(0, 30)), max_size=8),
    st.lists(st.tuples(st.floats(0, 90), st.floats(0, 30)), max_size=8),
    st.integers(20, 120),
)
def test_every_line_is_exactly_as_wide_as_asked(
    rep: list[tuple[float, float]], customer: list[tuple[float, float]], width: int
) -> None:
    sides = [[(start, start + length) for start, length in side] for side in (rep, customer)]
    assert {len(strip.cells) for strip in strips(a_line(sides[0], sides[1], 120), (), width=width)} == {width}
