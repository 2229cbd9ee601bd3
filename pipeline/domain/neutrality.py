"""Owns the neutrality linter: what a text says that a recording cannot show. Its word lists are in neutrality.toml.

Words in quotation marks are somebody's own and exempt; that they are verbatim is for `pipeline.domain.draft_lint` to
check, which knows the call.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.normal import normal_words

_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_QUOTE_SIGNS = re.compile('[“”"]')
_SENTENCE = re.compile(r"\S.*?(?:[.?!]+(?=\s|$)|\n\s*\n|$)", re.DOTALL)
_GAP = 2
_BREAK = "\x00"


class Finding(Value):
    """Words of a text that break a rule: which, where and why. `start` is the sentence's offset in the text."""

    rule: str
    words: str
    sentence: str
    reason: str
    start: int = Field(default=0, ge=0)


class NeutralityRule(Value):
    """One group of phrases of neutrality.toml; the file explains each field."""

    name: str
    reason: str
    phrases: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    spares: frozenset[Literal["reported", "questions", "steps"]] = frozenset()


Form = Literal["prose", "step"]
"""prose tells or asks; a step tells somebody what to do next."""


def lint(text: str, *, form: Form = "prose") -> tuple[Finding, ...]:
    """Everything in a text that is not neutral, in order; empty for a neutral one; one finding a rule and sentence.

    Knows words of English, not idioms. A quotation mark without a partner is a finding of its own.
    """
    found: list[Finding] = []
    masked = _QUOTED.sub(_mask, text)
    for match in _SENTENCE.finditer(masked):
        sentence = text[match.start() : match.end()].strip()
        found += _lint_sentence(sentence, masked=match.group(), start=match.start(), form=form)
    return tuple(found)


def _mask(match: re.Match[str]) -> str:
    """The quotation as one placeholder of equal length; one that ends a sentence still ends it."""
    ends = match.group()[-2] in ".?!…"
    after = match.string[match.end() :].lstrip()
    return _BREAK * (len(match.group()) - 1) + ("." if ends and (not after or after[0].isupper()) else _BREAK)


def _lint_sentence(sentence: str, *, masked: str, start: int, form: Form) -> Iterator[Finding]:
    if _QUOTE_SIGNS.search(masked):
        yield Finding(
            rule="quotation", words="“ ”", sentence=sentence, reason="a quotation mark has no partner", start=start
        )
    words, book = _words(masked), _rule_book()
    asks = masked.rstrip().endswith("?") and bool(_places(words, book.asking))
    said_from = min((end for _, end in _places(words, book.reporting)), default=len(words))
    for rule in book.rules:
        if (asks and "questions" in rule.spares) or (form == "step" and "steps" in rule.spares):
            continue
        hit = _first_hit(words, rule, said_from if "reported" in rule.spares else len(words))
        if hit:
            yield Finding(rule=rule.name, words=hit, sentence=sentence, reason=rule.reason, start=start)


def _words(masked: str) -> tuple[str, ...]:
    """Normal words; a quotation and a pause are breaks that no phrase reaches across."""
    found: list[str] = []
    for i, piece in enumerate(re.split(rf"{_BREAK}+|[,;:]\s", masked)):
        found += ([_BREAK] if i else []) + list(normal_words(piece))
    return tuple(found)


Phrase = tuple[frozenset[str] | None, ...]
"""What may stand at each place; None for any word. Gaps and optional words are spelled out as several phrases."""


Phrases = Mapping[str, Sequence[tuple[Phrase, int]]]
"""Phrases by each word that may stand at their first fixed place, with that place: only these need comparing."""


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    reason: str
    spares: frozenset[str]
    phrases: Phrases
    unless: Phrases


@dataclass(frozen=True, slots=True)
class _RuleBook:
    rules: tuple[_Rule, ...]
    asking: Phrases
    reporting: Phrases


def _first_hit(words: Sequence[str], rule: _Rule, said_from: int) -> str | None:
    """The first words that break the rule. Words after `said_from` are somebody's, reported."""
    excused = {i for start, end in _places(words, rule.unless) for i in range(start, end)}
    hits = [
        (start, end)
        for start, end in _places(words, rule.phrases)
        if end <= said_from and not excused.intersection(range(start, end))
    ]
    return " ".join(words[slice(*min(hits))]) if hits else None


def _places(words: Sequence[str], phrases: Phrases) -> list[tuple[int, int]]:
    """Where phrases stand, as half-open ranges of words."""
    return [
        (at - fixed, at - fixed + len(phrase))
        for at, word in enumerate(words)
        for phrase, fixed in phrases.get(word, ())
        if at >= fixed and _stands(words[at - fixed : at - fixed + len(phrase)], phrase)
    ]


def _stands(window: Sequence[str], phrase: Phrase) -> bool:
    return len(window) == len(phrase) and all(
        word != _BREAK if wanted is None else word in wanted for word, wanted in zip(window, phrase, strict=True)
    )


@cache
def _rule_book() -> _RuleBook:
    data = tomllib.loads(files("pipeline.domain").joinpath("neutrality.toml").read_text(encoding="utf-8"))
    rules = [NeutralityRule.model_validate(entry) for entry in data["rule"]]
    return _RuleBook(
        rules=tuple(
            _Rule(rule.name, rule.reason, rule.spares, _spelled_out(rule.phrases), _spelled_out(rule.unless))
            for rule in rules
        ),
        asking=_spelled_out(data["asking"]),
        reporting=_spelled_out(data["reporting"]),
    )


def _spelled_out(lines: Sequence[str]) -> Phrases:
    found: dict[str, list[tuple[Phrase, int]]] = {}
    for phrase in (phrase for line in lines for phrase in _variants(tuple(line.split()))):
        fixed, first = next((i, wanted) for i, wanted in enumerate(phrase) if wanted is not None)
        for word in first:
            found.setdefault(word, []).append((phrase, fixed))
    return found


def _variants(parts: tuple[str, ...]) -> Iterator[Phrase]:
    if not parts:
        yield ()
        return
    head, rest = parts[0], tuple(_variants(parts[1:]))
    if head == "*":
        starts: tuple[Phrase, ...] = tuple((None,) * n for n in range(_GAP + 1))
    elif head == "_":
        starts = ((None,),)
    else:
        starts = _alternatives(head.removesuffix("?"))
        starts += ((),) if head.endswith("?") else ()
    yield from (start + tail for start in starts for tail in rest)


def _alternatives(head: str) -> tuple[Phrase, ...]:
    """One place for all words that are a single normal word; words with hyphens take several places."""
    spelled = [normal_words(word) for word in head.split("|")]
    single = frozenset(words[0] for words in spelled if len(words) == 1)
    several = tuple(tuple(frozenset({word}) for word in words) for words in spelled if len(words) > 1)
    return (((single,),) if single else ()) + several
