"""The suite of questions: counts by hand, and collections that are not there."""

import shutil
from pathlib import Path

import pytest

from evals.questions import Line
from evals.suites import Setting, SuiteResult
from evals.suites.questions import measures_of, questions
from pipeline.ports import Reader


def no_reader() -> Reader:
    raise AssertionError("questions are found without a reader")


def setting(tmp_path: Path, data: Path | None) -> Setting:
    return Setting(data=data, models=tmp_path, scratch=tmp_path, reader=no_reader)


def line(text: str, *, asks: bool, **fields: object) -> Line:
    known = {"conversation": "c", "text": text, "previous": "", "asks": asks}
    return Line.model_validate({**known, **fields})


TALKS = [
    ("one", [line("Where do you live?", asks=True), line("In a shed.", asks=False), line("Nice?", asks=False)]),
    ("two", [line("Do you smoke?", asks=True), line("Tell me what you did.", asks=True, declarative=True)]),
]


def test_every_conversation_is_a_unit_and_every_line_is_counted() -> None:
    for measure in measures_of("own", TALKS):
        if measure.name.endswith("_marks"):
            assert {unit.id for unit in measure.units} <= {"one", "two"}
    f1 = next(m for m in measures_of("own", TALKS) if m.name == "questions.own.f1_marks")
    assert (f1.n, [unit.id for unit in f1.units]) == (5, ["one", "two"])


def test_the_baseline_is_a_bare_question_mark_on_the_same_lines() -> None:
    # of the three lines that ask two have a mark, and "Nice?" has one and does not ask: 2 * 2 / (2 * 2 + 1 + 1)
    f1 = next(m for m in measures_of("own", TALKS) if m.name == "questions.own.f1_marks")
    assert f1.baseline == pytest.approx(4 / 6)
    without = next(m for m in measures_of("own", TALKS) if m.name == "questions.own.f1_no_marks")
    assert without.baseline == 0.0


def test_declaratives_are_a_slice_of_their_own() -> None:
    recall = next(m for m in measures_of("own", TALKS) if m.name == "questions.own.declarative_recall_marks")
    assert (recall.n, [unit.id for unit in recall.units]) == (1, ["two"])


def test_a_collection_without_openness_has_no_measure_of_it() -> None:
    assert not [m for m in measures_of("own", TALKS) if "open" in m.name]


def test_without_collections_each_is_listed_with_the_reason(tmp_path: Path) -> None:
    found = questions(setting(tmp_path, None))
    assert found.measures == ()
    assert [skipped.what for skipped in found.skipped] == ["phone", "counselling"]
    assert "FILMROOM_SHARED" in found.skipped[0].reason


def test_one_collection_that_is_absent_does_not_keep_the_other_from_being_measured(
    tmp_path: Path, shared_data: Path
) -> None:
    shutil.copytree(shared_data / "labelled" / "phone-dialogue-acts", tmp_path / "labelled" / "phone-dialogue-acts")
    found = questions(setting(tmp_path, tmp_path))
    assert {measure.name.split(".")[1] for measure in found.measures} == {"phone"}
    assert [skipped.what for skipped in found.skipped] == ["counselling"]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> SuiteResult:
    """The suite on the collections of others."""
    return questions(setting(tmp_path_factory.mktemp("questions"), shared_data))


def test_what_goes_wrong_is_shown_with_its_words(measured: SuiteResult) -> None:
    found = measured
    assert {failure.found.partition(":")[0] for failure in found.failures} == {"a question", "no question"}
    assert all(failure.text and failure.unit for failure in found.failures)
    names = {measure.name for measure in found.measures}
    assert {failure.measure for failure in found.failures} <= names


def test_people_stand_beside_ours_where_talks_have_several_raters(measured: SuiteResult) -> None:
    found = measured
    people = {measure.name: measure.people for measure in found.measures if measure.people is not None}
    assert set(people) == {"questions.counselling.f1_by_several"}
    assert 0.8 < people["questions.counselling.f1_by_several"] < 1.0


def test_labelled_conversations_are_read_at_least_as_well_as_promised(measured: SuiteResult) -> None:
    # floors below what is measured; better than a bare "?" throughout
    found = measured
    measures = {measure.name.removeprefix("questions."): measure for measure in found.measures}
    for collection in ("phone", "counselling"):
        for variant, floor in (("marks", 0.90), ("no_marks", 0.80), ("bare", 0.80)):
            measure = measures[f"{collection}.f1_{variant}"]
            assert (measure.value or 0.0) >= floor
            assert (measure.value or 0.0) > (measure.baseline or 0.0)
    assert (measures["counselling.openness_macro_f1"].value or 0.0) >= 0.75
    assert (measures["phone.declarative_recall_marks"].value or 0.0) >= 0.60
