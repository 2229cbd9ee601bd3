"""Reads a transcript in JSON, whoever made it: its shape tells which vendor's it is."""

import json

from pydantic import ValidationError

from pipeline.errors import TranscriptError
from pipeline.stages.ingest.transcripts.listed import Pieces, list_in
from pipeline.stages.ingest.transcripts.source import Parsed, Source
from pipeline.stages.ingest.transcripts.vendors import VENDORS, has_keys

_HINT = (
    "known are: "
    + ", ".join(vendor.name for vendor in VENDORS)
    + ', Whisper, AssemblyAI, Fireflies, SegLST, and [{"role": "rep", "text": "...", "start": 0.5, "end": 2.0}]'
)


def holds_transcript(data: object) -> bool:
    """Whether a document has the shape of a transcript, judged by the names in it and not by what they hold."""
    return any(has_keys(data, vendor.keys) for vendor in VENDORS) or list_in(data) is not None


def read_json(source: Source) -> Parsed:
    """The utterances of the document. Raises: TranscriptError, which names the place inside it, not a line."""
    try:
        data: object = json.loads(source.text)
    except json.JSONDecodeError as error:
        message = f"is not valid JSON: {error.msg}"
        raise source.error(message, hint="export or copy it again", line=error.lineno) from error
    except (RecursionError, ValueError) as error:  # ValueError: a number of thousands of digits
        raise source.error("is nested too deeply, or holds no usable numbers", hint="export it again") from error
    try:
        for vendor in VENDORS:
            if has_keys(data, vendor.keys):
                found = vendor.model_validate(data)
                return Parsed(found.utterances(), language=found.language_code)
        if (listed := list_in(data)) is not None:
            pieces = Pieces.model_validate(listed)
            return Parsed(pieces.utterances(), language=pieces.language)
    except ValidationError as error:
        raise _misshapen(source, error) from error
    raise source.error("holds no transcript in a known shape", hint=_HINT)


def _misshapen(source: Source, error: ValidationError) -> TranscriptError:
    first = error.errors()[0]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    hint = "correct this value, or export the transcript again"
    return source.error(f"{place}: {str(first['msg']).lower()}", hint=hint)
