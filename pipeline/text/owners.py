"""Owns who acts in a next step, by the person named nearest to it: "I'll send", "could you send", "let's meet"."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from pipeline.domain.normal import WordRun
from pipeline.domain.recording import Role
from pipeline.domain.tracker import Owner

Actor = Literal["speaker", "listener", "both"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TOGETHER = _set(
    "meet talk speak sit look schedule book set start find do go have get put catch reconnect touch agree plan arrange "
    "fix hold discuss continue pick hop jump say see review"
)
"""What we do together; what else we do ("we'll send you") the speaker's side does."""

_HAVING = frozenset({("have", "a"), ("have", "another"), ("have", "one")})
"""We have a call; else "have" helps another verb, as in "we have sent"."""

_HELPING = _set("will would can could shall should am are is going to might may must have need want")
_FILLERS = _set("also then just both all maybe not never again quickly briefly already definitely")
_ASKING = _set("will would can could shall should do did may might")
_ORDERS = _set("send call give get drop forward email mail ring text ping shoot let write put invite")
_BEFORE_ORDERS = _set("please just so then and ok okay well yes sure do not maybe or also no but never")


def owner_of(actors: Iterable[Actor], role: Role) -> Owner:
    """Who acts, told from those who act as seen by a speaker of this role; unknown for nobody or an unknown role."""
    sides = set(actors)
    if not sides:
        return "unknown"
    if "both" in sides or len(sides) > 1:
        return "both"
    if role == "rep":
        return "rep" if sides == {"speaker"} else "customer"
    if role == "customer":
        return "customer" if sides == {"speaker"} else "rep"
    return "unknown"


def actor_of(words: Sequence[str], run: WordRun, clause: WordRun) -> Actor | None:
    """Who acts in what a run of plain words says: the person named last before its end, in its clause or before.

    None where nobody is named.
    """
    found = [actor for at, actor in _cues(words, clause) if at <= run.last]
    return found[-1] if found else None


def first_actor(words: Sequence[str]) -> Actor | None:
    """Who is named first in these plain words; None where nobody is."""
    return next((actor for _, actor in _cues(words, WordRun(0, len(words) - 1))), None)


def _cues(words: Sequence[str], clause: WordRun) -> Iterator[tuple[int, Actor]]:
    for at, word in enumerate(words):
        after = words[at + 1 : at + 5]
        actor: Actor | None = None
        if word in _ORDERS and _BEFORE_ORDERS.issuperset(words[clause.first : at]) and at >= clause.first:
            actor = _ordered(word, after)
        elif word == "i" or (word == "me" and after[:1] == ("to",)) or (word in ("my", "our") and _acts(after)):
            actor = "speaker"
        elif word == "we":
            actor = _of_us(after)
        elif (word == "you" and _is_subject(words, at)) or (word == "your" and _acts(after)):
            actor = "listener"
        if actor is not None:
            yield at, actor


def _ordered(word: str, after: Sequence[str]) -> Actor:
    if word == "let" and after[:1] in (("us",), ("me",)) and after[1:2] != ("know",):
        return "both" if after[0] == "us" else "speaker"
    return "listener"


def _acts(after: Sequence[str]) -> bool:
    """Whether what is named after "my", "our" or "your" does something: "my colleague Tom will"."""
    return any(word in ("will", "would", "can", "could") for word in after[1:4])


def _of_us(after: Sequence[str]) -> Actor:
    verbs = [word for word in after if word not in _FILLERS]
    verb = next((word for word in verbs if word not in _HELPING), "")
    is_held = any(pair in _HAVING for pair in pairwise(verbs))
    return "both" if verb in _TOGETHER or is_held or "together" in after else "speaker"


def _is_subject(words: Sequence[str], at: int) -> bool:
    follows = words[at + 1] if at + 1 < len(words) else ""
    before = words[at - 1] if at else ""
    return before in _ASKING or (follows in _HELPING and before not in ("to", "with", "for"))
