"""Runs of the evaluation in a workspace: kept once, found by id, and in the index."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from evals.history import History, each_figure
from evals.measures import Measure, Unit
from evals.reference_readers import NothingReader
from evals.running import EvaluationRun, Findings, run_of, without_places
from evals.suites import Failure, Setting, Skipped, SuiteName, SuiteResult
from pipeline.errors import InputError, NotFoundError
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace


def result(hits: float = 9.0, *, suite: SuiteName = "questions") -> SuiteResult:
    units = tuple(Unit(id=f"call-{i}", parts=(hits, 10.0)) for i in range(6))
    measure = Measure(
        name=f"{suite}.phone.f1", about="abc", units=units, n=60, of="lines", baseline=0.5, baseline_is="?"
    )
    return SuiteResult(suite=suite, measures=(measure,))


def run(name: str, minute: int, *results: SuiteResult) -> EvaluationRun:
    findings = Findings(suites=results or (result(),), reader="similarity", code_sha256="0" * 64)
    seconds = {found.suite: 1.5 for found in findings.suites}
    return EvaluationRun(id=name, at=datetime(2026, 5, 1, 8, minute, tzinfo=UTC), findings=findings, seconds=seconds)


def test_a_run_is_found_again_whole(tmp_path: Path) -> None:
    history, first = History(Workspace(tmp_path)), run("e20260501-080000-aaaaaa", 0)
    history.keep(first)
    assert history.run(first.id) == first
    assert history.run("e20260501") == first
    assert history.run("last") == first


def test_equal_findings_share_one_object_and_keep_two_records(tmp_path: Path) -> None:
    history = History(Workspace(tmp_path))
    first, second = (history.keep(run(f"e2026-{n}", n)) for n in (1, 2))
    assert first.key == second.key
    assert len(list((tmp_path / "objects" / "evaluation").rglob("*.json"))) == 1
    assert [record.id for record in history.records()] == ["e2026-1", "e2026-2"]


def test_findings_are_told_apart_by_what_was_found_and_not_by_how_long_it_took() -> None:
    def made(hits: float, seconds: float) -> str:
        run = run_of([result(hits)], reader="similarity", code="0" * 64, seconds={"questions": seconds})
        return run.findings.sha256

    assert made(9.0, 1.0) == made(9.0, 2.0)
    assert made(9.0, 1.0) != made(8.0, 1.0)


def test_no_place_of_this_machine_is_in_what_was_found(tmp_path: Path) -> None:
    data = tmp_path / "data"
    skipped = Skipped(what="phone", reason=f"{data}/labelled/phone: holds no calls")
    failure = Failure(measure="m", unit="u", expected="a review", found=f"{data}/audio/x.wav: is empty")
    setting = Setting(data=data, models=tmp_path, scratch=tmp_path / "scratch", reader=NothingReader)
    found = without_places(SuiteResult(suite="speech", measures=(), skipped=(skipped,), failures=(failure,)), setting)
    assert found.skipped[0].reason == "labelled/phone: holds no calls"
    assert found.failures[0].found == "audio/x.wav: is empty"


def test_the_run_before_is_the_latest_with_a_suite_in_common(tmp_path: Path) -> None:
    history = History(Workspace(tmp_path))
    runs = [run("e2026-1", 1), run("e2026-2", 2), run("e2026-3", 3, result(suite="speech")), run("e2026-4", 4)]
    for made in runs:
        history.keep(made)
    before = history.before(runs[3])
    assert before is not None
    assert before.id == "e2026-2"
    assert history.before(runs[0]) is None


def test_a_run_of_another_reader_is_not_the_run_before(tmp_path: Path) -> None:
    history, other = History(Workspace(tmp_path)), run("e2026-1", 1)
    findings = other.findings.model_copy(update={"reader": "turnwise"})
    history.keep(other.model_copy(update={"findings": findings}))
    assert history.before(run("e2026-2", 2)) is None


def test_a_measures_history_is_in_the_order_of_time(tmp_path: Path) -> None:
    history = History(Workspace(tmp_path))
    history.keep(run("e2026-2", 2, result(8.0)))
    history.keep(run("e2026-1", 1, result(9.0)))
    values = [figure.value for _, figure in each_figure(history.records(), "questions.phone.f1")]
    assert values == pytest.approx([0.9, 0.8])


def test_an_id_that_is_not_there_says_where_to_look(tmp_path: Path) -> None:
    history = History(Workspace(tmp_path))
    with pytest.raises(NotFoundError, match="no run 'e9'"):
        history.run("e9")
    with pytest.raises(NotFoundError, match="no run 'last'"):
        history.run("last")


def test_an_id_that_could_be_two_is_refused(tmp_path: Path) -> None:
    history = History(Workspace(tmp_path))
    history.keep(run("e2026-1", 1))
    history.keep(run("e2026-2", 2))
    with pytest.raises(NotFoundError, match="2 runs begin with 'e2026'"):
        history.run("e2026")


def test_a_run_in_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    first = run("e2026-1", 1)
    path = tmp_path / "baseline.json"
    path.write_text(first.model_dump_json(indent=1))
    assert History(Workspace(tmp_path / "none")).run(str(path)) == first


@pytest.mark.parametrize("content", ["", "{}", '{"questions.phone.f1": {"value": 0.9}}'])
def test_a_file_without_a_run_says_what_it_should_hold(tmp_path: Path, content: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content)
    with pytest.raises(InputError, match="holds no run") as caught:
        History(Workspace(tmp_path)).run(str(path))
    assert "eval run --out" in caught.value.hint


def test_the_index_has_every_figure_and_is_rebuilt_to_equal_content(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    History(space).keep(run("e2026-1", 1))
    with Index(space.index_path) as index:
        assert space.refresh_index(index).changed == 1
        assert space.refresh_index(index).changed == 0
        rows = index.rows("SELECT call, name, value, n, baseline FROM evaluation_figures")
        assert rows == [("e2026-1", "questions.phone.f1", pytest.approx(0.9), 60, 0.5)]
        content = index.content()
    space.rebuild_index()
    with Index(space.index_path) as index:
        assert index.content() == content


def test_of_two_runs_within_a_second_the_later_is_the_last(tmp_path: Path) -> None:
    history = History(Workspace(tmp_path))
    made = [run_of([result(hits)], reader="similarity", code="0" * 64, seconds={}) for hits in (9.0, 8.0, 7.0, 6.0)]
    for each in made:
        history.keep(each)
        assert history.run("last").id == each.id
