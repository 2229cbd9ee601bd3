"""Owns the neutrality linter: what a text says that a recording cannot show. Its word lists are in neutrality.toml.

Words in quotation marks are somebody's own and exempt; that they are verbatim is for `pipeline.domain.draft_lint` to
check, which knows the call.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.normal import normal_words

_ASKING = frozenset("what how which who whom whose where when".split(" "))
_REPORTING = frozenset(
    "said says say saying told tells asked asks mentioned mentions stated states named described describes explained "
    "answered replied wrote reported reports called".split(" ")
)
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_QUOTE_SIGNS = re.compile("[“”\"]")
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
    reported: bool
    open_questions: bool


def lint(text: str) -> tuple[Finding, ...]:
    """Everything in a text that is not neutral, in order; empty for a neutral one. At most one finding a rule and sentence.

    Knows English only. Quotation marks without a partner are a finding of their own, since what they quote is unclear.
    """
    found: list[Finding] = []
    masked = _QUOTED.sub(_mask, text)
    for match in _SENTENCE.finditer(masked):
        sentence = text[match.start() : match.end()].strip()
        found += _lint_sentence(sentence, masked=match.group(), start=match.start())
    return tuple(found)


def _mask(match: re.Match[str]) -> str:
    """The quotation as one placeholder of equal length; one that ends a sentence still ends it."""
    ends = match.group()[-2] in ".?!…"
    after = match.string[match.end() :].lstrip()
    return _BREAK * (len(match.group()) - 1) + ("." if ends and (not after or after[0].isupper()) else _BREAK)


def _lint_sentence(sentence: str, *, masked: str, start: int) -> Iterator[Finding]:
    if _QUOTE_SIGNS.search(masked):
        yield Finding(
            rule="quotation", words="“ ”", sentence=sentence, reason="a quotation mark has no partner", start=start
        )
    words = _words(masked)
    asks = masked.rstrip().endswith("?") and not _ASKING.isdisjoint(words)
    for rule, phrases, unless in _rules():
        hit = None if asks and rule.open_questions else _first_hit(words, rule, phrases, unless)
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


def _first_hit(
    words: Sequence[str], rule: NeutralityRule, phrases: Sequence[Phrase], unless: Sequence[Phrase]
) -> str | None:
    excused = {i for phrase in unless for start, end in _places(words, phrase) for i in range(start, end)}
    reported_from = next((i for i, word in enumerate(words) if word in _REPORTING), len(words))
    limit = reported_from if rule.reported else len(words)
    hits = [
        (start, end)
        for phrase in phrases
        for start, end in _places(words, phrase)
        if end <= limit and not excused.intersection(range(start, end))
    ]
    return " ".join(words[slice(*min(hits))]) if hits else None


def _places(words: Sequence[str], phrase: Phrase) -> Iterator[tuple[int, int]]:
    for start in range(len(words) - len(phrase) + 1):
        window = words[start : start + len(phrase)]
        if all(word != _BREAK if wanted is None else word in wanted for word, wanted in zip(window, phrase, strict=True)):
            yield start, start + len(phrase)


@cache
def _rules() -> tuple[tuple[NeutralityRule, tuple[Phrase, ...], tuple[Phrase, ...]], ...]:
    data = tomllib.loads(files("pipeline.domain").joinpath("neutrality.toml").read_text(encoding="utf-8"))
    rules = [NeutralityRule.model_validate(entry) for entry in data["rule"]]
    return tuple((rule, _spelled_out(rule.phrases), _spelled_out(rule.unless)) for rule in rules)


def _spelled_out(lines: Sequence[str]) -> tuple[Phrase, ...]:
    return tuple(phrase for line in lines for phrase in _variants(tuple(line.split())))


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
