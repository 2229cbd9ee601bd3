"""Owns what admins are shown of the audit trail: each line in words."""

from datetime import date

from pydantic import AwareDatetime

from pipeline.domain.audit import AuditAction, AuditEvent
from pipeline.domain.base import Value
from pipeline.domain.people import LOCAL_USER
from pipeline.export.untrusted import visible
from pipeline.review.audit import Audit, Chain, Wanted
from pipeline.review.people import People

WORDS: dict[AuditAction, str] = {
    "signed_in": "signed in",
    "sign_in_failed": "failed to sign in",
    "signed_out": "signed out",
    "viewed": "looked at a call",
    "listened": "listened to a call",
    "edited": "edited a draft",
    "chose_improvement": "chose another improvement",
    "approved": "approved feedback",
    "overrode_listening": "approved without having heard every moment",
    "sent_back": "sent a draft back",
    "reopened": "opened approved feedback again",
    "commented": "commented",
    "comment_withdrawn": "withdrew a comment",
    "corrected_speakers": "corrected who speaks",
    "exported": "exported a call",
    "put_up_for_labelling": "put a call up for labelling",
    "labelled": "labelled a call",
    "user_added": "added a user",
    "user_changed": "changed a user",
    "user_removed": "removed a user",
    "token_made": "made an API token",
    "token_removed": "removed an API token",
    "password_set": "set a password",
    "signed_out_everywhere": "signed out everywhere",
    "coached": "coached, or was coached",
    "overrode_seal": "opened a call before its rep had commented",
    "uploaded": "handed in a rehearsal",
}
_WRONG = {
    "changed": "does not follow from the line before it: one of the two was changed, or lines between them taken out",
    "missing_before": "names a line before it, but the trail begins there: earlier lines are missing",
    "unreadable": "cannot be read",
}


class EventView(Value):
    """One line of the trail; `words` say what was done, `detail` to what or why."""

    at: AwareDatetime
    user: str
    name: str
    action: AuditAction
    words: str
    call: str | None
    detail: str
    address: str


class TrailView(Value):
    """A page of the trail, newest first, and what was asked for; `older` goes on where it ends."""

    events: tuple[EventView, ...]
    older: str | None
    user: str | None = None
    action: AuditAction | None = None
    call: str | None = None
    day: date | None = None


class ChainView(Value):
    """Whether every line of the trail follows from the one before it, and in words what is wrong otherwise."""

    whole: bool
    lines: int
    head: str
    wrong: str | None


def trail_view(audit: Audit, people: People, wanted: Wanted, older: str | None) -> TrailView:
    """The lines that are wanted. Raises: UsageError, StoreError."""
    found = audit.find(wanted, older=older)
    events = tuple(event_view(people, event) for event in found.events)
    return TrailView(events=events, older=found.older, **wanted.model_dump())


def event_view(people: People, event: AuditEvent) -> EventView:
    """One line in words."""
    user = people.get(event.user)
    name = "You, at this machine" if event.user == LOCAL_USER else user.name if user else event.user
    return EventView(
        at=event.at,
        user=visible(event.user),
        name=visible(name),
        action=event.action,
        words=WORDS[event.action],
        call=None if event.call is None else visible(event.call),
        detail=visible(event.detail),
        address=visible(event.address),
    )


def chain_view(chain: Chain) -> ChainView:
    """The state of the chain in words."""
    wrong = broken_words(chain) if chain.wrong else None
    return ChainView(whole=chain.wrong is None, lines=chain.lines, head=chain.head, wrong=wrong)


def broken_words(chain: Chain) -> str:
    """What is wrong with the chain: file, line, and what it means."""
    return f"audit/{chain.file}, line {chain.line}, {_WRONG[chain.wrong or 'unreadable']}"
