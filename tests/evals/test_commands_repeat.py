"""`filmroom eval repeat`: every reading is really asked, the report is what [withhold] takes, errors say what to do."""

import json
from pathlib import Path

import pytest
import typer

from evals.commands_repeat import repeat
from pipeline.commands.nights import open_night
from pipeline.config import load_config
from pipeline.domain.stability import Repeatability
from pipeline.errors import BudgetError, NotFoundError, UsageError
from pipeline.rubrics import load_rubric, reading_hash
from tests.command import pretend_model
from tests.commands.runner import Ended, run
from tests.fault_server import MODEL, FaultServer, answer
from tests.workbench.calls import WordReader, space_of_calls
from tests.workbench.rubrics import loaded, written

app = typer.Typer()
app.command()(repeat)

PLACE = {"turn": "t0005", "quote": "What does that cost you in a month?", "behaviour": "A", "plain": True}
FOUND, NOTHING = answer(json.dumps({"found": [PLACE]})), answer('{"found": []}')


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder without models, in which the command runs."""
    monkeypatch.setenv("FILMROOM_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.delenv("FILMROOM_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def space(folder: Path) -> Path:
    """A workspace of two calls, each one request long under the small rubric."""
    return space_of_calls(folder, loaded(folder), WordReader(), "a", "b").root


def configured(url: str, more: str = "") -> None:
    prices = f'[llm.prices."{MODEL}"]\ninput = 1.0\noutput = 2.0\n'
    Path("filmroom.toml").write_text(
        f'reader = "llm"\n[llm]\nmodel = "{MODEL}"\nurl = "{url}"\nparallel = 1\n{prices}{more}'
    )


def filmroom(space: Path, *more: str | Path, rubric: str = "small.yaml") -> Ended:
    return run(app, "--rubric", rubric, "--workspace", space, *more)


def refused(ended: Ended) -> str:
    assert isinstance(ended.error, UsageError)
    assert ended.error.hint
    return ended.error.message


class TestWithALanguageModel:
    def test_each_reading_is_asked_anew_in_the_same_words_and_counted(self, folder: Path, space: Path) -> None:
        with FaultServer(FOUND, FOUND, NOTHING, NOTHING) as server:
            configured(server.url)
            ended = filmroom(space, "--all", "--k", "3", "--out", "report.json")
            assert ended.code == 0, ended.error
            assert server.n_requests == 6
            # both calls have the same words: what is sent is alike throughout, whatever number the reading has
            assert len({json.dumps(seen.body, sort_keys=True) for seen in server.seen}) == 1
        report = Repeatability.model_validate_json(Path("report.json").read_bytes())
        assert report.readings is not None
        rates = {row.id: (row.flips, row.pairs, row.calls) for row in report.readings.behaviours}
        # The first call is read shown, shown, not shown: 2 of 3 pairs flip; the second one three times not shown.
        assert rates == {"cost_asked": (2, 6, 2), "plan_asked": (0, 6, 2)}
        assert (report.k, report.n_calls, report.rubric, report.transcripts) == (3, 2, "small", None)
        assert report.rubric_reads == reading_hash(load_rubric(folder / "small.yaml").rubric)
        assert "cost_asked" in ended.out
        assert "6 requests" in ended.err

    def test_what_was_read_once_is_kept_and_more_readings_ask_only_for_what_is_new(self, space: Path) -> None:
        with FaultServer(FOUND, NOTHING) as server:
            configured(server.url)
            first = filmroom(space, "--all", "--k", "2")
            assert server.n_requests == 4
            again = filmroom(space, "--all", "--k", "2")
            assert (server.n_requests, again.out) == (4, first.out)
            filmroom(space, "--all", "--k", "3")
            assert server.n_requests == 6

    def test_the_report_is_in_force_for_the_next_night(self, space: Path) -> None:
        with FaultServer(FOUND, NOTHING, NOTHING, NOTHING) as server:
            configured(server.url)
            assert filmroom(space, "--all", "--k", "3", "--out", "report.json").code == 0
            # cost_asked: 2 of 6 pairs flip
            configured(server.url, '[withhold]\nreport = "report.json"\nflip_rate = 0.3\n')
            night = open_night(space, load_config(Path.cwd(), rubric="small.yaml")).night
            assert {name: [each.behaviour for each in found] for name, found in night.withheld.items()} == {
                "small": ["cost_asked"]
            }
            configured(server.url, '[withhold]\nreport = "report.json"\nflip_rate = 0.34\n')
            assert open_night(space, load_config(Path.cwd(), rubric="small.yaml")).night.withheld == {}
            hotter = load_config(Path.cwd(), rubric="small.yaml", llm={"temperature": 0.7})
            with pytest.raises(UsageError, match="of another reader"):
                open_night(space, hotter)

    def test_a_budget_that_is_too_small_ends_it(self, space: Path) -> None:
        with FaultServer(NOTHING) as server:
            configured(server.url)
            ended = filmroom(space, "--all", "--budget", "0.0001")
            assert isinstance(ended.error, BudgetError)
            assert server.n_requests == 0

    def test_changed_transcripts_are_read_where_they_are_asked_for(self, space: Path) -> None:
        with FaultServer(NOTHING) as server:
            configured(server.url)
            ended = filmroom(space, "--last", "1", "--k", "2", "--transcripts", "--json")
            report = Repeatability.model_validate_json(ended.out)
            assert report.readings is not None
            assert report.transcripts is not None
            assert len(report.transcripts.changes) >= 2
            assert server.n_requests == 2 + len(report.transcripts.changes)

    def test_named_calls_only_are_read(self, space: Path) -> None:
        with FaultServer(NOTHING) as server:
            configured(server.url)
            call = sorted(path.name for path in (space / "calls").iterdir())[0]
            assert filmroom(space, "--calls", call, "--k", "2").code == 0
            assert server.n_requests == 2


class TestRefused:
    def test_a_reader_that_is_alike_and_no_changes_leave_nothing_to_measure(self, space: Path) -> None:
        message = refused(filmroom(space, "--all", "--reader", "similarity", "--no-transcripts"))
        assert "reads equal words alike" in message

    def test_flags_of_a_language_model_without_one(self, space: Path) -> None:
        assert "--budget" in refused(filmroom(space, "--all", "--reader", "similarity", "--budget", "1"))

    def test_a_report_that_could_not_be_written_is_refused_before_anything_is_read(self, space: Path) -> None:
        with FaultServer(NOTHING) as server:
            configured(server.url)
            assert "nowhere" in refused(filmroom(space, "--all", "--out", "nowhere/report.json"))
            assert "no file" in refused(filmroom(space, "--all", "--out", "."))
            assert server.n_requests == 0

    def test_rubrics_by_stage(self, space: Path) -> None:
        message = refused(filmroom(space, "--all", "--reader", "similarity", rubric="by-stage"))
        assert "one rubric at a time" in message

    def test_a_rubric_for_which_no_calls_come_with_filmroom(self, folder: Path) -> None:
        assert "no calls come with Filmroom for the rubric small" in self.of_own_calls(folder)

    def of_own_calls(self, folder: Path) -> str:
        written(folder)
        return refused(filmroom(folder / "none", "--reader", "similarity"))

    def test_a_call_that_is_not_there(self, space: Path) -> None:
        ended = filmroom(space, "--calls", "nobody", "--reader", "similarity")
        assert isinstance(ended.error, NotFoundError)

    def test_a_single_reading(self, space: Path) -> None:
        assert filmroom(space, "--all", "--k", "1").code == 2

    def test_weights_that_are_missing(self, space: Path) -> None:
        ended = filmroom(space, "--all", "--reader", "similarity")
        assert ended.error is not None
        assert "filmroom models pull minilm" in ended.error.hint


def test_the_calls_that_come_with_filmroom_are_read_where_none_is_named(folder: Path) -> None:
    with FaultServer(NOTHING) as server:
        configured(server.url)
        ended = run(app, "--rubric", "discovery", "--workspace", folder / "w", "--k", "2", "--json")
        assert ended.code == 0, ended.error
        report = Repeatability.model_validate_json(ended.out)
    assert report.n_calls >= 10
    assert report.readings is not None
    assert report.readings.overall.flips == 0
    assert not (folder / "w" / "objects").exists(), "calls that are nobody's are kept apart from a team's own"


def test_an_embedded_reader_is_checked_before_it_is_loaded(folder: Path, space: Path) -> None:
    pretend_model("minilm", folder / "models")
    Path("filmroom.toml").write_text('reader = "turnwise"\n')
    ended = filmroom(space, "--all")
    assert ended.error is not None
    assert "qwen2.5-coder-1.5b" in ended.error.message
