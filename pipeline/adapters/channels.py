"""Who spoke when, where each channel carries one side: speech on a channel is its speaker's, less what leaked in."""

from collections.abc import Sequence

import numpy as np

from pipeline.adapters import vad
from pipeline.domain.span import Span, shared, total
from pipeline.domain.speech import Diarization, SpeakerSegment, channel_label
from pipeline.ports import Progress, Samples, silent

_LEAK_DB = 12.0
"""A channel this much below its own speech level, while another is at its own, carries the other's voice."""
_ECHO_RATIO = 0.9
"""A channel with this share of its speech inside another's, and that much softer, has no speech of its own."""
_FRAME_S = 0.02
_FLOOR = 1e-6


class ChannelDiarizer:
    """Speech by channel; fulfils the port of the same name."""

    @property
    def identity(self) -> str:
        """The detector and every parameter that changes the segments."""
        return f"channels {vad.IDENTITY} leak={_LEAK_DB}dB echo={_ECHO_RATIO}"

    def diarize(self, samples: Samples, *, progress: Progress = silent) -> Diarization:
        """Speech of each channel of 16 kHz sound, shape (channels, samples); labels are those of `channel_label`."""
        spoken: list[tuple[Span, ...]] = []
        for channel in range(samples.shape[0]):
            spoken.append(vad.speech_spans(samples[channel]))
            progress((channel + 1) / samples.shape[0])
        powers = [_power(channel) for channel in samples]
        loudness = [_loudness(power, spans) for power, spans in zip(powers, spoken, strict=True)]
        spoken = [() if _is_echo(c, spoken, loudness) else spans for c, spans in enumerate(spoken)]
        levels = np.stack([power - loud for power, loud in zip(powers, loudness, strict=True)])
        segments = [
            SpeakerSegment(span=span, speaker=channel_label(channel))
            for channel, spans in enumerate(spoken)
            for span in spans
            if not _leaked(levels, channel, span)
        ]
        segments.sort(key=lambda s: (s.span.start, s.span.end))
        return Diarization(segments=tuple(segments), exclusive=_exclusive(segments))


def _power(samples: Samples) -> Samples:
    """Level of each frame in dB."""
    size = int(_FRAME_S * vad.SAMPLE_RATE)
    n_frames = len(samples) // size
    power = np.square(samples[: n_frames * size].reshape(n_frames, size)).mean(axis=1) + _FLOOR**2
    return np.asarray(10 * np.log10(power), dtype=np.float32)


def _loudness(power: Samples, spans: Sequence[Span]) -> float:
    """The channel's own speech level in dB: the 90th percentile of its speaking frames; 0 where nobody speaks."""
    speaking = np.zeros(len(power), dtype=bool)
    for span in spans:
        speaking[int(span.start / _FRAME_S) : int(span.end / _FRAME_S) + 1] = True
    return float(np.percentile(power[speaking], 90)) if speaking.any() else 0.0


def _is_echo(channel: int, spoken: Sequence[Sequence[Span]], loudness: Sequence[float]) -> bool:
    """Whether all that is heard on the channel is another side leaking in: a voicemail, a customer on mute."""
    own = total(spoken[channel])
    return own > 0 and any(
        loudness[other] - loudness[channel] >= _LEAK_DB
        and total(shared(spoken[channel], spoken[other])) >= _ECHO_RATIO * own
        for other in range(len(spoken))
        if other != channel and spoken[other]
    )


def _leaked(levels: Samples, channel: int, span: Span) -> bool:
    frames = slice(int(span.start / _FRAME_S), int(span.end / _FRAME_S) + 1)
    piece = levels[:, frames]
    if levels.shape[0] < 2 or piece.shape[1] == 0:
        return False
    loud = np.percentile(piece, 90, axis=1)
    others = np.delete(loud, channel)
    return bool(loud[channel] < -_LEAK_DB and others.max() > loud[channel] + _LEAK_DB)


def _exclusive(segments: list[SpeakerSegment]) -> tuple[SpeakerSegment, ...]:
    """Segments cut so that nobody speaks at once: whoever began first keeps the shared time."""
    exclusive: list[SpeakerSegment] = []
    until = 0.0
    for segment in segments:
        start = max(segment.span.start, until)
        if segment.span.end > start:
            exclusive.append(SpeakerSegment(span=Span(start=start, end=segment.span.end), speaker=segment.speaker))
            until = segment.span.end
    return tuple(exclusive)
