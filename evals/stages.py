"""Owns how right the stage of a call is told: labelled calls, precision and recall of each stage, and macro F1.

Calls that are no sales calls are labelled `unknown`, and to say unknown of a call that has a stage is a miss of it and
a false alarm of none. Calls and rules were written by one person who knew both lots: the figures flatter.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, ValidationError
from ruamel.yaml import YAML

from evals.questions import Detection
from evals.trackers import shipped_embedder
from pipeline.domain.base import Value
from pipeline.domain.recording import Role, Stage
from pipeline.domain.speech import Conversation, Speaker, Turn, Word
from pipeline.domain.tracker import StageGuess
from pipeline.errors import InputError
from pipeline.text.call_stage import guess_stage
from pipeline.text.resemblance import Embedder

LABELS = Path(__file__).parent / "labels" / "stages.yaml"
Split = Literal["tuning", "held_out"]
Label = Stage | Literal["unknown"]


class LabelledCall(Value):
    """A short call or an excerpt, each turn one role with its words, and the stage that it stands in."""

    id: str
    split: Split
    stage: Label
    turns: tuple[dict[Role, str], ...] = Field(min_length=1)

    @property
    def conversation(self) -> Conversation:
        """The call without times, a speaker for each role."""
        said = [(role, text) for turn in self.turns for role, text in turn.items()]
        turns = tuple(
            Turn(id=f"t{n:04d}", speaker=role, role=role, words=tuple(Word(text=w, span=None) for w in text.split()))
            for n, (role, text) in enumerate(said, start=1)
        )
        speakers = tuple(
            Speaker(label=role, role=role, confidence=1.0, source="person")
            for role in dict.fromkeys(role for role, _ in said)
        )
        return Conversation(call=self.id, turns=turns, speakers=speakers, duration=0, timed=False)


class StageScores(Value):
    """Detection of each stage on one lot, its macro F1 (mean F1 of the stages, unknown left out), and all guesses.

    `unknown`: of the calls that have no stage, those that were given none are its hits.
    """

    split: Split
    stages: dict[Stage, Detection]
    unknown: Detection
    macro_f1: float = Field(ge=0, le=1)
    guesses: dict[str, StageGuess]


def load_calls(path: Path = LABELS) -> tuple[LabelledCall, ...]:
    """The labelled calls. Raises: InputError when the file cannot be read or a label is not known."""
    try:
        document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return tuple(LabelledCall.model_validate(call) for call in document["calls"])
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", hint="check the path", path=path) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {first['msg']}", hint="compare with the top of the file", path=path) from error


def score_stages(calls: Sequence[LabelledCall], split: Split, *, embedder: Embedder | None = None) -> StageScores:
    """The scores on one lot, no stage being stated; by rules alone without an embedder."""
    own = [call for call in calls if call.split == split]
    guesses = {call.id: guess_stage(call.conversation, embedder=embedder) for call in own}
    stages = {stage: _detection(own, guesses, stage) for stage in Stage}
    return StageScores(
        split=split,
        stages=stages,
        unknown=_detection(own, guesses, "unknown"),
        macro_f1=sum(found.f1 or 0.0 for found in stages.values()) / len(stages),
        guesses=guesses,
    )


def _detection(calls: Sequence[LabelledCall], guesses: dict[str, StageGuess], label: Label) -> Detection:
    pairs = [(call.stage == label, guesses[call.id].stage == label) for call in calls]
    return Detection(
        n=len(pairs),
        hits=pairs.count((True, True)),
        false_alarms=pairs.count((False, True)),
        misses=pairs.count((True, False)),
    )


def table(scores: Sequence[StageScores]) -> str:
    """The scores as lines of text for people."""
    rows = ["lot       stage        precision  recall  F1     calls"]
    for lot in scores:
        for name, found in (*lot.stages.items(), ("unknown", lot.unknown)):
            rows.append(
                f"{lot.split:<9} {name:<12} {_shown(found.precision):<10} {_shown(found.recall):<7} "
                f"{_shown(found.f1):<6} {found.hits + found.misses}"
            )
        by = [guess.by for guess in lot.guesses.values() if guess.stage != "unknown"]
        rows.append(
            f"{lot.split:<9} macro F1 {lot.macro_f1:.3f}, told by rules {by.count('rules')}, "
            f"by similarity {by.count('similarity')}"
        )
    return "\n".join(rows)


def _shown(rate: float | None) -> str:
    return "none" if rate is None else f"{rate:.3f}"


def main(arguments: Sequence[str]) -> None:
    """Print the scores, with --rules without similarity; --wrong lists the calls for tuning that are told wrongly."""
    calls = load_calls()
    embedder = None if "--rules" in arguments else shipped_embedder()
    scores = [score_stages(calls, split, embedder=embedder) for split in get_args(Split)]
    sys.stdout.write(table(scores) + "\n")
    if "--wrong" in arguments:
        for call in calls:
            guess = scores[0].guesses.get(call.id)
            if guess is not None and guess.stage != call.stage:
                sys.stdout.write(f"{call.id}: {call.stage} told as {guess.stage} ({guess.by}, {guess.confidence})\n")


if __name__ == "__main__":
    main(sys.argv[1:])
