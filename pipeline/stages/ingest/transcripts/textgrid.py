"""Reads Praat's TextGrid, long and short alike: by Praat's own rule only free-standing values count."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.domain.script import UNNAMED, Utterance
from pipeline.domain.span import Span
from pipeline.stages.ingest.transcripts.source import Parsed, Source
from pipeline.stages.ingest.transcripts.timing import spread

_VALUE = re.compile(
    r'(?P<text>"[^"]*(?:""[^"]*)*")|(?P<flag><\w+>)|(?<!\S)(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?!\S)|(?P<open>")'
)
_NOT_SPOKEN = frozenset({"", "sil", "sp", "<sil>", "<sp>", "<p:>", "#"})
_TAG = re.compile(r"</?[A-Za-z_]+\s*/?>")
_SOUNDS = re.compile(r"(?:^|[\s-])(?:phones?|phonemes?)$", re.I)
_WORDS = re.compile(r"\s*-?\s*words?$", re.I)
_MAX_TIERS = 1000


class _Value(NamedTuple):
    kind: str
    text: str
    line: int


def read_textgrid(source: Source) -> Parsed:
    """The intervals of all interval tiers, each tier a speaker named after it; tiers of single sounds are left out.

    Tags such as <UNSURE> are taken off; an interval that holds nothing else is speech without words.
    Raises: TranscriptError.
    """
    values = _Values(source)
    if [values.take("text").text for _ in range(2)] != ["ooTextFile", "TextGrid"]:
        hint = "save it in Praat as text file or short text file"
        raise source.error("is not a TextGrid in one of the two text forms", hint=hint, line=1)
    _, end = values.seconds(), values.seconds()
    exists = values.take("flag").text == "<exists>"
    return Parsed(_tiers(values) if exists else iter(()), duration=end)


class _Values:
    """The free-standing values of the file, in order."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._found = _values(source.text)
        self._line = 1

    def take(self, kind: str) -> _Value:
        value = next(self._found, None)
        if value is None:
            hint = "copy or save it again"
            raise self.source.error("ends too early: it is cut short", hint=hint, line=self._line)
        self._line = value.line
        if value.kind == "open":
            hint = "look for the missing quotation mark, on this line or before it"
            raise self.source.error("a text is not closed", hint=hint, line=value.line)
        if value.kind != kind:
            message = f"a {value.kind} stands where a {kind} should"
            raise self.source.error(message, hint="open it in Praat and save it again", line=value.line)
        return value

    def seconds(self) -> float:
        value = self.take("number")
        if float(value.text) < 0:
            raise self.source.error(f"{value.text} is a time before 0", hint="shift the times", line=value.line)
        return float(value.text)

    def span(self) -> Span:
        start, end = self.seconds(), self.seconds()
        if end < start:
            raise self.source.error("the interval ends before it starts", hint="correct its times", line=self._line)
        return Span(start=start, end=end)

    def count(self) -> int:
        value = self.take("number")
        if not value.text.isdecimal():
            raise self.source.error(f"{value.text} is no number of items", hint="save it again", line=value.line)
        return int(value.text)


def _values(text: str) -> Iterator[_Value]:
    line, at = 1, 0
    for found in _VALUE.finditer(text):
        line, at = line + text.count("\n", at, found.start()), found.start()
        kind = found.lastgroup or ""
        yield _Value(kind, found[0][1:-1].replace('""', '"') if kind == "text" else found[0], line)


def _tiers(values: _Values) -> Iterator[Utterance]:
    n_tiers = values.count()
    if n_tiers > _MAX_TIERS:
        raise values.source.error(f"has {n_tiers} tiers", hint="keep one tier for each speaker")
    for _ in range(n_tiers):
        kind, name = values.take("text"), values.take("text").text
        values.span()
        if kind.text not in ("IntervalTier", "TextTier"):
            message, hint = "the tier is neither IntervalTier nor TextTier", "open it in Praat and save it again"
            raise values.source.error(message, hint=hint, line=kind.line)
        n_items = values.count()
        if kind.text == "TextTier":
            for _ in range(n_items):
                values.seconds(), values.take("text")
            continue
        yield from _intervals(values, n_items, name)


def _intervals(values: _Values, n_items: int, tier: str) -> Iterator[Utterance]:
    speaker = " ".join(_WORDS.sub("", tier).split())[:200] or UNNAMED
    spoken = not _SOUNDS.search(tier)
    for _ in range(n_items):
        span, text = values.span(), values.take("text").text.strip()
        if spoken and text.lower() not in _NOT_SPOKEN:
            yield Utterance(speaker=speaker, words=spread(_TAG.sub(" ", text), span), span=span, estimated=True)
