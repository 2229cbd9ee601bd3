"""The command line: what it prints where, and how it ends: an exit code by class of error, each with a hint."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.store.workspace import Workspace
from tests.command import Command, Printed, fill, pretend_models
from tests.contract import check_contract
from tests.test_run import record

OUTCOME_FIELDS = {"call", "path", "status", "reason", "hint", "seconds"}
USAGE, INPUT, WEIGHTS, STORE, QUARANTINE = 2, 3, 4, 6, 7


@pytest.fixture
def filmroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in an empty folder; every model counts as here, and none can be loaded."""
    pretend_models(tmp_path / "models")
    monkeypatch.setenv("FILMROOM_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("FILMROOM_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    record(folder / "a.wav", seed=1)
    record(folder / "b.wav", seed=2)
    return folder


@pytest.fixture
def space(tmp_path: Path, calls: Path) -> Path:
    """A workspace of two calls."""
    fill(tmp_path / "w", calls)
    return tmp_path / "w"


def refused(printed: Printed, code: int) -> str:
    """The message and hint of a command that ended as it should, with nothing on stdout."""
    assert (printed.code, printed.out) == (code, "")
    assert "Error: " in printed.err
    assert "What to do: " in printed.err
    assert "Traceback" not in printed.err
    return printed.err


class TestRunRefused:
    def test_a_path_that_is_not_there(self, filmroom: Command) -> None:
        assert "nowhere" in refused(filmroom("run", "nowhere", "--json"), USAGE)

    def test_a_folder_with_no_recording(self, filmroom: Command, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "empty" / "notes.txt").write_text("hello")
        assert "no recording in empty" in refused(filmroom("run", "empty"), USAGE)

    @pytest.mark.parametrize(
        ("flag", "value", "hint"),
        [
            ("--reader", "llm", "[llm]"),
            ("--drafter", "llm", "[llm]"),
            ("--consent", "no", "say consent: yes or no in each sidecar"),
            ("--consent", "announced", "say consent: yes or no in each sidecar"),
        ],
    )
    def test_what_this_version_lacks_or_nobody_can_say(
        self, filmroom: Command, calls: Path, flag: str, value: str, hint: str
    ) -> None:
        err = refused(filmroom("run", calls, flag, value, "--json"), USAGE)
        assert hint in err
        assert not Path("workspace").exists()

    @pytest.mark.parametrize(
        "arguments", [["run"], ["run", "calls", "--reader", "magic"], ["run", "--nosuch"], ["walk"]]
    )
    def test_a_command_line_that_does_not_parse(self, filmroom: Command, arguments: list[str]) -> None:
        printed = filmroom(*arguments)
        assert (printed.code, printed.out) == (USAGE, "")
        assert "--help" in printed.err

    def test_a_rubric_file_that_is_not_there(self, filmroom: Command, calls: Path) -> None:
        assert "mine.yaml" in refused(filmroom("run", calls, "--rubric", "mine.yaml"), INPUT)

    def test_a_rubric_that_nobody_ships_is_answered_with_those_there_are(self, filmroom: Command, calls: Path) -> None:
        assert "discovery" in refused(filmroom("run", calls, "--rubric", "discvery"), STORE)

    def test_a_mistake_in_a_rubric_has_file_line_and_column(self, filmroom: Command, calls: Path) -> None:
        # the flow sequence that opens in line 3, column 8, is never closed
        Path("mine.yaml").write_text("id: mine\nversion: 1\ntitle: [one, two\nstage: discovery\n")
        err = refused(filmroom("run", calls, "--rubric", "mine.yaml"), INPUT)
        assert "mine.yaml:3:" in err or "mine.yaml:4:" in err
        place = err.split("mine.yaml:")[1]
        assert all(part.isdigit() for part in place.split(":")[:2])

    def test_absent_weights_are_named_in_the_command_that_fetches_them(
        self, filmroom: Command, calls: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "none").mkdir()
        monkeypatch.setenv("FILMROOM_MODELS", str(tmp_path / "none"))
        err = refused(filmroom("run", calls, "--reader", "similarity", "--json"), WEIGHTS)
        assert "filmroom models pull whisper-base segmentation-3.0 campplus minilm" in err

    def test_a_wrong_setting_in_the_file(self, filmroom: Command, calls: Path) -> None:
        Path("filmroom.toml").write_text('reader = "magic"\n')
        assert "filmroom.toml: reader = 'magic'" in refused(filmroom("run", calls), USAGE)


class TestRunOutcomes:
    """No model can be loaded here, so only recordings that fail before any is needed are run."""

    @pytest.fixture
    def bad(self, tmp_path: Path) -> Path:
        folder = tmp_path / "bad"
        folder.mkdir()
        record(folder / "a.wav", consent=None)
        (folder / "b.wav").write_bytes(b"RIFF\x00\x00not a recording")
        (folder / "b.json").write_text('{"consent": "yes"}')
        return folder

    def test_each_call_is_a_line_with_the_contract_s_fields(self, filmroom: Command, bad: Path) -> None:
        printed = filmroom("run", bad, "--workspace", "w", "--json")
        assert printed.code == QUARANTINE
        lines = printed.lines()
        assert [set(line) for line in lines] == [OUTCOME_FIELDS, OUTCOME_FIELDS]
        assert [Path(line["path"]).name for line in lines] == ["a.wav", "b.wav"]
        for line in lines:
            assert (line["call"], line["status"]) == (None, "quarantined")
            assert line["reason"].startswith("ingest: ")
            assert line["hint"]
            assert line["seconds"] >= 0

    def test_without_json_the_result_is_on_stdout_and_the_reasons_on_stderr(self, filmroom: Command, bad: Path) -> None:
        printed = filmroom("run", bad, "--workspace", "w")
        assert printed.code == QUARANTINE
        assert [line.split()[0] for line in printed.out.splitlines()] == ["quarantined", "quarantined"]
        assert "consent" in printed.err
        assert "0 done, 0 with nothing to do, 2 set aside. Results: w" in printed.err

    def test_consent_said_for_the_whole_run_passes_that_gate(self, filmroom: Command, bad: Path) -> None:
        (bad / "b.json").unlink()
        lines = filmroom("run", bad / "b.wav", "--consent", "yes", "--workspace", "w", "--json").lines()
        assert "does not begin like any known sound" in lines[0]["reason"]
        lines = filmroom("run", bad / "a.wav", "--workspace", "w", "--json").lines()
        assert "nobody stated that the customer consents" in lines[0]["reason"]

    def test_a_name_that_is_no_text_is_set_aside_and_the_others_go_on(self, filmroom: Command, bad: Path) -> None:
        odd, odd_folder = Path(os.fsdecode(b"bad/\xff.wav")), Path(os.fsdecode(b"bad/\xfe"))
        shutil.copy(record(bad / "c.wav"), odd)
        odd_folder.mkdir()
        record(odd_folder / "d.wav")
        (bad / "c.wav").unlink()
        printed = filmroom("run", "bad", "--workspace", "w", "--json")
        assert printed.code == QUARANTINE
        assert printed.out.isascii()
        reasons = {line["path"]: line["reason"] for line in printed.lines()}
        assert sorted(reasons) == ["bad/\\xfe/d.wav", "bad/\\xff.wav", "bad/a.wav", "bad/b.wav"]  # as soon as known
        for path in ("bad/\\xff.wav", "bad/\\xfe/d.wav"):
            assert reasons[path] == f"ingest: {path}: its name is not Unicode text (UTF-8)"
        listed = filmroom("list", "--workspace", "w", "--json").json()
        assert {row["path"] for row in listed["quarantined"]} == {str(bad.parent / path) for path in reasons}
        assert "rename" in filmroom("list", "--workspace", "w").out
        assert filmroom("index", "rebuild", "--workspace", "w").code == 0

    def test_a_name_that_would_steer_the_terminal_is_shown_without_its_power(
        self, filmroom: Command, bad: Path
    ) -> None:
        (bad / "\x1b[2Jc.wav").write_bytes(b"x")
        for printed in (filmroom("run", bad, "-w", "w"), filmroom("list", "-w", "w")):
            assert "\x1b[2J" not in printed.out + printed.err
            assert "[2Jc.wav" in printed.out

    def test_namesakes_in_two_folders_are_two_calls_without_a_rep(self, filmroom: Command, tmp_path: Path) -> None:
        for name in ("calls/x", "calls/y"):
            (tmp_path / name).mkdir(parents=True)
            (tmp_path / name / "a.wav").write_bytes(b"x")
        printed = filmroom("run", "calls", "--consent", "yes", "-w", "w")
        assert "2 of 2 name no rep (a sidecar or calls.csv can): a.wav, a.wav\n" in printed.err


class TestShow:
    def test_the_beginning_of_an_id_is_enough(self, filmroom: Command, space: Path, calls: Path) -> None:
        first, second = sorted(fill(space, calls))
        shared = next(n for n in range(len(first)) if first[n] != second[n])
        assert filmroom("show", first[: shared + 1], "-w", space, "--json").json()["call"] == first

    def test_a_person_reads_the_draft_and_a_program_the_contract(self, filmroom: Command, space: Path) -> None:
        person, program = filmroom("show", "--last", "-w", space), filmroom("show", "--last", "-w", space, "--json")
        assert (person.code, person.err, program.code, program.err) == (0, "", 0, "")
        assert "Opening the call: level 3 of 3" in person.out
        check_contract(program.json())

    def test_an_unknown_call(self, filmroom: Command, space: Path) -> None:
        assert "filmroom list" in refused(filmroom("show", "zz", "-w", space, "--json"), STORE)

    def test_a_beginning_that_two_calls_share(self, filmroom: Command, space: Path) -> None:
        assert "2 calls begin with 'c'" in refused(filmroom("show", "c", "-w", space), STORE)

    def test_no_call_named(self, filmroom: Command, space: Path) -> None:
        assert "--last" in refused(filmroom("show", "-w", space), USAGE)

    def test_the_last_of_none(self, filmroom: Command) -> None:
        assert "filmroom run PATH" in refused(filmroom("show", "--last", "-w", "nowhere"), USAGE)

    def test_a_damaged_result(self, filmroom: Command, space: Path) -> None:
        for path in (space / "objects" / "draft").rglob("*.json"):
            path.write_text("{")
        assert "damaged" in refused(filmroom("show", "--last", "-w", space, "--json"), STORE)

    def test_the_workspace_may_come_from_the_environment(
        self, filmroom: Command, space: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FILMROOM_WORKSPACE", str(space))
        assert filmroom("show", "--last", "--json").code == 0


@pytest.fixture
def unmasked(filmroom: Command) -> None:
    """Settings under which files are handed over as they are: the model that masks words cannot be loaded here."""
    Path("filmroom.toml").write_text("[redact]\nleaving = false\n")


@pytest.mark.usefixtures("unmasked")
class TestExport:
    def test_a_dash_writes_to_stdout(self, filmroom: Command, space: Path) -> None:
        printed = filmroom("export", "--last", "-w", space, "--format", "md", "--out", "-")
        assert (printed.code, printed.err) == (0, "")
        assert printed.out.startswith("# ")
        assert not Path("-").exists()

    @pytest.mark.parametrize("form", ["md", "html", "json"])
    def test_a_file_is_named_after_the_call_unless_said_otherwise(
        self, filmroom: Command, space: Path, form: str
    ) -> None:
        call = filmroom("show", "--last", "-w", space, "--json").json()["call"]
        printed = filmroom("export", "--last", "-w", space, "--format", form)
        assert (printed.code, printed.out) == (0, "")
        assert f"Wrote {call}.{form}" in printed.err
        assert Path(f"{call}.{form}").stat().st_size > 1000

    def test_json_is_what_show_prints(self, filmroom: Command, space: Path) -> None:
        exported = filmroom("export", "--last", "-w", space, "--format", "json", "--out", "-").json()
        assert exported == filmroom("show", "--last", "-w", space, "--json").json()

    def test_a_file_that_cannot_be_written(self, filmroom: Command, space: Path) -> None:
        err = refused(filmroom("export", "--last", "-w", space, "--out", "nowhere/call.html"), USAGE)
        assert "--out" in err

    def test_without_the_model_that_masks_words_nothing_is_handed_over(
        self, filmroom: Command, space: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Path("filmroom.toml").unlink()
        monkeypatch.setenv("FILMROOM_MODELS", str(tmp_path / "no models"))
        err = refused(filmroom("export", "--last", "-w", space, "--out", "x.html"), WEIGHTS)
        assert "filmroom models pull en-core-web-sm" in err
        assert not Path("x.html").exists()


class TestRoles:
    def test_it_shows_who_is_who_and_why(self, filmroom: Command, space: Path) -> None:
        call = filmroom("show", "--last", "-w", space, "--json").json()["call"]
        printed = filmroom("roles", call, "-w", space)
        assert (printed.code, printed.err) == (0, "")
        assert [line.split()[:2] for line in printed.out.splitlines() if line.strip().startswith("S")][:2] == [
            ["S1", "rep"],
            ["S2", "customer"],
        ]

    def test_what_is_set_holds_from_the_next_run_on(self, filmroom: Command, space: Path, calls: Path) -> None:
        call = fill(space, calls / "a.wav")[0]
        printed = filmroom("roles", call, "S1=customer", "S2=rep", "-w", space, "--author", "kim")
        assert (printed.code, printed.out) == (0, "")
        assert "filmroom run" in printed.err
        fill(space, calls / "a.wav")
        shown = filmroom("show", call, "-w", space, "--json").json()
        assert {s["label"]: (s["role"], s["source"]) for s in shown["speakers"]} == {
            "S1": ("customer", "person"),
            "S2": ("rep", "person"),
        }

    @pytest.mark.parametrize(
        ("setting", "hint"),
        [("S9=rep", "S1, S2"), ("S1=boss", "rep, customer, other, unknown"), ("S1", "rep, customer")],
    )
    def test_a_wrong_speaker_or_role(
        self, filmroom: Command, space: Path, calls: Path, setting: str, hint: str
    ) -> None:
        call = fill(space, calls / "a.wav")[0]
        assert hint in refused(filmroom("roles", call, setting, "-w", space), USAGE)

    @pytest.mark.parametrize("call", ["", "zz"])
    def test_no_such_call(self, filmroom: Command, space: Path, call: str) -> None:
        refused(filmroom("roles", call, "S1=rep", "-w", space), STORE)


class TestListAndIndex:
    def test_json_has_all_calls_and_what_was_set_aside(self, filmroom: Command, space: Path, calls: Path) -> None:
        (calls / "c.wav").write_bytes(b"x")
        ids = fill(space, calls)
        found = filmroom("list", "-w", space, "--json").json()
        assert {row["call"] for row in found["calls"]} == set(ids) - {""}
        assert all(row["rep"] == "Ann" and row["rep_talk_ratio"] > 0 for row in found["calls"])
        assert [Path(row["path"]).name for row in found["quarantined"]] == ["c.wav"]
        assert "set aside" in filmroom("list", "-w", space).out

    def test_a_rebuilt_index_lists_the_same(self, filmroom: Command, space: Path) -> None:
        before = filmroom("list", "-w", space, "--json").json()
        printed = filmroom("index", "rebuild", "-w", space)
        assert (printed.code, printed.out, printed.err) == (0, "", "Indexed 2 records.\n")
        assert filmroom("list", "-w", space, "--json").json() == before

    @pytest.mark.parametrize("command", [["list"], ["index", "rebuild"]])
    def test_a_workspace_that_is_not_there_is_refused_and_not_made(self, filmroom: Command, command: list[str]) -> None:
        assert "no workspace at nowhere" in refused(filmroom(*command, "-w", "nowhere"), USAGE)
        assert not Path("nowhere").exists()

    def test_a_damaged_result_is_named_and_hides_no_other_call(self, filmroom: Command, space: Path) -> None:
        first, second = Workspace(space).calls.ids()
        damaged = Workspace(space).objects.path("draft", Workspace(space).record(first).results["draft"])
        damaged.write_bytes(b"{")
        printed = filmroom("list", "-w", space, "--json")
        assert printed.code == STORE
        assert [row["call"] for row in printed.json()["calls"]] == [second]
        assert f"{first}: cannot read {damaged}" in printed.err
        rebuilt = filmroom("index", "rebuild", "-w", space)
        assert (rebuilt.code, rebuilt.err.splitlines()[0]) == (STORE, "Indexed 1 records.")

    @pytest.mark.usefixtures("unmasked")
    def test_a_review_from_before_consent_was_withdrawn_is_not_shown_as_if_nothing_was(
        self, filmroom: Command, space: Path, calls: Path
    ) -> None:
        (calls / "a.json").write_text('{"consent": "no"}')
        fill(space, calls)
        records = {r.path.name: r.call for r in map(Workspace(space).record, Workspace(space).calls.ids())}
        for arguments in (("show",), ("show", "--json"), ("export", "--format", "json", "--out", "x.json")):
            printed = filmroom(*arguments, records["a.wav"], "-w", space)
            assert printed.code == 0
            assert "a.wav is set aside since" in printed.err
            assert "did not consent" in printed.err
        assert f"its review as {records['a.wav']} is from before" in filmroom("list", "-w", space).out
        assert filmroom("show", records["b.wav"], "-w", space).err == ""

    def test_a_damaged_index(self, filmroom: Command, space: Path) -> None:
        (space / "index.duckdb").write_bytes(b"not a database" * 1000)
        assert "filmroom index rebuild" in refused(filmroom("list", "-w", space, "--json"), STORE)


class TestModels:
    def test_list_says_for_each_model_what_it_is_for_and_whether_it_is_here(self, filmroom: Command) -> None:
        printed = filmroom("models", "list")
        assert (printed.code, printed.err) == (0, "")
        assert printed.out.count("yes") >= 6
        for name in ("whisper-base", "segmentation-3.0", "campplus", "minilm", "qwen2.5-coder-1.5b", "Apache-2.0"):
            assert name in printed.out

    def test_pull_without_a_name(self, filmroom: Command) -> None:
        assert "filmroom models list" in refused(filmroom("models", "pull"), USAGE)

    def test_pull_of_a_model_that_is_none(self, filmroom: Command) -> None:
        assert "whisper-base" in refused(filmroom("models", "pull", "whisper-huge"), WEIGHTS)

    def test_pull_of_what_is_here(self, filmroom: Command) -> None:
        printed = filmroom("models", "pull", "--default", "minilm")
        assert (printed.code, printed.out) == (0, "")
        assert printed.err.count("minilm: here already") == 1

    def test_verify_names_every_wrong_file(self, filmroom: Command, tmp_path: Path) -> None:
        for folder in (tmp_path / "models").iterdir():
            if folder.name not in ("segmentation-3.0", "minilm"):
                shutil.rmtree(folder)
        printed = filmroom("models", "verify")
        assert printed.code == WEIGHTS
        assert "segmentation-3.0: 0 of 1 files are as pinned" in printed.out
        assert "pinned is" in printed.err
        assert "filmroom models pull" in printed.err


@pytest.mark.slow
def test_the_real_command_on_real_speech_keeps_the_whole_contract(tmp_path: Path, audio_fixtures: Path) -> None:
    calls = tmp_path / "calls"
    shutil.copytree(audio_fixtures / "two-files", calls)
    shutil.copy(audio_fixtures / "corrupt.wav", calls)
    (calls / "corrupt.json").write_text('{"consent": "yes"}')

    def filmroom(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments, "--workspace", str(tmp_path / "w"), "--json"],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    ran = filmroom("run", str(calls), "--reader", "similarity", "--consent", "yes")
    assert ran.returncode == QUARANTINE
    outcomes = {Path(o["path"]).name: o for o in map(json.loads, ran.stdout.splitlines())}
    assert all(set(outcome) == OUTCOME_FIELDS for outcome in outcomes.values())
    assert {name: o["status"] for name, o in outcomes.items()} == {"call.json": "done", "corrupt.wav": "quarantined"}
    shown = filmroom("show", str(outcomes["call.json"]["call"]))
    assert (shown.returncode, shown.stderr) == (0, "")
    check_contract(json.loads(shown.stdout))
    said = {turn["role"]: turn["text"] for turn in json.loads(shown.stdout)["turns"]}
    assert "once the week has started" in said["rep"]
