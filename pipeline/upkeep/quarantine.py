"""Owns what an operator asks of quarantine: what is in it and since when, by stage and reason, and trying it again."""

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import AwareDatetime

from pipeline.domain.addresses import is_address
from pipeline.domain.base import Value
from pipeline.domain.recording import CallId
from pipeline.domain.work import QuarantineRecord, StageName
from pipeline.errors import NotFoundError, UsageError
from pipeline.stages.ingest import lasting
from pipeline.store.workspace import Workspace, quarantine_id

ALL = "all"
_SHORTEST = 4
_VARYING = re.compile(r"/\S+|'[^']*'|\"[^\"]*\"|\b0x[0-9a-f]+\b|\d+(\.\d+)?")
"""What differs between two recordings with the same fault: paths, quoted names, numbers."""


class Reason(Value):
    """Why a recording could not be done, and since when that was the reason."""

    stage: StageName
    reason: str
    hint: str
    at: AwareDatetime


class SetAside(Value):
    """A recording in quarantine. `since` is when it came in, `reasons` are all it had since, the present one last.

    A further try with the same reason adds none. `done_before` counts how often it was set aside and then done.
    `reviewed` is the call that an earlier run made of it; `there` says whether its file is still where it was, which of
    a file in a bucket nobody asks.
    """

    id: str
    path: Path
    since: AwareDatetime
    reasons: tuple[Reason, ...]
    done_before: int
    reviewed: CallId | None
    there: bool
    retry: str

    @property
    def now(self) -> Reason:
        """The present reason."""
        return self.reasons[-1]


class Tally(Value):
    """How many recordings are set aside at a stage for one kind of reason; `example` is the reason of the first."""

    stage: StageName
    example: str
    n: int


def retry_command(path: Path, workspace: Path) -> str:
    """The command by which a person tries one recording again."""
    return f"filmroom quarantine retry {quarantine_id(lasting(path))} --workspace {shlex.quote(str(workspace))}"


def set_aside(workspace: Workspace) -> Iterator[SetAside]:
    """Everything in quarantine, the longest there first. Raises: StoreError for a damaged record."""
    records = [workspace.quarantine.all(record_id) for record_id in workspace.quarantine.ids()]
    kept = [found for found in records if found and not found[-1].released]
    reviewed = _reviewed(workspace) if kept else {}
    yield from sorted((_known(workspace, found, reviewed) for found in kept), key=lambda each: (each.since, each.id))


def tally(found: Sequence[SetAside]) -> tuple[Tally, ...]:
    """The reasons by how often they occur, most often first; names, paths and numbers in them make no difference."""
    kinds = Counter((each.now.stage, _kind(each.now.reason)) for each in found)
    examples: dict[tuple[StageName, str], str] = {}
    for each in found:
        examples.setdefault((each.now.stage, _kind(each.now.reason)), each.now.reason)
    return tuple(Tally(stage=key[0], example=examples[key], n=n) for key, n in kinds.most_common())


def chosen(found: Sequence[SetAside], named: Sequence[str], *, stage: StageName | None) -> tuple[SetAside, ...]:
    """Those that ids, beginnings of ids or paths name, or `all`, or a stage; of a stage only, where both are given.

    Raises: UsageError where nothing is named; NotFoundError for a name that means none, or more than one.
    """
    if not named and stage is None:
        raise UsageError("which recordings?", hint="give ids (filmroom quarantine list), --stage STAGE, or all")
    wanted = found if not named or ALL in named else tuple(dict.fromkeys(one(found, name) for name in named))
    return tuple(each for each in wanted if stage is None or each.now.stage == stage)


def one(found: Sequence[SetAside], name: str) -> SetAside:
    """The one that an id, the beginning of an id or a path means. Raises: NotFoundError."""
    place = lasting(Path(name))
    by_path = [each for each in found if each.path == place or str(each.path) == name]
    by_id = [each for each in found if len(name) >= _SHORTEST and each.id.startswith(name)]
    match by_path or by_id:
        case [only]:
            return only
        case several:
            told = f"{len(several)} of what is set aside begin" if several else "nothing that is set aside begins"
            hint = "see ids and paths with: filmroom quarantine list --workspace DIR"
            raise NotFoundError(f"{told} with {name!r}", hint=hint)


def _known(workspace: Workspace, records: Sequence[QuarantineRecord], reviewed: dict[Path, CallId]) -> SetAside:
    last = records[-1]
    released = [number for number, record in enumerate(records) if record.released]
    present = records[released[-1] + 1 :] if released else records
    return SetAside(
        id=quarantine_id(last.path),
        path=last.path,
        since=present[0].at,
        reasons=tuple(Reason(stage=r.stage, reason=r.reason, hint=r.hint, at=r.at) for r in present),
        done_before=len(released),
        reviewed=reviewed.get(last.path),
        there=is_address(last.path) or last.path.exists(),
        retry=retry_command(last.path, workspace.root),
    )


def _reviewed(workspace: Workspace) -> dict[Path, CallId]:
    """The calls by the path that their last record shows."""
    records = (workspace.calls.last(call) for call in workspace.calls.ids())
    return {record.path: record.call for record in records if record is not None}


def _kind(reason: str) -> str:
    return _VARYING.sub("_", reason)
