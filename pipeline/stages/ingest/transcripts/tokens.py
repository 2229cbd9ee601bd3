"""Words that came with times of their own, gathered into utterances: a new speaker or a pause begins the next one."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from pipeline.domain.script import UNNAMED, Utterance
from pipeline.domain.span import Span
from pipeline.domain.speech import Word
from pipeline.stages.ingest.transcripts.timing import seconds_of, share

_PAUSE_S = 2.0
"""A longer pause of one speaker is silence. At this length the one vendor file that has figures of its own comes out as
it states them (talk ratio 0.621, 2 interruptions); 0.8 s, as within channels of a recording, gives 0.636 and none."""


class VendorPart(BaseModel):
    """A part of a vendor's file: its fields that count are checked, all others are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


def _seconds(value: object) -> object:
    """Clock times and Google's "1.5s" as seconds; anything else as it is, for pydantic to judge."""
    if not isinstance(value, str):
        return value
    found = seconds_of(value.strip().removesuffix("s"))
    return value if found is None else found


def _label(value: object) -> object:
    """A speaker's label; numbers become "speaker 0", as no name is a number."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
        return f"speaker {value}"
    return " ".join(value.split())[:200] or None if isinstance(value, str) else value


def _likely(value: object) -> object:
    """A confidence of 0 to 1; vendors' other scales are left out."""
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number is left out too
    except (TypeError, ValueError):
        return None
    return number if 0 <= number <= 1 else None


Seconds = Annotated[float | None, BeforeValidator(_seconds), Field(ge=0, le=1e9)]
Label = Annotated[str | None, BeforeValidator(_label)]
Confidence = Annotated[float | None, BeforeValidator(_likely)]
SPEAKER = AliasChoices(
    "speaker_name", "speakerName", "speaker", "role", "name", "speaker_label", "speakerLabel", "speakerId",
    "speaker_id", "speakerTag", "participant", "channel",
)  # fmt: skip
START = AliasChoices("start", "start_time", "startTime", "ts", "begin", "from")
END = AliasChoices("end", "end_time", "endTime", "end_ts", "to")


class Token(VendorPart):
    """One word with the times it has, in the unit of its file."""

    text: str = Field(validation_alias=AliasChoices("punctuated_word", "word", "text", "content", "value"))
    start: Seconds = Field(default=None, validation_alias=START)
    end: Seconds = Field(default=None, validation_alias=END)
    confidence: Confidence = Field(
        default=None, validation_alias=AliasChoices("confidence", "probability", "score", "prob")
    )
    speaker: Label = Field(default=None, validation_alias=SPEAKER)


def utterances_of(tokens: Iterable[Token], *, unit: float = 1.0, speaker: str | None = None) -> Iterator[Utterance]:
    """The tokens as utterances; `unit` is the seconds of one unit of their times, `speaker` who speaks where none says.

    Tokens without letters or digits belong to the word before them; those without times get the time between their
    neighbours; where no token has any, there is one utterance for each speaker in a row, without times.
    """
    for label, group in groupby(_whole(tokens), key=lambda token: token.speaker or speaker or UNNAMED):
        words = _timed(list(group), unit)
        at = 0
        for i, (left, right) in enumerate(pairwise(words), start=1):
            if left.span and right.span and right.span.start - left.span.end > _PAUSE_S:
                yield _utterance(label, words[at:i])
                at = i
        yield _utterance(label, words[at:])


def _whole(tokens: Iterable[Token]) -> Iterator[Token]:
    """Tokens with words in them, punctuation joined to the word that it follows."""
    held: Token | None = None
    for token in tokens:
        text = token.text.strip()
        if not text or text == "%HESITATION":  # a recogniser's mark for a filler
            continue
        if held is not None and not any(char.isalnum() for char in text):
            held = held.model_copy(update={"text": held.text.strip() + text})
            continue
        if held is not None:
            yield held
        held = token
    if held is not None:
        yield held


def _timed(tokens: Sequence[Token], unit: float) -> list[Word]:
    if all(token.start is None or token.end is None for token in tokens):
        return [Word(text=part, span=None) for token in tokens for part in token.text.split()]
    words: list[Word] = []
    for i, token in enumerate(tokens):
        start, end = token.start, token.end
        if start is None or end is None:
            start = words[-1].span.end / unit if words and words[-1].span else 0.0
            later = next((t.start for t in tokens[i + 1 : i + 50] if t.start is not None), start)
            end = max(start, later)
        span = Span(start=start * unit, end=max(start, end) * unit)
        parts = token.text.split()
        words += [
            Word(text=part, span=within, confidence=token.confidence)
            for part, within in zip(parts, share(parts, span), strict=True)
        ]
    return words


def _utterance(label: str, words: Sequence[Word]) -> Utterance:
    spans = [word.span for word in words if word.span is not None]
    span = Span(start=min(s.start for s in spans), end=max(s.end for s in spans)) if spans else None
    return Utterance(speaker=label, words=tuple(words), span=span)
