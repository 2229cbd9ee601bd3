"""Owns what one kind of labelled calls brings to the suite of behaviours, and reading calls one after another."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evals.judging import Judged, judge
from evals.labelled import LabelledCall
from evals.measures import Measure
from evals.suites import Advance, Failure, Points, Skipped
from pipeline.domain.base import Value
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.errors import StageError
from pipeline.ports import Reader

EXAMPLES = 3
"""Failures that are told of each kind."""

_C = TypeVar("_C")


@dataclass(frozen=True)
class Part:
    """Measures, failures, what was left out, plots, and what the figures depend on."""

    measures: Sequence[Measure] = ()
    failures: Sequence[Failure] = ()
    skipped: Sequence[Skipped] = ()
    points: Sequence[Points] = ()
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """Who reads, by what name the calls are told of, and who hears how far it is."""

    reader: Reader
    what: str
    advance: Advance

    def judged(
        self, calls: Sequence[_C], of: Callable[[_C], tuple[Conversation, Rubric]], *, refused: list[Skipped]
    ) -> Iterator[tuple[_C, Judged]]:
        """Each call with what the reader makes of it; one that cannot be read goes to `refused`, with the reason."""
        for done, call in enumerate(calls):
            self.advance(self.what, done, len(calls))
            conversation, rubric = of(call)
            try:
                yield call, judge(conversation, rubric, self.reader)
            except StageError as error:
                refused.append(Skipped(what=f"{self.what}: {conversation.call}", reason=error.message))
        self.advance(self.what, len(calls), len(calls))


def sha256_of(values: Iterable[Value]) -> str:
    """The sha256 of values as canonical JSON; sets are sorted."""
    content = [_sorted(value.model_dump(mode="python")) for value in values]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _sorted(content: object) -> object:
    if isinstance(content, dict):
        return {str(key): _sorted(value) for key, value in content.items()}
    if isinstance(content, frozenset):
        return sorted(str(one) for one in content)
    return [_sorted(one) for one in content] if isinstance(content, list | tuple) else content


def text_of(call: LabelledCall, turn_id: str) -> str:
    """What is said in a turn; empty where there is none."""
    turn = call.conversation.turn(turn_id) if call.conversation is not None else None
    return turn.text if turn is not None else ""
