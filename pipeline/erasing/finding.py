"""Owns what of a workspace belongs to the calls and people that go, folder by folder."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pipeline.domain.addresses import shown
from pipeline.domain.people import same_name
from pipeline.domain.work import QuarantineRecord
from pipeline.erasing.events import Touched
from pipeline.erasing.others import Needles, strange_files
from pipeline.erasing.plan import Act, Kind, Plan, Step
from pipeline.erasing.recordings import fetched_copies, recording_steps
from pipeline.erasing.results import left_by_writers, results_of
from pipeline.erasing.scope import Scope
from pipeline.erasing.words import mentions, sentences
from pipeline.store.bucket_blobs import BucketBlobs
from pipeline.store.sounds import sound_key
from pipeline.store.workspace import Workspace, quarantine_id

_BY_CALL: dict[str, Kind] = {
    "calls": "record", "corrections": "correction", "reviews": "review", "comments": "comment", "labels": "label",
    "labelling": "label",
}  # fmt: skip
_KINDS: dict[str, Kind] = {"exchange": "exchange", "evaluation": "evaluation"}

IN_VERSIONS = "results in the bucket, as earlier versions, until the bucket's own rules remove them"
PERHAPS_IN_VERSIONS = "results in the bucket, if it keeps earlier versions (it names none)"


def plan_of(workspace: Workspace, scope: Scope, *, at: datetime, by: str, fetched: Path | None = None) -> Plan:
    """Everything that is to be done so that nothing is left of the scope; nothing is changed.

    `fetched` is the folder for recordings that were fetched from buckets, where it is not the workspace's own.
    Raises: StoreError.
    """
    finding = _Finding(workspace, scope)
    folder = (fetched or workspace.root / "recordings").absolute()
    copies = fetched_copies(folder, finding.touched.hashes, scope)
    steps = {(step.path, step.act): step for step in (*finding.steps(), *copies)}
    ours, theirs, left = recording_steps(scope, erase=scope.asked.recordings, fetched=folder)
    steps |= {(step.path, step.act): step for step in ours}
    return Plan(
        id=f"e{at:%Y%m%dT%H%M%S}-{scope.digest[:8]}",
        at=at,
        by=by,
        how=scope.asked.how,
        scope=scope.digest,
        calls=tuple(sorted(scope.ids)),
        users=tuple(user.id for user in scope.users),
        hashes=tuple(sorted(finding.touched.hashes)),
        places=tuple(sorted(finding.places)),
        refs=finding.refs,
        customer=finding.touched.customer,
        steps=tuple(steps.values()),
        left=_counted({**mentions(workspace, scope), **finding.unread, "recordings": len(left), **theirs}),
        recordings_left=tuple(left),
        had_index=workspace.index_path.exists(),
    )


def _counted(found: dict[str, int]) -> dict[str, int]:
    return {why: n for why, n in found.items() if n}


class _Finding:
    """One look at a workspace."""

    def __init__(self, workspace: Workspace, scope: Scope) -> None:
        self._workspace = workspace
        self._root = workspace.root
        self._scope = scope
        seen = [place for call in scope.calls for place in call.places]
        self.places = frozenset(text for place in seen for text in (str(place), shown(place)))
        self.touched = Touched(
            calls=scope.ids,
            hashes=frozenset(digest for call in scope.calls for digest in call.hashes),
            users=frozenset(user.id for user in scope.users),
            customer=same_name(scope.asked.name) if scope.asked.how == "customer" else "",
        )
        self.refs: dict[str, tuple[str, ...]] = {}
        self.unread: dict[str, int] = {}

    def steps(self) -> Iterator[Step]:
        """All there is to do in the workspace; records first, so that none ever names a result that is gone."""
        yield from self._records()
        yield from self._cycle()
        yield from self._users()
        yield from self._results()
        yield from self._copies()
        yield from self._evaluation()
        yield from self._batches()
        yield from self._strange()
        yield from self._file("hint", self._root / "changes.log")

    def _results(self) -> Iterator[Step]:
        blobs = self._workspace.objects.blobs
        found = results_of(blobs, self._scope.calls, self._scope.others)
        for result in found:
            kind = _KINDS.get(result.stage, "result")
            yield Step(kind=kind, act="object", path=Path(result.blob.name), size=result.blob.size)
        for blob in left_by_writers(blobs, (result.key for result in found)):
            yield Step(kind="result", act="object", path=Path(blob.name), size=blob.size)
        if found and isinstance(blobs, BucketBlobs):
            stays = any(blobs.keeps_versions(result.blob.name) for result in found)
            self.unread[IN_VERSIONS if stays else PERHAPS_IN_VERSIONS] = len(found)

    def _records(self) -> Iterator[Step]:
        for folder, kind in _BY_CALL.items():
            for call in sorted(self._scope.ids):
                yield from self._files(kind, (self._root / folder / call).glob("*"))
                yield from self._files(kind, (self._root / folder / call).glob(".*.tmp"))
        for call in sorted(self._scope.ids):
            yield from self._file("listening", self._root / "listening" / f"{call}.jsonl")
        for user in sorted(self.touched.users):
            yield from self._lines("listening", self._root.glob("listening/*.jsonl"), [user.encode()])
        yield from self._files("listening", self._root.glob("listened*/*.jsonl"))
        for record_id in self._workspace.quarantine.ids():
            if self._set_aside(record_id, self._workspace.quarantine.all(record_id)):
                yield from self._files("quarantine", (self._root / "quarantine" / record_id).glob("*"))

    def _set_aside(self, record_id: str, records: tuple[QuarantineRecord, ...]) -> bool:
        """Whether this recording is one of the calls', or expired, or what is said of it names who is to be erased."""
        if record_id in {quarantine_id(Path(place)) for place in self.places}:
            return True
        if self._scope.before is not None:
            return bool(records) and records[-1].at < self._scope.before
        said = same_name(" ".join(f"{record.path} {record.reason} {record.hint}" for record in records))
        return any(name in said for name in self._scope.names)

    def _cycle(self) -> Iterator[Step]:
        cycle, needles = self._workspace.cycle, self._needles()
        for person in cycle.ids():
            folder = self._root / "cycle" / person
            if person in self.touched.users:
                yield from self._files("cycle", folder.glob("*"))
                continue
            files = sorted(folder.glob("r.*.json"))
            if not any(needle in path.read_bytes() for path in files for needle in needles):
                continue
            stream = cycle.all(person)
            self.refs[person] = self.touched.begun_in(stream)
            touched = with_refs(self.touched, self.refs[person])
            for number, (path, record) in enumerate(zip(files, stream, strict=True), start=1):
                if touched.left_of(number, record.what) is not None:
                    yield from self._file("cycle", path, act="event")

    def _needles(self) -> list[bytes]:
        """What an event that has to do with the scope has in its file; names of customers are looked for in all."""
        if self.touched.customer:
            return [b"rehearsal_uploaded", *(call.encode() for call in self.touched.calls)]
        return [each.encode() for each in (*self.touched.calls, *self.touched.hashes, *self.touched.users)]

    def _users(self) -> Iterator[Step]:
        for user in sorted(self.touched.users):
            for path in sorted((self._root / "users" / user).glob("r.*.json")):
                yield from self._file("user", path, act="user" if path.name == "r.000001.json" else "remove")
            yield from self._file("reminder", self._root / "reminders" / f"{user}.jsonl")
            yield from self._holding("session", self._root.glob("sessions/*.json"), [user.encode()])

    def _copies(self) -> Iterator[Step]:
        """What was made from the recordings for the room, and those that were handed in there."""
        recordings = [recording for call in self._scope.calls for recording in call.recordings]
        for key in sorted({sound_key(recording) for recording in recordings}):
            yield from self._files("sound", (self._root / "cache" / "sound").glob(f"{key}.*"))
        for digest in sorted(self.touched.hashes):
            yield from self._files("upload", (self._root / "uploads").glob(f"{digest}.*"))
        yield from self._files("upload", self._root.glob("uploads/.*.part"))
        yield from self._files("upload", self._root.glob("uploads/.*.told"))
        yield from self._lines("reminder", self._root.glob("reminders/*.jsonl"), self._ids)

    def _evaluation(self) -> Iterator[Step]:
        """What evaluations made on the way does not say of which call it is: all of it goes but paid answers of other
        calls."""
        paid = self._root / "evaluation-work" / "exchange"
        for path in sorted(self._root.glob("evaluation-work/**/*")) if self._scope.calls else ():
            if paid not in path.parents:
                yield from self._file("scratch", path)
        yield from self._holding("scratch", paid.glob("??/*.json"), self._ids)

    def _batches(self) -> Iterator[Step]:
        yield from self._lines("batch", self._root.glob("batches/*/requests.jsonl"), self._ids)

    def _strange(self) -> Iterator[Step]:
        needles = Needles(ids=self._ids, places=self.places, sentences=sentences(self._workspace, self._scope))
        found, unread = strange_files(self._root, needles)
        self.unread |= unread
        for path, act in found:
            yield from self._file("other", path, act=act)

    @property
    def _ids(self) -> list[bytes]:
        return [call.encode() for call in sorted(self._scope.ids)]

    def _lines(self, kind: Kind, paths: Iterable[Path], needles: list[bytes]) -> Iterator[Step]:
        for step in self._holding(kind, paths, needles):
            yield step.model_copy(update={"act": "lines"})

    def _holding(self, kind: Kind, paths: Iterable[Path], needles: list[bytes]) -> Iterator[Step]:
        for path in sorted(paths):
            data = path.read_bytes()
            if any(needle in data for needle in needles):
                yield from self._file(kind, path)

    def _files(self, kind: Kind, paths: Iterable[Path]) -> Iterator[Step]:
        for path in sorted(paths):
            yield from self._file(kind, path)

    def _file(self, kind: Kind, path: Path, *, act: Act = "remove") -> Iterator[Step]:
        if path.is_file():
            yield Step(kind=kind, act=act, path=path.relative_to(self._root), size=path.stat().st_size)


def with_refs(touched: Touched, refs: Iterable[str]) -> Touched:
    """The same, for the stream in which these rest on the calls."""
    return Touched(touched.calls, touched.hashes, touched.users, touched.customer, frozenset(refs))
