"""Reads WebVTT and SubRip: cues with times, and who speaks by voice tags or by "Name: text"."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.domain.script import UNNAMED, Utterance
from pipeline.domain.span import Span
from pipeline.stages.ingest.transcripts.labels import label_of, names_in
from pipeline.stages.ingest.transcripts.source import Parsed, Source
from pipeline.stages.ingest.transcripts.timing import CLOCK, seconds_of, share, spread

_TIMES = re.compile(rf"\s*({CLOCK})[ \t]*-->[ \t]*({CLOCK})(?:[ \t].*)?")
_NO_CUES = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
_TAG = re.compile(
    r"<(/?)(v|c|i|b|u|s|ruby|rt|lang|font)(?:\.[^\s<>]*)?(?:\s+([^<>]*))?>|<[\d:.]+>|\{\\[^{}]*\}", re.IGNORECASE
)
_TIMES_HINT = "write the times as 00:01:02.500 --> 00:01:05.000"


@dataclass(slots=True)
class _Cue:
    line: int
    span: Span
    text: list[str] = field(default_factory=list)


def read_vtt(source: Source) -> Parsed:
    """The cues of a WebVTT file; notes, styles and regions are no speech. Raises: TranscriptError."""
    head, _, body = source.text.partition("\n")
    if not re.match(r"WEBVTT(\s|$)", head):
        hint = "a .vtt file begins with the line WEBVTT; give a file of another format its own ending"
        raise source.error("does not begin with WEBVTT", hint=hint, line=1)
    lines = body.split("\n")
    start = next((i for i, line in enumerate(lines) if not line.strip() or "-->" in line), len(lines))
    return Parsed(_utterances(_cues(source, lines[start:], first=start + 2, notes=True)))


def read_srt(source: Source) -> Parsed:
    """The cues of a SubRip file. Raises: TranscriptError."""
    return Parsed(_utterances(_cues(source, source.text.split("\n"), first=1)))


def _cues(source: Source, lines: Sequence[str], *, first: int, notes: bool = False) -> list[_Cue]:
    """Each cue with its lines of text; a blank line inside a cue's text does not end it, so that nothing is lost."""
    cues: list[_Cue] = []
    skipping, after_blank = False, True
    for number, line in enumerate(lines, start=first):
        blank = not line.strip()
        if blank or (notes and after_blank and _NO_CUES.match(line)):
            skipping, after_blank = not blank, blank
            continue
        if skipping:
            continue
        following = lines[number - first + 1] if number - first + 1 < len(lines) else ""
        if "-->" in line:
            cues.append(_Cue(number, _span(source, line, number)))
        elif "-->" in following and (after_blank or line.strip().isdecimal()):
            pass  # the name or number of the cue whose times follow
        elif cues:
            cues[-1].text.append(line.strip())
        elif not line.strip().isdecimal():
            raise source.error("text without times before the first cue", hint=_TIMES_HINT, line=number)
        after_blank = False
    return cues


def _span(source: Source, line: str, number: int) -> Span:
    found = _TIMES.fullmatch(line)
    start, end = (seconds_of(found[1]), seconds_of(found[2])) if found else (None, None)
    if start is None or end is None:
        raise source.error("the line is no pair of times", hint=_TIMES_HINT, line=number)
    if end < start:
        raise source.error("the cue ends before it starts", hint="correct its times", line=number)
    return Span(start=start, end=end)


def _utterances(cues: Sequence[_Cue]) -> Iterator[Utterance]:
    texts = [line for cue in cues for line in cue.text]
    voiced = any(tag[2] and tag[2].lower() == "v" for line in texts for tag in _TAG.finditer(line))
    names = frozenset() if voiced else names_in([_plain(line) for line in texts])
    speaker = UNNAMED
    for cue in cues:
        parts = _voices(" ".join(cue.text)) if voiced else _labelled(cue.text, names, speaker)
        if not parts:
            continue
        speaker = parts[-1][0]
        for (name, text), span in zip(parts, share([text for _, text in parts], cue.span), strict=True):
            yield Utterance(speaker=name[:200], words=spread(text, span), span=span, estimated=True)


def _voices(text: str) -> list[tuple[str, str]]:
    """Who says what by voice tags, which hold until the next one or their end."""
    parts: list[tuple[str, str]] = []
    speaker, at = UNNAMED, 0
    for tag in _TAG.finditer(text):
        parts.append((speaker, text[at : tag.start()]))
        at = tag.end()
        if tag[2] and tag[2].lower() == "v":
            speaker = UNNAMED if tag[1] else " ".join(html.unescape(tag[3] or "").split()) or UNNAMED
    parts.append((speaker, text[at:]))
    return _joined([(name, html.unescape(part)) for name, part in parts], between="")


def _labelled(lines: Sequence[str], names: frozenset[str], speaker: str) -> list[tuple[str, str]]:
    """Who says what by "Name: text"; lines without a name go on with who spoke last, in this cue or before it."""
    parts: list[tuple[str, str]] = []
    for line in map(_plain, lines):
        label = label_of(line)
        if label is not None and label[0] in names:
            speaker = label[0]
            parts.append(label)
        else:
            parts.append((speaker, line))
    return _joined(parts, between=" ")


def _joined(parts: Sequence[tuple[str, str]], *, between: str) -> list[tuple[str, str]]:
    """Neighbours of one speaker as one; those without words left out, an empty voice between two of another's too."""
    found: list[tuple[str, str]] = []
    for name, text in parts:
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + between + text)
        elif text.strip():
            found.append((name, text))
    return [(name, " ".join(text.split())) for name, text in found]


def _plain(line: str) -> str:
    return html.unescape(_TAG.sub("", line)).strip()
