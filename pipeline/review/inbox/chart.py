"""Owns the drawings of what waits, by age and by rep: in the look of the evaluation's reports, each drawn once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from pipeline.export.drawing import CUSTOMER, INK, REP, SOFT, drawn
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted
from pipeline.review.guards import Entry
from pipeline.review.inbox.filters import NOBODY, InboxFilters
from pipeline.review.inbox.selection import counts
from pipeline.review.inbox.view import MOST_DAYS
from pipeline.review.inbox.waiting import waiting

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = 240.0
_MOST_REPS = 12
_LONGEST = 18
_LATE_DAYS = 7


@dataclass(frozen=True)
class Drawings:
    """The drafts that wait, drawn: SVG elements, absent where there is nothing to tell apart."""

    by_age: Markup | None
    by_rep: Markup | None


def drawings(entry: Entry, filters: InboxFilters) -> Drawings:
    """What waits for the viewer, drawn as the filters narrow it; reps are drawn whatever rep is chosen."""
    found = counts(entry.room.index, waiting(entry, filters), ("day", "rep"))
    days = [0] * (MOST_DAYS + 1)
    for value, _, n in found["day"]:
        days[min(int(value), MOST_DAYS)] += n
    reps = sorted(((n, _short(value, name)) for value, name, n in found["rep"]), key=lambda r: (-r[0], r[1]))
    return Drawings(
        by_age=by_age(tuple(days)) if any(days) else None,
        by_rep=by_rep(tuple(reps[:_MOST_REPS]), len(reps)) if len(reps) > 1 else None,
    )


@lru_cache(maxsize=64)
def by_age(days: tuple[int, ...]) -> Markup:
    """A bar for each day of age, the last for that many days and more; those of a week and more stand out."""

    def draw(axes: "Axes") -> None:
        _bare(axes)
        colours = [CUSTOMER if day >= _LATE_DAYS else REP for day in range(len(days))]
        axes.bar(range(len(days)), days, color=colours, width=0.82)
        axes.set_xlim(-0.6, len(days) - 0.4)
        axes.set_ylim(0, max(days) * 1.18)
        marks = [0, _LATE_DAYS, len(days) - 1]
        axes.set_xticks(marks, ["today", f"{_LATE_DAYS} days", f"{marks[-1]}+"])
        axes.set_yticks([])
        for day, n in enumerate(days):
            if n:
                axes.text(day, n + max(days) * 0.03, f"{n}", ha="center", va="bottom", color=SOFT, fontsize=7)

    told = ", ".join(f"{n} of {_age(day, len(days) - 1)}" for day, n in enumerate(days) if n)
    return drawn(draw, size=(_WIDTH, 96), margins=(6, 18, 6, 2), label=f"Drafts by age: {told}")


@lru_cache(maxsize=64)
def by_rep(reps: tuple[tuple[int, str], ...], n_reps: int) -> Markup:
    """A bar for each rep, the most first; how many reps are not drawn is told."""

    def draw(axes: "Axes") -> None:
        _bare(axes)
        places = range(len(reps))
        axes.barh(places, [n for n, _ in reps], color=REP, height=0.62)
        axes.set_yticks(places, [name for _, name in reps], color=INK)
        axes.invert_yaxis()
        axes.set_xlim(0, reps[0][0] * 1.15)
        axes.set_xticks([])
        for place, (n, _) in zip(places, reps, strict=True):
            axes.text(n + reps[0][0] * 0.02, place, f"{n}", va="center", color=SOFT, fontsize=7)

    told = ", ".join(f"{name} {n}" for n, name in reps)
    more = f", and {counted(n_reps - len(reps), 'more rep')}" if n_reps > len(reps) else ""
    size = (_WIDTH, 14.0 * len(reps) + 6)
    return drawn(draw, size=size, margins=(96, 2, 6, 2), label=f"Drafts by rep: {told}{more}")


def _bare(axes: "Axes") -> None:
    axes.grid(visible=False)
    for side in axes.spines.values():
        side.set_visible(False)


def _age(day: int, last: int) -> str:
    if day == 0:
        return "less than a day"
    return counted(day, "day") + (" and more" if day == last else "")


def _short(value: str, name: str) -> str:
    shown = "no rep named" if value == NOBODY else visible(name)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
