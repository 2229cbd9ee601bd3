"""A workspace of one scripted call whose draft is reviewed, and what tests do with it."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.domain.review import Feedback
from pipeline.domain.span import Span
from pipeline.redraft import redraft
from pipeline.reviewing.acts import Desk
from pipeline.reviewing.cited import Listening
from pipeline.reviewing.standing import Standing, state_of
from pipeline.store.workspace import Workspace
from tests.review.rooms import add_calls

AT = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
THURSDAY = date(2026, 3, 5)


def make_call(folder: Path) -> Workspace:
    """A workspace of Anna's call: its draft has a strength, and the ranking concern_explored, answer_checked,
    vague_close, concern_contradicted, patience, open_questions."""
    workspace = Workspace(folder / "w")
    add_calls(workspace, folder / "calls", ["Anna"])
    return workspace


def copied(workspace: Workspace, folder: Path) -> Workspace:
    """The same in another folder, to be written in."""
    return Workspace(Path(shutil.copytree(workspace.root, folder / "w")))


def only_call(workspace: Workspace) -> str:
    """The id of the call."""
    return next(workspace.calls.ids())


def desk(workspace: Workspace, author: str = "mark") -> Desk:
    """Where this person works, on that Thursday."""
    return Desk(workspace, AT, author)


def now(workspace: Workspace) -> Standing:
    """How the review stands."""
    return state_of(workspace, only_call(workspace))


def with_words(standing: Standing, **parts: object) -> Feedback:
    """The words by now, with these in place."""
    return standing.feedback.model_copy(update=parts)


def listening(heard: Callable[[Span], float] | float = 1.0) -> Listening:
    """Everything heard so far, of which 0.8 is asked."""
    return Listening(heard=heard if callable(heard) else lambda _: heard, required=0.8)


def score_again(workspace: Workspace, improvement: str = "patience") -> int:
    """The number of a further record of the call, whose own draft has this improvement."""
    call = only_call(workspace)
    record = workspace.record(call)
    key, _ = redraft(workspace, record, improvement=improvement, today=THURSDAY)
    results = {**record.results, "draft": key}
    return workspace.calls.append(call, record.model_copy(update={"results": results}))
