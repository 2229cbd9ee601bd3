"""The language model: kept prefixes and what fails, on the real weights where they are needed."""

from pathlib import Path

import pytest

from pipeline.adapters.llama import LlamaModel
from pipeline.errors import StageError, WeightsError
from pipeline.prompts import shipped_prompt
from tests.adapters.reading import qwen

SHEET, MOMENT = shipped_prompt("turnwise"), shipped_prompt("turnwise-turn")


def test_a_model_that_is_not_there_says_which_command_brings_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        LlamaModel(tmp_path / "none.gguf")
    assert "filmroom models pull" in caught.value.hint


def test_a_file_that_is_no_model_is_a_stage_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"this is no model")
    with pytest.raises(StageError, match="cannot be loaded"):
        LlamaModel(path).next_tokens("Hello")


@pytest.mark.slow
def test_a_prefix_from_disk_gives_the_answers_that_it_gave_when_it_was_computed(tmp_path: Path) -> None:
    prefix = SHEET.render() + "\n"
    prompt = prefix + MOMENT.render(customer="Yes.", rep="What does it cost?", behaviour="asks for the cost") + "\n"
    first = qwen(tmp_path)
    first.prepare(prefix)
    computed = first.next_tokens(prompt)
    (state,) = tmp_path.iterdir()
    before = state.stat().st_mtime_ns
    again = qwen(tmp_path)
    again.prepare(prefix)
    assert state.stat().st_mtime_ns == before
    assert again.next_tokens(prompt)["Yes"] == pytest.approx(computed["Yes"], abs=0.02)
    assert sum(computed.values()) == pytest.approx(1, abs=0.05)


@pytest.mark.slow
def test_a_broken_state_is_computed_anew_and_replaced(tmp_path: Path) -> None:
    prefix = SHEET.render() + "\n"
    model = qwen(tmp_path)
    model.prepare(prefix)
    (state,) = tmp_path.iterdir()
    size = state.stat().st_size
    state.write_bytes(b"half a state")
    qwen(tmp_path).prepare(prefix)
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [size]
