"""Transcribing channels: each apart, words in order of time, one language for all."""

from collections.abc import Callable

import numpy as np

from pipeline.domain.span import Span
from pipeline.domain.speech import Transcript, Word
from pipeline.ports import Samples, silent
from pipeline.stages.transcribe import transcribe


class ScriptedTranscriber:
    """A double: says a given word for each channel, by the level of its samples, and notes the language asked for."""

    identity = "scripted"

    def __init__(self, said: dict[float, tuple[str, float, str]]) -> None:
        self._said = said
        self.asked: list[str | None] = []

    def transcribe(
        self, samples: Samples, *, language: str | None, progress: Callable[[float], None] = silent
    ) -> Transcript:
        self.asked.append(language)
        text, start, spoken = self._said[round(float(samples[0]), 1)]
        word = Word(text=text, span=Span(start=start, end=start + 1), confidence=0.9)
        progress(1.0)
        return Transcript(words=(word,), language=language or spoken, duration=len(samples) / 16_000)


def level(*levels: float) -> Samples:
    return np.stack([np.full(32_000, value, dtype=np.float32) for value in levels])


def test_words_of_channels_are_merged_by_time_and_know_their_channel() -> None:
    said = {0.1: ("later", 1.5, "en"), 0.5: ("first", 0.2, "en")}
    transcript = transcribe(level(0.1, 0.5), transcriber=ScriptedTranscriber(said))
    assert [(w.text, w.channel) for w in transcript.words] == [("first", 1), ("later", 0)]
    assert transcript.duration == 2.0


def test_words_of_a_mix_have_no_channel() -> None:
    transcript = transcribe(level(0.1), transcriber=ScriptedTranscriber({0.1: ("word", 0.0, "en")}))
    assert [w.channel for w in transcript.words] == [None]


def test_the_loudest_channel_s_language_is_used_for_all() -> None:
    scripted = ScriptedTranscriber({0.1: ("oui", 0.0, "cy"), 0.5: ("oui", 1.0, "fr")})
    assert transcribe(level(0.1, 0.5), transcriber=scripted).language == "fr"
    assert scripted.asked == [None, "fr"]


def test_a_given_language_is_used_from_the_start() -> None:
    scripted = ScriptedTranscriber({0.5: ("ja", 0.0, "en")})
    transcribe(level(0.5), transcriber=scripted, language="de")
    assert scripted.asked == ["de"]


def test_progress_grows_over_all_channels_to_the_end() -> None:
    seen: list[float] = []
    said = {0.1: ("a", 0.0, "en"), 0.5: ("b", 0.0, "en")}
    transcribe(level(0.1, 0.5), transcriber=ScriptedTranscriber(said), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
