"""The commands of rubric authors: what they print where, and how they end."""

import json
from pathlib import Path

import pytest

from pipeline.adapters import weights
from pipeline.adapters.embedding import MiniLmEmbedder
from pipeline.adapters.similarity import SimilarityReader
from pipeline.commands import rubric
from pipeline.errors import BudgetError
from pipeline.rubrics import SHIPPED, load_rubric
from tests.command import pretend_model
from tests.commands.runner import Ended, run
from tests.fault_server import MODEL, FaultServer, answer
from tests.workbench.calls import WordReader, space_of_calls, stored
from tests.workbench.rubrics import loaded, written

INPUT, USAGE, STORE = 3, 2, 6
WORDING = ("praise: You asked what the problem costs.", "praise: You asked for a figure.")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder without models, in which the commands run."""
    monkeypatch.setenv("FILMROOM_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("FILMROOM_WORKSPACE", raising=False)
    monkeypatch.setenv("USER", "ann")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def filmroom_rubric(*arguments: str | Path) -> Ended:
    return run(rubric.app, *arguments)


class TestCheck:
    def test_a_sound_rubric_ends_with_0_and_says_what_was_not_looked_at(self, folder: Path) -> None:
        ended = filmroom_rubric("check", written(folder))
        assert ended.code == 0
        assert "small, version 1: 0 errors, 0 warnings. Nothing to look at." in ended.out
        assert "overlapping behaviours were not looked at" in ended.out

    def test_warnings_end_with_0_and_errors_with_3(self, folder: Path) -> None:
        warned = filmroom_rubric("check", written(folder, ("          - When is the roster written?\n", "")))
        assert warned.code == 0
        assert ": warning: plan_asked: 3 examples" in warned.out
        wrong = filmroom_rubric("check", written(folder, ("needs: {at_least: 2}", "needs: {at_least: 1}")))
        assert wrong.code == INPUT
        assert f"{folder / 'small.yaml'}:40:9: error: levels 2 and 3" in wrong.out
        assert "  What to do: let each level need more" in wrong.out

    def test_a_mistake_in_the_yaml_is_printed_with_place_and_fix(self, folder: Path) -> None:
        ended = filmroom_rubric("check", written(folder, ("goal: Both", "goal Both")))
        assert ended.code == INPUT
        assert ":8:5: error: no colon stands after `goal`\n  What to do: write `goal: Both sides" in ended.out

    def test_json_has_every_finding(self, folder: Path) -> None:
        ended = filmroom_rubric("check", written(folder, ("form: question", "from: question")), "--json")
        assert ended.code == INPUT
        found = json.loads(ended.out)
        assert {(f["severity"], f["line"], f["fix"]) for f in found["findings"]} == {
            ("error", 12, "did you mean `form`?"),
            ("error", 28, "did you mean `form`?"),
        }

    def test_a_file_that_is_not_there_is_an_error(self) -> None:
        assert filmroom_rubric("check", "nowhere.yaml").code == INPUT


class TestDiff:
    def test_two_files_are_compared(self, folder: Path) -> None:
        other = written(folder, WORDING, ("version: 1", "version: 2"), name="other.yaml")
        ended = filmroom_rubric("diff", written(folder), other)
        assert ended.code == 0
        assert "small: version 1 -> version 2\n  Wording only: cost_asked." in ended.out

    def test_json_has_every_change(self, folder: Path) -> None:
        other = written(folder, WORDING, name="other.yaml")
        (found,) = json.loads(filmroom_rubric("diff", written(folder), other, "--json").out)["behaviours"]
        assert found["affects"] == "wording"
        assert found["fields"][0]["new"] == "You asked for a figure."

    def test_an_unknown_rubric_is_an_error_with_the_nearest(self) -> None:
        ended = filmroom_rubric("diff", "discovery", "discovry")
        assert ended.error is not None
        assert (ended.code, ended.error.hint) == (STORE, "did you mean discovery?")


class TestPublish:
    def publish(self, folder: Path, *changes: tuple[str, str]) -> Ended:
        file = written(folder, *changes)
        return filmroom_rubric("publish", file, "--workspace", folder / "w", "--author", "Ann", "--note", "for spring")

    def test_a_rubric_is_published_listed_and_shown(self, folder: Path) -> None:
        first = self.publish(folder)
        assert first.code == 0
        assert "Published small version 1." in first.err
        second = self.publish(folder, WORDING, ("version: 1", "version: 2"))
        assert "Wording only: cost_asked." in second.out
        assert "Published small version 2." in second.err
        listed = filmroom_rubric("list", "--workspace", folder / "w")
        (line,) = [line for line in listed.out.splitlines() if line.startswith("small")]
        assert line.split()[:3] == ["small", "2", "published"]
        shown = filmroom_rubric("show", "small", "--workspace", folder / "w").out
        assert shown.index("version 2") < shown.index("by Ann: for spring") < shown.index("version 1")
        assert "cost_asked  Asks what the problem costs" in shown
        first = filmroom_rubric("show", "small@1", "--workspace", folder / "w")
        assert first.out.startswith("small version 1  A small rubric\n")
        told = json.loads(filmroom_rubric("show", "small@1", "-w", folder / "w", "--json").out)
        assert (told["version"], told["origin"], told["rubric"]["version"]) == (1, "published", 1)
        none = filmroom_rubric("show", "small@3", "--workspace", folder / "w")
        assert none.error is not None
        assert none.error.hint == "there are: 1, 2"

    def test_the_same_again_is_no_error_and_publishes_nothing(self, folder: Path) -> None:
        self.publish(folder)
        before = sorted((folder / "w").rglob("*"))
        again = self.publish(folder)
        assert again.code == 0
        assert "Nothing to publish: small version 1 (published) says the same." in again.err
        assert sorted((folder / "w").rglob("*")) == before

    def test_a_wrong_version_is_refused_and_nothing_is_written(self, folder: Path) -> None:
        ended = self.publish(folder, ("version: 1", "version: 3"))
        assert ended.code == INPUT
        assert ended.error is not None
        assert f"{folder / 'small.yaml'}:2:10: version is 3, and the next one is 1" in ended.error.message
        assert not (folder / "w").exists()

    def test_json_tells_what_was_published(self, folder: Path) -> None:
        file, space = written(folder), folder / "w"
        ended = filmroom_rubric("publish", file, "--workspace", space, "--author", "Ann", "--note", "x", "--json")
        assert {**json.loads(ended.out), "at": "", "sha256": ""} == {
            "id": "small", "version": 1, "sha256": "", "author": "Ann", "at": "", "note": "x",
        }  # fmt: skip
        (entry,) = [e for e in json.loads(filmroom_rubric("list", "-w", space, "--json").out) if e["id"] == "small"]
        assert (entry["origin"], entry["shipped_version"], len(entry["published"])) == ("published", None, 1)
        assert json.loads(filmroom_rubric("show", "small", "-w", space, "--json").out)["rubric"]["id"] == "small"

    def test_an_empty_note_is_refused_before_anything_is_shown(self, folder: Path) -> None:
        ended = filmroom_rubric("publish", written(folder), "-w", folder / "w", "--author", "Ann", "--note", "")
        assert (ended.code, ended.out) == (USAGE, "")

    def test_every_shipped_rubric_is_listed_without_a_workspace(self, folder: Path) -> None:
        listed = filmroom_rubric("list", "--workspace", folder / "none").out
        assert all(path.stem in listed for path in SHIPPED.glob("*.yaml"))


class TestTry:
    @pytest.fixture
    def space(self, folder: Path) -> Path:
        """A workspace of two calls, read by what has the name of the similarity reader."""
        pretend_model("minilm", folder / "models")
        embedder = MiniLmEmbedder(weights.require("minilm", folder / "models"), name=weights.label("minilm"))
        reader = WordReader(SimilarityReader(embedder).identity)
        return space_of_calls(folder, loaded(folder), reader, "a", "b").root

    def try_out(self, folder: Path, space: Path, *arguments: str) -> Ended:
        old = written(folder, name="old.yaml")
        rule = ("needs: {at_least: 2}", "needs: {at_least: 2, all: [plan_asked]}")
        new = written(folder, ("version: 1", "version: 2"), rule, name="new.yaml")
        against = ("--against", str(old), "--reader", "similarity", "--workspace", str(space))
        return filmroom_rubric("try", new, *against, *arguments)

    def test_what_is_kept_is_told_to_cost_nothing_before_the_calls_are_shown(self, folder: Path, space: Path) -> None:
        ended = self.try_out(folder, space, "--all")
        assert ended.code == 0
        assert (
            "2 calls, each read before and after: 4 readings, 4 of them kept from earlier, 0 to be made." in ended.err
        )
        assert "Nothing is read anew, and nothing is paid." in ended.err
        assert "2 calls: 2 as before." in ended.out

    def test_no_byte_of_the_workspace_changes_but_new_objects(self, folder: Path, space: Path) -> None:
        from pipeline.store.workspace import Workspace

        before = stored(Workspace(space))
        self.try_out(folder, space, "--all")
        after = stored(Workspace(space))
        assert {name: after[name] for name in before} == before
        assert all(name.startswith("objects/") for name in after.keys() - before.keys())

    def test_a_dry_run_only_says_what_it_takes(self, folder: Path, space: Path) -> None:
        ended = self.try_out(folder, space, "--last", "1", "--dry-run", "--json")
        assert json.loads(ended.out) == {
            "n_calls": 1, "n_failed": 0, "n_readings": 2, "n_kept": 2, "n_behaviours": 0, "seconds": 0.0,
        }  # fmt: skip

    def test_json_has_calls_and_sum(self, folder: Path, space: Path) -> None:
        trial = json.loads(self.try_out(folder, space, "--all", "--json").out)
        assert trial["summary"]["n_calls"] == len(trial["calls"]) == 2
        assert trial["after"] == "small version 2 (file, new.yaml)"

    @pytest.mark.parametrize("arguments", [(), ("--all", "--last", "1"), ("--calls", "c1", "--all")])
    def test_the_calls_have_to_be_named_in_one_way(self, folder: Path, space: Path, arguments: tuple[str, ...]) -> None:
        ended = self.try_out(folder, space, *arguments)
        assert ended.code == USAGE
        assert ended.error is not None
        assert "--calls ID" in ended.error.hint

    def test_a_call_is_named_by_its_beginning(self, folder: Path, space: Path) -> None:
        call = next((space / "calls").iterdir()).name
        assert json.loads(self.try_out(folder, space, "--calls", call[:8], "--json").out)["calls"][0]["call"] == call

    def test_a_rubric_with_a_new_id_needs_another_to_compare_with(self, folder: Path, space: Path) -> None:
        ended = filmroom_rubric("try", written(folder), "--all", "--workspace", space)
        assert ended.error is not None
        assert "--against" in ended.error.hint

    def test_calls_of_another_rubric_are_told_unless_they_were_named(self, folder: Path, space: Path) -> None:
        told = "Of these, 2 calls had another rubric;"
        assert told not in self.try_out(folder, space, "--all", "--dry-run").err
        other = written(folder, ("version: 1", "version: 2"), ("id: small", "id: ours"), name="ours.yaml")
        arguments = (
            "try",
            other,
            "--against",
            "discovery",
            "--workspace",
            space,
            "--reader",
            "similarity",
            "--dry-run",
        )
        assert told in filmroom_rubric(*arguments, "--all").err
        call = next((space / "calls").iterdir()).name
        assert "another rubric" not in filmroom_rubric(*arguments, "--calls", call).err

    def test_a_rubric_is_not_tried_against_itself(self, folder: Path, space: Path) -> None:
        ended = filmroom_rubric("try", "discovery", "--all", "--workspace", space)
        assert ended.code == USAGE
        assert ended.error is not None
        assert "nothing to try: discovery version 1 (shipped) says what" in ended.error.message
        assert "--against" in ended.error.hint

    def test_a_workspace_that_is_not_there_is_told(self, folder: Path) -> None:
        assert self.try_out(folder, folder / "none", "--all").code == USAGE


@pytest.mark.slow
def test_a_real_reader_shows_what_another_example_finds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FILMROOM_MODELS")
    space = space_of_calls(folder, loaded(folder), WordReader(), "a").root
    asked = "          - What does that cost you in a month?\n          - How many hours go into it?\n"
    new = written(
        folder, (asked, "          - Where is your office?\n          - Which floor is it on?\n"), name="new.yaml"
    )
    old = written(folder, name="old.yaml")
    ended = filmroom_rubric("try", new, "--against", old, "--all", "--reader", "similarity", "-w", space)
    assert ended.code == 0
    assert "- lost cost_asked  Asks what the problem costs: shown -> not shown" in ended.out
    assert "before “What does that cost you in a month?” Rep [00:25]" in ended.out
    assert load_rubric(new).rubric.version == 1


class TestTryWithALanguageModel:
    @pytest.fixture
    def space(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        return space_of_calls(folder, loaded(folder), WordReader(), "a").root

    def arguments(self, folder: Path, space: Path, url: str) -> tuple[str | Path, ...]:
        settings = f'[llm]\nmodel = "{MODEL}"\nurl = "{url}"\n[llm.prices."{MODEL}"]\ninput = 1.0\noutput = 2.0\n'
        (folder / "filmroom.toml").write_text(settings)
        new = written(folder, ("How many hours go into it?", "How many days go into it?"), name="new.yaml")
        old = written(folder, name="old.yaml")
        return ("try", new, "--against", old, "--all", "--reader", "llm", "--workspace", space)

    def test_the_cost_is_told_and_a_dry_run_sends_nothing(self, folder: Path, space: Path) -> None:
        with FaultServer() as server:
            ended = filmroom_rubric(*self.arguments(folder, space, server.url), "--dry-run")
            assert ended.code == 0, ended.error
            assert server.n_requests == 0
        # one capability, before and after
        assert "2 requests, about " in ended.err
        assert "Cost: $0.00" in ended.err

    def test_each_side_is_asked_once_and_never_again(self, folder: Path, space: Path) -> None:
        place = {"turn": "t0005", "quote": "What does that cost you in a month?", "behaviour": "A", "plain": True}
        found = json.dumps({"found": [place]})
        with FaultServer(answer(found), answer('{"found": []}')) as server:
            arguments = self.arguments(folder, space, server.url)
            first = filmroom_rubric(*arguments)
            assert first.code == 0, first.error
            assert server.n_requests == 2
            assert "- lost cost_asked" in first.out
            assert "2 requests" in first.err
            again = filmroom_rubric(*arguments)
            assert again.out == first.out
            assert server.n_requests == 2
            assert "Nothing is read anew, and nothing is paid." in again.err

    def test_a_budget_that_is_too_small_ends_it_with_what_to_do(self, folder: Path, space: Path) -> None:
        with FaultServer() as server:
            ended = filmroom_rubric(*self.arguments(folder, space, server.url), "--budget", "0.0001")
            assert isinstance(ended.error, BudgetError)
            assert server.n_requests == 0
