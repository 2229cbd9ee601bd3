"""Owns the team's own baseline of each measure: how it lies in the rep's other calls, and in the team's."""

from statistics import quantiles
from typing import Literal

from pipeline.domain.people import same_name
from pipeline.domain.ranges import LEAST_CALLS, Baseline
from pipeline.domain.result import CallResult
from pipeline.review.call.peers import Peer, Whose
from pipeline.review.guards import Entry

LEAST_OTHERS = 3
"""Reps of whom a rep is shown a common baseline: from fewer, a colleague's calls could be told."""


def baselines(entry: Entry, result: CallResult) -> dict[str, tuple[Baseline, ...]]:
    """The baselines of every measure by its name: the rep's own first, then the team's; none that nobody can name.

    They rest on real calls of the same stage, never on rehearsals, and never on the call itself. A coach's team is
    whom they coach; to a rep a common figure is given only where it is made of several colleagues' calls.
    """
    meta = result.recording.metadata
    stage, rep = None if meta.stage is None else meta.stage.value, same_name(meta.rep or "")
    grounds: list[tuple[Literal["rep", "team"], Whose, int]] = []
    if rep:
        grounds.append(("rep", Whose("rep_key = ?", (rep,)), 0))
    if (team := _team(entry, result)) is not None:
        grounds.append(("team", team, LEAST_OTHERS if entry.sight == "own" else 0))
    found: dict[str, list[Baseline]] = {m.name: [] for m in result.metrics.measures}
    for of, whose, others in grounds:
        peers = entry.room.sheets.peers.of(entry.room.index, stage, whose)
        for name, given in found.items():
            there = [peer for peer in peers.get(name, ()) if peer.call != entry.call]
            alone = len({peer.rep for peer in there} - {rep}) < others
            given.append(baseline_of(of, there, alone=alone))
    return {name: tuple(given) for name, given in found.items()}


def _team(entry: Entry, result: CallResult) -> Whose | None:
    """The condition on the team's calls, as the metadata names it: by team, else by manager; None where neither is."""
    meta = result.recording.metadata
    if meta.team:
        named, value = "team = ?", meta.team
    elif meta.manager:
        named, value = "manager_key = ?", same_name(meta.manager)
    else:
        return None
    if entry.sight == "own":
        return Whose(named, (value,))
    seen, parameters = entry.scope.condition(coach=True)
    return Whose(f"{named} AND {seen}", (value, *parameters))


def baseline_of(of: Literal["rep", "team"], peers: list[Peer], *, alone: bool) -> Baseline:
    """The baseline that these calls make, if they make one; `alone`: they are of too few colleagues."""
    if len(peers) < LEAST_CALLS:
        return Baseline(of=of, n=len(peers), absent="few_calls")
    if alone:
        return Baseline(of=of, n=len(peers), absent="few_colleagues")
    low, median, high = quantiles((peer.value for peer in peers), n=4, method="inclusive")
    days = [peer.at.date() for peer in peers]
    return Baseline(of=of, n=len(peers), low=low, median=median, high=high, since=min(days), until=max(days))
