"""Owns what every place of the focus knows of the person it is about: events, the calls that count, their rubrics."""

from dataclasses import dataclass
from functools import cached_property

from pipeline.cycle.focus import FocusState, focuses
from pipeline.cycle.rep_first import awaits_rep, standing_picks
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.people import LOCAL_USER
from pipeline.domain.rubric import Behaviour, Capability, Rubric
from pipeline.errors import NotFoundError
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import calls_of, happened_to
from pipeline.review.guards import Entry
from pipeline.review.seals import seal_of, seals_of


@dataclass(frozen=True)
class Known:
    """The coaching of one person as this viewer may see it.

    A picked call whose rep has not gone first counts to nothing here: its verdict would be told by the count.
    """

    entry: Entry

    @cached_property
    def history(self) -> History:
        """Everything that happened to the person."""
        return happened_to(self.entry, self.entry.whose.id)

    @cached_property
    def every_call(self) -> tuple[PastCall, ...]:
        """All calls of the person, oldest first."""
        return calls_of(self.entry, self.entry.whose)

    @cached_property
    def sealed(self) -> frozenset[str]:
        """The calls whose coaching is closed to the viewer by now."""
        room, person = self.entry.room, self.entry.whose
        if self.entry.sight == "coach":
            return frozenset(seals_of(room, [person]))
        waiting = [p.call for p in standing_picks(self.history) if awaits_rep(self.history, p.call, False)]
        return frozenset(call for call in waiting if seal_of(room, call, self.entry.sight) is not None)

    @cached_property
    def calls(self) -> tuple[PastCall, ...]:
        """The calls that count, oldest first."""
        return tuple(call for call in self.every_call if call.call not in self.sealed)

    @cached_property
    def focuses(self) -> tuple[FocusState, ...]:
        """Every focus of the person."""
        return focuses(self.history)

    @cached_property
    def rubrics(self) -> dict[str, Rubric]:
        """The rubrics that the person's live calls were read against, as the latest call of each had them."""
        latest = {call.rubric: call.call for call in self.every_call if call.live}
        workspace = self.entry.room.workspace
        return {name: workspace.rubric_of(workspace.record(call)).rubric for name, call in sorted(latest.items())}

    def of_rubric(self, rubric: str, behaviour: str) -> tuple[Capability, Behaviour] | None:
        """A behaviour and its capability; None where none of these rubrics has it any more."""
        found = self.rubrics.get(rubric)
        known = found.behaviour(behaviour) if found else None
        capability = found.capability_of(behaviour) if found else None
        return None if known is None or capability is None else (capability, known)

    def own_call(self, call: str) -> PastCall:
        """A call of this person. Raises: NotFoundError for one of somebody else, as for one that is not there."""
        for each in self.every_call:
            if each.call == call:
                return each
        raise NotFoundError("this person has no such call", hint="choose a call from their list of calls")

    def name(self, user: str) -> str:
        """What the page calls a user."""
        viewer = self.entry.viewer.user.id
        if user in (viewer, LOCAL_USER):
            return "you" if user == viewer else "whoever is at this machine"
        found = self.entry.room.people.get(user)
        return visible(found.name if found else user)
