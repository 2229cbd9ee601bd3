"""What helps to choose a call: where it stands out among others, as a measured fact."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.signals import NAMES, neutral_facts, signals
from pipeline.domain.metrics import MetricName

WORTH = ("good", "bad", "well", "poor", "great", "best", "worst", "too ", "better", "wrong")


def test_the_ends_of_a_measure_are_told() -> None:
    found = signals({"a": {"rep_talk_ratio": 0.4}, "b": {"rep_talk_ratio": 0.71}, "c": {"rep_talk_ratio": 0.5}})
    assert found == {
        "a": ("your smallest share of the talk: 40%",),
        "b": ("your largest share of the talk: 71%",),
        "c": (),
    }


def test_one_call_alone_stands_out_in_nothing() -> None:
    assert signals({"a": {"rep_talk_ratio": 0.9, "rep_questions": 30}, "b": {}}) == {"a": (), "b": ()}


def test_a_tie_tells_nothing() -> None:
    found = signals({"a": {"rep_questions": 4}, "b": {"rep_questions": 4}, "c": {"rep_questions": 2}})
    assert found == {"a": (), "b": (), "c": ("the fewest questions of yours: 2",)}


def test_lengths_are_told_in_minutes_and_seconds() -> None:
    found = signals({"a": {"longest_rep_monologue_s": 95.0}, "b": {"longest_rep_monologue_s": 20.0}})
    assert found["a"] == ("your longest stretch without the customer: 01:35",)
    assert found["b"] == ()


def test_facts_of_one_call_speak_to_the_rep_or_of_the_rep() -> None:
    measures: dict[MetricName, float] = {"rep_talk_ratio": 0.5, "rep_questions": 1.0}
    assert neutral_facts(measures, own=True) == ("Of all the talk, 50% was yours.", "You asked 1 question.")
    assert neutral_facts(measures, own=False)[1] == "The rep asked 1 question."
    assert neutral_facts({}, own=True) == ()


VALUES = st.dictionaries(st.sampled_from(NAMES), st.floats(0, 500), max_size=len(NAMES))


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), VALUES, max_size=6))
def test_every_call_is_there_and_no_word_of_worth_is(measured: dict[str, dict[MetricName, float]]) -> None:
    found = signals(measured)
    assert set(found) == set(measured)
    told = [text for texts in found.values() for text in texts]
    told += [text for measures in measured.values() for text in neutral_facts(measures, own=True)]
    assert not [text for text in told if any(word in text.lower() for word in WORTH)]
