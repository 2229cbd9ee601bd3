"""Reads a table of turns, one a row: columns role (or speaker) and text, and start and end where they are known."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.domain.role_names import is_role_word
from pipeline.domain.script import UNNAMED, Utterance
from pipeline.stages.ingest.transcripts.plain import utterance
from pipeline.stages.ingest.transcripts.source import Parsed, Source
from pipeline.stages.ingest.transcripts.timing import seconds_of
from pipeline.text.tables import rows_of

_HINT = "the first line names the columns: role,text or role,text,start,end"
_TIME_HINT = "write times in seconds, as 83.5, or as 00:01:23.5; leave the cell empty where it is not known"


def read_columns(source: Source) -> Parsed:
    """The rows in order; separated by commas, semicolons or tabs; columns of other names are left out.

    Raises: TranscriptError.
    """
    rows = rows_of(source.text, refused=lambda message, hint, line: source.error(message, hint=hint, line=line))
    _, header = next(rows, (1, []))
    columns = [name.strip().casefold() for name in header]
    if "text" not in columns or not {"role", "speaker"} & set(columns):
        message = "is a table of calls, not of turns" if "path" in columns else "has no columns role and text"
        raise source.error(message, hint=_HINT, line=1)
    if twice := [name for name in columns if name and columns.count(name) > 1]:
        raise source.error(f"has two columns {twice[0]!r}", hint="keep one of them", line=1)
    return Parsed(_utterances(source, columns, rows))


def _utterances(source: Source, columns: Sequence[str], rows: Iterator[tuple[int, list[str]]]) -> Iterator[Utterance]:
    turns: list[tuple[str, str, float | None, float | None]] = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            message = f"the row has {len(cells)} cells, the header {len(columns)}"
            raise source.error(message, hint="quote a cell that holds the separator", line=line)
        row = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        start, end = (_time(source, row.get(name, ""), line) for name in ("start", "end"))
        if start is not None and end is not None and end < start:
            raise source.error("the turn ends before it starts", hint="correct its times", line=line)
        if row["text"]:
            turns.append((_name(row), row["text"], start, end))
    for number, (name, text, start, end) in enumerate(turns, start=1):
        following = turns[number][2] if number < len(turns) else None
        yield utterance(name, text, times=(start, end), following=following)


def _name(row: Mapping[str, str]) -> str:
    speaker, role = row.get("speaker", ""), row.get("role", "")
    if speaker and is_role_word(role) and not is_role_word(speaker):
        return f"{speaker} ({role})"
    return role or speaker or UNNAMED


def _time(source: Source, cell: str, line: int) -> float | None:
    seconds = seconds_of(cell) if cell else None
    if cell and seconds is None:
        raise source.error("start or end is no time", hint=_TIME_HINT, line=line)
    return seconds
