"""Owns what is known of the words of the calls that go: to find them where nothing says whose they are, and to count
where else a name stands."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.domain.people import same_name
from pipeline.domain.speech import Conversation
from pipeline.erasing.scope import KnownCall, Scope
from pipeline.store.workspace import Workspace

PER_CALL = 12
"""So many of the longest turns of a call are looked for, word for word."""
LEAST_WORDS = 6


def sentences(workspace: Workspace, scope: Scope) -> tuple[str, ...]:
    """The longest turns of each call, as the latest reading has them."""
    return tuple(dict.fromkeys(text for call in scope.calls for text in _said(workspace, call)))


def mentions(workspace: Workspace, scope: Scope) -> dict[str, int]:
    """What stays and may be about the scope all the same, by reason: how many files, never which words."""
    found = {
        "rubric versions with words of the calls": _holding(
            workspace.root.glob("rubrics/*/r.*.json"), sentences(workspace, scope)
        ),
        "audit lines, with ids of calls and users": _audit_lines(workspace.root, scope),
    }
    if scope.names:
        found["other calls in whose words the name stands"] = sum(
            _names_anybody(workspace, call, scope.names) for call in scope.others
        )
        found["records of other calls that name them"] = _naming(workspace.root, scope)
    return found


def _said(workspace: Workspace, call: KnownCall) -> Iterator[str]:
    conversation = _conversation(workspace, call)
    texts = [turn.text for turn in conversation.turns] if conversation else []
    long = [text for text in texts if len(text.split()) >= LEAST_WORDS]
    yield from sorted(long, key=lambda text: (-len(text), text))[:PER_CALL]


def _conversation(workspace: Workspace, call: KnownCall) -> Conversation | None:
    key = call.records[-1].results.get("attribute") if call.records else None
    if key is None or not workspace.objects.blobs.exists(workspace.objects.name("attribute", key)):
        return None
    return workspace.objects.get("attribute", key, Conversation)[0]


def _names_anybody(workspace: Workspace, call: KnownCall, names: Iterable[str]) -> bool:
    conversation = _conversation(workspace, call)
    said = f" {same_name(' '.join(turn.text for turn in conversation.turns))} " if conversation else ""
    return any(name in said for name in names)


def _naming(root: Path, scope: Scope) -> int:
    """Reviews, comments and corrections of other calls in which one of the names stands."""
    ours, n = scope.ids, 0
    for folder in ("reviews", "comments", "corrections"):
        for path in root.glob(f"{folder}/*/r.*.json"):
            if path.parent.name not in ours and any(name in same_name(_text(path)) for name in scope.names):
                n += 1
    return n


def _holding(paths: Iterable[Path], texts: Iterable[str]) -> int:
    wanted = [_in_json(text) for text in texts]
    return sum(any(map(_text(path).__contains__, wanted)) for path in paths) if wanted else 0


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _text(path: Path) -> str:
    """All texts of a JSON file as they read, whatever escapes they are written in."""
    return json.dumps(json.loads(path.read_bytes()), ensure_ascii=False)


def _audit_lines(root: Path, scope: Scope) -> int:
    needles = [each.encode() for each in (*scope.ids, *(user.id for user in scope.users))]
    n = 0
    for path in sorted(root.glob("audit/????-??.jsonl")):
        with path.open("rb") as file:
            n += sum(any(needle in line for needle in needles) for line in file)
    return n
