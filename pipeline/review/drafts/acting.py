"""Owns what happens around an act on a draft: who acts and when, the index brought up to date, the audit trail."""

from collections.abc import Mapping

from pipeline.domain.announcement import Announcement, Fact
from pipeline.domain.audit import AuditAction
from pipeline.domain.review import Feedback, FeedbackPart
from pipeline.review.drafts.forms import kept
from pipeline.review.drafts.hearing import listening_of
from pipeline.review.guards import Entry
from pipeline.reviewing import acts
from pipeline.reviewing.acts import Desk, Whose
from pipeline.reviewing.standing import Seen, Standing, state_at

Keep = Mapping[FeedbackPart, Whose]


def desk_of(entry: Entry) -> Desk:
    """Where the viewer works at reviews, as of now."""
    return Desk(entry.room.workspace, entry.room.now(), entry.viewer.user.id)


def save(entry: Entry, seen: Seen, feedback: Feedback, reasons: Mapping[FeedbackPart, str]) -> Standing:
    """The standing with these words. Raises: as `edit`."""
    before = state_at(entry.room.workspace, entry.call, seen)
    made = acts.edit(desk_of(entry), entry.call, seen=seen, feedback=kept(before.feedback, feedback), reasons=reasons)
    if made.number != seen.after and made.review is not None:
        _told(entry, "edited", f"{', '.join(edit.part for edit in made.review.edits)}; review {made.number}")
    return made


def choose(entry: Entry, seen: Seen, behaviour: str, keep: Keep) -> Standing:
    """The standing with this improvement. Raises: as `choose_improvement`."""
    made = acts.choose_improvement(desk_of(entry), entry.call, seen=seen, behaviour=behaviour, keep=keep)
    if made.number != seen.after:
        _told(entry, "chose_improvement", f"{behaviour}; review {made.number}")
    return made


def take_new(entry: Entry, seen: Seen, reading: int, keep: Keep) -> Standing:
    """The standing with the draft of a newer reading. Raises: as `take_new_reading`."""
    made = acts.take_new_reading(desk_of(entry), entry.call, seen=seen, reading=reading, keep=keep)
    _told(entry, "edited", f"took the new reading {reading}; review {made.number}")
    return made


def approve(entry: Entry, seen: Seen, override: str) -> Standing:
    """The standing with the feedback approved. Raises: as the rule of this name."""
    made = acts.approve(desk_of(entry), entry.call, seen=seen, listening=listening_of(entry), override=override)
    _told(entry, "approved", f"review {made.number}")
    data: dict[str, Fact] = {"call": entry.call, "review": made.number}
    entry.room.announcer.announce(Announcement(type="feedback.approved", timestamp=entry.room.now(), data=data))
    if made.review is not None and made.review.override:
        _told(entry, "overrode_listening", made.review.override)
    return made


def send_back(entry: Entry, seen: Seen, reason: str) -> Standing:
    """The standing with the draft sent back. Raises: as the rule of this name."""
    made = acts.send_back(desk_of(entry), entry.call, seen=seen, reason=reason)
    _told(entry, "sent_back", f"review {made.number}")
    entry.room.rereads.ask(entry.call)
    return made


def reopen(entry: Entry, seen: Seen, reason: str) -> Standing:
    """The standing with the review open again. Raises: as the rule of this name."""
    made = acts.reopen(desk_of(entry), entry.call, seen=seen, reason=reason)
    _told(entry, "reopened", f"review {made.number}")
    return made


def _told(entry: Entry, action: AuditAction, detail: str) -> None:
    entry.room.index.pick_up("reviews", entry.call)
    entry.room.audit.tell(entry.viewer.user.id, action, call=entry.call, detail=detail, address=entry.address)
