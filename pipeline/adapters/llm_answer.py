"""What a language model answers when it reads: the type, its JSON schema, and the claims that it makes.

The schema depends on the window alone and not on what is looked for in it: providers put it before the messages, so a
schema that changed would keep them from finding the transcript in their cache. Behaviours are therefore letters. It
keeps to what OpenAI documents for strict schemas (enum, maxItems; no maxLength) and llama.cpp makes a grammar of.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from pipeline.domain.assessment import Claim
from pipeline.domain.base import Value
from pipeline.domain.chat import AnswerSchema
from pipeline.domain.normal import normal_words

NAME = "found"
"""The answer's name; prompts that ask for it have it as their output."""

LETTERS = "ABCDEFGH"
"""One for each behaviour that a capability may have at most."""

MOST_FOUND = 12
MOST_CLAIMS = 3
"""Places for each behaviour that count: more quotes of the same thing tell a manager nothing new."""

PLAIN, LIKELY = 0.8, 0.5
"""Strengths of a claim: they say which comes first, and are nothing that was measured."""


class FoundPlace(Value):
    """One place that the model points at; its quote is only what the model says was said."""

    behaviour: Literal["A", "B", "C", "D", "E", "F", "G", "H"]
    quote: str
    turn: str
    plain: bool


class Found(Value):
    """A whole answer."""

    found: tuple[FoundPlace, ...] = Field(max_length=MOST_FOUND)


def schema_of(turn_ids: Iterable[str]) -> AnswerSchema:
    """The schema of an answer about these turns.

    Models write the properties in the order of the schema. The quote comes before the turn: asked for the turn first, a
    small model names the first one there is and then copies from it.
    """
    properties = {
        "behaviour": {"type": "string", "enum": list(LETTERS)},
        "quote": {"type": "string"},
        "turn": {"type": "string", "enum": list(dict.fromkeys(turn_ids))},
        "plain": {"type": "boolean"},
    }
    place = _object(properties)
    found = {"type": "array", "maxItems": MOST_FOUND, "items": place}
    return AnswerSchema(name=NAME, text=json.dumps(_object({NAME: found}), separators=(",", ":"), ensure_ascii=False))


def problem_of(answer: Found, *, letters: str, turn_ids: frozenset[str]) -> str | None:
    """What is wrong with an answer that has the right shape, in words for the model; None if nothing is."""
    foreign = sorted({place.behaviour for place in answer.found} - set(letters))
    if foreign:
        return f"behaviour {', '.join(foreign)} was not asked for; the letters are {', '.join(letters)}"
    elsewhere = sorted({place.turn for place in answer.found} - turn_ids)
    return f"turn {', '.join(elsewhere)}: copy the id of a turn of the transcript" if elsewhere else None


def claims_of(answer: Found, behaviours: Sequence[str]) -> tuple[Claim, ...]:
    """A claim for each place, in the answer's order; `behaviours` are the ids that its letters stand for."""
    return tuple(
        Claim(
            behaviour=behaviours[LETTERS.index(place.behaviour)],
            turn_id=place.turn,
            quote=place.quote.strip(),
            strength=PLAIN if place.plain else LIKELY,
        )
        for place in answer.found
    )


def best_claims(claims: Iterable[Claim], order: Mapping[str, int]) -> tuple[Claim, ...]:
    """The strongest `MOST_CLAIMS` of each behaviour, in order of turns; `order` has the position of every turn.

    One that was found twice, as in two windows that overlap, is one: the stronger.
    """
    kept: dict[tuple[str, str, tuple[str, ...]], Claim] = {}
    for claim in sorted(claims, key=lambda c: (-c.strength, order[c.turn_id])):
        kept.setdefault((claim.behaviour, claim.turn_id, normal_words(claim.quote)), claim)
    by_behaviour: dict[str, list[Claim]] = {}
    for claim in kept.values():
        by_behaviour.setdefault(claim.behaviour, []).append(claim)
    best = [claim for group in by_behaviour.values() for claim in group[:MOST_CLAIMS]]
    return tuple(sorted(best, key=lambda c: (order[c.turn_id], c.behaviour, c.quote)))


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
