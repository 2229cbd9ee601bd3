"""A workspace in which words that stand nowhere else were planted of one call, in every place that keeps something."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

from pipeline.config import Config
from pipeline.domain.batch import BatchRecord
from pipeline.domain.chat import AnswerSchema, ChatRequest, Exchange, Message
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.correction import Corrections, NameCorrection
from pipeline.domain.cycle.events import CycleRecord, Event
from pipeline.domain.cycle.focus import (
    FocusClosed,
    FocusOpened,
    FollowedUp,
    PraiseGiven,
    RelapseAnswered,
    StepMarked,
)
from pipeline.domain.cycle.library import ClipConsented, ClipProposed, ClipWithdrawn
from pipeline.domain.cycle.own import SampleLookedAt
from pipeline.domain.cycle.practice import PracticeTried, RehearsalUploaded
from pipeline.domain.cycle.rep_first import (
    Answered,
    AppealDecided,
    ObservationAnswered,
    Parked,
    Picked,
    PickTakenBack,
    SealOverridden,
)
from pipeline.domain.cycle.sessions import (
    AgendaClip,
    ImportanceSaid,
    SessionCancelled,
    SessionHeld,
    SessionPlan,
    SessionPlanned,
    SessionRecorded,
)
from pipeline.domain.labels import BlindLabel, LabelTask, TurnLabel
from pipeline.domain.provenance import Provenance
from pipeline.domain.recording import Recording
from pipeline.domain.review import Comment, Edit, Played, Review, feedback_of
from pipeline.domain.span import Span
from pipeline.domain.work import QuarantineRecord
from pipeline.review.room import Room
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.batches import Batches
from pipeline.store.blobs import FolderBlobs
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW, sound
from tests.scripted import Script, ScriptedEngine

STEM = "quorix"
"""Every canary begins with this, and nothing else has it."""
NAME = "Zofia Quorixrep"
CUSTOMER = "Quorixcust Ltd"
SPOKEN: Script = (
    ("S1", 0.0, 5.0, "Hi, this is Zofia from Heron Lane. Is now a good time to talk quorixspoken?"),
    ("S2", 5.0, 8.0, "Sure, go ahead please."),
    ("S1", 8.0, 12.0, "How do you plan the week with quorixhow today?"),
    ("S2", 12.0, 25.0, "We use one large quorixsheet and it takes me four hours every Sunday night."),
    ("S1", 25.0, 29.0, "What does that quorixcost you in a month?"),
    ("S2", 29.0, 34.0, "I would guess three thousand quorixdollars."),
    ("S2", 34.0, 39.0, "It is too expensive to change quorixnow."),
    ("S1", 39.0, 45.0, "Our planner does all of that by itself and it has a map."),
)


def word(place: str) -> str:
    """The canary of a place."""
    return f"{STEM}{place}"


@dataclass(frozen=True)
class Planted:
    """The call in which everything was planted, the folder of its recording, and its file."""

    call: str
    folder: Path
    recording: Path


def plant(room: Room, *, rep: str = NAME) -> Planted:
    """One call more, of this rep with `CUSTOMER`, and words of it everywhere."""
    space, folder = room.workspace, room.workspace.root.parent / "planted"
    folder.mkdir()
    recording = sound(folder / "quorixfile.wav", seed=77)
    said = {"consent": "yes", "rep": rep, "customer": CUSTOMER, "deal": word("deal"), "stage": "discovery"}
    recording.with_suffix(".json").write_text(json.dumps({**said, "started_at": "2026-03-02T10:00:00+00:00"}))
    call = _reviewed(space, folder, "discovery")
    planted = Planted(call, folder, recording)
    _superseded(space, folder, recording)
    _said_by_people(space, call)
    _happened(space, call)
    _exchanged(space, call)
    _room_files(space, planted)
    _own_files(space, planted)
    return planted


def _reviewed(space: Workspace, folder: Path, rubric: str) -> str:
    night = Night(space, Config(), ScriptedEngine(SPOKEN), find_rubric(rubric), now=lambda: NOW)
    (outcome,) = review_calls(night, discover([folder]))
    assert outcome.call is not None
    return outcome.call


def _superseded(space: Workspace, folder: Path, recording: Path) -> None:
    """The call as it was read before its metadata was put right: results that only an earlier record names, and some
    that no record names, of a run that was broken off."""
    sidecar = recording.with_suffix(".json")
    stated = sidecar.read_text()
    sidecar.write_text(stated.replace(word("deal"), word("formerdeal")))
    _reviewed(space, folder, "discovery")
    sidecar.write_text(stated.replace(word("deal"), word("broken")))
    engine = ScriptedEngine(SPOKEN)
    engine.diarizer.failing = OSError("stopped")
    night = Night(space, Config(diarization_step=0.5), engine, find_rubric("discovery"), now=lambda: NOW)
    list(review_calls(night, discover([folder])))
    sidecar.write_text(stated)
    _reviewed(space, folder, "discovery")


def _said_by_people(space: Workspace, call: str) -> None:
    record = space.record(call)
    comment = Comment(call=call, author="mark", at=NOW, text=word("comment"), moment=3.0)
    space.comments.append(call, comment)
    space.comments.append(call, Comment(call=call, author="mark", at=NOW, withdraws="c1"))
    named = NameCorrection(speaker="S2", name=word("speaker"), anchor=None)
    space.corrections.append(call, Corrections(call=call, roles=(), names=(named,), author="mark", at=NOW))
    words = feedback_of(space.result(record).draft)
    edit = Edit(part="facts", before=words.facts, after=word("edit"), reason=word("editreason"))
    review = Review(
        call=call, action="edited", state="edited", author="mark", at=NOW, record=1, draft=record.results["draft"],
        feedback=words.model_copy(update={"facts": word("edit")}), edits=(edit,),
    )  # fmt: skip
    space.reviews.append(call, review)
    space.label_tasks.append(call, LabelTask(call=call, raters=("otto",), record=1, by="mark", at=NOW))
    label = BlindLabel(
        call=call, rater="otto", at=NOW, transcript=record.results["attribute"], rubric="discovery",
        rubric_sha256=find_rubric("discovery").sha256, seen_model=False,
        turns=(TurnLabel(turn_id="t1", rater="otto", behaviours=frozenset({word("label")})),),
    )  # fmt: skip
    space.labels.append(call, label)
    place = record.path
    space.set_aside(QuarantineRecord(path=place, stage="diarize", reason=word("reason"), hint=word("hint"), at=NOW))


def events(call: str) -> tuple[Event, ...]:
    """An event of every kind that can name a call or hang on one that does, with a word in every text."""
    step = ActivityStep(text=word("step"), who="rep")
    plan = SessionPlan(
        coach="mark", starts_at=NOW, minutes=20, purpose=word("purpose"), reason=word("why"), question=word("ask"),
        importance=word("matters"), positive=word("positive"), fields={"field": word("field")},
        clips=(AgendaClip(call=call, span=Span(start=1, end=2), part="positive", title=word("clip")),),
    )  # fmt: skip
    of = {"rubric": "discovery", "capability": "concerns", "behaviour": "concern_explored"}
    return (
        FocusOpened(**of, shown=3, of=5, steps=(step,), call=call, second=True, reason=word("second"), text="As it is"),
        ClipProposed(**of, call=call, record=1, observation="o001", title=word("cliptitle")),
        SessionPlanned(plan=plan),
        Picked(call=call, week=date(2026, 3, 2), why="struggled"),
        PickTakenBack(call=call),
        Answered(call=call, question="how_it_went", text=word("answer"), prompt=word("prompt")),
        Parked(call=call, text=word("parked")),
        SealOverridden(call=call, reason=word("seal")),
        ObservationAnswered(
            call=call, record=1, observation="o001", behaviour="b", stance="agree", text=word("stance")
        ),
        AppealDecided(call=call, record=1, observation="o001", upheld=False, text=word("appeal")),
        PraiseGiven(focus="f1", call=call, record=1, observation="o001", text=word("praise")),
        StepMarked(focus="f1", step=0, status="tried", note=word("stepnote")),
        FollowedUp(what="f1", text=word("followed")),
        FocusClosed(focus="f1", how="set_aside", reason=word("closed")),
        RelapseAnswered(focus="f1", call=call, choice="reopened", note=word("relapse")),
        PracticeTried(call=call, behaviour="b", note=word("tried"), with_whom=word("whom")),
        RehearsalUploaded(
            sha256="ab" * 32, name=word("upload"), size=9, consent=True, call=call, customer=CUSTOMER,
            with_whom=word("rehearsed"),
        ),
        ImportanceSaid(session="s3", text=word("importance")),
        SessionHeld(session="s3", steps=(step,), rep_said=word("repsaid"), notes=word("notes")),
        SessionCancelled(session="s3", reason=word("cancelled")),
        SessionRecorded(session="s3", call=call),
        ClipConsented(clip="k2"),
        ClipWithdrawn(clip="k2", reason=word("withdrawn")),
        SampleLookedAt(call=call, review=1, note=word("sample"), sample=word("samplename")),
    )  # fmt: skip


def _happened(space: Workspace, call: str) -> None:
    """All of it in carl's stream, who has no other events, and what a manager keeps in their own."""
    for n, what in enumerate(events(call)):
        at = NOW + timedelta(minutes=n)
        space.cycle.append("carl", CycleRecord(person="carl", author="mark", at=at, what=what))
    looked = SampleLookedAt(call=call, review=1, note=word("lookedat"))
    space.cycle.append("mark", CycleRecord(person="mark", author="vera", at=NOW, what=looked))


def _asked(call: str, text: str) -> ChatRequest:
    return ChatRequest(
        call=call, about="opening", messages=(Message(role="user", text=text),), answer=AnswerSchema.of("a", {}),
        max_tokens=9,
    )  # fmt: skip


def _exchanged(space: Workspace, call: str) -> None:
    kept = KeptExchanges(space.objects)
    for whose, text in ((call, word("prompt")), ("cfeedfeedfeed", "another call's")):
        asked = _asked(whose, text)
        kept.keep(Exchange(request=asked, model="m", text=text, finish="stop", body=f"{text} body", seconds=1))
    made = Provenance(stage="evaluation", code_version="1")
    space.objects.put(Work(stage="evaluation", code=1, inputs=("9" * 64,)), _asked(call, word("unit")), made)
    Batches(space.root / "batches").prepare(
        "batch-1",
        (_asked(call, word("batched")), _asked("cfeedfeedfeed", "another")),
        BatchRecord(state="collected", model="m", n_requests=2, prepared_at=NOW, at=NOW),
    )
    scratch = space.root / "evaluation-work" / "c0de" / "readings" / "reading.json"
    scratch.parent.mkdir(parents=True)
    scratch.write_text(word("scratch"))


def _room_files(space: Workspace, planted: Planted) -> None:
    """What the room writes beside records: sound, what was played, what was handed in, sessions, reminders."""
    played = Played(user="mark", at=NOW, start=0, end=9)
    line = played.model_dump_json()
    for name, text in (
        (f"listening/{planted.call}.jsonl", line),
        ("listened/mark.jsonl", f'{{"call":"{planted.call}"}}'),
    ):
        _write(space.root / name, f"{text}\n")
    digest = space.objects.get("ingest", space.record(planted.call).results["ingest"], Recording)[0].files[0].sha256
    _write(space.root / "uploads" / f"{digest}.recording", word("upload"))
    _write(space.root / "uploads" / f"{digest}.json", word("told"))
    told = {"at": str(NOW), "way": "mail", "key": f"comment /calls/{planted.call}"}
    _write(space.root / "reminders" / "mark.jsonl", f"{json.dumps(told)}\n{json.dumps({**told, 'key': 'plan'})}\n")
    space.changes.announce("comments", planted.call, 1)


def _own_files(space: Workspace, planted: Planted) -> None:
    """What somebody wrote into the workspace: exports, a mail, logs of a night, something unfinished."""
    result, out = space.result(space.record(planted.call)), space.root / "handed-out"
    turn = max((turn.text for turn in result.conversation.turns), key=len)
    _write(out / "sheet.html", f"<p>{turn}</p><p>{word('html')}</p>")
    _write(out / "other.md", "nothing of it\n")
    _write(out / "notes.txt", f"{planted.call}: {word('text')}")
    with zipfile.ZipFile(out / "sheet.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<t>{turn}</t>")
    mail = EmailMessage()
    mail["Subject"] = "One thing waits"
    mail.set_content(f"See http://127.0.0.1/calls/{planted.call} {word('mail')}", cte="base64")
    _write(out / "anna.eml", mail.as_string())
    lines = [{"path": str(planted.recording), "state": word("night")}, {"path": "/calls/other.wav", "state": "done"}]
    _write(space.root / "nights" / "n1.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    key = space.record(planted.call).results["draft"]
    if isinstance(space.objects.blobs, FolderBlobs):
        left = space.objects.path("draft", key)
        _write(left.with_name(f".{left.name[:60]}.{'0' * 32}.tmp"), word("temporary"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def forms(text: str) -> Iterator[bytes]:
    """The bytes by which a text can stand in a file: plain, UTF-16, in hexadecimal, base64 at each of its offsets."""
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield plain.hex().encode()
    for ahead in range(3):
        coded = base64.b64encode(b"\0" * ahead + plain)
        yield coded[4 if ahead else 0 : len(coded) // 4 * 4 - 4]


def holding(root: Path, text: str = STEM) -> list[str]:
    """The files below a folder in whose bytes, or in whose parts where they are zipped, the text stands in any form or
    case, or in whose name it does."""
    files = (path for path in root.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(root)) for path in files if holds(path.name, path.read_bytes(), text))


def holds(name: str, content: bytes, text: str = STEM) -> bool:
    """The same, of one file's name and bytes."""
    data = [content, name.encode()]
    if zipfile.is_zipfile(file := io.BytesIO(content)):
        with zipfile.ZipFile(file) as archive:
            data += [archive.read(name) for name in archive.namelist()]
    cases = {text, text.capitalize()}
    return any(form in each or (each and form in each.lower()) for each in data for t in cases for form in forms(t))
