"""Words with times from faster-whisper, each flagged where the recogniser may have invented it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol, cast

from pipeline.domain.span import Span
from pipeline.domain.speech import Transcript, Unreliable, Word
from pipeline.ports import Progress, Samples, silent

SAMPLE_RATE = 16_000
_BATCH = 8
_BEAM = 1
"""Beam 5 recognised no better on clean calls, at 1.3 times the time (docs/decisions/0006-parts-chosen.md)."""

_MAX_NO_SPEECH = 0.6
_MIN_LOG_PROBABILITY = -1.0
_MAX_COMPRESSION = 2.4
"""Whisper's own limits (Radford et al. 2022, section 4.5): above this zlib ratio a segment is most likely a loop."""

_MIN_CONFIDENCE = 0.15
"""Words below are wrong more often than right; they stay in the transcript and carry no evidence."""


_SENTENCE_END = (".", "?", "!")
_STARTERS = frozenset(
    (
        *(
            "And",
            "Anything",
            "Are",
            "But",
            "Can",
            "Could",
            "Did",
            "Do",
            "Does",
            "Have",
            "How",
            "If",
            "Is",
            "It",
            "It's",
        ),
        *(
            "Let",
            "Let's",
            "My",
            "Our",
            "She",
            "So",
            "That",
            "The",
            "Then",
            "There",
            "They",
            "This",
            "Was",
            "We",
            "Well",
        ),
        *("Were", "What", "When", "Where", "Which", "Who", "Why", "Will", "Would", "You", "Your"),
    )
)
"""Capitalised words that begin a sentence even where the full stop before them was not written, and are no names."""
_TORN_S = 1.0
"""A pause after the first word of a sentence that people hardly make."""
_FIRST_WORD_S = 0.5


class _Word(Protocol):
    start: float
    end: float
    word: str
    probability: float


class _Segment(Protocol):
    end: float
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    words: list[_Word] | None


class _Info(Protocol):
    language: str


class _Pipeline(Protocol):
    def transcribe(self, audio: Samples, **options: object) -> tuple[Iterable[_Segment], _Info]: ...


class WhisperTranscriber:
    """A Whisper model in CTranslate2 format, int8 on a CPU; loaded when the first call is transcribed.

    `folder` gives the model's folder when it is needed. `threads` is the number of CPU threads of one transcription.
    Long silences are skipped (voice activity detection) and earlier text is never given as context, since both make
    Whisper invent and repeat words.
    """

    def __init__(self, folder: Callable[[], Path], *, name: str, threads: int, device: str = "cpu") -> None:
        self._folder = folder
        self._name = name
        self._threads = threads
        self._device = device
        self._compute_type = "int8" if device == "cpu" else "int8_float16"

    @cached_property
    def _pipeline(self) -> _Pipeline:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        model = WhisperModel(
            str(self._folder()),
            device=self._device,
            compute_type=self._compute_type,
            cpu_threads=self._threads,
            local_files_only=True,
        )
        return cast(_Pipeline, BatchedInferencePipeline(model))

    @property
    def identity(self) -> str:
        """Model and every parameter that changes the words."""
        return f"faster-whisper {self._name} {self._compute_type} batch={_BATCH} beam={_BEAM} vad words"

    def transcribe(self, samples: Samples, *, language: str | None, progress: Progress = silent) -> Transcript:
        """The words of 16 kHz sound, shape (samples,), in order of time; none where nobody speaks."""
        duration = len(samples) / SAMPLE_RATE
        segments, info = self._pipeline.transcribe(
            samples,
            language=language,
            beam_size=_BEAM,
            batch_size=_BATCH,
            word_timestamps=True,
            vad_filter=True,
            condition_on_previous_text=False,
        )
        words = with_sentence_starts(tuple(_words(segments, duration=duration, progress=progress)))
        progress(1.0)
        return Transcript(words=words, language=info.language if words else language, duration=duration)


def _words(segments: Iterable[_Segment], *, duration: float, progress: Progress) -> Iterator[Word]:
    done = 0.0
    for segment in segments:
        done = max(done, min(segment.end, duration))
        progress(done / duration if duration else 1.0)
        doubt = segment_doubt(
            no_speech=segment.no_speech_prob,
            log_probability=segment.avg_logprob,
            compression=segment.compression_ratio,
        )
        for pieces in whole_words(segment.words or []):
            yield _word(pieces, doubt=doubt, duration=duration)


def whole_words(pieces: Iterable[_Word]) -> Iterator[list[_Word]]:
    """Pieces of one written word together: Whisper splits "$20,000" and marks a new word by a leading space."""
    word: list[_Word] = []
    for piece in pieces:
        if word and piece.word.startswith(" "):
            yield word
            word = []
        if piece.word.strip():
            word.append(piece)
    if word:
        yield word


def _word(pieces: list[_Word], *, doubt: Unreliable | None, duration: float) -> Word:
    start = min(max(0.0, pieces[0].start), duration)
    confidence = min(max(0.0, min(piece.probability for piece in pieces)), 1.0)
    if doubt is None and confidence < _MIN_CONFIDENCE:
        doubt = "low_confidence"
    return Word(
        text="".join(piece.word for piece in pieces).strip(),
        span=Span(start=start, end=max(start, min(pieces[-1].end, duration))),
        confidence=round(confidence, 3),
        unreliable=doubt,
    )


def with_sentence_starts(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words, the first of each sentence no more than a second before the second.

    Where voice activity detection has cut out a pause, Whisper's alignment often leaves the first word of a sentence at
    the end of the speech before it, up to 13 s early on a real call. Such a word is put right before the next one.
    """
    moved = list(words)
    for i in range(1, len(words) - 1):
        before, word, after = words[i - 1], words[i], words[i + 1]
        if before.span is None or word.span is None or after.span is None:
            continue
        begins = before.text.endswith(_SENTENCE_END) or word.text in _STARTERS
        if begins and not word.text.endswith(_SENTENCE_END) and after.span.start - word.span.end > _TORN_S:
            length = min(word.span.duration, _FIRST_WORD_S)
            span = Span(start=after.span.start - length, end=after.span.start)
            moved[i] = word.model_copy(update={"span": span})
    return tuple(moved)


def segment_doubt(*, no_speech: float, log_probability: float, compression: float) -> Unreliable | None:
    """Why all words of a segment may be invented, by Whisper's own limits; None when they are not in doubt."""
    if compression > _MAX_COMPRESSION:
        return "repetition"
    if no_speech > _MAX_NO_SPEECH and log_probability < _MIN_LOG_PROBABILITY:
        return "no_speech"
    if log_probability < _MIN_LOG_PROBABILITY:
        return "low_confidence"
    return None
