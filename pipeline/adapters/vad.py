"""Where there is speech at all, by the Silero network that faster-whisper carries (MIT)."""

from pipeline.domain.span import Span
from pipeline.ports import Samples

SAMPLE_RATE = 16_000
_THRESHOLD = 0.5
_MIN_SPEECH_MS = 100
_MIN_SILENCE_MS = 250
"""Shorter pauses belong to the speech around them: people breathe."""

IDENTITY = f"silero-vad threshold={_THRESHOLD} min_speech={_MIN_SPEECH_MS} min_silence={_MIN_SILENCE_MS}"


def speech_spans(samples: Samples) -> tuple[Span, ...]:
    """Spans of speech in 16 kHz sound, shape (samples,), in order and apart; none in silence or music."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=_THRESHOLD,
        min_speech_duration_ms=_MIN_SPEECH_MS,
        min_silence_duration_ms=_MIN_SILENCE_MS,
        speech_pad_ms=30,
    )
    found = get_speech_timestamps(samples, options, sampling_rate=SAMPLE_RATE)
    return tuple(Span(start=f["start"] / SAMPLE_RATE, end=min(f["end"], len(samples)) / SAMPLE_RATE) for f in found)
