"""Owns which names stand in the metadata of calls, as rep or manager, and are no user's."""

from collections import Counter
from collections.abc import Iterable

from pipeline.domain.base import Value
from pipeline.domain.people import User, same_name
from pipeline.domain.recording import Recording
from pipeline.export.untrusted import visible
from pipeline.review.index import OpenIndex
from pipeline.store.workspace import Workspace

MOST = 200
"""So many names are told; whoever has more of them has them in a list elsewhere."""

Named = tuple[str | None, str | None, int]
"""The names of a rep and a manager, and of how many calls they are."""


class UnknownName(Value):
    """A name that is no user's, as it is read, and of how many calls it names the rep and the manager."""

    name: str
    as_rep: int
    as_manager: int


def names_in_index(index: OpenIndex) -> Iterable[Named]:
    """The names of all calls in the index."""
    found = index.rows("SELECT rep, manager, count(*) FROM calls GROUP BY ALL")
    return [(_text(rep), _text(manager), int(str(n))) for rep, manager, n in found]


def names_in_files(workspace: Workspace) -> Iterable[Named]:
    """The same from the files, call by call; for when another process has the index. Raises: StoreError."""
    for call in workspace.calls.ids():
        record = workspace.record(call)
        metadata = workspace.objects.get("ingest", record.results["ingest"], Recording)[0].metadata
        yield metadata.rep, metadata.manager, 1


def unknown_names(named: Iterable[Named], users: Iterable[User]) -> tuple[UnknownName, ...]:
    """The names that are no user's, of most calls first, at most `MOST`; removed users count as users."""
    ours = frozenset[str]().union(*(user.names for user in users))
    shown: dict[str, str] = {}
    as_rep: Counter[str] = Counter()
    as_manager: Counter[str] = Counter()
    for rep, manager, n in named:
        for name, counts in ((rep, as_rep), (manager, as_manager)):
            key = same_name(name or "")
            if name is not None and key and key not in ours:
                shown.setdefault(key, name)
                counts[key] += n
    most = sorted(shown, key=lambda key: (-as_rep[key] - as_manager[key], key))[:MOST]
    return tuple(
        UnknownName(name=visible(shown[key])[:120], as_rep=as_rep[key], as_manager=as_manager[key]) for key in most
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
