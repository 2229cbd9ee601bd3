"""How the linter is scored: labelled sentences that are read and refused, counts by hand, the figures we stand by."""

import math
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.linting import (
    Fault,
    LabelledSentence,
    load_sentences,
    main,
    score_linting,
    share_interval,
    split_of,
)
from evals.questions import Detection
from pipeline.errors import InputError

HEADER = "split,text,label,rule,form\n"


def sentence(text: str, fault: Fault | None = None, **fields: str) -> LabelledSentence:
    known = {"split": "tuning", "text": text, "neutral": fault is None, "fault": fault, **fields}
    return LabelledSentence.model_validate(known)


def written(folder: Path, rows: str) -> Path:
    path = folder / "sentences.csv"
    path.write_text(rows, encoding="utf-8")
    return path


class TestOurSentences:
    def test_there_are_enough_and_about_half_are_neutral(self) -> None:
        sentences = load_sentences()
        assert len(sentences) >= 480
        for half in ("tuning", "held_out"):
            labels = [one.neutral for one in sentences if one.split == half]
            assert len(labels) >= 200
            assert 0.4 <= sum(labels) / len(labels) <= 0.6

    def test_nobody_chose_which_half_a_sentence_is_in(self) -> None:
        assert all(one.split == split_of(one.text) for one in load_sentences())

    def test_no_sentence_stands_twice(self) -> None:
        texts = [one.text.casefold() for one in load_sentences()]
        assert len(set(texts)) == len(texts)

    def test_every_fault_stands_in_both_halves(self) -> None:
        for half in ("tuning", "held_out"):
            faults = {one.fault for one in load_sentences() if one.split == half}
            assert faults == {None, *get_args(Fault)}

    def test_managers_neutral_sentences_are_not_refused_and_few_others_pass(self) -> None:
        held = score_linting(one for one in load_sentences() if one.split == "held_out").found
        assert held.precision is not None
        assert held.precision >= 0.95
        assert held.recall is not None
        assert held.recall >= 0.85


def test_counts_by_hand() -> None:
    score = score_linting(
        [
            sentence("You asked four questions."),  # let pass, rightly
            sentence("Your opening was excellent.", "vague_praise"),  # refused, rightly
            sentence("You were the wallpaper of this call.", "figure"),  # let pass: no list has this figure of speech
            sentence("The customer always pays on Friday."),  # refused: it would need "said that"
        ]
    )
    assert score.found == Detection(n=4, hits=1, false_alarms=1, misses=1)
    assert score.by_fault == {"vague_praise": Detection(n=1, hits=1), "figure": Detection(n=1, misses=1)}
    assert [(mistake.sentence.neutral, bool(mistake.findings)) for mistake in score.mistakes] == [
        (False, False),
        (True, True),
    ]


def test_step_is_read_as_a_step() -> None:
    text = "Write down what you think the customer wanted."
    assert score_linting([sentence(text, form="step")]).found.false_alarms == 0
    assert score_linting([sentence(text)]).found.false_alarms == 1


@given(
    st.lists(st.sampled_from(load_sentences()), max_size=12), st.lists(st.sampled_from(load_sentences()), max_size=12)
)
def test_counts_of_two_lots_add(one: list[LabelledSentence], other: list[LabelledSentence]) -> None:
    assert score_linting([*one, *other]).found == score_linting(one).found + score_linting(other).found


class TestFiles:
    def test_a_row_becomes_a_sentence(self, tmp_path: Path) -> None:
        path = written(tmp_path, HEADER + '"held_out","You, as ever, left.",not_neutral,always_never,prose\n')
        assert load_sentences(path) == (sentence("You, as ever, left.", "always_never", split="held_out"),)

    @pytest.mark.parametrize(
        ("row", "told"),
        [
            ("tuning,Hello.,maybe,,prose", "label 'maybe'"),
            ("tuning,Hello.,neutral,emotion,prose", "label 'neutral' with rule 'emotion'"),
            ("tuning,Hello.,not_neutral,,prose", "label 'not_neutral' with rule ''"),
            ("spare,Hello.,neutral,,prose", "split"),
            ("tuning,,neutral,,prose", "text"),
            ("tuning,Hello.,not_neutral,rudeness,prose", "fault"),
            ("tuning,Hello.,neutral,,song", "form"),
        ],
    )
    def test_what_is_wrong_is_told_with_its_line(self, tmp_path: Path, row: str, told: str) -> None:
        path = written(tmp_path, f"{HEADER}tuning,Fine.,neutral,,prose\n{row}\n")
        with pytest.raises(InputError) as caught:
            load_sentences(path)
        assert caught.value.line == 3
        assert told in caught.value.message

    def test_missing_column_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no column form, rule"):
            load_sentences(written(tmp_path, "split,text,label\ntuning,Hello.,neutral\n"))


class TestShareInterval:
    def test_of_a_half(self) -> None:
        # Wilson at 5 of 10, z2 = 3.8415: middle 0.5; half-width 1.96 / 1.38415 * sqrt(0.025 + 0.0096036) = 0.2634
        bounds = share_interval(5, 10)
        assert bounds is not None
        assert bounds == pytest.approx((0.2366, 0.7634), abs=1e-4)

    def test_everything_right_leaves_room_below(self) -> None:
        # Wilson at 10 of 10: the lower bound is 1 / (1 + z2 / n) = 1 / 1.38415
        bounds = share_interval(10, 10)
        assert bounds is not None
        assert bounds == pytest.approx((0.7225, 1.0), abs=1e-4)

    def test_nothing_has_none(self) -> None:
        assert share_interval(0, 0) is None

    @given(st.integers(1, 400), st.data())
    def test_holds_the_share_and_stays_in_0_to_1(self, whole: int, data: st.DataObject) -> None:
        part = data.draw(st.integers(0, whole))
        bounds = share_interval(part, whole)
        assert bounds is not None
        low, high = bounds
        assert 0 <= low <= part / whole + 1e-12
        assert part / whole - 1e-12 <= high <= 1
        assert not math.isclose(low, high)


class TestCommand:
    def test_table_has_both_halves(self, capsys: pytest.CaptureFixture[str]) -> None:
        main([])
        told = capsys.readouterr().out
        assert "tuning" in told
        assert "held_out" in told

    def test_failures_are_of_the_tuning_half_alone(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        rows = "tuning,You were great at noon.,neutral,,prose\nheld_out,You were great at ten.,neutral,,prose\n"
        main(["--failures", "--sentences", str(written(tmp_path, HEADER + rows))])
        told = capsys.readouterr().out
        assert "at noon" in told
        assert "worth: great" in told
        assert "at ten" not in told
