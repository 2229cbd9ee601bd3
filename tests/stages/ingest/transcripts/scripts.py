"""Reading a transcript that a test wrote, and the one conversation that tests write in every format."""

from pathlib import Path

from pipeline.domain.recording import Role, SourceFile
from pipeline.domain.script import Script
from pipeline.stages.ingest.transcripts import read_script

HOURS_4 = 4 * 3600.0


def source_file(path: Path, role: Role | None = None) -> SourceFile:
    return SourceFile(path=path, sha256="0" * 64, size=1, role=role)


def read(folder: Path, name: str, content: str | bytes, *, role: Role | None = None, limit: float = HOURS_4) -> Script:
    """The script of a file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_script([source_file(path, role)], max_duration_s=limit)


def said(script: Script) -> list[tuple[str, str]]:
    """Who says what, in the order of the file."""
    return [(u.speaker, " ".join(word.text for word in u.words)) for u in script.utterances]


def times(script: Script) -> list[tuple[float, float] | None]:
    """Start and end of each utterance."""
    return [None if u.span is None else (u.span.start, u.span.end) for u in script.utterances]
