"""What a configuration withholds: named behaviours and unsteady ones, and no report that is another reader's."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Withholding
from pipeline.domain.rubric import LoadedRubric, Rubric
from pipeline.domain.stability import FlipRate, Repeatability, Stability
from pipeline.engines.withholding import load_report, make_withheld
from pipeline.errors import UsageError
from pipeline.ports import Reader
from pipeline.rubrics import content_hash, reading_hash
from tests.coaching_values import make_behaviour, make_capability, make_rubric
from tests.scripted import ScriptedReader

RUBRIC = make_rubric(make_capability("asking", make_behaviour("open_question"), make_behaviour("asks_more")))
CLOSING = make_capability("closing", make_behaviour("names_date"), make_behaviour("names_people"))
OTHER = make_rubric(CLOSING).model_copy(update={"id": "other_rubric"})


def loaded(rubric: Rubric) -> LoadedRubric:
    return LoadedRubric(rubric=rubric, sha256=content_hash(rubric))


def stability(flips: int, pairs: int = 10) -> Stability:
    row = FlipRate(id="open_question", flips=flips, pairs=pairs, calls=5, rate=flips / pairs)
    return Stability(overall=row, behaviours=(row,), levels=(), quotes=row)


def written(folder: Path, **changed: object) -> Path:
    """A report in which readings of open_question flip in 3 of 10 pairs."""
    report = Repeatability(
        reader="scripted reader",
        rubric=RUBRIC.id,
        rubric_version=RUBRIC.version,
        rubric_reads=reading_hash(RUBRIC),
        k=3,
        n_calls=5,
        readings=stability(3),
        at=datetime(2026, 3, 5, tzinfo=UTC),
    ).model_copy(update=changed)
    path = folder / "repeatability.json"
    path.write_text(report.model_dump_json(), encoding="utf-8")
    return path


def withheld(settings: Withholding, *rubrics: Rubric, identity: str = "scripted reader") -> dict[str, list[str]]:
    known = [loaded(rubric) for rubric in rubrics or (RUBRIC,)]
    found = make_withheld(settings, known, lambda: ScriptedReader(identity))
    return {name: [each.behaviour for each in of] for name, of in found.items()}


def nobody() -> Reader:
    raise AssertionError("no reader is needed")


def refused(settings: Withholding, *rubrics: Rubric, identity: str = "scripted reader") -> str:
    with pytest.raises(UsageError) as caught:
        withheld(settings, *rubrics, identity=identity)
    assert caught.value.hint
    return caught.value.message


def test_by_default_nothing_is_withheld_and_no_reader_is_made() -> None:
    assert make_withheld(Withholding(), [loaded(RUBRIC)], nobody) == {}


def test_named_behaviours_need_no_report_and_no_reader() -> None:
    found = make_withheld(Withholding(behaviours=("asks_more",)), [loaded(RUBRIC), loaded(OTHER)], nobody)
    assert [(name, each.behaviour, each.cause) for name, of in found.items() for each in of] == [
        ("test_rubric", "asks_more", "setting")
    ]


def test_a_name_that_no_rubric_has_is_an_error_with_the_name() -> None:
    assert "opne_question" in refused(Withholding(behaviours=("opne_question", "asks_more")))


@pytest.mark.parametrize(("limit", "expected"), [(0.2, {"test_rubric": ["open_question"]}), (0.3, {})])
def test_a_report_withholds_what_is_above_the_limit(
    tmp_path: Path, limit: float, expected: dict[str, list[str]]
) -> None:
    assert withheld(Withholding(report=written(tmp_path), flip_rate=limit)) == expected


def test_named_ones_and_unsteady_ones_add_up(tmp_path: Path) -> None:
    settings = Withholding(report=written(tmp_path), behaviours=("asks_more",))
    assert withheld(settings) == {"test_rubric": ["asks_more", "open_question"]}


def test_a_report_counts_for_its_own_rubric_of_several(tmp_path: Path) -> None:
    assert withheld(Withholding(report=written(tmp_path)), OTHER, RUBRIC) == {"test_rubric": ["open_question"]}


def test_a_report_of_another_reader_is_refused_with_both_names(tmp_path: Path) -> None:
    message = refused(Withholding(report=written(tmp_path)), identity="llm@1 openai/other")
    assert "measured: scripted reader" in message
    assert "in force: llm@1 openai/other" in message


def test_a_report_of_another_rubric_is_refused_with_both_names(tmp_path: Path) -> None:
    message = refused(Withholding(report=written(tmp_path)), OTHER)
    assert "measured: test_rubric version 1" in message
    assert "in force: other_rubric version 1" in message


def test_a_report_of_the_rubric_before_its_behaviours_changed_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    changed = make_rubric(make_capability("asking", make_behaviour("open_question"), make_behaviour("asks_less")))
    assert "another rubric" in refused(Withholding(report=path), changed)


def test_new_wording_that_readers_do_not_see_leaves_a_report_in_force(tmp_path: Path) -> None:
    path = written(tmp_path)
    (capability,) = RUBRIC.capabilities
    praised = capability.behaviours[0].model_copy(update={"praise": "You asked an open question there."})
    reworded = capability.model_copy(update={"behaviours": (praised, capability.behaviours[1])})
    changed = RUBRIC.model_copy(update={"version": 2, "capabilities": (reworded,)})
    assert withheld(Withholding(report=path), changed) == {"test_rubric": ["open_question"]}


def test_a_reader_that_is_alike_by_construction_has_no_rates_by_readings(tmp_path: Path) -> None:
    path = written(tmp_path, readings=None, k=1, transcripts=stability(4))
    assert "reads equal words alike" in refused(Withholding(report=path))
    assert withheld(Withholding(report=path, by="transcripts")) == {"test_rubric": ["open_question"]}


def test_changed_transcripts_that_nobody_read_are_missed(tmp_path: Path) -> None:
    assert "no readings of changed transcripts" in refused(Withholding(report=written(tmp_path), by="transcripts"))


def test_the_two_kinds_are_never_mixed(tmp_path: Path) -> None:
    path = written(tmp_path, readings=stability(0), transcripts=stability(9))
    assert withheld(Withholding(report=path)) == {}
    assert withheld(Withholding(report=path, by="transcripts")) == {"test_rubric": ["open_question"]}


def test_a_file_that_is_not_there_and_one_that_is_no_report_are_named(tmp_path: Path) -> None:
    assert "nowhere.json" in refused(Withholding(report=tmp_path / "nowhere.json"))
    (tmp_path / "other.json").write_text('{"reader": "r"}')
    message = refused(Withholding(report=tmp_path / "other.json"))
    assert "other.json is no report" in message
    (tmp_path / "cut.json").write_text('{"reader": ')
    assert "is no report" in refused(Withholding(report=tmp_path / "cut.json"))


def test_a_report_is_loaded_as_it_was_written(tmp_path: Path) -> None:
    assert load_report(written(tmp_path)).readings == stability(3)
