"""What is handed over in files: the words of a call with masks, and silence where they were spoken."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.config import Config
from pipeline.domain.base import Value
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation
from pipeline.engines.redaction import export_redactor
from pipeline.ports import Samples
from pipeline.stages.redact import Redactor, masked_spans
from pipeline.stages.redact_result import literals_of, redact_result, redact_text, redact_value

_V = TypeVar("_V", bound=Value)


@dataclass(frozen=True)
class HandedOver:
    """Masks whatever goes into a file; without a redactor all of it goes as it is, and only stored masks are silent."""

    redactor: Redactor | None = None

    def result(self, result: CallResult) -> CallResult:
        """A call with masks in its words and in all that quotes them."""
        return result if self.redactor is None else redact_result(result, self.redactor)

    def value(self, value: _V, *, about: Conversation | None = None) -> _V:
        """Any value with masks in its texts; `about` is the call, unmasked, that they quote."""
        if self.redactor is None:
            return value
        literals = {} if about is None else literals_of(about, self.redactor.conversation(about))
        return redact_value(value, self.redactor, literals)

    def text(self, text: str) -> str:
        """A text with masks."""
        return text if self.redactor is None else redact_text(text, self.redactor, {})


def handed_over(config: Config) -> HandedOver:
    """What masks files under these settings. Raises: WeightsError where the model for that is not here."""
    return HandedOver(export_redactor(config))


def silenced(samples: Samples, spans: Sequence[Span], rate: int, *, at: float = 0.0) -> Samples:
    """The sound, which begins `at` seconds into its call, with silence in these spans of the call."""
    if not spans:
        return samples
    quiet = samples.copy()
    for span in spans:
        first, last = round((span.start - at) * rate), round((span.end - at) * rate)
        quiet[..., max(0, first) : max(0, last)] = 0.0
    return quiet


def silenced_pieces(pieces: Iterable[Samples], spans: Sequence[Span], rate: int) -> Iterator[Samples]:
    """The same for a sound that comes in pieces, (channels, samples) each."""
    at = 0
    for piece in pieces:
        yield silenced(piece, spans, rate, at=at / rate)
        at += piece.shape[-1]


def silent_spans(conversation: Conversation) -> tuple[Span, ...]:
    """Where a call with these words is silent when it is handed over."""
    return masked_spans(conversation)
