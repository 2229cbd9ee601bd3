"""Owns how a rep's levels went over time: by capability, rubric and version, each against the rep's own baseline.

A series is of one version of a rubric: another version breaks it, and what follows has a baseline of its own. Live
calls count; practice has a lane of its own that nothing is told from. Calls in which a capability was not scored are
counted and left out. No outcome of a deal is looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.cycle.noticing import FEWEST, SOONEST, Change, Look, follow
from pipeline.domain.base import Value
from pipeline.domain.cycle.past_calls import PastCall

Verdict = Literal["improved", "fell", "no_change", "too_few"]
"""no_change: none beyond noise, which is not the same as none at all; too_few: not enough calls to tell yet."""


class Point(Value):
    """The level of one call. `noticed` is set on a call at which a change was first noticed."""

    call: str
    at: AwareDatetime
    level: int = Field(ge=1)
    noticed: Change | None = None


class Standing(Value):
    """The latest levels against the baseline, in levels, as of the latest scored call.

    `smallest` is the smallest difference of the two means that is not noise; `noise` the standard deviation of a level
    from call to call; `agreeing` of the latest `n_recent` lie on that side of the baseline where the difference points.
    """

    baseline: float
    n_baseline: int
    recent: float
    n_recent: int
    noise: float
    smallest: float
    agreeing: int

    @property
    def difference(self) -> float:
        """The latest mean less the baseline's."""
        return self.recent - self.baseline


class Stretch(Value):
    """One capability under one version of its rubric, oldest call first.

    `standing` is None, and the verdict too_few, before `needed` more calls were scored.
    """

    rubric: str
    version: int
    capability: str
    of: int
    points: tuple[Point, ...] = ()
    n_unscored: int = 0
    practice: tuple[Point, ...] = ()
    verdict: Verdict = "too_few"
    standing: Standing | None = None
    needed: int = 0


class Course(Value):
    """One capability over all versions of its rubric, oldest first: every stretch after the first begins at a break."""

    rubric: str
    capability: str
    stretches: tuple[Stretch, ...] = Field(min_length=1)

    @property
    def latest(self) -> Stretch:
        """The stretch that goes on: that of the latest call."""
        return self.stretches[-1]


def progress(calls: Iterable[PastCall]) -> tuple[Course, ...]:
    """How each capability went, by rubric and capability.

    A version that comes back after another one (calls that were read again) is one stretch, where its first call is.
    """
    in_order = sorted(calls, key=lambda call: (call.at, call.call))
    by_version: dict[tuple[str, int], list[PastCall]] = defaultdict(list)
    for call in in_order:
        if call.live or call.simulated:
            by_version[call.rubric, call.rubric_version].append(call)
    courses: dict[tuple[str, str], list[Stretch]] = defaultdict(list)
    for of_one in sorted(by_version.values(), key=_began):
        for stretch in _stretches(of_one):
            courses[stretch.rubric, stretch.capability].append(stretch)
    return tuple(
        Course(rubric=rubric, capability=capability, stretches=tuple(courses[rubric, capability]))
        for rubric, capability in sorted(courses)
    )


def _began(calls: Sequence[PastCall]) -> tuple[bool, object, int]:
    """Where a version stands: at its first live call; one with practice alone is the last."""
    first = next((call for call in calls if call.live), None)
    return first is None, (first or calls[0]).at, calls[0].rubric_version


def _stretches(calls: Sequence[PastCall]) -> list[Stretch]:
    """The capabilities of calls that were all read against one version, in the order of their names."""
    live = [call for call in calls if call.live]
    names = sorted({name for call in calls for name in call.levels})
    followed = sum(any(name in call.levels for call in live) for name in names)
    looks = dict(zip((call.call for call in live), follow(map(_scored, live), followed), strict=True))
    return [_stretch(calls, name, [looks[c.call].get(name) for c in live if name in _scored(c)]) for name in names]


def _stretch(calls: Sequence[PastCall], capability: str, looks: Sequence[Look | None]) -> Stretch:
    read = [call for call in calls if capability in call.levels]
    live = [call for call in read if call.live]
    points = _noticed([point for call in live if (point := _point(call, capability))], looks)
    latest = looks[-1] if looks else None
    return Stretch(
        rubric=read[0].rubric,
        version=read[0].rubric_version,
        capability=capability,
        of=read[-1].levels[capability].of,
        points=points,
        n_unscored=len(live) - len(points),
        practice=tuple(point for call in read if call.simulated and (point := _point(call, capability))),
        verdict=_verdict(latest),
        standing=_standing(latest),
        needed=max(0, FEWEST + SOONEST - len(points)),
    )


def _noticed(points: Sequence[Point], looks: Sequence[Look | None]) -> tuple[Point, ...]:
    """The points, with a change on the first of each run of looks at which it was noticed."""
    changes = [look.change if look else None for look in looks]
    before = [None, *changes][: len(changes)]
    return tuple(
        point.model_copy(update={"noticed": change}) if change is not None and change != earlier else point
        for point, change, earlier in zip(points, changes, before, strict=True)
    )


def _verdict(look: Look | None) -> Verdict:
    if look is None:
        return "too_few"
    return look.change or "no_change"


def _standing(look: Look | None) -> Standing | None:
    if look is None:
        return None
    return Standing(
        baseline=look.baseline,
        n_baseline=look.n_baseline,
        recent=look.recent,
        n_recent=look.n_recent,
        noise=look.noise,
        smallest=look.smallest,
        agreeing=look.agreeing,
    )


def _point(call: PastCall, capability: str) -> Point | None:
    level = call.levels[capability].level
    return None if level is None else Point(call=call.call, at=call.at, level=level)


def _scored(call: PastCall) -> dict[str, int]:
    return {name: found.level for name, found in call.levels.items() if found.level is not None}
