"""Owns which stage of the sale a call stands in: what people stated, else what is said in it, else `unknown`.

Rules come first, since their reasons can be read; where they speak for a stage without being sure, sentences like those
of a stage decide. Where nothing speaks for a stage, nothing is guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.domain.assessment import Quote
from pipeline.domain.normal import WordRun
from pipeline.domain.phrases import Phrase, parse_phrase
from pipeline.domain.recording import Stage
from pipeline.domain.speech import Conversation
from pipeline.domain.tracker import StageGuess
from pipeline.text.questions import find_questions
from pipeline.text.resemblance import Embedder
from pipeline.text.sentences import Sentence, sentences_of
from pipeline.text.stage_cues import CUES, EXAMPLES

MIN_POINTS = 4
WORDS_A_POINT = 400
"""Points that rules need, and one more for each so many words: in a long talk about anything some phrase of every stage
is said. Chosen on the calls for tuning in evals/labels/stages.yaml and on labelled talks that are no sales calls."""

MIN_LEAD = 1.5
"""How many times the points of the second stage the first one needs."""

MIN_CONTENDING = 3
MIN_LIKENESS_LEAD = 0.03
"""Points with which a stage is one that likeness may confirm, and by how much the most alike has to lead."""

OPEN_QUESTIONS = ((4, 3), (8, 2))
"""How many open questions of the rep add how many points for discovery: added for tests/fixtures/discovery_calls.yaml.
A talk that is no sales call but full of open questions, such as a medical consultation, is often told as discovery."""

_MOST_REASONS = 3
_NEAREST = 3
_FULL_POINTS = 12.0
_MIN_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Cue:
    phrase: Phrase
    weight: int


@dataclass(frozen=True, slots=True)
class _Point:
    weight: int
    quote: Quote


def guess_stage(
    conversation: Conversation, *, stated: Stage | None = None, embedder: Embedder | None = None
) -> StageGuess:
    """The stage that was stated, else the one that rules tell, else the one that likeness tells, else unknown.

    Without `embedder` likeness is not asked.
    """
    if stated is not None:
        return StageGuess(stage=stated, confidence=1.0, by="metadata")
    sentences = [s for turn in conversation.turns for s in sentences_of(turn)]
    points = {stage: _points(sentences, stage) for stage in CUES}
    points[Stage.DISCOVERY] += _asking(sentences)
    totals = {stage: sum(point.weight for point in points[stage]) for stage in CUES}
    needed = MIN_POINTS + sum(len(s.words) for s in sentences) // WORDS_A_POINT
    ranked = sorted(CUES, key=lambda stage: -totals[stage])
    first, second = totals[ranked[0]], totals[ranked[1]]
    if first >= needed and first >= MIN_LEAD * second:
        return _by_rules(ranked[0], points[ranked[0]], first=first, second=second)
    contending = [stage for stage in ranked if totals[stage] >= max(MIN_CONTENDING, needed - 1, first / MIN_LEAD)]
    alike = _by_likeness(sentences, contending, embedder) if contending and embedder is not None else None
    return alike or StageGuess(stage="unknown", confidence=0.0, by="rules")


def _by_rules(stage: Stage, points: Sequence[_Point], *, first: int, second: int) -> StageGuess:
    reasons = sorted(points, key=lambda p: -p.weight)
    return StageGuess(
        stage=stage,
        confidence=round(first / (first + second) * min(1.0, first / _FULL_POINTS), 3),
        by="rules",
        why=tuple(dict.fromkeys(p.quote for p in reasons))[:_MOST_REASONS],
    )


def _points(sentences: Sequence[Sentence], stage: Stage) -> list[_Point]:
    """A point for each phrase of a stage that stands somewhere, where it stands first: to say it again adds nothing."""
    found: dict[int, _Point] = {}
    by_first, anywhere = _cues(stage)
    for sentence in sentences:
        for at, word in enumerate(sentence.words):
            for number, cue in (*by_first.get(word, ()), *anywhere):
                if number not in found and (match := cue.phrase.match_at(sentence.words, at, {})):
                    whole = WordRun(0, len(sentence.words) - 1)
                    found[number] = _Point(cue.weight, sentence.quote(whole, match.run))
    return list(found.values())


def _asking(sentences: Sequence[Sentence]) -> list[_Point]:
    """What many open questions of the rep add for discovery."""
    asked = [s for s in sentences if s.turn.role == "rep" and any(q.kind == "open" for q in find_questions(s.text))]
    return [_Point(weight, _quote(asked[needed - 1])) for needed, weight in OPEN_QUESTIONS if len(asked) >= needed]


_Numbered = tuple[int, _Cue]


@lru_cache(maxsize=16)
def _cues(stage: Stage) -> tuple[dict[str, tuple[_Numbered, ...]], tuple[_Numbered, ...]]:
    """The stage's phrases, numbered, by the words they can start with, and those that can start with anything."""
    numbered = [(n, _Cue(parse_phrase(text), weight)) for n, (text, weight) in enumerate(CUES[stage])]
    words = {word for _, cue in numbered for word in cue.phrase.firsts or ()}
    by_first = {word: tuple(c for c in numbered if word in (c[1].phrase.firsts or ())) for word in words}
    return by_first, tuple(c for c in numbered if c[1].phrase.firsts is None)


def _by_likeness(sentences: Sequence[Sentence], contending: Sequence[Stage], embedder: Embedder) -> StageGuess | None:
    """The stage whose examples the call's sentences resemble most, if it contends; None where none leads clearly.

    A stage's likeness is the mean over its three nearest sentences of the cosine to their nearest example.
    """
    long_enough = [s for s in sentences if len(s.words) >= _MIN_WORDS]
    if len(long_enough) < _NEAREST:
        return None
    told = embedder.embed([s.text for s in long_enough])
    nearest = {stage: (told @ embedder.embed(list(texts)).T).max(axis=1) for stage, texts in EXAMPLES.items()}
    likeness = {stage: float(np.sort(cosines)[-_NEAREST:].mean()) for stage, cosines in nearest.items()}
    first, second = sorted(likeness, key=lambda stage: -likeness[stage])[:2]
    lead = likeness[first] - likeness[second]
    if first not in contending or lead < MIN_LIKENESS_LEAD:
        return None
    rows = np.argsort(-nearest[first])[:_NEAREST]
    return StageGuess(
        stage=first,
        confidence=round(min(1.0, max(0.0, likeness[first]) * min(1.0, lead / 0.2)), 3),
        by="similarity",
        why=tuple(_quote(long_enough[row]) for row in sorted(rows)),
    )


def _quote(sentence: Sentence) -> Quote:
    whole = WordRun(0, len(sentence.words) - 1)
    return sentence.quote(whole, WordRun(0, 0))
