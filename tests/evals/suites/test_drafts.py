"""The suite of drafts: measures by hand on made-up checks, and a whole run with readers that need no model."""

from pathlib import Path

import pytest

from evals.cases import load_cases
from evals.drafting import DraftChecks
from evals.linting import LabelledSentence, load_sentences
from evals.measures import Measure
from evals.reference_readers import LabelReader
from evals.suites import Setting, SuiteResult
from evals.suites.drafts import draft_failures, draft_measures, drafts, grounds, linter_measures

RIGHT = DraftChecks(
    call="a", rubric="r", n_sentences=6, n_tied=6, one_improvement=True, positive_first=True,
    improvement="x", advice="right", strength="y", strength_shown=True, chance=0.5,
)  # fmt: skip
DONE = RIGHT.model_copy(
    update={"call": "b", "advice": "already_done", "n_tied": 5, "broken": ("number",), "chance": 1.0}
)
NOTHING_LEFT = DraftChecks(call="c", rubric="r", n_sentences=2, n_tied=2, absent="Nothing left.")
REFUSED = DraftChecks(call="d", rubric="r", refused="It judges.")


def measured(*checks: DraftChecks) -> dict[str, Measure]:
    return {measure.name.rpartition(".")[2]: measure for measure in draft_measures("some", checks)}


class TestMeasures:
    def test_values_by_hand(self) -> None:
        found = {name: measure.value for name, measure in measured(RIGHT, DONE, NOTHING_LEFT, REFUSED).items()}
        assert found == {
            "passes_linter": 2 / 4,  # a and c; b is broken, d was never written
            "one_improvement": 2 / 4,
            "positive_first": 2 / 4,
            "without_improvement": 1 / 3,  # d is no draft
            "tied_sentences": 13 / 14,
            "already_done": 1 / 2,  # of the two with advice that has a label
            "already_done_by_chance": 1.5 / 2,
            "advice_right": 1 / 2,
            "strength_right": 2 / 2,
        }

    def test_already_done_is_better_when_less_and_stands_beside_the_published_figure(self) -> None:
        already = measured(RIGHT)["already_done"]
        assert (already.better, already.baseline) == ("less", 0.82)

    def test_without_labels_nothing_is_said_of_advice(self) -> None:
        assert not {"already_done", "advice_right", "already_done_by_chance", "strength_right"} & set(
            measured(NOTHING_LEFT, REFUSED)
        )

    def test_no_calls_have_no_measures(self) -> None:
        assert draft_measures("some", ()) == []

    def test_failures_tell_the_call_and_what_was_advised(self) -> None:
        found = [(f.measure, f.unit, f.found) for f in draft_failures("some", [RIGHT, DONE, NOTHING_LEFT, REFUSED])]
        assert found == [
            ("drafts.some.passes_linter", "b", "number"),
            ("drafts.some.already_done", "b", "x: already done"),
            ("drafts.some.passes_linter", "d", "It judges."),
        ]


class TestLinter:
    def test_held_out_sentences_alone_are_counted(self) -> None:
        def one(split: str, text: str, *, neutral: bool) -> LabelledSentence:
            fault = None if neutral else "verdict"
            known = {"split": split, "text": text, "neutral": neutral, "fault": fault}
            return LabelledSentence.model_validate(known)

        found = linter_measures(
            [
                one("held_out", "Your close was poor.", neutral=False),  # refused
                one("held_out", "You were the wallpaper.", neutral=False),  # let pass
                one("held_out", "You asked who signs.", neutral=True),  # let pass
                one("tuning", "You asked when they sign.", neutral=False),
            ]
        )
        assert {m.name: m.value for m in found} == {
            "drafts.sentences.linter_precision": 1.0,
            "drafts.sentences.linter_recall": 0.5,
            "drafts.sentences.linter_f1": pytest.approx(2 / 3),
        }
        assert {m.n for m in found} == {3}


def setting(folder: Path, data: Path | None) -> Setting:
    return Setting(data=data, models=folder, scratch=folder, reader=lambda: LabelReader(load_cases()))


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> SuiteResult:
    """A run where the folder of collections holds none that is known."""
    folder = tmp_path_factory.mktemp("drafts")
    (folder / "labelled").mkdir()
    return drafts(setting(folder, folder))


class TestRun:
    def test_reader_that_is_never_wrong_seldom_advises_what_was_done(self, result: SuiteResult) -> None:
        found = {measure.name: measure.value for measure in result.measures}
        done, chance = found["drafts.made_up.already_done"], found["drafts.made_up.already_done_by_chance"]
        assert done is not None
        assert chance is not None
        assert done <= 2 / 12 < chance  # two calls in which the rubric looks in other places
        assert found["drafts.made_up.passes_linter"] == 1
        assert found["drafts.made_up.tied_sentences"] == 1

    def test_collection_of_another_layout_is_skipped(self, result: SuiteResult) -> None:
        assert {"pitches", "counselling"} <= {one.what for one in result.skipped}

    def test_sentences_that_were_held_out_are_not_told(self, result: SuiteResult) -> None:
        held = {one.text for one in load_sentences() if one.split == "held_out"}
        assert not held & {failure.text for failure in result.failures}

    def test_every_failure_names_a_measure_of_the_run(self, result: SuiteResult) -> None:
        assert {failure.measure for failure in result.failures} <= {measure.name for measure in result.measures}


class TestGrounds:
    def test_without_collections_of_others_these_are_skipped_with_what_to_do(self, tmp_path: Path) -> None:
        found, skipped = grounds(setting(tmp_path, None))
        assert list(found) == ["made_up"]
        assert [one.what for one in skipped] == ["pitches", "counselling"]
        assert all("FILMROOM_SHARED" in one.reason for one in skipped)

    @pytest.mark.slow
    def test_collections_bring_their_rubric_and_what_most_raters_say(self, tmp_path: Path, shared_data: Path) -> None:
        found, _ = grounds(setting(tmp_path, shared_data))
        for name in set(found) - {"made_up"}:
            assert all(set(one.states) <= {b.id for b in one.rubric.behaviours} for one in found[name])
            assert any(one.states for one in found[name])
