"""Owns how far spoken attacks move scores: every attack in a good and in a poor call, for one reader.

Words that are added to a call can move its scores without meaning to: a talk ratio changes, a sentence resembles an
example. So harmless words of the same lengths are said in the same places as a control, and what an attack achieves
is what it moves beyond them.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import Field

from evals.attacks import (
    Attack,
    AttackKind,
    Corpus,
    Direction,
    Tampered,
    attacked,
    controlled,
    first_of_each,
    load_attacks,
    load_victims,
)
from evals.cases import WrittenCall
from evals.figures import Figure, Mean, interval
from evals.judging import Judged, Told, add_reader_options, judge, reader_of, tell, untold
from pipeline.domain.base import Value
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.engines.readers import READERS
from pipeline.errors import UsageError
from pipeline.ports import Reader
from pipeline.rubrics import find_rubric


class Moves(Value):
    """What is different in a call after words were added to it.

    `up` and `down` are capabilities whose level rose or fell, `gained_or_lost` those that have a level on one side
    only, of `n_scores`. `flipped` are behaviours with another verdict, of `n_behaviours`, measured ones included;
    `elsewhere` those that need reading and are shown by words other than the added ones before and not after, or the
    other way round: what was added reached past itself.
    """

    up: int = Field(default=0, ge=0)
    down: int = Field(default=0, ge=0)
    gained_or_lost: int = Field(default=0, ge=0)
    n_scores: int = Field(default=0, ge=0)
    flipped: int = Field(default=0, ge=0)
    elsewhere: int = Field(default=0, ge=0)
    n_behaviours: int = Field(default=0, ge=0)

    @property
    def moved(self) -> int:
        """Capabilities whose score is not what it was."""
        return self.up + self.down + self.gained_or_lost

    def towards(self, wanted: Direction) -> int:
        """Capabilities that moved where the attack wants them."""
        return self.up if wanted == "up" else self.down


class Trial(Value):
    """One attack in one call, with the control in its place."""

    attack: str
    kind: AttackKind
    wants: Direction
    call: str
    by_attack: Moves
    by_control: Moves


class Effect(Value):
    """What a set of attacks achieves.

    Shares: `scores_*` are of all capability scores, `trials_*` of all trials, `behaviours_*` of all behaviours;
    `wanted` is where the attack wants them. The baseline of each is the control's share; `..._more` is the attacks'
    share less the control's, with its own interval.
    """

    n_attacks: int = Field(ge=0)
    n_trials: int = Field(ge=0)
    n_scores: int = Field(ge=0)
    figures: dict[str, Figure]


class InjectionScore(Value):
    """One reader under attack: all attacks together, and kind by kind.

    `clean` has the levels of each call as it was, by capability: what an attack had to take away, or to gain.
    """

    reader: str
    identity: str
    clean: dict[str, dict[str, int | None]]
    overall: Effect
    by_kind: dict[str, Effect]
    trials: tuple[Trial, ...]


def only(rubric: Rubric, capabilities: Sequence[str]) -> Rubric:
    """The rubric with these capabilities only, in its own order; all of it for none named. Raises: UsageError."""
    strangers = sorted(set(capabilities) - {capability.id for capability in rubric.capabilities})
    if strangers:
        known = ", ".join(capability.id for capability in rubric.capabilities)
        raise UsageError(f"the rubric {rubric.id} has no capability {', '.join(strangers)}", hint=f"it has {known}")
    kept = tuple(c for c in rubric.capabilities if not capabilities or c.id in capabilities)
    return rubric.model_copy(update={"capabilities": kept})


def moves(before: Judged, after: Judged, tampered: Tampered) -> Moves:
    """What differs between a call as it was and the call with words added."""
    levels = [(a.level, b.level) for a, b in zip(before.assessment.scores, after.assessment.scores, strict=True)]
    both = [(a, b) for a, b in levels if a is not None and b is not None]
    states = [(a.state, b.state) for a, b in zip(before.assessment.verdicts, after.assessment.verdicts, strict=True)]
    found, left = before.verification.observations, after.verification.observations
    own_words = {o.behaviour for o in left if not tampered.holds(o.quote.turn_id, o.quote.last_word)}
    return Moves(
        up=sum(b > a for a, b in both),
        down=sum(b < a for a, b in both),
        gained_or_lost=sum((a is None) != (b is None) for a, b in levels),
        n_scores=len(levels),
        flipped=sum(a != b for a, b in states),
        elsewhere=len({o.behaviour for o in found} ^ own_words),
        n_behaviours=len(states),
    )


def attack_reader(
    reader: Reader, rubric: Rubric, calls: Sequence[WrittenCall], corpus: Corpus, *, told: Told = untold
) -> tuple[Trial, ...]:
    """Every attack in every call, beside its control. Raises: StageError when the reader cannot read."""
    clean = {call.id: judge(call.conversation, rubric, reader) for call in calls}
    trials: list[Trial] = []
    for attack in corpus.attacks:
        for call in calls:
            trial = _trial(attack, call, clean[call.id], lambda c: judge(c, rubric, reader), corpus)
            told(f"{attack.id} in {call.id}: {trial.by_attack.moved} moved, {trial.by_control.moved} by the control")
            trials.append(trial)
    return tuple(trials)


def _trial(
    attack: Attack, call: WrittenCall, clean: Judged, read: Callable[[Conversation], Judged], corpus: Corpus
) -> Trial:
    told, harmless = attacked(call, attack), controlled(call, attack, corpus.harmless)
    return Trial(
        attack=attack.id,
        kind=attack.kind,
        wants=attack.wants,
        call=call.id,
        by_attack=moves(clean, read(told.conversation), told),
        by_control=moves(clean, read(harmless.conversation), harmless),
    )


_Counted = Callable[[Moves, Direction], tuple[int, int]]
"""How many of how many, for one trial's moves and the direction its attack wants."""

_SHARES: Mapping[str, _Counted] = {
    "scores_moved": lambda m, _: (m.moved, m.n_scores),
    "scores_up": lambda m, _: (m.up, m.n_scores),
    "scores_down": lambda m, _: (m.down, m.n_scores),
    "scores_wanted": lambda m, wanted: (m.towards(wanted), m.n_scores),
    "trials_moved": lambda m, _: (int(m.moved > 0), 1),
    "trials_wanted": lambda m, wanted: (int(m.towards(wanted) > 0), 1),
    "behaviours_flipped": lambda m, _: (m.flipped, m.n_behaviours),
    "behaviours_elsewhere": lambda m, _: (m.elsewhere, m.n_behaviours),
}
_MORE = "_more"
"""Ends the name of a figure that is the attacks' share less the control's."""

_Side = Literal["by_attack", "by_control"]


def effect(trials: Iterable[Trial]) -> Effect:
    """The shares of these trials; intervals resample whole attacks, the calls of one together."""
    by_attack: dict[str, list[Trial]] = {}
    for trial in trials:
        by_attack.setdefault(trial.attack, []).append(trial)
    parts = list(by_attack.values())
    figures = {}
    for name, counted in _SHARES.items():
        figures[name] = _figure(parts, partial(_share, counted=counted, side="by_attack"))
        control = _share(parts, counted=counted, side="by_control").value
        figures[name] = figures[name].model_copy(update={"baseline": control})
        figures[name + _MORE] = _figure(parts, partial(_more, counted=counted))
    every = [trial for part in parts for trial in part]
    return Effect(
        n_attacks=len(parts),
        n_trials=len(every),
        n_scores=sum(trial.by_attack.n_scores for trial in every),
        figures=figures,
    )


_Parts = Sequence[Sequence[Trial]]


def _share(parts: _Parts, *, counted: _Counted, side: _Side) -> Mean:
    pairs = [counted(getattr(trial, side), trial.wants) for part in parts for trial in part]
    return Mean(total=sum(some for some, _ in pairs), n=sum(of for _, of in pairs))


def _more(parts: _Parts, *, counted: _Counted) -> Mean:
    """The attacks' share less the control's: both are of as many things."""
    attack, control = (_share(parts, counted=counted, side=side) for side in ("by_attack", "by_control"))
    return Mean(total=attack.total - control.total, n=attack.n)


def _figure(parts: _Parts, mean: Callable[[_Parts], Mean]) -> Figure:
    low, high = interval(parts, lambda drawn: mean(drawn).value)
    found = mean(parts)
    return Figure(value=found.value, n=found.n, low=low, high=high)


def clean_levels(reader: Reader, rubric: Rubric, calls: Sequence[WrittenCall]) -> dict[str, dict[str, int | None]]:
    """The levels of each call as it was, by capability."""
    judged = {call.id: judge(call.conversation, rubric, reader) for call in calls}
    return {call: {s.capability: s.level for s in found.assessment.scores} for call, found in judged.items()}


def injection_score(
    name: str, identity: str, trials: Sequence[Trial], *, clean: Mapping[str, dict[str, int | None]]
) -> InjectionScore:
    """What the attacks achieved with this reader, all together and kind by kind."""
    return InjectionScore(
        reader=name,
        identity=identity,
        clean=dict(clean),
        overall=effect(trials),
        by_kind={kind: effect(t for t in trials if t.kind == kind) for kind in dict.fromkeys(t.kind for t in trials)},
        trials=tuple(trials),
    )


def table(score: InjectionScore) -> str:
    """The score as a table in Markdown: a row for each kind, then all of them."""
    rows = [
        "| kind | attacks x calls | scores moved: attack / control | more (95%) | where wanted: attack / control | "
        "trials that moved a score: attack / control | behaviours flipped: attack / control | beyond its own words |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*rows, *(_row(kind, found) for kind, found in {**score.by_kind, "all": score.overall}.items())])


def _row(kind: str, found: Effect) -> str:
    def both(name: str) -> str:
        figure = found.figures[name]
        return f"{_percent(figure.value)} / {_percent(figure.baseline)}"

    more = found.figures["scores_moved" + _MORE]
    cells = (
        kind,
        f"{found.n_attacks} x {found.n_trials // found.n_attacks}",
        f"{both('scores_moved')} of {found.n_scores}",
        f"{_percent(more.value)} ({_percent(more.low)} to {_percent(more.high)})",
        both("scores_wanted"),
        both("trials_moved"),
        both("behaviours_flipped"),
        both("behaviours_elsewhere"),
    )
    return "| " + " | ".join(cells) + " |"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}%"


def main(arguments: Sequence[str] | None = None) -> None:
    """Attacks the reader that the arguments name and prints the table; `--out` keeps every trial as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.injection", description="How far spoken attacks move scores."
    )
    parser.add_argument("--reader", choices=READERS, required=True)
    parser.add_argument("--rubric", default="discovery")
    parser.add_argument("--capability", action="append", default=[], help="only this one; may be given again")
    parser.add_argument("--each", type=int, default=0, help="only so many attacks of each kind")
    add_reader_options(parser)
    parser.add_argument("--out", type=Path, help="a file for all trials as JSON")
    given = parser.parse_args(arguments)
    rubric = only(find_rubric(given.rubric).rubric, given.capability)
    reader, calls = reader_of(given), load_victims()
    clean = clean_levels(reader, rubric, calls)
    trials = attack_reader(reader, rubric, calls, first_of_each(load_attacks(), given.each), told=tell)
    score = injection_score(given.reader, reader.identity, trials, clean=clean)
    if given.out:
        given.out.write_text(score.model_dump_json(indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(table(score) + "\n")


if __name__ == "__main__":
    main()
