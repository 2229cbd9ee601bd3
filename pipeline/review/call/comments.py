"""Owns comments at moments of a call: writing one, answering, taking one's own back, and how they are shown."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.phrasing import clock
from pipeline.domain.review import MOST_TEXT, Comment
from pipeline.errors import NotFoundError, UsageError
from pipeline.export.untrusted import visible
from pipeline.review.guards import Entry

_CLOCK = re.compile(r"^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d{1,3})?)$")


class NewComment(Value):
    """What somebody wants to say: at a second of the call, or of the call as a whole; `parent` is what it answers."""

    text: str = Field(max_length=MOST_TEXT)
    moment: float | None = Field(default=None, ge=0)
    parent: str | None = Field(default=None, max_length=20)


class CommentView(Value):
    """A comment, ready to be shown; lines of `text` are the author's own. An `answer` is one to the thread's first.

    `mine`: the viewer wrote it and may take it back. A withdrawn one has no text, and stands only for its answers.
    `turn_id` is the turn that is spoken at its moment, or the last one before it.
    """

    id: str
    author: str
    at: AwareDatetime
    text: str
    moment: float | None
    clock: str
    turn_id: str
    mine: bool
    withdrawn: bool
    answer: bool
    answers: tuple["CommentView", ...] = ()


class CommentsView(Value):
    """The comments of a call in order of their moments, those on the whole call last; `n` counts answers too."""

    call: str
    n: int
    timed: bool
    threads: tuple[CommentView, ...]

    def at_turn(self, turn_id: str) -> tuple[CommentView, ...]:
        """The threads whose moment lies in this turn."""
        return tuple(thread for thread in self.threads if thread.turn_id == turn_id)


def comments_view(entry: Entry, starts: Sequence[tuple[float, str]], *, timed: bool) -> CommentsView:
    """The comments of a call; `starts` are its turns in order of time, by when they start, so that each gets its turn.

    `timed` is whether the call has times to comment at.
    """
    records = entry.room.workspace.comments.all(entry.call)
    withdrawn = {record.withdraws for record in records if record.withdraws}
    said = [(f"c{n}", record) for n, record in enumerate(records, start=1) if not record.withdraws]
    roots = _roots(said)
    views = {i: _view(entry, i, record, starts).model_copy(update=_gone(i in withdrawn)) for i, record in said}
    threads = []
    for i, view in views.items():
        if roots[i] == i:
            answers = tuple(v for j, v in views.items() if roots[j] == i and j != i and not v.withdrawn)
            if answers or not view.withdrawn:
                threads.append(view.model_copy(update={"answers": answers}))
    threads.sort(key=lambda v: (v.moment is None, v.moment or 0.0))
    return CommentsView(call=entry.call, n=_counted(threads), timed=timed, threads=tuple(threads))


def add_comment(entry: Entry, new: NewComment, *, duration: float) -> str:
    """The id of the comment as it was saved. Raises: UsageError for one that says nothing or lies outside the call."""
    if not new.text.strip():
        raise UsageError("the comment is empty", hint="write what you want to say, then send it")
    if new.moment is not None and new.moment > duration:
        raise UsageError(
            f"{clock(new.moment)} is after the end of the call", hint=f"the call is {clock(duration)} long"
        )
    moment, parent = new.moment, None
    if new.parent is not None:
        records = entry.room.workspace.comments.all(entry.call)
        above = _of(records, new.parent)
        if above is None or new.parent in {record.withdraws for record in records}:
            raise NotFoundError(
                "the comment that you answer is gone", hint="open the call again; say it anew if need be"
            )
        moment, parent = above.moment, new.parent
    comment = Comment(
        call=entry.call,
        author=entry.viewer.user.id,
        at=entry.room.now(),
        text=new.text.strip(),
        moment=moment,
        parent=parent,
    )
    made = f"c{entry.room.workspace.comments.append(entry.call, comment)}"
    entry.room.index.pick_up("comments", entry.call)
    entry.room.audit.tell(entry.viewer.user.id, "commented", call=entry.call, detail=made, address=entry.address)
    return made


def withdraw_comment(entry: Entry, comment_id: str) -> None:
    """Take one's own comment back; its record stays. Raises: NotFoundError for one of somebody else, or none."""
    records = entry.room.workspace.comments.all(entry.call)
    found, author = _of(records, comment_id), entry.viewer.user.id
    if found is None or found.author != author:
        raise NotFoundError(f"no comment {visible(comment_id)} of yours", hint="only its author can withdraw a comment")
    if comment_id in {record.withdraws for record in records}:
        return
    gone = Comment(call=entry.call, author=author, at=entry.room.now(), withdraws=comment_id)
    entry.room.workspace.comments.append(entry.call, gone)
    entry.room.index.pick_up("comments", entry.call)
    entry.room.audit.tell(author, "comment_withdrawn", call=entry.call, detail=comment_id, address=entry.address)


def moment_given(text: str) -> float | None:
    """Seconds of a time as people type it: "1:05", "1:02:03", "65.5"; None for nothing. Raises: UsageError."""
    if not (given := text.strip()):
        return None
    found = _CLOCK.match(given)
    if found is None:
        raise UsageError(
            f"{visible(given)[:40]!r} is no time in a call",
            hint="write minutes and seconds, as in 2:45, or leave it empty",
        )
    hours, minutes, seconds = found.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds.replace(",", "."))


def whole(text: str) -> str:
    """The text as it may be saved. Raises: UsageError for one that is too long."""
    if len(text) > MOST_TEXT:
        raise UsageError(
            f"the comment has {len(text):,} characters, and {MOST_TEXT:,} is the most", hint="shorten it, or write two"
        )
    return text


def _roots(said: Iterable[tuple[str, Comment]]) -> dict[str, str]:
    """The comment that begins the thread of each; a parent always has an earlier record than its answer."""
    roots: dict[str, str] = {}
    for i, record in said:
        roots[i] = roots.get(record.parent or "", i)
    return roots


def _of(records: Sequence[Comment], comment_id: str) -> Comment | None:
    return next((r for n, r in enumerate(records, start=1) if f"c{n}" == comment_id and not r.withdraws), None)


def _gone(withdrawn: bool) -> dict[str, object]:
    return {"withdrawn": True, "text": "", "mine": False} if withdrawn else {}


def _view(entry: Entry, comment_id: str, record: Comment, starts: Sequence[tuple[float, str]]) -> CommentView:
    user = entry.room.people.get(record.author)
    mine = record.author == entry.viewer.user.id
    turn = "" if record.moment is None else _turn_at(record.moment, starts)
    return CommentView(
        id=comment_id,
        author=visible(user.name if user else record.author),
        at=record.at,
        text="\n".join(visible(line) for line in record.text.splitlines()).strip(),
        moment=record.moment,
        clock="" if record.moment is None else clock(record.moment),
        turn_id=turn,
        mine=mine,
        withdrawn=False,
        answer=record.parent is not None,
    )


def _turn_at(moment: float, starts: Sequence[tuple[float, str]]) -> str:
    place = bisect_right(starts, moment, key=lambda start: start[0])
    return starts[max(0, place - 1)][1] if starts else ""


def _counted(threads: Iterable[CommentView]) -> int:
    return sum((not thread.withdrawn) + len(thread.answers) for thread in threads)
