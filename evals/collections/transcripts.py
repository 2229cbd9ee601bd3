"""Owns finished transcripts of labelled calls, read just as `filmroom run` imports them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.recording import CallMetadata, Role, SourceFile
from pipeline.domain.speech import Conversation
from pipeline.errors import InputError
from pipeline.stages.attribute import attribute_script
from pipeline.stages.ingest import format_of, read_script

_LONGEST_S = 24 * 3600.0


def imported(
    call: str, files: Sequence[tuple[Path, Role | None]], *, metadata: CallMetadata | None = None
) -> Conversation:
    """The conversation that the pipeline makes of the files of one call, each with its role where it is one side.

    Raises: InputError for an ending that is no transcript's; TranscriptError for what cannot be read.
    """
    metadata = metadata or CallMetadata()
    script = read_script(
        [_source(path, role) for path, role in files], max_duration_s=_LONGEST_S, language=metadata.language
    )
    return attribute_script(script, call=call, metadata=metadata)


def _source(path: Path, role: Role | None) -> SourceFile:
    try:
        format_of(path)
        content = path.read_bytes()
    except KeyError as error:
        hint = "transcripts are .vtt, .srt, .TextGrid, .txt, .csv and .json"
        raise InputError(f"{path.suffix or path.name} is no transcript's ending", hint=hint, path=path) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", hint="check the path", path=path) from error
    return SourceFile(path=path, sha256=hashlib.sha256(content).hexdigest(), size=len(content), role=role)
