"""A dry run counts what it can, guesses the rest by length, and leaves no trace."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.adapters.kept_chat import CollectingChat
from pipeline.adapters.metering import estimate_tokens
from pipeline.config import Config, LanguageModel
from pipeline.domain.assessment import Reading
from pipeline.domain.chat import AnswerSchema, ChatRequest, Message, Price
from pipeline.domain.estimate import Estimate
from pipeline.domain.places import Opening
from pipeline.domain.recording import Probe
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.errors import NotAnsweredError
from pipeline.estimate import estimate, expense_of
from pipeline.ports import ChatModel, Progress, silent
from pipeline.run import Night
from pipeline.stages.ingest import discover
from pipeline.store.exchanges import KeptExchanges
from tests.scripted import ScriptedEngine
from tests.test_run import engine, folder, night, review, stored

__all__ = ["engine", "folder", "night"]

ANSWER = AnswerSchema.of("found", {})
PRICE = Price(input=2.0, cached_input=0.2, output=8.0)


class ScriptedAsker:
    """A reader that asks the same two things of every call."""

    identity = "scripted asker"

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        self._chat.ask([request(conversation.call, "a" * 90 + word) for word in ("one", "two")])
        return Reading(claims=())


def request(call: str, text: str) -> ChatRequest:
    return ChatRequest(call=call, about="x", messages=(Message(role="user", text=text),), answer=ANSWER, max_tokens=400)


@pytest.fixture
def chat(night: Night) -> CollectingChat:
    return CollectingChat("m", KeptExchanges(night.workspace.objects))


@pytest.fixture
def asking(night: Night, engine: ScriptedEngine, chat: CollectingChat) -> Night:
    """The night, its calls heard, with a reader that asks a language model of known price."""
    config = Config(reader="llm", llm=LanguageModel(model="big", prices={"big": PRICE}))
    engine.reader = ScriptedAsker(chat)  # type: ignore[assignment]
    return replace(night, config=config)


def heard(asking: Night, folder: Path) -> None:
    """The calls are heard, and no answer is there."""
    assert {o.status for o in review(asking, folder)} == {"waiting"}


def estimated(night: Night, folder: Path, chat: CollectingChat) -> Estimate:
    chat.missing.clear()
    chat._keys.clear()
    return estimate(night, discover([folder]), chat.missing)


def test_what_is_finished_costs_nothing(night: Night, folder: Path, chat: CollectingChat) -> None:
    review(night, folder)
    found = estimated(night, folder, chat)
    assert (found.n_calls, found.n_finished, found.counted.requests, found.guessed.requests) == (2, 2, 0, 0)
    assert (found.counted.least_usd, found.counted.most_usd) == (0.0, 0.0)


def test_calls_that_were_heard_are_counted_request_by_request(
    asking: Night, folder: Path, chat: CollectingChat
) -> None:
    heard(asking, folder)
    found = estimated(asking, folder, chat)
    assert (found.n_to_read, found.n_to_hear, found.counted.requests) == (2, 0, 4)
    assert found.counted.most_output_tokens == 4 * 400
    assert found.counted.output_tokens == 4 * 250


def test_calls_that_were_not_are_guessed_by_their_length(asking: Night, folder: Path, chat: CollectingChat) -> None:
    found = estimated(asking, folder, chat)
    assert (found.n_to_hear, found.counted.requests) == (2, 0)
    assert found.sound_s == pytest.approx(4.0)  # two recordings of 2 s
    # Each capability with a behaviour that no measure decides is one request for each call.
    read = sum(any(b.measure is None for b in c.behaviours) for c in asking.rubric.rubric.capabilities)
    assert found.guessed.requests == 2 * read


def test_it_hears_sends_and_writes_nothing(
    asking: Night, engine: ScriptedEngine, folder: Path, chat: CollectingChat
) -> None:
    estimated(asking, folder, chat)
    assert stored(asking) == {}
    assert (engine.transcriber.n_calls, engine.diarizer.n_calls) == (0, 0)
    heard(asking, folder)
    before = stored(asking)
    estimated(asking, folder, chat)
    assert stored(asking) == before


def test_a_recording_without_consent_is_refused_and_no_byte_of_it_decoded(
    asking: Night, folder: Path, chat: CollectingChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.json").write_text(json.dumps({"consent": "no"}))
    probed: list[Path] = []
    real = asking.engine.audio.probe

    def watched(path: Path) -> Probe:
        probed.append(path)
        return real(path)

    monkeypatch.setattr(asking.engine.audio, "probe", watched)
    found = estimated(asking, folder, chat)
    assert (found.n_refused, found.n_to_hear) == (1, 1)
    assert [path.name for path in probed] == ["b.wav"]


def test_the_least_finds_the_shared_start_in_the_cache_and_the_most_does_not() -> None:
    found = expense_of([request("c1", "a" * 900 + word) for word in ("one", "two")], PRICE)
    # Both begin with 900 letters; the second finds them in the cache.
    shared = estimate_tokens(900)
    assert found.cached_tokens == shared
    full = found.input_tokens - shared
    assert found.least_usd == pytest.approx((full * 2 + shared * 0.2 + 500 * 8) / 1e6, abs=1e-6)
    assert found.most_usd == pytest.approx((found.input_tokens * 2 + 800 * 8) / 1e6, abs=1e-6)


def test_without_a_price_no_cost_is_told() -> None:
    found = expense_of([request("c1", "words")], None)
    assert (found.least_usd, found.most_usd) == (None, None)


def test_collected_requests_are_an_error_for_whoever_waits_for_them(chat: CollectingChat) -> None:
    with pytest.raises(NotAnsweredError, match="1 of 1"):
        chat.ask([request("c1", "words")])


def test_a_file_that_is_no_recording_is_refused_and_the_others_are_counted(
    asking: Night, folder: Path, chat: CollectingChat
) -> None:
    (folder / "aa.wav").write_bytes(b"RIFF not a recording")
    (folder / "aa.json").write_text('{"consent": "yes"}')
    found = estimated(asking, folder, chat)
    assert (found.n_calls, found.n_refused, found.n_to_hear) == (3, 1, 2)


def test_what_is_quick_is_made_again_and_forgotten_so_that_the_requests_are_counted(
    asking: Night, folder: Path, chat: CollectingChat
) -> None:
    heard(asking, folder)
    for stage in ("track", "measure", "attribute"):
        for path in (asking.workspace.root / "objects" / stage).glob("??/*.json"):
            path.unlink()
    before = stored(asking)
    found = estimated(asking, folder, chat)
    assert (found.n_to_read, found.n_to_hear, found.counted.requests) == (2, 0, 4)
    assert stored(asking) == before


def test_a_reader_on_this_machine_reads_nothing_for_an_estimate(
    asking: Night, folder: Path, chat: CollectingChat
) -> None:
    heard(asking, folder)
    found = estimated(replace(asking, config=Config(reader="similarity")), folder, chat)
    assert (found.n_to_read, found.counted.requests) == (2, 0)  # the scripted asker was not asked


def test_a_draft_that_is_phrased_after_reading_is_guessed(asking: Night, folder: Path, chat: CollectingChat) -> None:
    heard(asking, folder)
    both = replace(asking, config=asking.config.model_copy(update={"drafter": "llm"}))
    found = estimated(both, folder, chat)
    assert (found.counted.requests, found.guessed.requests) == (4, 2)  # two calls, a draft each
