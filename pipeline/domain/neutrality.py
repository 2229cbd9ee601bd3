"""Owns the neutrality linter: what a text says that a recording cannot show. Its word lists are in neutrality.toml.

Words in quotation marks are somebody's own and exempt; that they are verbatim is for `pipeline.domain.draft_lint` to
check, which knows the call.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.normal import normal_words

_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_QUOTE_SIGNS = re.compile('[“”"]')
_SENTENCE = re.compile(r"\S.*?(?:[.?!]+(?=\s|$)|\n\s*\n|$)", re.DOTALL)
_PAUSE_SIGNS = r"[,;:]\s|\s[-–—]\s"
_GAP = 2
_QUOTATION, _PAUSE = "\x00", "\x01"
_BREAKS = frozenset((_QUOTATION, _PAUSE))


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

    Knows words and common figures of speech of English, no irony. A quotation mark without a partner is a finding of
    its own.
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
    return _QUOTATION * (len(match.group()) - 1) + ("." if ends and (not after or after[0].isupper()) else _QUOTATION)


def _lint_sentence(sentence: str, *, masked: str, start: int, form: Form) -> Iterator[Finding]:
    if _QUOTE_SIGNS.search(masked):
        yield Finding(
            rule="quotation", words="“ ”", sentence=sentence, reason="a quotation mark has no partner", start=start
        )
    words, book = _words(masked), _rule_book()
    asks = masked.rstrip().endswith("?") and bool(_places(words, book.asking))
    reported = _reported(words, book)
    for rule in book.rules:
        if (asks and "questions" in rule.spares) or (form == "step" and "steps" in rule.spares):
            continue
        hit = _first_hit(words, rule, reported if "reported" in rule.spares else frozenset())
        if hit:
            yield Finding(rule=rule.name, words=hit, sentence=sentence, reason=rule.reason, start=start)


def _words(masked: str) -> tuple[str, ...]:
    """Normal words; a quotation and a pause are breaks that no phrase reaches across."""
    found: list[str] = []
    for i, piece in enumerate(re.split(rf"({_QUOTATION}+|{_PAUSE_SIGNS})", masked)):
        if i % 2:
            found.append(_QUOTATION if piece[0] == _QUOTATION else _PAUSE)
        else:
            found += normal_words(piece)
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
    not_reporting: Phrases
    reported_before: Phrases
    resuming: Phrases


def _reported(words: Sequence[str], book: _RuleBook) -> frozenset[int]:
    """The places of words that somebody is reported to have said, which is a fact of the recording.

    A report goes on from its verb ("the customer said that ...") to the end of the sentence or to a pause after which
    the writer speaks again (", and you ..."); where a quotation follows the verb, that is the report. One that the
    verb follows ("..., she said") starts with the sentence.
    """
    resumed = {start for start, _ in _places(words, book.resuming) if start and words[start - 1] in _BREAKS}
    no_report = _covered(words, book.not_reporting)
    found: set[int] = set()
    for start, end in _places(words, book.reporting):
        if not no_report.intersection(range(start, end)) and not _quotes_at(words, end):
            stop = next((i for i in range(end, len(words)) if i in resumed), len(words))
            found.update(range(end, stop))
    for start, end in _places(words, book.reported_before):
        ends = all(word in _BREAKS for word in words[end:]) or words[end] in _BREAKS or words[end] in ("at", "in")
        if start and words[start - 1] == _PAUSE and ends:
            found.update(range(max((i for i in resumed if i < start), default=0), start))
    return frozenset(found)


def _quotes_at(words: Sequence[str], place: int) -> bool:
    """Whether a quotation stands there, after a colon or not."""
    following = [word for word in words[place : place + 2] if word != _PAUSE]
    return following[:1] == [_QUOTATION]


def _first_hit(words: Sequence[str], rule: _Rule, reported: frozenset[int]) -> str | None:
    """The first words that break the rule, but for those that are somebody's, reported."""
    found = [place for place in _places(words, rule.phrases) if not reported.intersection(range(*place))]
    excused = _covered(words, rule.unless) if found else frozenset()
    hits = [place for place in found if not excused.intersection(range(*place))]
    return " ".join(word for word in words[slice(*min(hits))] if word not in _BREAKS) if hits else None


def _covered(words: Sequence[str], phrases: Phrases) -> frozenset[int]:
    return frozenset(i for start, end in _places(words, phrases) for i in range(start, end))


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
        word not in _BREAKS if wanted is None else word in wanted for word, wanted in zip(window, phrase, strict=True)
    )


@cache
def _rule_book() -> _RuleBook:
    data = tomllib.loads(files("pipeline.domain").joinpath("neutrality.toml").read_text(encoding="utf-8"))
    spelled_out = partial(_spelled_out, forms=data["forms"])
    rules = [NeutralityRule.model_validate(entry) for entry in data["rule"]]
    return _RuleBook(
        rules=tuple(
            _Rule(rule.name, rule.reason, rule.spares, spelled_out(rule.phrases), spelled_out(rule.unless))
            for rule in rules
        ),
        asking=spelled_out(data["asking"]),
        reporting=spelled_out(data["reporting"]),
        not_reporting=spelled_out(data["not_reporting"]),
        reported_before=spelled_out(data["reported_before"]),
        resuming=spelled_out(data["resuming"]),
    )


def _spelled_out(lines: Sequence[str], *, forms: Mapping[str, str]) -> Phrases:
    found: dict[str, list[tuple[Phrase, int]]] = {}
    parts = (tuple(_every_form(part, forms) for part in line.split()) for line in lines)
    for phrase in (phrase for line in parts for phrase in _variants(line)):
        fixed, first = next((i, wanted) for i, wanted in enumerate(phrase) if wanted is not None)
        for word in first:
            found.setdefault(word, []).append((phrase, fixed))
    return found


def _every_form(part: str, forms: Mapping[str, str]) -> str:
    """The part with all forms of a verb in place of `verb~`, irregular ones as `forms` has them."""
    words, optional = part.removesuffix("?"), "?" if part.endswith("?") else ""
    return "|".join(forms.get(word) or _regular(word) for word in words.split("|")) + optional


def _regular(word: str) -> str:
    """The forms of a regular English verb that ends in `~`; any other word is itself."""
    verb = word.removesuffix("~")
    if verb == word:
        return word
    if verb.endswith("e"):
        return f"{verb}|{verb}s|{verb}d|{verb[:-1]}ing"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return f"{verb}|{verb[:-1]}ies|{verb[:-1]}ied|{verb}ing"
    return f"{verb}|{verb}{'es' if verb.endswith(('s', 'x', 'z', 'ch', 'sh')) else 's'}|{verb}ed|{verb}ing"


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
