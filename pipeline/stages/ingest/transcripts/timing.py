"""Times of words: clock times as transcripts write them, and estimates where only an utterance has times."""

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

from pipeline.domain.span import Span
from pipeline.domain.speech import Word

CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,6})?"
"""mm:ss or hh:mm:ss, with or without a fraction."""
MAX_WORDS = 200_000
"""Twenty hours of talk: no single call."""
_SECONDS_PER_WORD = 0.36
"""At 165 words a minute: how long an utterance is taken to last of which only the beginning is known."""


def seconds_of(clock: str) -> float | None:
    """Seconds of "1:02:03.5", "02:03,5" or "12.5"; None for what is no time, as minutes of 60 or more, or below 0."""
    if re.fullmatch(CLOCK, clock):
        parts = [float(part) for part in clock.replace(",", ".").split(":")]
        if parts[-1] >= 60 or (len(parts) == 3 and parts[1] >= 60):
            return None
        return sum(part * 60.0**power for power, part in enumerate(reversed(parts)))
    return float(clock) if re.fullmatch(r"\d{1,6}(?:\.\d{1,9})?", clock) else None


def untimed(text: str) -> tuple[Word, ...]:
    """The text's words, without times."""
    return tuple(Word(text=part, span=None) for part in _parts(text))


def spread(text: str, span: Span) -> tuple[Word, ...]:
    """The text's words one after the other over the whole span, each as long as its letters say: estimates."""
    parts = _parts(text)
    ends = list(accumulate((len(part) + 1 for part in parts), initial=0))
    at = [span.start + (span.end - span.start) * end / (ends[-1] or 1) for end in ends]
    return tuple(
        Word(text=part, span=Span(start=start, end=end)) for part, start, end in zip(parts, at, at[1:], strict=False)
    )


def _parts(text: str) -> list[str]:
    """The words, one too many where there are too many: whoever counts them refuses them, and none fills the memory."""
    return text.split(maxsplit=MAX_WORDS)


def share(texts: Sequence[str], span: Span) -> tuple[Span, ...]:
    """The span cut into one part for each text, as long as its letters say."""
    ends = list(accumulate((len(text) + 1 for text in texts), initial=0))
    at = [span.start + (span.end - span.start) * end / ends[-1] for end in ends]
    return tuple(Span(start=start, end=end) for start, end in pairwise(at))


def after(start: float, text: str, following: float | None) -> Span:
    """Where an utterance probably lies of which only the start is known, and perhaps when the next one starts."""
    end = start + _SECONDS_PER_WORD * len(text.split())
    return Span(start=start, end=end if following is None or following <= start else min(end, following))
