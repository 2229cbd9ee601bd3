"""Owns which calls and people an erasure is about."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.domain.people import LOCAL_USER, User, same_name
from pipeline.domain.recording import CallMetadata, Recording, Stage
from pipeline.domain.work import CallRecord
from pipeline.erasing.plan import Asked
from pipeline.errors import NotFoundError, UsageError
from pipeline.store.workspace import Workspace


@dataclass(frozen=True)
class KnownCall:
    """What is kept of one call, its earlier records and the results that no record names included.

    `metadata` is as the latest reading has it. `at` is when the call began, else when it was first recorded.
    """

    call: str
    recordings: tuple[Recording, ...]
    records: tuple[CallRecord, ...]
    metadata: CallMetadata
    at: datetime

    @property
    def hashes(self) -> frozenset[str]:
        """The sha256 of each file of the recording."""
        return frozenset(file.sha256 for recording in self.recordings for file in recording.files)

    @property
    def places(self) -> frozenset[Path]:
        """Where the recording's files, or what joins them, were ever seen."""
        found = {file.path for recording in self.recordings for file in recording.files}
        return frozenset(found.union(*((record.path, *record.files) for record in self.records)))


@dataclass(frozen=True)
class Scope:
    """The calls and the users that an erasure is about; `names` are those that calls are compared by."""

    asked: Asked
    calls: tuple[KnownCall, ...]
    others: tuple[KnownCall, ...]
    users: tuple[User, ...] = ()
    names: frozenset[str] = frozenset()
    before: datetime | None = None

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the calls."""
        return frozenset(call.call for call in self.calls)

    @property
    def digest(self) -> str:
        """The sha256 that stands for the request: of how, and of the name as it is compared."""
        wanted = str(self.before.date()) if self.before is not None else same_name(self.asked.name)
        return hashlib.sha256(f"filmroom erase\n{self.asked.how}\n{wanted}".encode()).hexdigest()


def scope_of(workspace: Workspace, asked: Asked, *, now: datetime, days: int | None = None) -> Scope:
    """What the request is about.

    Raises: NotFoundError for a call, rep or customer that nothing is kept of; UsageError for what is expired without
    a number of days; StoreError.
    """
    known = tuple(known_calls(workspace))
    match asked.how:
        case "call":
            one = _one(asked.name, known)
            return _split(asked, known, lambda call: call.call == one)
        case "rep":
            return _of_person(workspace, asked, known)
        case "customer":
            name = same_name(asked.name)
            scope = _split(asked, known, lambda call: same_name(call.metadata.customer or "") == name)
            return _found(Scope(asked, scope.calls, scope.others, names=frozenset({name})))
        case "expired":
            if days is None:
                hint = "say how long calls are kept: [retention] days in filmroom.toml"
                raise UsageError("calls are kept for good: nothing can expire", hint=hint)
            before = now - timedelta(days=days)
            scope = _split(asked, known, lambda call: call.at < before)
            return Scope(asked, scope.calls, scope.others, before=before)


def known_calls(workspace: Workspace) -> Iterator[KnownCall]:
    """Every call of which there is a record, or a result by which its recording is known; by id. Raises: StoreError."""
    recordings: defaultdict[str, list[tuple[str, Recording]]] = defaultdict(list)
    for key in workspace.objects.keys("ingest"):
        recording = workspace.objects.get("ingest", key, Recording)[0]
        recordings[recording.call].append((key, recording))
    for call in sorted({*recordings, *workspace.calls.ids()}):
        yield _known(call, recordings[call], workspace.calls.all(call), workspace)


def _known(
    call: str, found: list[tuple[str, Recording]], records: tuple[CallRecord, ...], workspace: Workspace
) -> KnownCall:
    by_key = dict(found)
    latest = by_key.get(records[-1].results["ingest"]) if records else None
    metadata = (latest or found[-1][1]).metadata if found else CallMetadata()
    recorded = min((record.at for record in records), default=None) or _written(workspace, by_key)
    return KnownCall(call, tuple(by_key.values()), records, metadata, metadata.started_at or recorded)


def _written(workspace: Workspace, keys: Iterable[str]) -> datetime:
    """When the first of these results was kept, as where they are kept has it: no record says so."""
    names = {workspace.objects.name("ingest", key) for key in keys}
    return min(blob.at for blob in workspace.objects.blobs.all("ingest") if blob.name in names)


def _one(name: str, known: tuple[KnownCall, ...]) -> str:
    ids = [call.call for call in known]
    found = [i for i in ids if i == name] or [i for i in ids if i.startswith(name)]
    if len(found) == 1:
        return found[0]
    message = f"{len(found)} calls begin with {name!r}" if found else f"no call {name!r}"
    raise NotFoundError(message, hint="see them with: filmroom list")


def _of_person(workspace: Workspace, asked: Asked, known: tuple[KnownCall, ...]) -> Scope:
    """A rep's calls by every name they go by, and their own account; a one-to-one is its manager's and its rep's."""
    wanted = same_name(asked.name)
    users = tuple(u for u in _users(workspace) if wanted in u.names or u.id == wanted)
    names = frozenset({wanted}).union(*(user.names for user in users))

    def theirs(call: KnownCall) -> bool:
        meta = call.metadata
        said = [meta.rep, meta.manager] if meta.stage is Stage.COACHING else [meta.rep]
        return not names.isdisjoint(same_name(name) for name in said if name)

    scope = _split(asked, known, theirs)
    return _found(Scope(asked, scope.calls, scope.others, users=users, names=names))


def _users(workspace: Workspace) -> Iterator[User]:
    for user_id in workspace.users.ids():
        user = workspace.users.last(user_id)
        if user is not None and user.id != LOCAL_USER:
            yield user


def _split(asked: Asked, known: tuple[KnownCall, ...], wanted: Callable[[KnownCall], bool]) -> Scope:
    ours = frozenset(call.call for call in known if wanted(call))
    return Scope(asked, tuple(c for c in known if c.call in ours), tuple(c for c in known if c.call not in ours))


def _found(scope: Scope) -> Scope:
    if not scope.calls and not scope.users:
        raise NotFoundError(
            f"no call of this {scope.asked.how} in the workspace",
            hint="write the name as filmroom list shows it; case and white space do not matter",
        )
    return scope
