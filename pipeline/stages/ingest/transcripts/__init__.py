"""Finished transcripts: from the text of files to who says what. One parser for each format, chosen by its ending."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from pipeline.domain.recording import SourceFile
from pipeline.domain.script import Script, Utterance
from pipeline.stages.ingest.transcripts.columns import read_columns
from pipeline.stages.ingest.transcripts.cues import read_srt, read_vtt
from pipeline.stages.ingest.transcripts.document import read_json
from pipeline.stages.ingest.transcripts.plain import read_plain
from pipeline.stages.ingest.transcripts.source import Parsed, Source, read_source
from pipeline.stages.ingest.transcripts.textgrid import read_textgrid
from pipeline.stages.ingest.transcripts.timing import MAX_WORDS

__all__ = ["MAX_WORDS", "format_of", "read_script"]

_FORMATS: Mapping[str, tuple[str, Callable[[Source], Parsed]]] = {
    ".csv": ("csv", read_columns),
    ".json": ("json", read_json),
    ".srt": ("srt", read_srt),
    ".textgrid": ("textgrid", read_textgrid),
    ".txt": ("text", read_plain),
    ".vtt": ("webvtt", read_vtt),
}


def format_of(path: Path) -> str:
    """The name of the format that a transcript's ending stands for. Raises: KeyError for any other ending."""
    return _FORMATS[path.suffix.lower()][0]


def read_script(files: Iterable[SourceFile], *, max_duration_s: float, language: str | None = None) -> Script:
    """Who says what in these files of one call; a file that is one side gives its role to all who speak in it.

    `language` is what people stated; else that of the files counts. The duration, seconds, is 0 where not every
    utterance is timed. Raises: TranscriptError, also for a transcript
    without words, with more than `MAX_WORDS`, or with times beyond `max_duration_s`.
    """
    utterances: list[Utterance] = []
    duration = 0.0
    for file in files:
        source = read_source(file.path)
        parsed = _FORMATS[file.path.suffix.lower()][1](source)
        language = language or parsed.language
        spoken = _checked(source, parsed, max_duration_s)
        if parsed.duration > max_duration_s:
            hint = "cut it into single calls; filmroom.toml can set max_hours higher"
            raise source.error(f"states a length of {parsed.duration:.0f} s, beyond the longest call", hint=hint)
        duration = max([duration, parsed.duration, *(_end(u) for u in spoken)])
        utterances += [_of_side(u, file) for u in spoken]
    timed = all(utterance.span is not None for utterance in utterances)
    return Script(utterances=tuple(utterances), language=language, duration=round(duration, 3) if timed else 0.0)


def _checked(source: Source, parsed: Parsed, max_duration_s: float) -> list[Utterance]:
    found: list[Utterance] = []
    n_words = 0
    for utterance in _read(source, parsed.utterances):
        n_words += len(utterance.words)
        if n_words > MAX_WORDS:
            raise source.error(f"holds more than {MAX_WORDS:,} words", hint="cut it into single calls")
        if _end(utterance) > max_duration_s:
            hint = "cut it into single calls, or correct the times; filmroom.toml can set max_hours higher"
            raise source.error(f"something said ends at {_end(utterance):.0f} s, beyond the longest call", hint=hint)
        found.append(utterance)
    if n_words == 0:
        raise source.error("holds no words", hint="give a transcript in which somebody speaks")
    return found


def _read(source: Source, utterances: Iterator[Utterance]) -> Iterator[Utterance]:
    """The utterances; a value that no utterance can hold is the file's fault and not this program's."""
    try:
        yield from utterances
    except ValidationError as error:
        raise source.error(str(error.errors()[0]["msg"]).lower(), hint="export the transcript again") from error


def _end(utterance: Utterance) -> float:
    spans = [word.span.end for word in utterance.words if word.span is not None]
    return max([utterance.span.end if utterance.span else 0.0, *spans])


def _of_side(utterance: Utterance, file: SourceFile) -> Utterance:
    return utterance if file.role is None else utterance.model_copy(update={"speaker": file.role, "role": file.role})
