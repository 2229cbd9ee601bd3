"""Owns reading PriMock57: consultations with one TextGrid for the doctor and one for the patient."""

import re
from pathlib import Path

from evals.collections.conversations import call_id
from evals.collections.formats import Interval, read_textgrid
from evals.collections.transcripts import imported
from evals.labelled import LabelledCall, Reference
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.domain.speech import SpeakerSegment
from pipeline.errors import InputError

COLLECTION = "consultations"
_FOLDER = Path("labelled") / "consultations" / "transcripts"
_SIDES: dict[Role, str] = {"rep": "doctor", "customer": "patient"}
_TAG = re.compile(r"</?[A-Za-z_]+\s*/?>")


def load_consultations(data: Path) -> tuple[LabelledCall, ...]:
    """The consultations by name: NAME_doctor.TextGrid is the rep, NAME_patient.TextGrid the customer.

    `conversation` is what the pipeline imports. `talk_s` and the reference come from the files themselves, by other
    code: the sum of each side's intervals that hold anything, an unintelligible one too. Raises: InputError, also for
    a side without its other one.
    """
    folder = data / _FOLDER
    names = sorted({path.stem.rpartition("_")[0] for path in folder.glob("*_*.TextGrid")})
    if not names:
        raise InputError("holds no consultations", hint="set FILMROOM_SHARED to the shared folder", path=folder)
    return tuple(_consultation(folder, name) for name in names)


def _consultation(folder: Path, name: str) -> LabelledCall:
    files: dict[Role, Path] = {role: folder / f"{name}_{side}.TextGrid" for role, side in _SIDES.items()}
    tiers = {role: read_textgrid(path) for role, path in files.items()}
    spoken: dict[Role, list[Interval]] = {role: [i for i in tiers[role] if i.text] for role in tiers}
    call = call_id(COLLECTION, name)
    return LabelledCall(
        id=call,
        collection=COLLECTION,
        conversation=imported(call, [(path, role) for role, path in files.items()]),
        language="en",
        reference=_reference(spoken, duration=max((i.end for tier in tiers.values() for i in tier), default=0.0)),
        voices=2,
        roles={role: role for role in files},
        talk_s={role: sum(i.end - i.start for i in said) for role, said in spoken.items()},
    )


def _reference(spoken: dict[Role, list[Interval]], *, duration: float) -> Reference:
    """Words without tags, and times, of both sides under the names of their roles."""
    lines = sorted((i.start, i.end, role, i.text) for role, said in spoken.items() for i in said)
    words = [(role, start, end, " ".join(_TAG.sub(" ", text).split())) for start, end, role, text in lines]
    return Reference(
        words=" ".join(said for *_, said in words if said),
        by_speaker={role: " ".join(said for own, *_, said in words if own == role and said) for role in spoken},
        timed_words=tuple((role, start, end, said) for role, start, end, said in words if said),
        segments=tuple(SpeakerSegment(span=Span(start=s, end=e), speaker=role) for s, e, role, _ in lines),
        duration=duration,
    )
