"""Trying out a prompt: the same calls and rubric, read by the shipped prompt and by the changed one."""

import json
from pathlib import Path

import pytest

from pipeline.commands import prompt
from pipeline.errors import InputError, UsageError
from pipeline.prompts import SHIPPED
from pipeline.workbench.prompting import ASKED_BY, ChangedPrompt
from tests.command import pretend_model
from tests.commands.runner import run
from tests.fault_server import MODEL, FaultServer, answer
from tests.workbench.calls import WordReader, space_of_calls
from tests.workbench.rubrics import loaded, written

TURN = SHIPPED / "turnwise-turn.md"


def changed(folder: Path, old: str, new: str, *, source: Path = TURN) -> Path:
    text = source.read_text(encoding="utf-8")
    assert old in text
    path = folder / "mine.md"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize("prompt_id", list(ASKED_BY))
def test_every_prompt_that_a_reader_asks_by_can_be_tried(prompt_id: str) -> None:
    found = ChangedPrompt(SHIPPED / f"{prompt_id.replace('_', '-')}.md")
    assert found.is_same
    assert found.reader in ("turnwise", "llm")


def test_the_lines_that_changed_are_told(tmp_path: Path) -> None:
    found = ChangedPrompt(changed(tmp_path, "Does the rep do this:", "Is this done:"))
    assert [(sign, line.split("{{")[0]) for sign, line in found.changed_lines()] == [
        ("-", "Does the rep do this: "),
        ("+", "Is this done: "),
    ]


def test_a_prompt_that_no_reader_asks_by_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        ChangedPrompt(changed(tmp_path, "id: turnwise_turn", "id: my_own"))
    assert "turnwise_turn" in caught.value.hint


def test_another_variable_is_refused_with_those_that_the_reader_gives(tmp_path: Path) -> None:
    text = (
        TURN.read_text(encoding="utf-8").replace("behaviour]", "capability]").replace("{{behaviour}}", "{{capability}}")
    )
    path = tmp_path / "mine.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        ChangedPrompt(path)
    assert "customer, rep, behaviour" in caught.value.hint


class TestCommand:
    @pytest.fixture
    def space(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for name in ("minilm", "qwen2.5-coder-1.5b"):
            pretend_model(name, tmp_path / "models")
        monkeypatch.setenv("FILMROOM_MODELS", str(tmp_path / "models"))
        monkeypatch.chdir(tmp_path)
        return space_of_calls(tmp_path, loaded(tmp_path), WordReader(), "a").root

    def test_the_change_and_what_it_takes_are_told_before_anything_is_read(self, tmp_path: Path, space: Path) -> None:
        file = changed(tmp_path, "Does the rep do this:", "Is this done:")
        rubric = written(tmp_path)
        ended = run(prompt.app, "try", file, "--all", "--rubric", rubric, "--workspace", space, "--dry-run")
        assert ended.code == 0
        assert "prompt turnwise_turn: version 1 (shipped) -> 1" in ended.out
        assert "+ Is this done:" in ended.out
        assert "1 call, each read before and after: 2 readings, 0 of them kept from earlier, 2 to be made." in ended.err
        assert "4 behaviours to read in all." in ended.err  # 2 of the rubric, with either prompt

    def test_the_shipped_prompt_itself_is_nothing_to_try(self, space: Path) -> None:
        ended = run(prompt.app, "try", TURN, "--all", "--workspace", space)
        assert isinstance(ended.error, UsageError)

    def test_a_prompt_of_the_language_model_s_reader_is_asked_beside_the_shipped_one(
        self, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        file = tmp_path / "mine.md"
        file.write_text(
            (SHIPPED / "read.md").read_text(encoding="utf-8") + "\nOne place is enough.\n", encoding="utf-8"
        )
        place = {"turn": "t0005", "quote": "What does that cost you in a month?", "behaviour": "A", "plain": True}
        replies = answer('{"found": []}'), answer(json.dumps({"found": [place]}))
        with FaultServer(*replies) as server:
            model = ("--model", MODEL, "--url", server.url)
            arguments = ("try", file, "--all", "--rubric", written(tmp_path), "--workspace", space, *model)
            ended = run(prompt.app, *arguments)
            assert ended.code == 0, ended.error
            systems = [seen.body["messages"][0]["content"] for seen in server.seen]
        assert ["One place is enough." in text for text in systems] == [False, True]
        assert "+ gained cost_asked" in ended.out
        assert "+ One place is enough." in ended.out
