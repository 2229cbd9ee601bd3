"""Scoring of the stage of a call: the labelled calls, macro F1, and the floor we hold."""

from collections import Counter
from pathlib import Path

import pytest

from evals.questions import Detection
from evals.stages import LabelledCall, load_calls, score_stages, table
from pipeline.domain.recording import Stage
from pipeline.errors import InputError


def test_there_are_three_calls_of_every_stage_in_each_lot_and_some_of_none() -> None:
    counts = Counter((call.split, call.stage) for call in load_calls())
    for lot in ("tuning", "held_out"):
        assert {counts[lot, stage] for stage in Stage} == {3}
        assert counts[lot, "unknown"] == 2


def test_ids_are_unique() -> None:
    ids = [call.id for call in load_calls()]
    assert len(set(ids)) == len(ids)


def test_a_labelled_call_becomes_a_conversation_without_times() -> None:
    call = LabelledCall(
        id="short-call", split="tuning", stage=Stage.DEMO, turns=({"rep": "Hi there"}, {"customer": "Hi"})
    )
    talk = call.conversation
    assert [(turn.role, turn.text) for turn in talk.turns] == [("rep", "Hi there"), ("customer", "Hi")]
    assert not talk.timed


def test_an_unknown_label_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stages.yaml"
    path.write_text("calls:\n  - {id: aaaa, split: tuning, stage: lunch, turns: [{rep: Hi}]}\n", encoding="utf-8")
    with pytest.raises(InputError, match="stage"):
        load_calls(path)
    with pytest.raises(InputError, match="cannot be read"):
        load_calls(tmp_path / "gone.yaml")


def test_macro_f1_is_the_mean_over_the_stages() -> None:
    demo = "Can you see my screen? As you can see it is empty."
    calls = [
        LabelledCall(id="aaaa", split="tuning", stage=Stage.DEMO, turns=({"rep": demo},)),
        LabelledCall(id="bbbb", split="tuning", stage=Stage.CLOSING, turns=({"rep": demo},)),
        LabelledCall(id="cccc", split="tuning", stage="unknown", turns=({"rep": "Hello."},)),
        LabelledCall(id="dddd", split="held_out", stage=Stage.CLOSING, turns=({"rep": "Hello."},)),
    ]
    scores = score_stages(calls, "tuning")
    assert scores.stages[Stage.DEMO] == Detection(n=3, hits=1, false_alarms=1)
    assert scores.stages[Stage.CLOSING] == Detection(n=3, misses=1)
    assert scores.unknown == Detection(n=3, hits=1)
    # Demo: 2 / (2 + 1) = 0.667; closing 0; the three others have neither calls nor alarms and count as 0: 0.667 / 5.
    assert scores.macro_f1 == pytest.approx(2 / 15)


def test_rules_alone_tell_the_labelled_calls_apart() -> None:
    calls = load_calls()
    scores = [score_stages(calls, "tuning"), score_stages(calls, "held_out")]
    assert [lot.macro_f1 >= 0.9 for lot in scores] == [True, True]
    assert all(lot.unknown.recall == 1.0 for lot in scores)
    assert "macro F1" in table(scores)
