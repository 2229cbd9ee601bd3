"""Owns which calls of a person count to what a viewer is shown of their levels, and what rubrics call capabilities."""

from dataclasses import dataclass
from functools import cached_property

from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.rubric import Capability
from pipeline.export.untrusted import visible
from pipeline.review.cycle.focus.known import Known
from pipeline.review.guards import Entry

_APPROVED = (
    "SELECT r.call FROM reviews r JOIN calls c ON c.call = r.call "
    "JOIN sources s ON s.kind = 'calls' AND s.id = r.call AND s.number = r.record "
    "WHERE r.state = 'approved' AND c.rep_key IN (SELECT unnest(CAST(? AS VARCHAR[])))"
)


@dataclass(frozen=True)
class Counted:
    """The levels of one person as this viewer may see them.

    To the rep a call counts once its feedback was approved, by the reading that was approved; to those above it counts
    unless it is sealed: picked by the rep, who has not gone first yet. Verdicts are told from what is shown and from
    nothing else, so that none gives away a level that is not.
    """

    entry: Entry

    @cached_property
    def known(self) -> Known:
        """What there is of the person."""
        return Known(self.entry)

    @cached_property
    def calls(self) -> tuple[PastCall, ...]:
        """The calls that count, oldest first, practice among them."""
        open_to_viewer = self.known.calls
        if self.entry.sight != "own":
            return open_to_viewer
        rows = self.entry.room.index.rows(_APPROVED, [sorted(self.entry.whose.names)])
        approved = {str(call) for (call,) in rows}
        return tuple(call for call in open_to_viewer if call.call in approved)

    @property
    def n_left_out(self) -> int:
        """How many live calls are not in it yet."""
        return sum(call.live for call in self.known.every_call) - sum(call.live for call in self.calls)

    def rubric_title(self, rubric: str) -> str:
        """What the rubric is called, by its latest version; its id in words where no live call was read against it."""
        found = self.known.rubrics.get(rubric)
        return visible(found.title) if found else _in_words(rubric)

    def capability_name(self, rubric: str, capability: str) -> str:
        """What the capability is called, by its rubric's latest version; its id in words where that has it no more."""
        found = self.capability(rubric, capability)
        return visible(found.name) if found else _in_words(capability)

    def capability(self, rubric: str, capability: str) -> Capability | None:
        """The capability as the latest version of its rubric has it; None where it has it no more."""
        found = self.known.rubrics.get(rubric)
        return next((c for c in found.capabilities if c.id == capability), None) if found else None

    def place(self, rubric: str, capability: str) -> tuple[str, int, str]:
        """Where it stands in a list: in the order of its rubric, what that has no more last."""
        found = self.known.rubrics.get(rubric)
        ids = [c.id for c in found.capabilities] if found else []
        return rubric, ids.index(capability) if capability in ids else len(ids), capability


def _in_words(name: str) -> str:
    return visible(name.replace("_", " ")).capitalize()
