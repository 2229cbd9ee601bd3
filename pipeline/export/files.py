"""One call as a text to write to a file, its sound fetched and encoded where the format plays it."""

from pipeline.adapters.audio import PyAvAudio, encode_for_browsers
from pipeline.domain.result import CallResult
from pipeline.errors import RecordingError
from pipeline.export.contract import to_json
from pipeline.export.html import to_html
from pipeline.export.markdown import to_markdown


def render(result: CallResult, form: str) -> str:
    """The call as html, md or json. HTML has the whole call inside, to play; where it cannot be, the page says why."""
    if form == "json":
        return to_json(result, indent=1)
    if form == "md":
        return to_markdown(result)
    try:
        audio, mime = _playable(result)
    except RecordingError as error:
        return to_html(result, no_audio=f"the recording could not be read: {error.message}")
    return to_html(result, audio=audio, mime=mime)


def _playable(result: CallResult) -> tuple[bytes, str]:
    samples = PyAvAudio().read(result.recording, sample_rate=16_000)
    return encode_for_browsers(samples.mean(axis=0), 16_000)
