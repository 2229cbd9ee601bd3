"""Owns the name under which the sound of a recording is kept for browsers, in cache/sound of a workspace."""

import hashlib

from pipeline.domain.recording import Recording

ENCODER = "flac-16k-1"
"""Part of every key: another one makes all sounds anew."""


def sound_key(recording: Recording) -> str:
    """The sha256 over everything that determines the sound: the bytes, and how they are put together."""
    parts = (ENCODER, *(f.sha256 for f in recording.files), str(len(recording.sides)), repr(recording.duration))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
