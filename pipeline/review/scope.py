"""Owns which calls somebody may see, and as what: their own, or those of people who report to them."""

from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.people import same_name

Sight = Literal["own", "coach"]
"""own: the viewer is the call's rep; coach: the rep reports to the viewer, directly or through others."""


class Scope(Value):
    """The names whose calls a viewer sees, as `same_name` compares them.

    `own`: the viewer's, as a rep; `coached`: of the reps below the viewer; `managers`: the viewer's as a manager and
    those of the managers below, for calls whose rep is no user. `known` are the names of all reps that are users.
    `everything`: at one's own machine.
    """

    everything: bool = False
    own: frozenset[str] = frozenset()
    coached: frozenset[str] = frozenset()
    managers: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()

    def sight(self, rep: str | None, manager: str | None) -> Sight | None:
        """As what the viewer sees a call of this rep and this manager; None for not at all.

        Their own call is their own, also to those who coach.
        """
        named = same_name(rep or "")
        if named and named in self.own:
            return "own"
        if self.everything or (named and named in self.coached):
            return "coach"
        if named not in self.known and same_name(manager or "") in self.managers:
            return "coach"
        return None

    def condition(self, *, coach: bool = False) -> tuple[str, tuple[object, ...]]:
        """An SQL condition on the index's table `calls` and its parameters: the calls that are seen at all, or with
        `coach` those that are seen as a coach."""
        if self.everything:
            if coach and self.own:
                return "(rep_key IS NULL OR NOT list_contains(?, rep_key))", (sorted(self.own),)
            return "true", ()
        coached = (
            "(coalesce(list_contains(?, rep_key), false) OR (NOT coalesce(list_contains(?, rep_key), false) "
            "AND coalesce(list_contains(?, manager_key), false)))"
        )
        parameters = (sorted(self.coached - self.own), sorted(self.known), sorted(self.managers))
        if coach:
            return coached, parameters
        return f"({coached} OR coalesce(list_contains(?, rep_key), false))", (*parameters, sorted(self.own))
