"""Measures of hand-made timelines; every expected number is worked out beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.metrics import CallMetrics, MetricName
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker
from pipeline.domain.talk_interval import Times, bounds_of, shipped_rules
from pipeline.stages.measure import measure
from tests.conversations import Line, conversation

CALL: list[Line] = [
    ("rep", 0.0, 10.0, "Thanks for the time. How do you plan the week today?"),
    ("customer", 12.0, 42.0, "We plan it all by hand in one large sheet on Sunday night."),
    ("rep", 20.0, 20.5, "(Right.)"),
    ("rep", 41.0, 50.0, "Is that because the jobs change so often over the week?"),
    ("customer", 50.5, 60.0, "Yes, the price of that is forty dollars a day."),
    ("rep", 61.5, 90.0, "Let's put a next step into the calendar for Thursday then."),
]


def value(metrics: CallMetrics, name: MetricName) -> float:
    found = metrics.get(name).value
    assert found is not None, metrics.get(name).unavailable
    return found


@pytest.fixture(scope="module")
def metrics() -> CallMetrics:
    return measure(conversation(CALL, duration=100.0))


def test_talk_times_count_all_speech_of_a_side(metrics: CallMetrics) -> None:
    # rep 10 + 0.5 + 9 + 28.5 = 48; customer 30 + 9.5 = 39.5
    assert value(metrics, "rep_talk_s") == 48.0
    assert value(metrics, "customer_talk_s") == 39.5
    assert value(metrics, "rep_talk_ratio") == pytest.approx(48 / 87.5, abs=0.0005)


def test_overlap_and_silence(metrics: CallMetrics) -> None:
    # overlap: the backchannel 0.5 and 41-42; speech covers 0-10, 12-50, 50.5-60, 61.5-90 = 86 of 100 s
    assert value(metrics, "overlap_s") == 1.5
    assert value(metrics, "silence_s") == 14.0


def test_the_longest_monologue_and_story_say_where(metrics: CallMetrics) -> None:
    assert metrics.get("longest_rep_monologue_s").where == Span(start=61.5, end=90.0)
    assert value(metrics, "longest_rep_monologue_s") == 28.5
    # the backchannel at 20 s does not cut the story of 12-42 s
    assert value(metrics, "longest_customer_story_s") == 30.0


def test_speaker_changes_an_hour_leave_out_backchannels(metrics: CallMetrics) -> None:
    # rep customer rep customer rep: 4 changes in 100 s
    assert value(metrics, "turns_per_hour") == 144.0


def test_patience_is_the_median_wait_after_the_customer(metrics: CallMetrics) -> None:
    # the rep starts before the customer ends (0), then after 1.5 s: the median of 0 and 1.5
    assert value(metrics, "patience_s") == 0.75


def test_cutting_in_and_holding_the_floor_is_an_interruption_and_a_backchannel_is_none(metrics: CallMetrics) -> None:
    # at 41 s the rep speaks over 1 s of the customer and goes on; at 20 s the rep says "Right." and does not
    assert value(metrics, "interruptions_by_rep") == 1


def test_questions_by_side_and_kind(metrics: CallMetrics) -> None:
    assert value(metrics, "rep_questions") == 2
    assert value(metrics, "rep_open_questions") == 1
    assert value(metrics, "customer_questions") == 0
    assert value(metrics, "rep_questions_per_hour") == 72.0
    assert {(q.turn_id, q.role, q.kind) for q in metrics.questions} == {
        ("t0001", "rep", "open"),
        ("t0004", "rep", "closed"),
    }


def test_the_first_question_is_timed_by_its_first_word(metrics: CallMetrics) -> None:
    # 11 words over 10 s; "How" is the fifth, at 4 * 10 / 11
    assert value(metrics, "first_rep_question_s") == pytest.approx(3.636, abs=0.001)


def test_time_on_price_and_on_the_next_step(metrics: CallMetrics) -> None:
    assert value(metrics, "price_talk_s") == 9.5
    assert value(metrics, "next_step_talk_s") == 28.5


def test_words_a_minute_leave_out_words_that_may_be_invented() -> None:
    lines: list[Line] = [("rep", 0.0, 60.0, " ".join(["word"] * 120)), ("customer", 60.0, 61.0, "Fine, go on.")]
    call = conversation(lines)
    assert value(measure(call), "rep_words_per_minute") == 120.0
    doubtful = tuple(w.model_copy(update={"unreliable": "repetition"}) for w in call.turns[0].words[:60])
    turn = call.turns[0].model_copy(update={"words": doubtful + call.turns[0].words[60:]})
    flagged = call.model_copy(update={"turns": (turn, *call.turns[1:])})
    assert value(measure(flagged), "rep_words_per_minute") == 60.0


def test_fillers_are_unavailable_and_not_zero(metrics: CallMetrics) -> None:
    assert metrics.get("filler_words").value is None
    assert "filler" in (metrics.get("filler_words").unavailable or "")


def test_without_times_what_needs_them_is_unavailable_and_questions_are_counted() -> None:
    timed = conversation(CALL)
    turns = tuple(
        t.model_copy(update={"words": tuple(w.model_copy(update={"span": None}) for w in t.words)}) for t in timed.turns
    )
    found = measure(timed.model_copy(update={"turns": turns, "speech": (), "timed": False, "duration": 0.0}))
    for name in ("rep_talk_ratio", "patience_s", "silence_s", "longest_rep_monologue_s", "first_rep_question_s"):
        assert found.get(name).value is None
        assert found.get(name).unavailable == "the transcript has no times"
    assert value(found, "rep_questions") == 2


def test_without_roles_the_sides_are_unavailable_and_the_rest_is_measured() -> None:
    call = conversation([("unknown", 0.0, 40.0, "Hello there everybody.")], duration=50.0)
    found = measure(call)
    assert found.get("rep_talk_ratio").value is None
    assert "filmroom roles" in (found.get("rep_talk_ratio").unavailable or "")
    assert found.get("rep_questions").value is None
    assert value(found, "silence_s") == 10.0


def test_an_empty_recording_has_no_measures_and_no_zeros() -> None:
    silent = Conversation(call="c0000", turns=(), speakers=(), duration=20.0)
    assert all(m.value is None and m.unavailable for m in measure(silent).measures)


def test_a_side_that_is_known_and_not_heard_is_said_to_be() -> None:
    call = conversation([("rep", 0.0, 40.0, "Hello there everybody.")])
    both = (*call.speakers, Speaker(label="S2", role="customer", confidence=1.0, source="person"))
    found = measure(call.model_copy(update={"speakers": both}))
    assert found.get("rep_talk_ratio").unavailable == "the customer is not heard"


class TestIntervalOfTheTalkRatio:
    @pytest.mark.parametrize("times", ["channels", "voices", "transcript"])
    def test_the_talk_ratio_has_the_interval_of_how_its_times_were_had(self, times: Times) -> None:
        ratio = measure(conversation(CALL, duration=100.0), times=times).get("rep_talk_ratio")
        # 48 + 39.5 s of speech, worked out above
        expected = bounds_of(round(48 / 87.5, 3), shipped_rules()[times], speech_s=87.5)
        assert (ratio.low, ratio.high) == (expected.low, expected.high)
        assert ratio.trust is None

    def test_no_other_measure_has_an_interval_or_a_word_on_trust(self) -> None:
        found = measure(conversation(CALL, duration=100.0), times="channels")
        others = [m for m in found.measures if m.name != "rep_talk_ratio"]
        assert [m.name for m in others if (m.low, m.high, m.trust) != (None, None, None)] == []

    def test_without_knowing_how_times_were_had_the_value_stands_alone_with_a_reason(self) -> None:
        ratio = measure(conversation(CALL, duration=100.0)).get("rep_talk_ratio")
        assert ratio.value == pytest.approx(48 / 87.5, abs=0.0005)
        assert (ratio.low, ratio.high) == (None, None)
        assert ratio.trust == "no interval: it is not known how the times were had"

    def test_inferred_roles_are_a_condition_of_the_interval(self) -> None:
        call = conversation(CALL, duration=100.0)
        guessed = tuple(
            s.model_copy(update={"source": "inferred", "confidence": c})
            for s, c in zip(call.speakers, (0.9, 0.72), strict=True)
        )
        ratio = measure(call.model_copy(update={"speakers": guessed}), times="voices").get("rep_talk_ratio")
        assert ratio.low is not None
        assert ratio.trust == "if it is right who is the rep (confidence 0.72)"

    def test_three_voices_were_not_calibrated_and_a_bystander_is_none_of_them(self) -> None:
        third: Line = ("customer", 92.0, 99.0, "I am here as well today.")
        call = conversation([*CALL, third], duration=100.0)
        two = measure(call, times="voices").get("rep_talk_ratio")
        assert two.low is not None
        last = call.speech[-1].model_copy(update={"speaker": "S9"})
        ninth = Speaker(label="S9", role="customer", confidence=1.0, source="person")
        three = call.model_copy(update={"speech": (*call.speech[:-1], last), "speakers": (*call.speakers, ninth)})
        ratio = measure(three, times="voices").get("rep_talk_ratio")
        assert (ratio.value, ratio.low) == (two.value, None)
        assert "here are 3" in (ratio.trust or "")
        aside = three.model_copy(update={"speakers": (*call.speakers, ninth.model_copy(update={"role": "other"}))})
        assert measure(aside, times="voices").get("rep_talk_ratio").low is not None

    def test_a_ratio_that_is_unavailable_has_no_interval(self) -> None:
        alone = measure(conversation([("rep", 0.0, 40.0, "Hello there everybody.")]), times="channels")
        ratio = alone.get("rep_talk_ratio")
        assert (ratio.value, ratio.low, ratio.trust) == (None, None, None)


timelines = st.lists(
    st.tuples(st.sampled_from(["rep", "customer"]), st.integers(0, 600), st.integers(1, 80)), min_size=1, max_size=20
)


@given(timelines)
def test_laws_of_any_timeline(drawn: list[tuple[Role, int, int]]) -> None:
    drawn = sorted(drawn, key=lambda x: x[1])
    lines: list[Line] = [(role, float(s), float(s + d), "We talk about it.") for role, s, d in drawn]
    found = measure(conversation(lines))
    duration = max(e for _, _, e, _ in lines)
    values = {m.name: m.value for m in found.measures}
    talk = [values["rep_talk_s"] or 0.0, values["customer_talk_s"] or 0.0]
    assert max(talk) <= duration + 1e-6
    overlap, silence = values["overlap_s"] or 0.0, values["silence_s"] or 0.0
    # what is covered by either side, plus silence, is the whole call
    assert sum(talk) - overlap + silence == pytest.approx(duration, abs=0.01)
    ratio = values["rep_talk_ratio"]
    assert ratio is None or 0 <= ratio <= 1
    assert all((m.value is None) == (m.unavailable is not None) for m in found.measures)
