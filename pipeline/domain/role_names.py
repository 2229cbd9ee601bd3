"""Which role a speaker's name in a finished transcript stands for: a role's own name, or a person of the metadata."""

import re
from typing import Literal

from pipeline.domain.recording import CallMetadata, Role, Stage

# fmt: off
_REP = {
    "rep", "sales rep", "sales representative", "representative", "sales", "seller", "salesperson", "sales person",
    "salesman", "saleswoman", "account executive", "ae", "sdr", "bdr", "agent", "advisor", "adviser",
}
_CUSTOMER = {"customer", "client", "prospect", "buyer", "caller", "lead", "consumer", "end user"}
# fmt: on
_MANAGER = {"manager", "sales manager", "coach"}
_OTHER = {"other", "supervisor"}
_CHANNEL = re.compile(r"ch(\d+)")

Told = tuple[Role, Literal["transcript", "metadata", "channel"]]


def is_role_word(name: str) -> bool:
    """Whether the name, however it is spelled, is that of a role and not of a person."""
    return any(_of_word(part, one_to_one=False) is not None for part in _parts(name))


def role_of_name(name: str, metadata: CallMetadata) -> Told | None:
    """The role of a speaker of this name and what tells it; None where neither the name nor the metadata does.

    "Rep", "Sales rep 2" and "Ann (rep)" are roles; "Ann Smith" and "Ann" are the rep where the metadata says so. In a
    one-to-one (stage coaching) the manager has the role rep, and the rep the role customer.
    """
    one_to_one = metadata.stage is Stage.COACHING
    channel = _CHANNEL.fullmatch(name)
    if channel is not None and metadata.channels and channel[1] in metadata.channels:
        return metadata.channels[channel[1]], "channel"
    parts = _parts(name)
    found = next((role for part in parts if (role := _of_word(part, one_to_one=one_to_one)) is not None), None)
    if found is not None:
        return found, "transcript"
    rep, customer = (metadata.manager, metadata.rep) if one_to_one else (metadata.rep, metadata.customer)
    of_rep, of_customer = (any(_same_person(part, whom) for part in parts) for whom in (rep, customer))
    if of_rep == of_customer:
        return None
    return ("rep" if of_rep else "customer"), "metadata"


def _of_word(part: str, *, one_to_one: bool) -> Role | None:
    word = re.sub(r"[\s_-]*\d+$", "", part.replace("_", " "))
    if word in _MANAGER:
        return "rep" if one_to_one else "other"
    if word in _REP:
        return "customer" if one_to_one else "rep"
    if word in _CUSTOMER:
        return "customer"
    return "other" if word in _OTHER else None


def _parts(name: str) -> tuple[str, ...]:
    """The name, and what stands in brackets behind it, in small letters."""
    plain = " ".join(name.casefold().split())
    main, bracket, rest = plain.partition("(")
    return (main.strip(), rest.rstrip(") ").strip()) if bracket else (plain,)


def _same_person(part: str, whom: str | None) -> bool:
    other = " ".join((whom or "").casefold().split())
    if not other or not part:
        return False
    return part == other or part == other.split()[0] or (" " not in other and part.split(maxsplit=1)[0] == other)
