"""Owns which calls are sealed: picked by their rep, who has not gone first yet. Their coaching is closed until then."""

from collections.abc import Iterable, Sequence

from pipeline.cycle.reading import histories
from pipeline.cycle.rep_first import awaits_rep, is_sealed, sealed_calls
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.people import User, same_name
from pipeline.errors import FilmroomError
from pipeline.export.untrusted import visible
from pipeline.review.room import Room
from pipeline.review.scope import Sight

HEADING = "The rep goes first"
_KINDS = ("picked", "pick_taken_back", "answered", "parked", "seal_overridden")


class SealedError(FilmroomError):
    """The coaching of a picked call is asked for before its rep has gone first; `onward` is where to go instead."""

    def __init__(self, message: str, *, hint: str, onward: str) -> None:
        super().__init__(message, hint=hint)
        self.onward = onward


class Seal(Value):
    """Why the coaching of a call is closed to a viewer: its rep, by id and name, and whether the viewer is the rep."""

    call: str
    rep: str
    name: str
    own: bool

    @property
    def why(self) -> str:
        """The reason as a sentence."""
        if self.own:
            return (
                "You picked this call and have not commented on it yet. Its feedback opens once you have, "
                "or have answered the three questions."
            )
        return (
            f"{self.name} picked this call and has not commented on it yet. Draft and scorecard open once they have, "
            "or have answered the three questions."
        )

    @property
    def badge(self) -> str:
        """The same in two or three words, for lists."""
        return "Waits for your comments" if self.own else f"Waits for {self.name}’s comments"

    @property
    def error(self) -> SealedError:
        """The same where the coaching was asked for."""
        hint = (
            "comment at a moment of the call, or answer the three questions"
            if self.own
            else "listen to the call in the meantime; where it cannot wait, open its draft there with a reason"
        )
        return SealedError(self.why.removesuffix("."), hint=hint, onward=f"/calls/{self.call}")


def seal_of(room: Room, call: str, sight: Sight | None) -> Seal | None:
    """Why the coaching of this call is closed to whoever sees it so; None where it is open, or where no user is its
    rep. To the rep it stays closed until they have gone first, also where a coach overrode the seal."""
    rep = rep_of(room, call)
    if rep is None or sight is None:
        return None
    closed = awaits_rep if sight == "own" else is_sealed
    if not closed(_histories(room, [rep])[rep.id], call, call in commented_by(room, rep.id)):
        return None
    return Seal(call=call, rep=rep.id, name=visible(rep.name), own=sight == "own")


def require_open(room: Room, call: str, sight: Sight | None) -> None:
    """Refuse what belongs to the coaching of a sealed call. Raises: SealedError."""
    seal = seal_of(room, call, sight)
    if seal is not None:
        raise seal.error


def seals_of(room: Room, people: Iterable[User]) -> dict[str, Seal]:
    """The seals of all calls of these people by call, as those who coach them meet them."""
    by_id = {user.id: user for user in people}
    commented, found = _commented(room, list(by_id)), dict[str, Seal]()
    for person, history in _histories(room, by_id.values()).items():
        for call in sealed_calls(history, commented[person]):
            found[call] = Seal(call=call, rep=person, name=visible(by_id[person].name), own=False)
    return found


def rep_of(room: Room, call: str) -> User | None:
    """The user who took this call; None where nobody, or no user, is named as its rep."""
    named = room.index.people_of(call)
    return reps_of(room, [named[0]])[0] if named and named[0] else None


def reps_of(room: Room, names: Iterable[str | None]) -> tuple[User | None, ...]:
    """The users who go by these names, in order."""
    known = {name: user for user in reversed(room.people.all(removed=True)) for name in user.names}
    return tuple(known.get(same_name(name)) if name else None for name in names)


def commented_by(room: Room, rep: str) -> frozenset[str]:
    """The calls on which a comment of this user stands."""
    return frozenset(_commented(room, [rep])[rep])


def _histories(room: Room, people: Iterable[User]) -> dict[str, History]:
    return histories(room.index.rows, [user.id for user in people], kinds=_KINDS)


def _commented(room: Room, people: Sequence[str]) -> dict[str, set[str]]:
    """The calls on which a comment of each of these users stands."""
    found: dict[str, set[str]] = {person: set() for person in people}
    query = "SELECT DISTINCT author, call FROM comments WHERE author IN (SELECT unnest(CAST(? AS VARCHAR[])))"
    for author, call in room.index.rows(query, [list(people)]):
        found[str(author)].add(str(call))
    return found
