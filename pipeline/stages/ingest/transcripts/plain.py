"""Reads plain text in which each turn begins with who speaks: "Rep: ...", with or without times before the name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.domain.script import Utterance
from pipeline.domain.span import Span
from pipeline.stages.ingest.transcripts.labels import is_name, label_of
from pipeline.stages.ingest.transcripts.source import Parsed, Source
from pipeline.stages.ingest.transcripts.timing import CLOCK, after, seconds_of, spread, untimed

_BRACKETED = rf"[\[(]\s*(?P<start>{CLOCK})\s*(?:(?:-->|-|–|to)\s*(?P<end>{CLOCK})\s*)?[\])]"
_TIME_FIRST = re.compile(rf"\s*(?:{_BRACKETED}|(?P<bare>{CLOCK}))\s+(?P<rest>.*)")
_TIME_IN_LABEL = re.compile(rf"(?P<name>[^:\[(\n]{{1,60}}?)\s*{_BRACKETED}\s*(?P<colon>[:：]?)\s*(?P<rest>.*)")
_NAME_AND_TIME = re.compile(rf"(?P<name>[^:\n]{{1,60}}?)[ \t]+(?P<bare>{CLOCK})\s*")
_HINT = 'begin each turn with who speaks, as "Rep: ..." and "Customer: ..."; begin a title before it with #'


@dataclass(slots=True)
class _Turn:
    line: int
    name: str
    start: float | None = None
    end: float | None = None
    text: list[str] = field(default_factory=list)


def read_plain(source: Source) -> Parsed:
    """The labelled turns; a line without a label goes on with the turn before it. Raises: TranscriptError."""
    turns: list[_Turn] = []
    for number, line in enumerate(source.text.split("\n"), start=1):
        if not line.strip() or (not turns and line.lstrip().startswith("#")):
            continue
        turn = _begun(source, line, number)
        if turn is not None:
            turns.append(turn)
        elif turns:
            turns[-1].text.append(line.strip())
        else:
            raise source.error("the line does not say who speaks", hint=_HINT, line=number)
    return Parsed(_utterances(turns))


def _begun(source: Source, line: str, number: int) -> _Turn | None:
    """The turn that begins on this line: "Ann: ...", "[1:02] Ann: ...", "Ann [1:02]: ...", or "Ann  1:02" alone."""
    timed = _TIME_FIRST.fullmatch(line)
    if timed is not None and (label := label_of(timed["rest"])) is not None:
        return _turn(source, number, label, timed["start"] or timed["bare"], timed["end"])
    inside = _TIME_IN_LABEL.fullmatch(line)
    if inside is not None and is_name(name := inside["name"].strip()) and (inside["colon"] or not inside["rest"]):
        return _turn(source, number, (name, inside["rest"]), inside["start"], inside["end"])
    alone = _NAME_AND_TIME.fullmatch(line)
    if alone is not None and is_name(name := alone["name"].strip()):
        return _turn(source, number, (name, ""), alone["bare"], None)
    label = label_of(line)
    return None if label is None else _turn(source, number, label, None, None)


def _turn(source: Source, number: int, label: tuple[str, str], start: str | None, end: str | None) -> _Turn:
    times = [None if clock is None else seconds_of(clock) for clock in (start, end)]
    wrong = next((c for c, at in zip((start, end), times, strict=True) if c is not None and at is None), None)
    if wrong is not None:
        raise source.error(f"{wrong} is no time", hint="write times as 00:01:23", line=number)
    if times[0] is not None and times[1] is not None and times[1] < times[0]:
        raise source.error("the turn ends before it starts", hint="correct its times", line=number)
    return _Turn(number, label[0], times[0], times[1], [label[1]])


def _utterances(turns: list[_Turn]) -> Iterator[Utterance]:
    for number, turn in enumerate(turns, start=1):
        later = turns[number].start if number < len(turns) else None
        text = " ".join(turn.text)
        if not text.strip():
            continue
        yield utterance(turn.name, text, times=(turn.start, turn.end), following=later)


def utterance(name: str, text: str, *, times: tuple[float | None, float | None], following: float | None) -> Utterance:
    """An utterance with the times it has: both, its start alone (its words' times are then a guess), or none."""
    start, end = times
    if start is None:
        return Utterance(speaker=name[:200], words=untimed(text))
    if end is None:
        return Utterance(speaker=name[:200], words=spread(text, after(start, text, following)), estimated=True)
    span = Span(start=start, end=end)
    return Utterance(speaker=name[:200], words=spread(text, span), span=span, estimated=True)
