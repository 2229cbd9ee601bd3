"""Owns how right words and speakers are: word errors (WER, cpWER), diarization errors (DER), shares of talk.

Error rates keep their counts. They add, so that several recordings are scored together; they are never averaged, and
there is none for an empty reference. Words are compared as the Whisper normaliser for English writes them: lower case,
no punctuation, numbers in digits, American spelling, contractions resolved.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from pipeline.domain.base import Value
from pipeline.domain.span import Span, total
from pipeline.domain.speech import SpeakerSegment
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pyannote.core import Annotation, Timeline


class WordErrors(Value):
    """Counts of a word alignment with the fewest errors; `n_reference` counts words after normalising.

    Counts of WER and of cpWER must not be added to each other.
    """

    substitutions: int = Field(default=0, ge=0)
    deletions: int = Field(default=0, ge=0)
    insertions: int = Field(default=0, ge=0)
    n_reference: int = Field(default=0, ge=0)

    def __add__(self, other: "WordErrors") -> "WordErrors":
        return WordErrors(
            substitutions=self.substitutions + other.substitutions,
            deletions=self.deletions + other.deletions,
            insertions=self.insertions + other.insertions,
            n_reference=self.n_reference + other.n_reference,
        )

    @property
    def errors(self) -> int:
        """Substitutions, deletions and insertions together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float | None:
        """Errors over reference words: 0 or more, above 1 where much is inserted; absent for an empty reference."""
        return self.errors / self.n_reference if self.n_reference else None


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


def normalised(text: str) -> str:
    """The text as the Whisper normaliser for English writes it: words separated by single spaces."""
    return _normaliser()(text).strip()


@cache
def _normaliser() -> Callable[[str], str]:
    from whisper_normalizer.english import EnglishTextNormalizer

    normaliser: Callable[[str], str] = EnglishTextNormalizer()
    return normaliser


def word_errors(reference: str, hypothesis: str) -> WordErrors:
    """The errors of a hypothesis by the fewest edits of whole words (jiwer), both texts normalised first."""
    from jiwer import process_words

    found = process_words(normalised(reference), normalised(hypothesis))
    return WordErrors(
        substitutions=found.substitutions,
        deletions=found.deletions,
        insertions=found.insertions,
        n_reference=found.hits + found.substitutions + found.deletions,
    )


def speaker_word_errors(reference: Mapping[str, str], hypothesis: Mapping[str, str]) -> WordErrors:
    """The errors behind cpWER: all words of each speaker in order, speakers matched so that errors are fewest.

    A speaker without a match counts with all their words, as deletions or insertions. So a word that is right but
    given to the wrong speaker counts twice (meeteval; Watanabe et al. 2020, CHiME-6).
    """
    from meeteval.wer.wer.cp import cp_word_error_rate

    said, heard = ({label: normalised(text) for label, text in side.items()} for side in (reference, hypothesis))
    if not any(said.values()):
        return WordErrors(insertions=sum(len(text.split()) for text in heard.values()))
    found = cp_word_error_rate(said, heard, reference_sort=False, hypothesis_sort=False)
    return WordErrors(
        substitutions=found.substitutions,
        deletions=found.deletions,
        insertions=found.insertions,
        n_reference=found.length,
    )


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
    """
    from pyannote.metrics.diarization import DiarizationErrorRate

    measure = DiarizationErrorRate(collar=2 * collar)
    found = measure(_annotation(reference), _annotation(hypothesis), uem=_scored(duration), detailed=True)
    missed, false_alarm, confusion, scored = (
        round(found[name], 6) for name in ("missed detection", "false alarm", "confusion", "total")
    )
    return DiarizationErrors(missed=missed, false_alarm=false_alarm, confusion=confusion, reference=scored)


def matched_speakers(
    reference: Sequence[SpeakerSegment], hypothesis: Sequence[SpeakerSegment], *, duration: float
) -> dict[str, str]:
    """The reference speaker of each hypothesis speaker, one to one, sharing most time; who shares none is left out."""
    from pyannote.metrics.diarization import DiarizationErrorRate

    matches = DiarizationErrorRate().optimal_mapping(
        _annotation(reference), _annotation(hypothesis), uem=_scored(duration)
    )
    return {str(theirs): str(ours) for theirs, ours in matches.items()}


def talk_shares(segments: Iterable[SpeakerSegment]) -> dict[str, float]:
    """Each speaker's part, 0 to 1, of the time that all speakers speak, overlaps counted for both; empty in silence."""
    spans: dict[str, list[Span]] = {}
    for segment in segments:
        spans.setdefault(segment.speaker, []).append(segment.span)
    seconds = {label: total(own) for label, own in spans.items()}
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


def read_rttm(path: Path) -> tuple[SpeakerSegment, ...]:
    """The segments of one recording in an RTTM file, in its order; lines of other types than SPEAKER are passed over.

    Raises: InputError with the line where a field is wrong, or where a second recording begins.
    """
    found: list[SpeakerSegment] = []
    recording: str | None = None
    for number, fields in _rows(path):
        if fields[0] != "SPEAKER":
            continue
        recording = recording or fields[1]
        if fields[1] != recording:
            raise InputError(f"holds {recording} and {fields[1]}", hint="one file a recording", path=path, line=number)
        try:
            start, seconds = float(fields[3]), float(fields[4])
            found.append(SpeakerSegment(span=Span(start=start, end=start + seconds), speaker=fields[7]))
        except (IndexError, ValueError, ValidationError) as error:
            hint = "a line is: SPEAKER recording channel start seconds <NA> <NA> speaker"
            raise InputError("no segment", hint=hint, path=path, line=number) from error
    return tuple(found)


def read_stm(path: Path) -> dict[str, str]:
    """All words of each speaker, in the order of an STM file. Raises: InputError with the line of too few fields."""
    said: dict[str, list[str]] = {}
    for number, fields in _rows(path):
        if len(fields) < 5:
            raise InputError(
                "no utterance", hint="a line is: recording channel speaker start end words", path=path, line=number
            )
        said.setdefault(fields[2], []).extend(fields[5:])
    return {speaker: " ".join(words) for speaker, words in said.items()}


def _rows(path: Path) -> Iterable[tuple[int, list[str]]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.split()
        if fields and not line.startswith(";;"):
            yield number, fields


def _annotation(segments: Iterable[SpeakerSegment]) -> "Annotation":
    """One speaker's touching or overlapping segments are one: nobody speaks twice at a time."""
    from pyannote.core import Annotation, Segment

    annotation = Annotation()
    for number, segment in enumerate(segments):
        annotation[Segment(segment.span.start, segment.span.end), number] = segment.speaker
    return annotation.support()


def _scored(duration: float) -> "Timeline":
    from pyannote.core import Segment, Timeline

    return Timeline([Segment(0, duration)])
