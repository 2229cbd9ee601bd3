"""Owns reading calls in which words and speakers by people stand beside a recogniser's and a diarizer's.

A NAME.json holds `utterances` with the words of a whole call (`ref_text`, `hyp_text`) and the speaker of every word
(`ref_spk`, `hyp_spk`); NAME.rttm beside it says when people spoke, under other labels.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from pydantic import ValidationError

from evals.collections.conversations import SpokenLine, call_id, untimed
from evals.collections.formats import read_rttm, read_text
from evals.labelled import LabelledCall, Reference
from pipeline.domain.base import Value
from pipeline.domain.speech import Conversation, SpeakerSegment
from pipeline.errors import InputError

COLLECTION = "asr_errors"
_FOLDER = Path("labelled") / "real-asr-errors"
_HINT = "an utterance has utterance_id, ref_text, ref_spk, hyp_text and hyp_spk, a speaker for each word"


class _Utterance(Value, extra="ignore"):
    utterance_id: str
    ref_text: str
    ref_spk: str
    hyp_text: str
    hyp_spk: str


class _Document(Value, extra="ignore"):
    utterances: tuple[_Utterance, ...]


def load_asr_errors(data: Path) -> tuple[LabelledCall, ...]:
    """The calls by file name: people's words as `conversation` and `reference`, the machines' as `heard`.

    Times are those of people's segments only; which of their labels is which speaker of the words is not told.
    Raises: InputError, also where words and speakers are not equally many.
    """
    paths = sorted((data / _FOLDER).glob("*.json"))
    if not paths:
        raise InputError("holds no calls", hint="set FILMROOM_SHARED to the shared folder", path=data / _FOLDER)
    return tuple(_call(path, utterance) for path in paths for utterance in _utterances(path))


def _utterances(path: Path) -> tuple[_Utterance, ...]:
    try:
        return _Document.model_validate_json(read_text(path)).utterances
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{place}: {first['msg'].lower()}", hint=_HINT, path=path) from error


def _call(path: Path, utterance: _Utterance) -> LabelledCall:
    call = call_id(COLLECTION, utterance.utterance_id)
    said = _conversation(path, call, words=utterance.ref_text.split(), speakers=utterance.ref_spk.split())
    heard = _conversation(path, call, words=utterance.hyp_text.split(), speakers=utterance.hyp_spk.split())
    segments = _segments(path.with_name(f"{utterance.utterance_id}.rttm"))
    return LabelledCall(
        id=call,
        collection=COLLECTION,
        conversation=said,
        language="en",
        reference=Reference(
            words=" ".join(turn.text for turn in said.turns),
            by_speaker={
                label: " ".join(turn.text for turn in said.turns if turn.speaker == label)
                for label in sorted({turn.speaker for turn in said.turns})
            },
            segments=segments,
            duration=max((s.span.end for s in segments), default=None) if segments else None,
        ),
        heard=heard,
        voices=len(said.speakers),
    )


def _conversation(path: Path, call: str, *, words: Sequence[str], speakers: Sequence[str]) -> Conversation:
    if len(words) != len(speakers):
        raise InputError(f"{call} has {len(words)} words and {len(speakers)} speakers", hint=_HINT, path=path)
    runs = groupby(zip(speakers, words, strict=True), key=lambda pair: pair[0])
    lines = [SpokenLine(speaker, "unknown", " ".join(word for _, word in run)) for speaker, run in runs]
    return untimed(call, lines)


def _segments(path: Path) -> tuple[SpeakerSegment, ...] | None:
    return read_rttm(path) if path.is_file() else None
