"""Owns the dry run: what a run would do and cost, found without hearing, sending or writing anything."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeVar

from pipeline.adapters.metering import estimate_tokens
from pipeline.config import Config
from pipeline.domain.base import Value
from pipeline.domain.chat import ChatRequest, Price, TokenUse
from pipeline.domain.estimate import Estimate, Expense
from pipeline.domain.rubric import Rubric
from pipeline.domain.work import StageName
from pipeline.errors import FilmroomError, NotAnsweredError, WeightsError
from pipeline.keeping import Keeper
from pipeline.ports import Progress, silent
from pipeline.run import Night, go_through
from pipeline.stages.ingest import Candidate
from pipeline.store.objects import ObjectStore, Work

_V = TypeVar("_V", bound=Value)

WORDS_PER_MINUTE = 165
"""Of both sides together: a call of 30 minutes has about 5,000 words (the calls of docs/measured.md)."""

CHARACTERS_PER_WORD = 6.2
"""With the space, and each line's share of its turn's name and number."""

QUESTION_CHARACTERS = 4_000
"""Of a capability with its behaviours and examples, behind the transcript."""

USUAL_OUTPUT_TOKENS = 250
DRAFT_CHARACTERS = 5_000
_HEARING: tuple[StageName, ...] = ("ingest", "transcribe", "diarize")
_QUICK: tuple[StageName, ...] = ("import", "attribute", "measure", "track", "verify", "score")


class _Looker(Keeper):
    """Finds what is kept and keeps nothing: what is quick is made and forgotten, what is asked is only collected."""

    def __init__(self, objects: ObjectStore, config: Config, *, transcript: bool) -> None:
        super().__init__(objects)
        self._quick = (*_QUICK, "ingest") if transcript else _QUICK
        self._asked = {"observe": config.reader == "llm", "draft": config.drafter == "llm"}

    def kept(self, work: Work, kind: type[_V], make: Callable[[Progress], _V]) -> _V:
        """As that of the keeper, but for quick work, whose result nobody keeps."""
        stage: StageName = work.stage  # type: ignore[assignment]
        if stage not in self._quick or self._objects.has(work):
            return super().kept(work, kind, make)
        self.did_something = True
        self.keys[stage] = work.key
        return make(silent)

    def _make(self, work: Work, stage: StageName, make: Callable[[Progress], _V]) -> None:  # noqa: ARG002
        if self._asked.get(stage):
            make(silent)
        raise NotAnsweredError(f"{stage} is still to be done", hint="run without --dry-run")


@dataclass(frozen=True)
class _Seen:
    """What one call needs; `seconds` of its recording where it was not heard, None where it states no length."""

    need: Literal["nothing", "hearing", "reading", "refused"]
    seconds: float | None = None
    phrasing_unknown: bool = False
    """Whether a draft will be phrased of which nothing is known before the call is read."""


def estimate(night: Night, candidates: Sequence[Candidate], missing: Sequence[ChatRequest]) -> Estimate:
    """What the run would do. `missing` is filled by the night's language model, which sends nothing."""
    seen = [_look(night, candidate) for candidate in candidates]
    needs = Counter(call.need for call in seen)
    sound = [call.seconds for call in seen if call.need == "hearing" and call.seconds is not None]
    price = night.config.llm.prices.get(night.config.llm.model or "")
    guesses = [_guess(seconds, night.config, night.rubric.rubric, price) for seconds in sound]
    guesses += [_phrasing(night.config, price) for call in seen if call.phrasing_unknown]
    return Estimate(
        n_calls=len(seen),
        n_finished=needs["nothing"],
        n_refused=needs["refused"],
        n_to_hear=needs["hearing"],
        n_to_read=needs["reading"],
        n_unknown_length=needs["hearing"] - len(sound),
        sound_s=round(sum(sound), 1),
        counted=expense_of(missing, price),
        guessed=_sum(guesses, price),
    )


def _look(night: Night, candidate: Candidate) -> _Seen:
    keeper = _Looker(night.workspace.objects, night.config, transcript=candidate.is_transcript)
    try:
        go_through(night, candidate, keeper)
    except NotAnsweredError:
        pass
    except WeightsError:
        raise
    except FilmroomError:
        return _Seen("refused")
    else:
        return _Seen("reading" if keeper.did_something else "nothing")
    if keeper.failed_stage not in _HEARING:
        return _Seen("reading", phrasing_unknown=keeper.failed_stage == "observe" and night.config.drafter == "llm")
    try:
        return _Seen("hearing", _length(night, candidate))
    except FilmroomError:
        return _Seen("refused")


def expense_of(requests: Sequence[ChatRequest], price: Price | None) -> Expense:
    """What these requests would use; each finds in the cache what it has in common with the one before."""
    texts = ["\n".join(message.text for message in request.messages) for request in requests]
    shared = [len(os.path.commonprefix(pair)) for pair in pairwise(texts)]  # noqa: RUF071 - characters are meant
    return _expense(
        requests=len(requests),
        input_tokens=sum(estimate_tokens(request.n_characters) for request in requests),
        cached_tokens=sum(estimate_tokens(n) for n in shared),
        most_output_tokens=sum(request.max_tokens for request in requests),
        price=price,
    )


def _guess(seconds: float, config: Config, rubric: Rubric, price: Price | None) -> Expense:
    """What one call of this length would use: a request for each capability that needs reading, and one to phrase."""
    words = seconds / 60 * WORDS_PER_MINUTE
    transcript = estimate_tokens(round(words * CHARACTERS_PER_WORD))
    n_read = sum(any(b.measure is None for b in c.behaviours) for c in rubric.capabilities)
    n_read = n_read if config.reader == "llm" else 0
    reading = _expense(
        requests=n_read,
        input_tokens=n_read * (transcript + estimate_tokens(QUESTION_CHARACTERS)),
        cached_tokens=max(0, n_read - 1) * transcript,
        most_output_tokens=n_read * config.llm.max_answer_tokens,
        price=price,
    )
    return _sum((reading, _phrasing(config, price)), price) if config.drafter == "llm" else reading


def _phrasing(config: Config, price: Price | None) -> Expense:
    """What phrasing one draft would use."""
    return _expense(
        requests=1,
        input_tokens=estimate_tokens(DRAFT_CHARACTERS),
        cached_tokens=0,
        most_output_tokens=config.llm.max_answer_tokens,
        price=price,
    )


def _expense(
    *, requests: int, input_tokens: int, cached_tokens: int, most_output_tokens: int, price: Price | None
) -> Expense:
    usual = min(requests * USUAL_OUTPUT_TOKENS, most_output_tokens)
    least = TokenUse(input_tokens=input_tokens, cached_tokens=cached_tokens, output_tokens=usual)
    most = TokenUse(input_tokens=input_tokens, output_tokens=most_output_tokens)
    return Expense(
        requests=requests,
        input_tokens=input_tokens,
        cached_tokens=cached_tokens,
        output_tokens=usual,
        most_output_tokens=most_output_tokens,
        least_usd=_cost(price, least, requests),
        most_usd=_cost(price, most, requests),
    )


def _cost(price: Price | None, use: TokenUse, requests: int) -> float | None:
    if requests == 0:
        return 0.0
    return None if price is None else round(price.of(use), 6)


def _sum(expenses: Iterable[Expense], price: Price | None) -> Expense:
    listed = list(expenses)
    return _expense(
        requests=sum(e.requests for e in listed),
        input_tokens=sum(e.input_tokens for e in listed),
        cached_tokens=sum(e.cached_tokens for e in listed),
        most_output_tokens=sum(e.most_output_tokens for e in listed),
        price=price,
    )


def _length(night: Night, candidate: Candidate) -> float | None:
    """Seconds of the longest of the call's files, as far as that can be told without decoding; None when it cannot."""
    lengths = [night.engine.audio.probe(file.path).guessed_duration for file in candidate.files]
    known = [length for length in lengths if length]
    return max(known) if len(known) == len(lengths) else None
