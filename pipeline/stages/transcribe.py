"""From sound to words: each channel that is one side apart, a mix of both as one."""

from pipeline.domain.span import Span
from pipeline.domain.speech import Transcript, Word
from pipeline.ports import Progress, Samples, Transcriber, silent


def transcribe(
    samples: Samples, *, transcriber: Transcriber, language: str | None = None, progress: Progress = silent
) -> Transcript:
    """All words of a call in order of time, each with the channel it was heard on where there are several.

    `samples` is 16 kHz sound of shape (channels, samples). Unless `language` is given, the loudest channel is
    recognised first and its language is used for all: a nearly silent channel is easily taken for another language.
    """
    n_channels = samples.shape[0]
    order = sorted(range(n_channels), key=lambda c: -float(abs(samples[c]).mean()))
    words: list[Word] = []
    duration = 0.0
    for step, channel in enumerate(order):
        base = step / n_channels

        def report(share: float, base: float = base) -> None:
            progress(base + share / n_channels)

        heard = transcriber.transcribe(samples[channel], language=language, progress=report)
        language = language or heard.language
        duration = max(duration, heard.duration)
        words += [word.model_copy(update={"channel": channel}) if n_channels > 1 else word for word in heard.words]
    progress(1.0)
    return Transcript(words=tuple(sorted(words, key=_when)), language=language, duration=duration)


def _when(word: Word) -> tuple[float, float]:
    span = word.span or Span(start=0, end=0)
    return span.start, span.end
