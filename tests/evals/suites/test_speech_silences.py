"""Words that nobody said: counted channel by channel in sounds made here, words placed by hand."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from evals.labelled import LabelledCall
from evals.suites.speech_calls import NOTHING_SAID, Heard, Hearing, write_wave
from evals.suites.speech_silences import silence_measures
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.recording import Recording, Role, SourceFile
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, Turn, Unreliable, Word
from pipeline.ports import Samples

SAMPLE_RATE = 16_000


def tone(*, seconds: float, silent: tuple[float, float]) -> Samples:
    """A tone with one silence in it."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sounding = (times < silent[0]) | (times >= silent[1])
    return np.asarray(0.3 * np.sin(2 * np.pi * 300 * times) * sounding, dtype=np.float32)


def word(text: str, start: float, *, channel: int | None = None, unreliable: Unreliable | None = None) -> Word:
    return Word(text=text, span=Span(start=start, end=start + 0.2), channel=channel, unreliable=unreliable)


def heard(call: LabelledCall, words: Iterable[Word], *, sides: tuple[Role, ...] = ()) -> Heard:
    recording = Recording(
        call="call-1",
        files=tuple(SourceFile(path=path, sha256="0" * 64, size=1) for path in call.files),
        container="wav",
        codec="pcm",
        sample_rate=SAMPLE_RATE,
        n_channels=len(call.files),
        duration=20,
        sides=sides,
    )
    spoken = tuple(words)
    turns = (Turn(id="t0001", speaker="A", role="rep", words=spoken),) if spoken else ()
    talk = Conversation(
        call="call-1",
        turns=turns,
        speakers=(Speaker(label="A", role="rep", confidence=1, source="channel"),),
        duration=20,
    )
    return Heard(call, Hearing(recording, talk, CallMetrics(measures=())))


def labelled(name: str, *paths: Path, collection: str = "recordings") -> LabelledCall:
    return LabelledCall(id=name, collection=collection, files=paths)


@pytest.fixture
def mono(tmp_path: Path) -> Path:
    write_wave(tmp_path / "mono.wav", tone(seconds=20, silent=(5, 12)))
    return tmp_path / "mono.wav"


def test_words_in_a_silence_are_counted_over_all_words(mono: Path) -> None:
    # Silent from 5 to 12 s: "Thanks" at 8 s is invented, "ah" there is marked and counts nowhere, the others are said.
    words = [word("one", 1), word("two", 3), word("Thanks", 8), word("ah", 9, unreliable="silence"), word("end", 15)]
    (invented, doubtful), failures = silence_measures([heard(labelled("a", mono), words)])
    assert (invented.name, invented.units[0].parts, invented.n) == ("speech.silences.invented_words", (1, 4), 4)
    assert "7 s" in invented.about
    assert (doubtful.units[0].parts, doubtful.better) == ((1, 4), "neither")
    assert [failure.found for failure in failures] == ["1 of 4 words in 7 s of silence"]


def test_each_side_is_silent_by_itself(tmp_path: Path) -> None:
    # The rep is silent from 0 to 10, the customer from 10 to 20: a word at 5 s is invented on the rep's channel only.
    paths = (tmp_path / "rep.wav", tmp_path / "customer.wav")
    for path, silent in zip(paths, ((0.0, 10.0), (10.0, 20.0)), strict=True):
        write_wave(path, tone(seconds=20, silent=silent))
    call = labelled("a", *paths)
    words = [word("said", 5, channel=1), word("invented", 5.5, channel=0), word("said", 15, channel=0)]
    measures, _ = silence_measures([heard(call, words, sides=("rep", "customer"))])
    assert measures[0].units[0].parts == (1, 3)


def test_a_recording_that_is_never_silent_is_not_counted(tmp_path: Path) -> None:
    write_wave(tmp_path / "a.wav", tone(seconds=5, silent=(1, 3)))
    assert silence_measures([heard(labelled("a", tmp_path / "a.wav"), [word("one", 2)])]) == ((), ())


def test_words_where_nothing_is_said_are_counted_by_recording(mono: Path) -> None:
    calls = [labelled(name, mono, collection=NOTHING_SAID) for name in ("a", "b", "c")]
    found = [
        heard(calls[0], [word("Thank", 2), word("you", 3)]),
        heard(calls[1], [word("uh", 2, unreliable="no_speech")]),
        Heard(calls[2], None, "no speech in it"),
    ]
    (measure,), failures = silence_measures(found)
    # Two words, none that counts, and a refusal, which is right: 2 words in 3 recordings.
    assert [unit.parts for unit in measure.units] == [(2, 1), (0, 1), (0, 1)]
    assert measure.value == pytest.approx(2 / 3)
    assert [(failure.unit, failure.found) for failure in failures] == [("a", "Thank you")]


def test_nothing_heard_at_all_gives_nothing() -> None:
    assert silence_measures([]) == ((), ())
    assert silence_measures([Heard(labelled("a"), None, "too short")]) == ((), ())
