"""Owns a workspace of very many calls for measuring the review room, made from the real calls of another workspace.

`python -m benchmarks.review_calls REAL OUT [--calls N]` fills OUT. A made call has its own record, recording (rep,
manager, customer, time) and review; all its other results are a real call's, by their keys, so that very many take
little room. Files are written as the stores write them, but not flushed one by one.
"""

import argparse
import hashlib
import json
import random
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.people import User, UserRole
from pipeline.domain.recording import CallMetadata, Recording
from pipeline.domain.review import Comment, Edit, HeardMoment, Review, feedback_of
from pipeline.domain.span import Span
from pipeline.domain.work import CallRecord
from pipeline.store.workspace import Workspace

REPS, MANAGERS, SECOND_LEVELS = 200, 25, 3
WAITING, EDITED, COMMENTED = 0.03, 0.02, 0.05
"""Of all calls: waiting for a manager, the latest; edited and not approved; with a comment."""
DAYS = 730
_FIRST = ("Ada", "Bela", "Cleo", "Dina", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jana", "Kim", "Lou", "Mia", "Nils")
_LAST = ("Adler", "Brook", "Chen", "Duarte", "Engel", "Field", "Garde", "Holm", "Ito", "Jonas", "Keller", "Lund")
_TRADES = ("Heating", "Plumbing", "Roofing", "Electric", "Gardens", "Tiles", "Windows", "Cleaning", "Movers", "Paint")


@dataclass(frozen=True)
class RealCall:
    """What made calls are made from."""

    record: CallRecord
    recording: Recording
    ingest: dict[str, object]
    draft: Draft


@dataclass(frozen=True)
class MadeCall:
    """A made call and what happened to it."""

    record: CallRecord
    recording: Recording
    ingest_key: str
    reviews: tuple[Review, ...] = ()
    comments: tuple[Comment, ...] = ()


def real_calls_of(workspace: Workspace, calls: Iterable[str]) -> tuple[RealCall, ...]:
    """These calls of a workspace."""
    found = []
    for call in calls:
        record = workspace.record(call)
        recording, _ = workspace.objects.get("ingest", record.results["ingest"], Recording)
        draft, _ = workspace.objects.get("draft", record.results["draft"], Draft)
        body = json.loads(workspace.objects.path("ingest", record.results["ingest"]).read_bytes())
        found.append(RealCall(record, recording, body, draft))
    return tuple(found)


def staff(at: datetime) -> tuple[User, ...]:
    """The people of the workspace: second levels, their managers, the managers' reps, and an admin."""

    def user(user_id: str, n: int, role: UserRole, above: str | None) -> User:
        name = f"{_FIRST[n % len(_FIRST)]} {_LAST[n // len(_FIRST) % len(_LAST)]}"
        name += f" {n // (len(_FIRST) * len(_LAST)) + 1}" if n >= len(_FIRST) * len(_LAST) else ""
        return User(id=user_id, name=name, roles=frozenset({role}), reports_to=above, by="admin-1", at=at)

    over = [user(f"second-{n}", n, "second_level", None) for n in range(SECOND_LEVELS)]
    managers = [user(f"manager-{n}", SECOND_LEVELS + n, "manager", over[n % SECOND_LEVELS].id) for n in range(MANAGERS)]
    first = SECOND_LEVELS + MANAGERS
    reps = [user(f"rep-{n}", first + n, "rep", managers[n % MANAGERS].id) for n in range(REPS)]
    return (*over, *managers, *reps, user("admin-1", first + REPS, "admin", None))


def made_call(real: RealCall, n: int, people: dict[str, User], started_at: datetime) -> MadeCall:
    """The n-th made call: a real one, held at another time by another rep with another customer."""
    chance = random.Random(n)
    rep = people[f"rep-{chance.randrange(REPS)}"]
    manager = people[rep.reports_to or ""]
    digest = hashlib.sha256(f"made {n}".encode()).hexdigest()
    customer = f"{chance.choice(_LAST)} {chance.choice(_TRADES)} {chance.randrange(4000)}"
    metadata = CallMetadata(
        **real.recording.metadata.model_dump(exclude={"rep", "manager", "team", "customer", "deal", "started_at"}),
        rep=rep.name,
        manager=manager.name,
        team=f"Team {manager.id.removeprefix('manager-')}",
        customer=customer,
        deal=f"{customer}, {chance.choice(('renewal', 'first order', 'upgrade'))}",
        started_at=started_at,
    )
    call = "c" + digest[:12]
    record = CallRecord(
        call=call,
        path=Path("calls") / rep.id / f"{started_at:%Y-%m-%d}-{n:06d}.opus",
        files=real.record.files,
        results={**real.record.results, "ingest": digest},
        rubric=real.record.rubric,
        at=started_at + timedelta(hours=9),
    )
    recording = real.recording.model_copy(update={"call": call, "metadata": metadata})
    return MadeCall(record, recording, digest)


def reviewed(made: MadeCall, real: RealCall, manager: str, chance: random.Random, *, approved: bool) -> MadeCall:
    """The call with what its manager did: an edit of one part, perhaps a comment, and the approval if there is one."""
    at = made.record.at + timedelta(hours=chance.uniform(1, 60))
    before = feedback_of(real.draft)
    after = before.model_copy(update={"facts": f"{before.facts} Well prepared."})
    changed = Edit(part="facts", before=before.facts, after=after.facts, reason="said in the call")
    edit = Review(
        call=made.record.call, action="edited", state="edited", author=manager, at=at, record=1,
        draft=made.record.results["draft"], feedback=after, edits=(changed,),
    )  # fmt: skip
    heard = HeardMoment(ref="improvement", span=Span(start=10, end=20), heard=1.0)
    approval = edit.model_copy(
        update={"action": "approved", "state": "approved", "edits": (), "listened": (heard,),
                "at": at + timedelta(minutes=7)}
    )  # fmt: skip
    edited = not approved or chance.random() < 0.3
    comment = Comment(call=made.record.call, author=manager, at=at, text="Good question.", moment=12.0)
    return MadeCall(
        made.record,
        made.recording,
        made.ingest_key,
        reviews=((edit,) if edited else ()) + ((approval,) if approved else ()),
        comments=(comment,) if chance.random() < COMMENTED else (),
    )


def made_calls(reals: Sequence[RealCall], people: dict[str, User], n_calls: int, until: datetime) -> Iterator[MadeCall]:
    """All made calls, oldest first; the latest wait, those just before were edited, and all others are approved."""
    for n in range(n_calls):
        age = (n_calls - n) / n_calls
        real = reals[n % len(reals)]
        made = made_call(real, n, people, until - timedelta(days=DAYS * age))
        manager = people[made.record.path.parent.name].reports_to or ""
        if age <= WAITING:
            yield made
        else:
            chance = random.Random(-n - 1)
            yield reviewed(made, real, manager, chance, approved=age > WAITING + EDITED)


class Writer:
    """Writes made calls into a workspace; one real call's results are there already."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def call(self, made: MadeCall, real: RealCall) -> None:
        """Everything of one call."""
        body = {**real.ingest, "value": made.recording.model_dump(mode="json")}
        ingest = self._workspace.objects.path("ingest", made.ingest_key)
        ingest.parent.mkdir(parents=True, exist_ok=True)
        ingest.write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")))
        self._records("calls", made.record.call, [made.record])
        self._records("reviews", made.record.call, made.reviews)
        self._records("comments", made.record.call, made.comments)

    def _records(self, kind: str, record_id: str, records: Sequence[Value]) -> None:
        if not records:
            return
        folder = self._workspace.root / kind / record_id
        folder.mkdir(parents=True)
        for number, record in enumerate(records, start=1):
            (folder / f"r.{number:06d}.json").write_text(record.model_dump_json(indent=1))


def fill(real: Workspace, out: Workspace, n_calls: int, until: datetime) -> None:
    """Fill an empty workspace with made calls and the people who work on them."""
    reals = real_calls_of(real, real.calls.ids())
    people = {user.id: user for user in staff(until - timedelta(days=DAYS))}
    shutil.copytree(real.root / "objects", out.root / "objects")
    for user in people.values():
        out.users.append(user.id, user)
    writer = Writer(out)
    for n, made in enumerate(made_calls(reals, people, n_calls, until)):
        writer.call(made, reals[n % len(reals)])


def main() -> None:
    """Fill a workspace and say how long it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.review_calls", description=main.__doc__)
    parser.add_argument("real", type=Path, help="a workspace that filmroom run has filled")
    parser.add_argument("out", type=Path, help="the folder to fill; must not be there")
    parser.add_argument("--calls", type=int, default=100_000)
    chosen = parser.parse_args()
    if chosen.out.exists():
        parser.error(f"{chosen.out} is there already")
    began = time.monotonic()
    fill(Workspace(chosen.real), Workspace(chosen.out), chosen.calls, datetime.now(UTC).replace(microsecond=0))
    print(f"{chosen.calls:,} calls in {time.monotonic() - began:.0f} s: {chosen.out}")


if __name__ == "__main__":
    main()
