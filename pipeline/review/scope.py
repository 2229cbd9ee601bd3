"""Owns which calls somebody may see, and as what: their own, or those of people who report to them."""

from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.people import same_name

Sight = Literal["own", "coach"]
"""own: the viewer is the call's rep; coach: the rep reports to the viewer, directly or through others."""


class Scope(Value):
    """The names whose calls a viewer sees, as `same_name` compares them.

    `own`: the viewer's, as the rep of a call; `coached`: of those below the viewer; `managers`: the viewer's as a
    manager and those of the managers below, for calls whose rep is no user. `known` are the names of all users who may
    be the rep of a call, removed ones too. `everything`: at one's own machine, where no call is one's own.
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
            return ("true", ()) if not (coach and self.own) else (f"NOT {_IN_REPS}", (sorted(self.own),))
        coached = f"({_IN_REPS} OR (NOT {_IN_REPS} AND {_IN_MANAGERS}))"
        parameters = (sorted(self.coached - self.own), sorted(self.known | self.own), sorted(self.managers))
        if coach:
            return coached, parameters
        return f"({coached} OR {_IN_REPS})", (*parameters, sorted(self.own))


_IN_REPS = "coalesce(rep_key IN (SELECT unnest(CAST(? AS VARCHAR[]))), false)"
_IN_MANAGERS = "coalesce(manager_key IN (SELECT unnest(CAST(? AS VARCHAR[]))), false)"
