"""Owns how right speakers are: diarization errors (DER), Jaccard errors (JER), shares of talk, how many were heard.

Rates keep what they are counted from. They add, so that several recordings are scored together; they are never
averaged, and there is none where nobody speaks.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.span import Span, total
from pipeline.domain.speech import SpeakerSegment
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pyannote.core import Annotation, Timeline

_DSCORE_STEP = 0.01


class DiarizationErrors(Value):
    """Seconds of speech given to nobody (missed), to nobody's speech (false alarm), to the wrong one (confusion).

    `reference` is the speech of all speakers that is scored, an instant with two of them counted twice.
    """

    missed: float = Field(default=0, ge=0)
    false_alarm: float = Field(default=0, ge=0)
    confusion: float = Field(default=0, ge=0)
    reference: float = Field(default=0, ge=0)

    def __add__(self, other: "DiarizationErrors") -> "DiarizationErrors":
        return DiarizationErrors(
            missed=self.missed + other.missed,
            false_alarm=self.false_alarm + other.false_alarm,
            confusion=self.confusion + other.confusion,
            reference=self.reference + other.reference,
        )

    @property
    def errors(self) -> float:
        """Missed, false alarm and confusion together, in seconds."""
        return self.missed + self.false_alarm + self.confusion

    @property
    def rate(self) -> float | None:
        """The diarization error rate: errors over reference speech, 0 or more; absent where nobody speaks."""
        return self.errors / self.reference if self.reference else None


class SpeakerOverlap(Value):
    """Frames in which a reference speaker and the matched one both speak, and in which at least one of them does.

    Nobody is matched to who shares no frame with anyone: then `shared` is 0.
    """

    speaker: str
    shared: int = Field(ge=0)
    either: int = Field(ge=1)

    @property
    def error(self) -> float:
        """One minus the Jaccard index, 0 to 1."""
        return 1 - self.shared / self.either


class JaccardErrors(Value):
    """The overlap of each reference speaker; of several recordings, of all of theirs."""

    speakers: tuple[SpeakerOverlap, ...] = ()

    def __add__(self, other: "JaccardErrors") -> "JaccardErrors":
        return JaccardErrors(speakers=self.speakers + other.speakers)

    @property
    def errors(self) -> float:
        """The sum of the speakers' errors: what the rate is the mean of."""
        return sum(speaker.error for speaker in self.speakers)

    @property
    def rate(self) -> float | None:
        """The Jaccard error rate, 0 to 1: every reference speaker counts alike; absent where nobody speaks."""
        return self.errors / len(self.speakers) if self.speakers else None


def diarization_errors(
    reference: Sequence[SpeakerSegment],
    hypothesis: Sequence[SpeakerSegment],
    *,
    duration: float,
    collar: float = 0.0,
) -> DiarizationErrors:
    """The errors behind DER from 0 to `duration` seconds, overlaps scored, speakers matched so that errors are fewest.

    Nothing is scored within `collar` seconds to either side of a reference boundary, as NIST's md-eval counts it
    (pyannote.metrics counts the collar's whole width).

    Raises: InputError for a duration of 0 or less, and a collar below 0.
    """
    from pyannote.metrics.diarization import DiarizationErrorRate

    if not collar >= 0:
        raise InputError(f"a collar of {collar} s", hint="give seconds, 0 or more")
    measure = DiarizationErrorRate(collar=2 * collar)
    found = measure(_annotation(reference), _annotation(hypothesis), uem=_scored(duration), detailed=True)
    missed, false_alarm, confusion, scored = (
        round(found[name], 6) for name in ("missed detection", "false alarm", "confusion", "total")
    )
    return DiarizationErrors(missed=missed, false_alarm=false_alarm, confusion=confusion, reference=scored)


def jaccard_errors(
    reference: Sequence[SpeakerSegment],
    hypothesis: Sequence[SpeakerSegment],
    *,
    duration: float,
    step: float = _DSCORE_STEP,
) -> JaccardErrors:
    """What JER from 0 to `duration` seconds is counted from, speakers matched one to one so that it is least.

    Counted as dscore does (Ryant et al. 2019, DIHARD II), in frames of `step` seconds: a speaker has those that begin
    while they speak. pyannote.metrics counts exact seconds, which a step of 0.001 does too, spans being in
    milliseconds; and it matches speakers so that most time is shared, which may give a higher rate.

    Raises: InputError for a duration of 0 or less, and a step below a millisecond.
    """
    from scipy.optimize import linear_sum_assignment

    if not step >= 0.001:
        raise InputError(f"a step of {step} s", hint="give seconds, 0.001 or more")
    _scored(duration)
    said, heard = (_frames(side, duration=duration, step=step) for side in (reference, hypothesis))
    labels = [label for label, frames in said.items() if frames.any()]
    others = list(heard.values())
    shared = np.array([[int((said[a] & b).sum()) for b in others] for a in labels]).reshape(len(labels), len(others))
    either = np.array([[int((said[a] | b).sum()) for b in others] for a in labels]).reshape(len(labels), len(others))
    rows, columns = linear_sum_assignment(1 - shared / np.maximum(either, 1))
    match = {row: column for row, column in zip(rows, columns, strict=True) if shared[row, column]}
    return JaccardErrors(
        speakers=tuple(
            SpeakerOverlap(speaker=label, shared=int(shared[row, match[row]]), either=int(either[row, match[row]]))
            if row in match
            else SpeakerOverlap(speaker=label, shared=0, either=int(said[label].sum()))
            for row, label in enumerate(labels)
        )
    )


def _frames(segments: Iterable[SpeakerSegment], *, duration: float, step: float) -> dict[str, npt.NDArray[np.bool_]]:
    """For each speaker whether they speak when a frame begins, (frames,) of `step` seconds from 0 to `duration`."""
    begins = np.round(1000 * step * np.arange(int(duration / step)), 3)
    found: dict[str, npt.NDArray[np.bool_]] = {}
    for segment in segments:
        own = found.setdefault(segment.speaker, np.zeros(len(begins), dtype=np.bool_))
        first, last = np.searchsorted(begins, (round(1000 * segment.span.start), round(1000 * segment.span.end)))
        own[first:last] = True
    return found


def matched_speakers(
    reference: Sequence[SpeakerSegment], hypothesis: Sequence[SpeakerSegment], *, duration: float
) -> dict[str, str]:
    """The reference speaker of each hypothesis speaker, one to one, sharing most time; who shares none is left out."""
    from pyannote.metrics.diarization import DiarizationErrorRate

    matches = DiarizationErrorRate().optimal_mapping(
        _annotation(reference), _annotation(hypothesis), uem=_scored(duration)
    )
    return {str(theirs): str(ours) for theirs, ours in matches.items()}


def talk_seconds(segments: Iterable[SpeakerSegment]) -> dict[str, float]:
    """The seconds that each speaker speaks, an instant counted once for each of those who do."""
    spans: dict[str, list[Span]] = {}
    for segment in segments:
        spans.setdefault(segment.speaker, []).append(segment.span)
    return {label: total(own) for label, own in spans.items()}


def talk_shares(segments: Iterable[SpeakerSegment]) -> dict[str, float]:
    """Each speaker's part, 0 to 1, of the time that all speakers speak, overlaps counted for both; empty in silence."""
    seconds = talk_seconds(segments)
    everyone = sum(seconds.values())
    return {label: own / everyone for label, own in seconds.items()} if everyone else {}


def talk_share_gap(
    reference: Sequence[SpeakerSegment], hypothesis: Sequence[SpeakerSegment], *, duration: float
) -> float:
    """The largest difference, 0 to 1, between a speaker's share of talk and that of the matched speaker.

    Labels do not matter. Who has no match differs by the whole share.
    """
    said, heard = talk_shares(reference), talk_shares(hypothesis)
    match = matched_speakers(reference, hypothesis, duration=duration)
    theirs = {match.get(label, f"without match: {label}"): share for label, share in heard.items()}
    return max((abs(said.get(label, 0.0) - theirs.get(label, 0.0)) for label in {*said, *theirs}), default=0.0)


def _annotation(segments: Iterable[SpeakerSegment]) -> "Annotation":
    """One speaker's touching or overlapping segments are one: nobody speaks twice at a time."""
    from pyannote.core import Annotation, Segment

    annotation = Annotation()
    for number, segment in enumerate(segments):
        annotation[Segment(segment.span.start, segment.span.end), number] = segment.speaker
    return annotation.support()


def _scored(duration: float) -> "Timeline":
    from pyannote.core import Segment, Timeline

    if not duration > 0:
        raise InputError(f"a duration of {duration} s", hint="give the seconds that are scored, from 0 on")
    return Timeline([Segment(0, duration)])
