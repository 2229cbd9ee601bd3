"""Owns how a measure stands: against what was aimed at, the baseline, and people; and the sentences about a suite."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from evals.comparing import Change
from evals.figures import Figure
from evals.measures import Measure
from evals.report.wording import OUTCOMES, Tone, digits, label_of
from pipeline.domain.base import Value
from pipeline.export.wording import counted

Against = Literal["above", "within", "below", "few"]
"""above: the whole interval is better than the mark; within: the mark lies in it; below: the whole interval is worse;
few: too few units for an interval, so that nothing can be said."""

_MOST_NAMED = 3


class Standing(Value):
    """How a measure's figure stands; each part is None where there is nothing to stand against.

    `reached` compares the value itself with the target; the others tell whether chance can explain the difference.
    """

    name: str
    reached: bool | None = None
    target: Against | None = None
    baseline: Against | None = None
    people: Against | None = None


class Tally(Value):
    """How many of the measures that have a mark passed it: the whole of it for people to read at a glance."""

    passed: int
    of: int
    tone: Tone

    @property
    def text(self) -> str:
        """The counts: "5 of 6"; a dash for none."""
        return f"{self.passed} of {self.of}" if self.of else "–"


class Remark(Value):
    """A sentence about a suite: what it is about, and whether that is good."""

    about: str
    text: str
    tone: Tone


def standing(measure: Measure, figure: Figure) -> Standing:
    """How this figure of the measure stands."""
    if figure.value is None or measure.better == "neither":
        return Standing(name=measure.name)
    sign = 1.0 if measure.better == "more" else -1.0
    reached = None if measure.target is None else sign * (figure.value - measure.target) >= 0
    return Standing(
        name=measure.name,
        reached=reached,
        target=_against(measure.target, figure, sign, reaching=True),
        baseline=_against(measure.baseline, figure, sign),
        people=_against(measure.people, figure, sign),
    )


def _against(mark: float | None, figure: Figure, sign: float, *, reaching: bool = False) -> Against | None:
    """How the interval lies to the mark; with `reaching`, the mark itself is good enough."""
    if mark is None:
        return None
    if figure.low is None or figure.high is None:
        return "few"
    worst, best = sorted((sign * figure.low, sign * figure.high))
    if worst > sign * mark or (reaching and worst >= sign * mark):
        return "above"
    return "below" if best < sign * mark else "within"


def targets(standings: Iterable[Standing]) -> Tally:
    """How many targets were reached."""
    known = [one.reached for one in standings if one.reached is not None]
    return _tally(sum(known), len(known))


def over_baseline(standings: Iterable[Standing]) -> Tally:
    """How many measures are better than their baseline beyond chance, of those of which that can be said."""
    known = [one.baseline for one in standings if one.baseline not in (None, "few")]
    return _tally(known.count("above"), len(known))


def like_people(standings: Iterable[Standing]) -> Tally:
    """How many measures are not worse than people beyond chance, of those of which that can be said."""
    known = [one.people for one in standings if one.people not in (None, "few")]
    return _tally(len(known) - known.count("below"), len(known))


def _tally(passed: int, of: int) -> Tally:
    return Tally(passed=passed, of=of, tone="open" if not of else "good" if passed == of else "gap")


def headline(standings: Sequence[Standing]) -> str:
    """One sentence about all of them: targets, then the baseline; how many there are where there is neither."""
    aimed, based = targets(standings), over_baseline(standings)
    said = []
    if aimed.of:
        said.append(f"{aimed.passed} of {counted(aimed.of, 'target')} reached")
    if based.of:
        measures = counted(based.of, "measure")
        said.append(f"better than the baseline beyond chance in {based.passed} of {measures} with one")
    text = "; ".join(said) or f"{counted(len(standings), 'measure')}, none with a target or a baseline to tell from"
    return f"{text[0].upper()}{text[1:]}."


def remarks(
    measures: Sequence[Measure],
    standings: Sequence[Standing],
    figures: Mapping[str, Figure],
    changes: Mapping[str, Change],
) -> tuple[Remark, ...]:
    """What is weak and what is strong, also against people and the run before; only what there is to say."""
    known = {measure.name: measure for measure in measures}
    missed = [one.name for one in standings if one.reached is False]
    beaten = [one.name for one in standings if one.baseline == "below"]
    level = [one.name for one in standings if one.baseline == "within"]
    strong = _strongest(standings, known, figures)
    few = [one.name for one in standings if "few" in (one.baseline, one.people, one.target)]
    undefined = [name for name in known if figures[name].value is None]
    found = [
        Remark(about="Target missed", text=_aimed(missed, known, figures), tone="gap") if missed else None,
        Remark(about="Worse than the baseline", text=_named(beaten), tone="gap") if beaten else None,
        Remark(about="Not told apart from the baseline", text=_named(level), tone="open") if level else None,
        Remark(about="Strong", text=_named(strong), tone="good") if strong else None,
        _against_people(standings),
        Remark(about="Too few units to say", text=_named(few), tone="open") if few else None,
        Remark(about="Not defined", text=_named(undefined), tone="open") if undefined else None,
        *(_changed(known, changes)),
    ]
    return tuple(remark for remark in found if remark)


def _strongest(standings: Sequence[Standing], known: Mapping[str, Measure], figures: Mapping[str, Figure]) -> list[str]:
    """What surely reached its target, then what beat its baseline, widest margin first.

    A baseline of nothing is beaten easily, so it counts last. Names decide ties.
    """

    def rank(one: Standing) -> tuple[bool, bool, float, str]:
        value, baseline = figures[one.name].value or 0.0, known[one.name].baseline or 0.0
        margin = abs(value - baseline) / (abs(baseline) + abs(value) or 1.0)
        return one.target != "above", not baseline, -margin, one.name

    strong = [one for one in standings if "above" in (one.target, one.baseline) and one.reached is not False]
    return [one.name for one in sorted(strong, key=rank)]


def _against_people(standings: Sequence[Standing]) -> Remark | None:
    tally = like_people(standings)
    if not tally.of:
        return None
    worse = [one.name for one in standings if one.people == "below"]
    better = [one.name for one in standings if one.people == "above"]
    told = [f"worse in {_named(worse)}"] if worse else []
    told += [f"better in {_named(better)}"] if better else []
    rest = tally.of - len(worse) - len(better)
    told += [f"not told apart in {rest} of {tally.of}"] if rest else []
    return Remark(about="Against people", text="; ".join(told), tone=tally.tone)


def _changed(known: Mapping[str, Measure], changes: Mapping[str, Change]) -> list[Remark]:
    mine = [change for name, change in changes.items() if name in known or change.outcome == "gone"]
    if not mine:
        return []
    told = [
        Remark(
            about=f"{OUTCOMES[outcome][0].capitalize()} since the run before",
            text=_named(names),
            tone=OUTCOMES[outcome][1],
        )
        for outcome in ("worse", "gone", "better")
        if (names := [change.name for change in mine if change.outcome == outcome])
    ]
    return told or [Remark(about="Since the run before", text="nothing changed beyond chance", tone="absent")]


def _aimed(names: Sequence[str], known: Mapping[str, Measure], figures: Mapping[str, Figure]) -> str:
    return _listed(
        f"{label_of(name)} {digits(figures[name].value, known[name].unit)} against "
        f"{digits(known[name].target, known[name].unit)}"
        for name in names
    )


def _named(names: Sequence[str]) -> str:
    return _listed(map(label_of, names))


def _listed(texts: Iterable[str]) -> str:
    texts = list(texts)
    more = len(texts) - _MOST_NAMED
    return ", ".join(texts[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
