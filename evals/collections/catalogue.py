"""Owns the list of collections that can be loaded: what each is, what it is good for, and who made it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.collections.asr_errors import load_asr_errors
from evals.collections.consultations import load_consultations
from evals.collections.counselling import load_counselling
from evals.collections.phone import load_phone
from evals.collections.pitches import load_pitches
from evals.collections.recordings import load_recordings
from evals.collections.vendor import load_vendor
from evals.labelled import LabelledCall
from evals.suites import Skipped
from pipeline.errors import FilmroomError, InputError, NotFoundError


@dataclass(frozen=True)
class Collection:
    """One collection made by others. `licence` is a note and no advice; `load` takes the folder that holds them all."""

    name: str
    title: str
    licence: str
    good_for: str
    load: Callable[[Path], tuple[LabelledCall, ...]]


_ALL = (
    Collection(
        "recordings", "Short recordings of calls and meetings",
        "MIT and Apache-2.0, by recording", "words, speakers, sides, talk ratio", load_recordings,
    ),
    Collection(
        "consultations", "PriMock57: consultations in timed utterances",
        "CC BY 4.0", "talk time, turns, overlaps", load_consultations,
    ),
    Collection(
        "counselling", "AnnoMI: counselling talks labelled by utterance",
        "research use, evaluate only", "questions, open and closed, behaviours, agreement, levels", load_counselling,
    ),
    Collection(
        "pitches", "PersuasionForGood: chats that ask for a donation",
        "Apache-2.0", "behaviours, outcomes", load_pitches,
    ),
    Collection(
        "phone", "Switchboard calls with dialogue acts",
        "evaluate only", "questions, declarative ones too", load_phone,
    ),
    Collection(
        "asr_errors", "A phone call with a recogniser's and a diarizer's errors",
        "evaluate only", "word errors, speakers of words, talk ratio from words", load_asr_errors,
    ),
    Collection(
        "vendor", "A vendor's call analytics",
        "a vendor's sample, evaluate only", "imports, talk time, interruptions", load_vendor,
    ),
)  # fmt: skip

COLLECTIONS: Mapping[str, Collection] = {collection.name: collection for collection in _ALL}


def load(name: str, data: Path) -> tuple[LabelledCall, ...]:
    """The calls of one collection in `data`, the folder that holds audio/, labelled/ and imports/; ids are unique.

    Raises: NotFoundError for a name that is none; InputError where it is absent or cannot be read.
    """
    if name not in COLLECTIONS:
        raise NotFoundError(f"no collection {name!r}", hint=f"known: {', '.join(COLLECTIONS)}")
    try:
        calls = COLLECTIONS[name].load(data)
    except (ValueError, LookupError) as error:  # a shape that its loader did not foresee is the file's fault
        hint = "look whether the files have the layout of the published collection"
        raise InputError(f"{name} has another layout: {error}", hint=hint, path=data) from error
    if not calls:
        raise InputError(f"{name} holds no calls", hint="look whether the files are whole", path=data)
    twice = [call for call, n in Counter(call.id for call in calls).items() if n > 1]
    if twice:
        raise InputError(f"{name} has {twice[0]} twice", hint="keep one of them", path=data)
    return calls


def load_or_skip(name: str, data: Path | None) -> tuple[LabelledCall, ...] | Skipped:
    """The calls of one collection, or why they are not there."""
    if data is None:
        return Skipped(what=name, reason="no folder with labelled collections: set FILMROOM_SHARED")
    try:
        return load(name, data)
    except FilmroomError as error:
        return Skipped(what=name, reason=error.message)


def available(data: Path | None) -> tuple[dict[str, tuple[LabelledCall, ...]], tuple[Skipped, ...]]:
    """The calls of every collection that is there, by name, and why each of the others is not."""
    found: dict[str, tuple[LabelledCall, ...]] = {}
    skipped: list[Skipped] = []
    for name in COLLECTIONS:
        calls = load_or_skip(name, data)
        if isinstance(calls, Skipped):
            skipped.append(calls)
        else:
            found[name] = calls
    return found, tuple(skipped)
