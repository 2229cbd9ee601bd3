"""Owns what can be known of recordings beyond the files beside them: from a vendor's word times, from sides apart.

Where each side has a file of its own, who speaks when is told by an energy gate, no network, so that what is measured
does not judge itself; and the sum of both sides is a further recording, of which the truth is the same.
"""

from pathlib import Path

import numpy as np

from evals.collections.formats import TimedWords
from evals.labelled import LabelledCall
from evals.reels import SAMPLE_RATE, gate, read_mono
from evals.suites.speech_calls import write_wave
from pipeline.domain.recording import CallMetadata, SourceFile
from pipeline.domain.speech import SpeakerSegment
from pipeline.stages.ingest import read_script

SIDES_APART, SIDES_MIXED = "sides", "mixed"
_VENDOR = "vendor_words_and_speakers.json"
_HESITATION = "%HESITATION"
_MOST_S = 7200.0


def completed(call: LabelledCall, folder: Path) -> tuple[LabelledCall, ...]:
    """The call, more being known of it; after one with a file a side, its sum, which is written into the folder.

    Raises: InputError for a vendor's file or a sound file that cannot be read.
    """
    if call.reference.machine_made and not call.reference.timed_words:
        return (_with_word_times(call),)
    if call.metadata.sides and len(call.files) > 1:
        return _by_sides(call, folder)
    return (call,)


def _with_word_times(call: LabelledCall) -> LabelledCall:
    vendor = call.files[0].with_name(_VENDOR)
    if not vendor.is_file():
        return call
    script = read_script([SourceFile(path=vendor, sha256="0" * 64, size=0)], max_duration_s=_MOST_S)
    words: list[TimedWords] = [
        (utterance.speaker, word.span.start, word.span.end, word.text)
        for utterance in script.utterances
        for word in utterance.words
        if word.span is not None and word.text != _HESITATION
    ]
    said: dict[str, str] = {}
    for speaker, _, _, word in words:
        said[speaker] = f"{said.get(speaker, '')} {word}".strip()
    reference = call.reference.model_copy(update={"timed_words": tuple(words), "by_speaker": said})
    return call.model_copy(update={"reference": reference})


def _by_sides(call: LabelledCall, folder: Path) -> tuple[LabelledCall, ...]:
    roles = {Path(name).name: role for role, name in (call.metadata.sides or {}).items()}
    rows = {roles.get(path.name, path.stem): read_mono(path) for path in call.files}
    segments = tuple(
        SpeakerSegment(span=span, speaker=label) for label, samples in rows.items() for span in gate(samples)
    )
    seconds = max(len(samples) for samples in rows.values()) / SAMPLE_RATE
    known = call.reference.model_copy(
        update={"segments": call.reference.segments or segments, "duration": call.reference.duration or seconds}
    )
    apart = call.model_copy(update={"collection": SIDES_APART, "reference": known})
    mix = np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)
    for samples in rows.values():
        mix[: len(samples)] += samples / len(rows)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{call.id}-mixed.wav"
    write_wave(path, mix)
    mixed = {"id": f"{call.id}-mixed", "collection": SIDES_MIXED, "files": (path,), "metadata": CallMetadata()}
    return apart, apart.model_copy(update=mixed)
