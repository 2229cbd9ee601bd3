"""The recogniser: how doubtful segments are flagged, split words joined, and what it hears in real sound."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters import weights
from pipeline.adapters.whisper import WhisperTranscriber, segment_doubt, whole_words, with_sentence_starts
from pipeline.domain.span import Span
from pipeline.domain.speech import Word
from pipeline.ports import Samples


class Piece:
    """A word as faster-whisper gives it."""

    def __init__(self, word: str, start: float = 0.0, end: float = 0.1, probability: float = 0.9) -> None:
        self.word, self.start, self.end, self.probability = word, start, end, probability


def test_pieces_without_a_space_belong_to_the_word_before() -> None:
    pieces = [Piece(" applied"), Piece(" for"), Piece(" $20"), Piece(",000."), Piece(" High"), Piece("-end")]
    joined = ["".join(p.word for p in word).strip() for word in whole_words(pieces)]
    assert joined == ["applied", "for", "$20,000.", "High-end"]


@pytest.mark.parametrize(
    ("no_speech", "log_probability", "compression", "doubt"),
    [
        (0.1, -0.3, 1.5, None),
        (0.9, -0.3, 1.5, None),
        (0.9, -1.2, 1.5, "no_speech"),
        (0.1, -1.2, 1.5, "low_confidence"),
        (0.1, -0.3, 2.5, "repetition"),
    ],
)
def test_segments_are_doubted_by_whisper_s_own_limits(
    no_speech: float, log_probability: float, compression: float, doubt: str | None
) -> None:
    found = segment_doubt(no_speech=no_speech, log_probability=log_probability, compression=compression)
    assert found == doubt


def timed(text: str, start: float, end: float) -> Word:
    return Word(text=text, span=Span(start=start, end=end), confidence=0.9)


def test_the_first_word_of_a_sentence_is_not_left_before_the_pause() -> None:
    words = [timed("Fine.", 0.0, 0.5), timed("Could", 0.6, 0.9), timed("you", 7.0, 7.2), timed("wait?", 7.2, 7.5)]
    found = with_sentence_starts(words)
    # 0.3 s long, and the next word starts at 7.0: 6.7 to 7.0
    assert found[1].span == Span(start=6.7, end=7.0)
    assert (found[0], *found[2:]) == (words[0], *words[2:])
    unwritten_stop = [timed("Fine", 0.0, 0.5), *words[1:]]
    assert with_sentence_starts(unwritten_stop)[1].span == Span(start=6.7, end=7.0)


def test_a_name_before_a_pause_stays_before_it() -> None:
    words = [timed("I'm", 0.0, 0.3), timed("Jack", 0.4, 0.6), timed("and", 5.0, 5.3)]
    assert with_sentence_starts(words) == tuple(words)


def test_words_with_a_pause_inside_a_sentence_or_of_one_word_stay_where_they_are() -> None:
    inside = [timed("So,", 0.0, 0.3), timed("we", 0.4, 0.6), timed("think", 5.0, 5.3)]
    single = [timed("Fine.", 0.0, 0.5), timed("Sure.", 0.6, 0.9), timed("You", 7.0, 7.2)]
    assert with_sentence_starts(inside) == tuple(inside)
    assert with_sentence_starts(single) == tuple(single)


@pytest.fixture(scope="module")
def recogniser() -> WhisperTranscriber:
    folder = weights.require("whisper-base", weights.default_cache())
    return WhisperTranscriber(lambda: folder, name="whisper-base", threads=1)


@pytest.mark.slow
def test_silence_and_a_tone_hold_no_words(recogniser: WhisperTranscriber) -> None:
    time = np.arange(20 * 16_000, dtype=np.float32) / 16_000
    tone = (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    sounds: tuple[Samples, ...] = (np.zeros(len(time), np.float32), tone)
    for sound in sounds:
        assert recogniser.transcribe(sound, language=None).words == ()


@pytest.mark.slow
def test_words_lie_within_the_recording_in_order_of_time(recogniser: WhisperTranscriber, shared_data: Path) -> None:
    from faster_whisper import decode_audio

    samples = np.asarray(decode_audio(str(shared_data / "audio" / "phone-30s" / "sample.wav")), dtype=np.float32)
    transcript = recogniser.transcribe(samples, language=None)
    starts = [w.span.start for w in transcript.words if w.span]
    assert len(starts) == len(transcript.words) > 50
    assert starts == sorted(starts)
    assert all(w.span and w.span.end <= 30.0 for w in transcript.words)
    assert transcript.language == "en"
