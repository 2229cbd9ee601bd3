"""Owns keeping what somebody says of the speakers of a call: told apart from what stands, audited, read again after."""

from pydantic import Field

from pipeline.correct import Said, conversation_of, correct
from pipeline.domain.base import Value
from pipeline.domain.correction import corrected, names_of
from pipeline.domain.recording import Role
from pipeline.domain.speech import Conversation
from pipeline.errors import StaleError, UsageError
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted
from pipeline.review.guards import Entry
from pipeline.review.speakers.view import heard_as, swapped


class SpeakerSaid(Value):
    """What somebody says of one speaker; what is left out stays, and an empty name takes the earlier one away."""

    label: str = Field(max_length=1000)
    role: Role | None = None
    name: str | None = Field(default=None, max_length=1000)


class SpeakersSaid(Value):
    """What somebody says of the speakers of a call; `after` and `heard` are those of what they saw."""

    after: int = Field(ge=0)
    heard: str = Field(max_length=100)
    speakers: tuple[SpeakerSaid, ...] = Field(max_length=500)


def save_speakers(entry: Entry, said: SpeakersSaid) -> bool:
    """Whether anything was new in it; new roles are put in force by reading the call again, in the background.

    Raises: StaleError when somebody corrected in between, or the call was heard anew; UsageError, NotFoundError.
    """
    room, call = entry.room, entry.call
    record = room.record(call)[1]
    conversation = conversation_of(room.workspace, record)
    if said.heard != heard_as(record, conversation) or said.after != room.workspace.corrections.last_number(call):
        raise StaleError(
            "the speakers of this call were changed since you opened it",
            hint="look at who is who now, and save again what still differs",
        )
    new = _new(entry, conversation, said.speakers)
    if not (new.roles or new.names):
        return False
    user = entry.viewer.user.id
    correct(room.workspace, record, new, author=user, now=room.now(), after=said.after)
    told = [counted(len(part), word) for part, word in ((new.roles, "role"), (new.names, "name")) if part]
    room.audit.tell(user, "corrected_speakers", call=call, detail=", ".join(told), address=entry.address)
    if new.roles:
        room.rereads.ask(call)
    return True


def swapped_too(entry: Entry, said: SpeakersSaid) -> SpeakersSaid:
    """The same, names included, with rep and customer exchanged instead of the roles that are said.

    Raises: UsageError unless there is exactly one of each; NotFoundError, StoreError.
    """
    room = entry.room
    conversation = conversation_of(room.workspace, room.record(entry.call)[1])
    corrections = room.workspace.corrections.last(entry.call)
    roles = swapped(corrected(conversation, corrections.roles if corrections else ()))
    if roles is None:
        raise UsageError("there is not exactly one rep and one customer to swap", hint="choose each role by itself")
    speakers = tuple(each.model_copy(update={"role": roles.get(each.label)}) for each in said.speakers)
    return said.model_copy(update={"speakers": speakers})


def _new(entry: Entry, conversation: Conversation, said: tuple[SpeakerSaid, ...]) -> Said:
    """What differs from what stands: a role that is only confirmed is no correction, and nothing is redone for it."""
    corrections = entry.room.workspace.corrections.last(entry.call)
    roles = {s.label: s.role for s in corrected(conversation, corrections.roles if corrections else ())}
    names = {label: visible(name) for label, name in names_of(conversation, corrections).items()}
    for each in said:
        if each.label not in roles:
            raise UsageError(f"no speaker {each.label!r} in this call", hint=f"its speakers: {', '.join(roles)}")
    return Said(
        roles={s.label: s.role for s in said if s.role is not None and s.role != roles[s.label]},
        names={s.label: s.name for s in said if s.name is not None and s.name.strip() != names.get(s.label, "")},
    )
