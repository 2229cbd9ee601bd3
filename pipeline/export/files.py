"""One call as a text to write to a file, its sound fetched and encoded where the format plays it."""

import hashlib

from pipeline.adapters.audio import encode_for_browsers
from pipeline.adapters.decoding import GuardedAudio
from pipeline.config.night import Decoding
from pipeline.domain.recording import SourceFile
from pipeline.domain.result import CallResult
from pipeline.errors import RecordingError
from pipeline.export.contract import to_json
from pipeline.export.handing_over import HandedOver, silenced, silent_spans
from pipeline.export.html import to_html
from pipeline.export.markdown import to_markdown

AS_IT_IS = HandedOver()


def render(result: CallResult, form: str, *, leaving: HandedOver = AS_IT_IS) -> str:
    """The call as html, md or json, with the masks of `leaving`.

    HTML has the whole call inside, to play, silent where words are masked; where it cannot be, the page says why.
    """
    result = leaving.result(result)
    if form == "json":
        return to_json(result, indent=1)
    if form == "md":
        return to_markdown(result)
    if result.recording.kind == "transcript":
        return to_html(result, no_audio="the call came as a finished transcript")
    try:
        audio, mime = _playable(result)
    except RecordingError as error:
        return to_html(result, no_audio=f"the recording could not be read: {error.message}")
    return to_html(result, audio=audio, mime=mime)


def _playable(result: CallResult) -> tuple[bytes, str]:
    for file in result.recording.files:
        require_same(file)
    hours = 1 + result.recording.duration / 3600  # it was taken on once, whatever is the longest by now
    samples = GuardedAudio(Decoding(), max_hours=hours).read(result.recording, sample_rate=16_000)
    spans = silent_spans(result.conversation)
    return encode_for_browsers(silenced(samples.mean(axis=0), spans, 16_000), 16_000)


def require_same(file: SourceFile) -> None:
    """Passes when the file is still what was reviewed: another call's sound must never stand beside these words."""
    try:
        with file.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        hint = "put the recording back where it was"
        raise RecordingError(f"cannot be read ({error.strerror})", hint=hint, path=file.path) from error
    if digest != file.sha256:
        hint = "put the recording back that was reviewed, or review this one"
        raise RecordingError("is not the file that was reviewed", hint=hint, path=file.path)
