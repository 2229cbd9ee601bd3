"""Lists of utterances in JSON, the shape that most programs share: who, what, and perhaps when.

Whisper and its kin (segments), AssemblyAI and others (utterances), Fireflies (sentences), SegLST (a bare list).
"""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import AliasChoices, Field

from pipeline.domain.script import UNNAMED, Utterance
from pipeline.domain.span import Span
from pipeline.stages.ingest.transcripts.timing import after, spread, untimed
from pipeline.stages.ingest.transcripts.tokens import (
    END,
    SPEAKER,
    START,
    Label,
    Seconds,
    Token,
    VendorPart,
    utterances_of,
)

_TEXTS = ("text", "transcript", "content", "sentence", "utterance", "word")
_LISTS = ("utterances", "segments", "sentences", "turns", "entries", "messages", "transcript", "words")
_INSIDE = ("data", "transcript", "result", "results")
_LEAST_WORDS_A_SECOND = 0.05
"""Nobody speaks as slowly as 3 words a minute: times that say so are milliseconds."""


class Piece(VendorPart):
    """One utterance: text, or words with their own times, or both."""

    speaker: Label = Field(default=None, validation_alias=SPEAKER)
    text: str | None = Field(default=None, validation_alias=AliasChoices(*_TEXTS))
    start: Seconds = Field(default=None, validation_alias=START)
    end: Seconds = Field(default=None, validation_alias=END)
    words: tuple[Token, ...] | str | None = None

    @property
    def said(self) -> str:
        """The text, whichever field it stands in."""
        tokens = "" if self.words is None else self.words
        spoken = tokens if isinstance(tokens, str) else " ".join(token.text.strip() for token in tokens)
        return self.text or spoken


class Pieces(VendorPart):
    """A list of utterances with the language of the call, where it is stated."""

    pieces: tuple[Piece, ...]
    language: str | None = Field(default=None, validation_alias=AliasChoices("language", "language_code"))

    def utterances(self) -> Iterator[Utterance]:
        """The utterances in order, times in seconds."""
        unit = self._unit
        for number, piece in enumerate(self.pieces, start=1):
            if not isinstance(piece.words, str) and piece.words and any(t.start is not None for t in piece.words):
                yield from utterances_of(piece.words, unit=unit, speaker=piece.speaker)
            elif piece.said.strip():
                following = self.pieces[number].start if number < len(self.pieces) else None
                yield _cue(piece, unit, following)

    @property
    def _unit(self) -> float:
        timed = [p for p in self.pieces if p.start is not None and p.end is not None]
        lasting = sum((p.end or 0.0) - (p.start or 0.0) for p in timed)
        return 0.001 if sum(len(p.said.split()) for p in timed) < _LEAST_WORDS_A_SECOND * lasting else 1.0


def list_in(data: object) -> Mapping[str, object] | None:
    """What `Pieces` is made of: the list of utterances that the document holds, and its language; None without one."""
    if isinstance(data, Sequence) and not isinstance(data, str):
        return {"pieces": data} if data and all(_is_piece(item) for item in data) else None
    if not isinstance(data, Mapping):
        return None
    for name in _LISTS:
        items = data.get(name)
        if isinstance(items, list) and items and all(_is_piece(item) for item in items):
            return {"pieces": items, "language": data.get("language"), "language_code": data.get("language_code")}
    return next((found for name in _INSIDE if (found := list_in(data.get(name))) is not None), None)


def _is_piece(item: object) -> bool:
    return isinstance(item, Mapping) and any(name in item for name in (*_TEXTS, "words"))


def _cue(piece: Piece, unit: float, following: float | None) -> Utterance:
    speaker = piece.speaker or UNNAMED
    if piece.start is None:
        return Utterance(speaker=speaker, words=untimed(piece.said))
    if piece.end is None:
        guess = after(piece.start * unit, piece.said, None if following is None else following * unit)
        return Utterance(speaker=speaker, words=spread(piece.said, guess), estimated=True)
    span = Span(start=piece.start * unit, end=max(piece.start, piece.end) * unit)
    return Utterance(speaker=speaker, words=spread(piece.said, span), span=span, estimated=True)
