"""Owns the library as a viewer sees it: the moments that are shown now, of people of their own tree, and nothing else.

Every place that gives a clip out asks `shown_to` here, so what was withdrawn is gone from all of them at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import AwareDatetime

from pipeline.cycle.desk import history_of
from pipeline.cycle.library import ClipState, shown_clips, stretch
from pipeline.cycle.reading import histories
from pipeline.domain.base import Value
from pipeline.domain.people import User
from pipeline.export.untrusted import visible
from pipeline.review.cycle.library.moments import ClipMoment, moment_of
from pipeline.review.cycle.library.peers import hears
from pipeline.review.guards import Entry, nothing_here

MOST_SHOWN = 100
"""Moments on one page, the newest first; a filter by capability finds the others."""


@dataclass(frozen=True)
class Shown:
    """A clip that a viewer may hear: whose it is, the clip, and its words."""

    featured: User
    clip: ClipState
    moment: ClipMoment


class LibraryClip(Value):
    """A moment as the library shows it; `sound` is the address of that stretch alone, empty where there is none.

    `mine`: it features the viewer; `above`: the viewer is above the featured rep, and may take it out. `call` is the
    call's id for these two, who see the whole call; to everybody else it is empty.
    """

    rep: str
    clip: str
    name: str
    title: str
    quote: str
    speaker: str
    rubric: str
    rubric_title: str
    capability: str
    capability_name: str
    behaviour: str
    behaviour_text: str
    at: AwareDatetime
    seconds: float
    sound: str
    mine: bool
    above: bool
    call: str


class Choice(Value):
    """A capability, or a rubric, that shown moments have, and how many."""

    id: str
    name: str
    n: int


class LibraryView(Value):
    """The moments that this viewer may hear, the newest first; `n` is how many there are in all, unfiltered."""

    clips: tuple[LibraryClip, ...]
    n: int
    n_found: int
    capability: str
    rubric: str
    capabilities: tuple[Choice, ...]
    rubrics: tuple[Choice, ...]


def library_view(entry: Entry, *, capability: str = "", rubric: str = "") -> LibraryView:
    """The library, or what it has of this capability and this rubric."""
    every = sorted(_shown(entry), key=lambda one: (one.clip.changed_at, one.featured.id, one.clip.id), reverse=True)
    found = [
        one
        for one in every
        if (not capability or one.moment.capability == capability) and (not rubric or one.moment.rubric == rubric)
    ]
    return LibraryView(
        clips=tuple(_clip(entry, one) for one in found[:MOST_SHOWN]),
        n=len(every),
        n_found=len(found),
        capability=visible(capability),
        rubric=visible(rubric),
        capabilities=_choices([(one.moment.capability, one.moment.capability_name) for one in every]),
        rubrics=_choices([(one.moment.rubric, one.moment.rubric_title) for one in every]),
    )


def clip_view(entry: Entry, rep: str, clip: str) -> LibraryClip:
    """One moment of the library. Raises: NotFoundError, as for a clip that never was."""
    return _clip(entry, shown_to(entry, rep, clip))


def shown_to(entry: Entry, rep: str, clip: str) -> Shown:
    """The clip, as the files say it stands at this moment, where the viewer may hear it.

    Raises: NotFoundError, the same for a clip that was withdrawn, one of another tree, and one that never was.
    """
    featured = entry.room.people.get(rep)
    if featured is None or not hears(entry.room.people, entry.viewer, featured):
        raise nothing_here()
    for state in shown_clips(history_of(entry.room.workspace, featured.id)):
        if state.id == clip and (moment := moment_of(entry.room, state.proposed)) is not None:
            return Shown(featured=featured, clip=state, moment=moment)
    raise nothing_here()


def _shown(entry: Entry) -> Iterator[Shown]:
    rows = entry.room.index.rows("SELECT DISTINCT call FROM happened WHERE kind = 'clip_consented'")
    people = (entry.room.people.get(str(person)) for (person,) in rows)
    featured = {user.id: user for user in people if user and hears(entry.room.people, entry.viewer, user)}
    for person, history in histories(entry.room.index.rows, featured).items():
        for state in shown_clips(history):
            if (moment := moment_of(entry.room, state.proposed)) is not None:
                yield Shown(featured=featured[person], clip=state, moment=moment)


def _clip(entry: Entry, one: Shown) -> LibraryClip:
    moment, featured = one.moment, one.featured
    sight = entry.room.people.sight(entry.viewer, featured)
    span = stretch(moment.span, moment.duration) if moment.span is not None else None
    return LibraryClip(
        rep=featured.id,
        clip=one.clip.id,
        name=visible(featured.name),
        title=visible(one.clip.proposed.title) or moment.behaviour_text,
        quote=moment.quote,
        speaker=moment.speaker,
        rubric=moment.rubric,
        rubric_title=moment.rubric_title,
        capability=moment.capability,
        capability_name=moment.capability_name,
        behaviour=moment.behaviour,
        behaviour_text=moment.behaviour_text,
        at=one.clip.changed_at,
        seconds=span.duration if span is not None else 0.0,
        sound=f"/library/{featured.id}/{one.clip.id}/sound" if moment.audible else "",
        mine=sight == "own",
        above=sight == "coach",
        call=one.clip.proposed.call if sight is not None else "",
    )


def _choices(pairs: list[tuple[str, str]]) -> tuple[Choice, ...]:
    names = dict(pairs)
    found = (Choice(id=i, name=name, n=sum(p[0] == i for p in pairs)) for i, name in names.items())
    return tuple(sorted(found, key=lambda choice: (choice.name, choice.id)))
