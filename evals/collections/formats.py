"""Owns reading what people wrote of a recording: RTTM (who speaks when), STM (who says what when), TextGrid, TXT.

One file may hold several recordings where the format has a column for it; a reader then has to be told which.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.domain.span import Span
from pipeline.domain.speech import SpeakerSegment
from pipeline.errors import InputError

TimedWords = tuple[str, float, float, str]
"""A speaker, when they start and end, seconds, and what they say: a line of an STM file."""

_STM_LABEL = re.compile(r"<[^<>\s]*,[^<>\s]*>")
_TIER_NAME = re.compile(r'\bname\s*=\s*"((?:[^"]|"")*)"')
_INTERVAL = re.compile(
    r"\bintervals\s*\[\d+\]:?\s*xmin\s*=\s*(?P<start>[-\d.eE]+)\s*xmax\s*=\s*(?P<end>[-\d.eE]+)\s*"
    r'text\s*=\s*"(?P<text>(?:[^"]|"")*)"'
)
_INTERVALS_SIZE = re.compile(r"\bintervals:\s*size\s*=\s*(\d+)")


class Interval(NamedTuple):
    """One interval of a tier of a TextGrid, seconds; `text` is empty where nobody speaks."""

    tier: str
    start: float
    end: float
    text: str


def read_text(path: Path, *, hint: str = "check the path") -> str:
    """The text of a file in UTF-8, or in UTF-16 that says so, without byte order mark. Raises: InputError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", hint=hint, path=path) from error
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", hint="save it as text in UTF-8 (CSV UTF-8)", path=path) from error


def read_words(path: Path) -> str:
    """All words of a TXT file, blanks and line ends as single spaces. Raises: InputError, also where there is none."""
    words = read_text(path).split()
    if not words:
        raise InputError("holds no words", hint="write all that is said, without speakers", path=path)
    return " ".join(words)


def read_rttm(path: Path, *, recording: str | None = None) -> tuple[SpeakerSegment, ...]:
    """The segments of one recording in an RTTM file, in its order; lines of other types than SPEAKER are passed over.

    Raises: InputError with the line where a field is wrong, or where a second recording begins and none was named.
    """
    found: list[SpeakerSegment] = []
    lines = ((number, fields) for number, fields in _rows(path) if fields[0] == "SPEAKER")
    for number, fields in _of_one(path, lines, place=1, recording=recording):
        try:
            start, seconds = float(fields[3]), float(fields[4])
            found.append(SpeakerSegment(span=Span(start=start, end=start + seconds), speaker=fields[7]))
        except (IndexError, ValueError, ValidationError) as error:
            hint = "a line is: SPEAKER recording channel start seconds <NA> <NA> speaker"
            raise InputError("no segment", hint=hint, path=path, line=number) from error
    return tuple(found)


def read_stm_lines(path: Path, *, recording: str | None = None) -> tuple[TimedWords, ...]:
    """The lines of one recording in an STM file, in its order: speaker, start, end, words; labels as <o,f0> go.

    Raises: InputError with the line of too few fields or a wrong time, or where a second recording begins and none was
    named.
    """
    found: list[TimedWords] = []
    for number, fields in _of_one(path, _rows(path), place=0, recording=recording):
        try:
            span = Span(start=float(fields[3]), end=float(fields[4]))
        except (IndexError, ValueError, ValidationError) as error:
            hint = "a line is: recording channel speaker start end words"
            raise InputError("no utterance", hint=hint, path=path, line=number) from error
        said = fields[6:] if len(fields) > 5 and _STM_LABEL.fullmatch(fields[5]) else fields[5:]
        found.append((fields[2], span.start, span.end, " ".join(said)))
    return tuple(found)


def read_stm(path: Path, *, recording: str | None = None) -> dict[str, str]:
    """All words of each speaker, in the order of an STM file. Raises: InputError as `read_stm_lines`."""
    return words_by_speaker(read_stm_lines(path, recording=recording))


def words_by_speaker(lines: Sequence[TimedWords]) -> dict[str, str]:
    """All words of each speaker, speakers and words in the order of the lines."""
    said: dict[str, list[str]] = {}
    for speaker, _, _, words in lines:
        said.setdefault(speaker, []).append(words)
    return {speaker: " ".join(part for part in words if part) for speaker, words in said.items()}


def all_words(lines: Sequence[TimedWords]) -> str:
    """The words of all speakers, in the order of the lines."""
    return " ".join(words for *_, words in lines if words)


def read_textgrid(path: Path) -> tuple[Interval, ...]:
    """All intervals of all tiers of a TextGrid in Praat's long form, in its order, empty ones included.

    It shares no code with the pipeline's import, so that one can be measured by the other. Raises: InputError for
    another form, a number of intervals other than stated, or an interval that ends before it starts.
    """
    text = read_text(path)
    tiers = list(_TIER_NAME.finditer(text))
    if "ooTextFile" not in text[:200] or not tiers:
        raise InputError("is no TextGrid in the long form", hint='save it in Praat with "Save as text file"', path=path)
    found: list[Interval] = []
    for tier, following in zip(tiers, [*(t.start() for t in tiers[1:]), len(text)], strict=True):
        found += _intervals(path, text, tier, end=following)
    return tuple(found)


def _intervals(path: Path, text: str, tier: re.Match[str], *, end: int) -> Iterator[Interval]:
    stated = _INTERVALS_SIZE.search(text, tier.end(), end)
    matches = list(_INTERVAL.finditer(text, tier.end(), end))
    if stated is not None and int(stated[1]) != len(matches):
        line = text.count("\n", 0, stated.start()) + 1
        message = f"states {stated[1]} intervals and holds {len(matches)}"
        raise InputError(message, hint="it is cut short or damaged: copy it again", path=path, line=line)
    for match in matches:
        start, until = float(match["start"]), float(match["end"])
        if until < start:
            line = text.count("\n", 0, match.start()) + 1
            raise InputError("an interval ends before it starts", hint="correct its times", path=path, line=line)
        yield Interval(tier[1].replace('""', '"'), start, until, match["text"].replace('""', '"').strip())


def _of_one(
    path: Path, lines: Iterable[tuple[int, list[str]]], *, place: int, recording: str | None
) -> Iterator[tuple[int, list[str]]]:
    """The lines of the one recording that is named, or else of the only one; its name is the field at `place`."""
    only = recording
    for number, fields in lines:
        name = fields[place] if len(fields) > place else ""
        only = name if only is None else only
        if name == only:
            yield number, fields
        elif recording is None:
            raise InputError(f"holds {only} and {name}", hint="one file a recording", path=path, line=number)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(read_text(path).splitlines(), 1):
        fields = line.split()
        if fields and not line.startswith(";;"):
            yield number, fields
