"""Which file names are recordings, which are finished transcripts, and which are metadata; decided by ending only."""

from pathlib import Path

# fmt: off
RECORDING_ENDINGS = frozenset({
    ".3g2", ".3gp", ".aac", ".aif", ".aifc", ".aiff", ".amr", ".asf", ".au", ".avi", ".caf", ".flac", ".flv", ".m4a",
    ".m4b", ".m4v", ".mka", ".mkv", ".mov", ".mp3", ".mp4", ".mpeg", ".mpg", ".oga", ".ogg", ".ogv", ".opus", ".snd",
    ".w64", ".wav", ".wave", ".webm", ".wma", ".wmv",
})
# fmt: on
TIMED_TEXT_ENDINGS = frozenset({".srt", ".textgrid", ".vtt"})
"""Endings that only transcripts have; text, tables and JSON may be anything, so they must be named by a person."""
TRANSCRIPT_ENDINGS = TIMED_TEXT_ENDINGS | {".csv", ".json", ".txt"}
SIDECAR_ENDINGS = (".json", ".yaml", ".yml")


def is_recording(path: Path) -> bool:
    """Whether a file found in a folder is taken for a recording; hidden files are not."""
    return path.suffix.lower() in RECORDING_ENDINGS and not path.name.startswith(".")


def is_transcript(path: Path) -> bool:
    """Whether a file that is a call is read as a finished transcript, and not heard."""
    return path.suffix.lower() in TRANSCRIPT_ENDINGS


def is_sidecar(path: Path) -> bool:
    """Whether a file found in a folder may hold metadata of one call."""
    return path.suffix.lower() in SIDECAR_ENDINGS and not path.name.startswith(".")
