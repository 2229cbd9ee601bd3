"""The engine of one process: what it needs is named before anything is begun, and what it lacks is refused."""

import os
import signal
import threading
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.engines.local import LocalEngine, needed_models, require_models
from pipeline.engines.readers import READERS, make_reader
from pipeline.errors import UsageError, WeightsError
from pipeline.prompts import Prompt
from tests.adapters.answering import AnsweringChat, nothing


@pytest.mark.parametrize(
    ("config", "needed"),
    [
        (
            Config(),
            ("whisper-base", "segmentation-3.0", "campplus", "minilm", "qwen2.5-coder-1.5b"),
        ),
        (Config(reader="similarity"), ("whisper-base", "segmentation-3.0", "campplus", "minilm")),
        (
            Config(reader="similarity", diarization="hub", diarization_pipeline="a/b", whisper="whisper-tiny.en"),
            ("whisper-tiny.en", "minilm"),
        ),
    ],
)
def test_a_configuration_needs_exactly_the_models_it_names(config: Config, needed: tuple[str, ...]) -> None:
    assert needed_models(config) == needed


def test_absent_models_are_all_named_in_a_command_that_fetches_them(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        require_models(Config(models=tmp_path, reader="similarity"))
    assert caught.value.hint == "filmroom models pull whisper-base segmentation-3.0 campplus minilm"
    assert str(tmp_path) in caught.value.message


def test_a_recogniser_that_is_none_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="whisper-huge") as caught:
        require_models(Config(models=tmp_path, whisper="whisper-huge"))
    assert "whisper-base" in caught.value.hint


@pytest.mark.parametrize(
    ("config", "named"),
    [
        (Config(diarization="hub"), "filmroom.toml"),
        (Config(diarization="folder"), "filmroom.toml"),
    ],
)
def test_what_cannot_be_had_is_refused_before_any_call_is_begun(config: Config, named: str) -> None:
    with pytest.raises(UsageError) as caught:
        LocalEngine(config)
    assert named in caught.value.hint


def test_an_engine_loads_no_model_before_one_is_used(tmp_path: Path) -> None:
    engine = LocalEngine(Config(models=tmp_path))
    assert "whisper-base" in engine.transcriber.identity
    assert "channels" in engine.channel_diarizer.identity


@pytest.mark.parametrize("reader", [name for name in READERS if name != "llm"])
def test_a_reader_without_its_weights_says_how_to_fetch_them(tmp_path: Path, reader: str) -> None:
    config = Config.model_validate({"models": tmp_path, "reader": reader})
    with pytest.raises(WeightsError) as caught:
        make_reader(config, tmp_path)
    assert "filmroom models pull" in caught.value.hint


def test_the_reader_llm_needs_a_language_model_and_no_weights(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none was given") as caught:
        make_reader(Config(reader="llm"), tmp_path)
    assert "[llm]" in caught.value.hint
    reader = make_reader(Config(reader="llm"), tmp_path, chat=AnsweringChat(nothing))
    assert reader.identity.startswith("llm@1 told read@")


def test_a_prompt_that_is_given_stands_in_for_the_shipped_one(tmp_path: Path) -> None:
    mine = Prompt(id="read", version=9, output="found", text="Read this.")
    reader = make_reader(Config(reader="llm"), tmp_path, chat=AnsweringChat(nothing), prompts={"read": mine})
    assert mine.identity in reader.identity


class TestSideBySide:
    def test_both_results_come_in_the_order_of_the_works(self, tmp_path: Path) -> None:
        assert LocalEngine(Config(models=tmp_path)).side_by_side(lambda: "left", lambda: 2) == ("left", 2)

    def test_both_are_at_work_at_the_same_time(self, tmp_path: Path) -> None:
        both = threading.Barrier(2, timeout=20)  # breaks, and fails the test, unless two threads wait at once
        engine = LocalEngine(Config(models=tmp_path))
        assert sorted(engine.side_by_side(both.wait, both.wait)) == [0, 1]

    @pytest.mark.parametrize("failing", ["left", "right"])
    def test_when_one_fails_the_other_still_runs_to_its_end(self, tmp_path: Path, failing: str) -> None:
        finished: list[str] = []

        def work(name: str) -> str:
            if name == failing:
                raise WeightsError("gone", hint="fetch it")
            finished.append(name)
            return name

        with pytest.raises(WeightsError, match="gone"):
            LocalEngine(Config(models=tmp_path)).side_by_side(lambda: work("left"), lambda: work("right"))
        assert len(finished) == 1
        assert failing not in finished

    def test_a_person_who_stops_it_waits_for_neither(self, tmp_path: Path) -> None:
        started, never = threading.Event(), threading.Event()

        def stop() -> None:
            started.wait(20)
            os.kill(os.getpid(), signal.SIGINT)  # as a terminal does: to the process, not to this thread

        def work() -> bool:
            started.set()
            return never.wait(20)

        stopper = threading.Thread(target=stop)
        stopper.start()
        try:
            with pytest.raises(KeyboardInterrupt):
                LocalEngine(Config(models=tmp_path)).side_by_side(work, work)
            assert not never.is_set()
        finally:
            never.set()
            stopper.join()
