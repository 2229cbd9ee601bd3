"""Owns finding questions in a turn: which words ask something of the listener, and of what kind.

Works on what recognisers write: marks missing or wrong, no capitals, stumbles. No model and no network. A mark is
evidence where the words leave it open; word order decides where it can.
"""

import re
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.domain.base import Value
from pipeline.domain.metrics import QuestionKind
from pipeline.text import question_rules as rules
from pipeline.text.question_onsets import ONSETS, Family, Onset
from pipeline.text.question_text import Sentence, sentences

_MIN_TAGGED_WORDS = 3
_MAX_CHOICE_WORDS = 14
_ABANDONED_WORDS = 3
_MERGED_WORDS = 12
_ANSWERED = re.compile(
    r"(?<! be)(?<! it)(?<! is)(?<! are)(?<! that)(?<! sound)(?<! look)(?<! going)(?<! a)(?<! the)(?<! not)(?<! you)"
    r" (?:okay|great|gotcha|perfect|awesome|because)(?= \S)"
)
_MIN_BEFORE_ANSWER = 3
_JOINTS = re.compile(r"(?: (?:and|or|so|but|okay|then|,))+$")
_OR = re.compile(r"(?:^| )or(?: ,)?$")
_ADDRESS = re.compile(r"^(?:\S+ ){1,2},$")
_WH_IN_SITU = re.compile(
    r"(?:^| )(?:what|who|where|which \w+|how (?:long|many|much|often)|what \w+"
    r"|(?:over|for|in|at|by|to|from|with|of) (?:what|which|whose|how many|how much)(?: \S+){1,4})$"
)


class QuestionMatch(Value):
    """Where a question stands in a turn and its kind: words first_word to last_word, both included, of text.split().

    *open* invites a free answer; *closed* a yes, a no, a choice or one fact; *declarative* is a statement put up
    for confirmation.
    """

    first_word: int = Field(ge=0)
    last_word: int = Field(ge=0)
    kind: QuestionKind

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.last_word < self.first_word:
            raise ValueError(f"question ends at word {self.last_word}, before its start at {self.first_word}")
        return self


@dataclass(frozen=True, slots=True)
class _Opening:
    """Where a question may open: offsets in the sentence; *joined* ones count only where another question precedes."""

    start: int
    end: int
    family: Family
    joined: bool = False


def find_questions(text: str, *, previous: str = "", use_marks: bool = True) -> tuple[QuestionMatch, ...]:
    """The questions of one turn, in order and without overlap; empty where the turn asks nothing.

    ``previous`` is what was said just before; it matters where it breaks off in a reported question ("they go, who
    is this,"): questions that carry on the report are none. Without ``use_marks`` question marks only end sentences,
    as for a recogniser that writes none. Not questions: rhetorical ones, receipts ("oh really?"), signals of not
    hearing, quoted and reported ones.
    """
    found: list[QuestionMatch] = []
    said = False
    reporting = _breaks_off_reporting(previous)
    for sentence in sentences(text, use_marks=use_marks):
        reading = _read(sentence, after_statement=said, reporting=reporting)
        found += reading.questions
        reporting = reading.reporting
        said = said or rules.RECEIPT.search(sentence.text) is None
    return tuple(found)


def _breaks_off_reporting(previous: str) -> bool:
    if not previous.rstrip().endswith((",", "-")):
        return False
    return any(
        rules.REPORTING.search(last.text) is not None or _read(last, after_statement=False, reporting=False).reporting
        for last in tuple(sentences(previous))[-1:]
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one sentence asks, and whether it leaves a report of questions open."""

    questions: list[QuestionMatch]
    reporting: bool = False


_NOTHING = _Reading([])


def _read(sentence: Sentence, *, after_statement: bool, reporting: bool) -> _Reading:
    text = sentence.text
    if rules.UNHEARD.search(text):
        return _NOTHING
    if rules.RECEIPT.search(text):
        is_tag = after_statement and re.search(r"(?:is that|n't) \w+$", text)
        return _Reading([_whole(sentence, "closed")]) if is_tag else _NOTHING
    onsets = _candidates(sentence)
    if onsets and reporting and _is_only_openers(text[: onsets[0].start].rstrip()):
        return _Reading([], reporting=True)
    reported = next((i for i, onset in enumerate(onsets) if _is_reported(sentence, onset)), len(onsets))
    asked = _asked(sentence, onsets[:reported])
    tag = rules.TAG.search(text)
    if tag and reported == len(onsets) and all(onset.start > tag.start() for onset in asked):
        return _Reading([_whole(sentence, "closed")]) if _n_words(text) >= _MIN_TAGGED_WORDS else _NOTHING
    if onsets and (asked or reported < len(onsets)):
        return _Reading(_matches(sentence, asked), reporting=reported < len(onsets))
    kind = _kind_by_form(sentence, refused=bool(onsets))
    return _Reading([_whole(sentence, kind)]) if kind else _NOTHING


def _kind_by_form(sentence: Sentence, *, refused: bool) -> QuestionKind | None:
    """The kind of a question that no onset opens: by its tail, its mark or its hold on the listener's own affairs."""
    text = sentence.text
    if refused:
        return None
    if sentence.marked and not _seeks_nothing(text):
        return "closed" if _WH_IN_SITU.search(text) else "declarative"
    if _n_words(text) <= _MAX_CHOICE_WORDS and rules.ALTERNATIVE.search(text):
        return "closed"
    return "declarative" if rules.CONFIRMING.search(text) else None


def _n_words(text: str) -> int:
    return len(text.replace(",", " ").split())


def _seeks_nothing(text: str) -> bool:
    return bool(rules.CHECK.search(text) or rules.RESTATING.search(text))


def _whole(sentence: Sentence, kind: QuestionKind) -> QuestionMatch:
    return QuestionMatch(first_word=sentence.first, last_word=sentence.last, kind=kind)


def _candidates(sentence: Sentence) -> list[_Opening]:
    """Every place where a pattern fits, without overlap: the earliest first, the longest where several start there."""
    found = [
        _Opening(match.start(), match.end(), rule.family, joined=standing == "joined")
        for rule in ONSETS
        if rule.place != "marked" or sentence.marked
        for match in rule.pattern.finditer(sentence.text)
        if (standing := _standing(sentence, match.start(), rule)) != "none"
    ]
    found.sort(key=lambda onset: (onset.start, -onset.end))
    apart: list[_Opening] = []
    for onset in found:
        if onset.joined and not (apart and apart[-1].family in ("polar", "wh")):
            continue
        if not apart or onset.start >= apart[-1].end:
            apart.append(onset)
    return apart


def _standing(sentence: Sentence, start: int, rule: Onset) -> Literal["free", "joined", "none"]:
    """Whether a rule's pattern may open a question here: freely, as a further question only, or not at all."""
    before = sentence.text[:start].rstrip()
    if _is_only_openers(before):
        return "free"
    if rule.place == "anywhere":
        return "none" if _goes_on(sentence.text, start, rule.family) else "free"
    if rule.place not in ("boundary", "clause"):
        return "none"
    if _ADDRESS.search(before) or (before.endswith(",") and (sentence.marked or rule.place == "boundary")):
        return "free"
    if rules.OPENERS.search(before) is None:
        return "none"
    is_loose = rule.place == "clause" and not sentence.marked and rules.JOINERS.search(before)
    return "joined" if is_loose else "free"


def _goes_on(text: str, start: int, family: Family) -> bool:
    """Whether a pattern in mid-flow belongs to the statement before it."""
    before = text[:start].rstrip()
    last = before.rpartition(" ")[2]
    if family == "fragment":
        return rules.LICENSING.search(before) is not None
    if family == "wh":
        return last in rules.EMBEDDING or rules.FOUND_OUT.search(before) is not None
    return last in (rules.SUBJECTS if rules.ASKS_LISTENER.match(text, start) else rules.BLOCKING_BEFORE)


def _is_only_openers(before: str) -> bool:
    while before:
        shorter = before[:-1].rstrip() if before.endswith(",") else rules.LEADS.sub("", before)
        if shorter == before:
            return False
        before = shorter
    return True


def _asked(sentence: Sentence, onsets: list[_Opening]) -> list[_Opening]:
    """The onsets that seek an answer; what is wondered aloud to nobody takes what follows it along."""
    for i, onset in enumerate(onsets):
        if onset.family == "indirect" and not rules.TO_LISTENER.search(sentence.text[onset.start :]):
            return [earlier for earlier in onsets[:i] if _asks(sentence, earlier)]
    return [onset for onset in onsets if _asks(sentence, onset)]


def _asks(sentence: Sentence, onset: _Opening) -> bool:
    asked = sentence.text[onset.start :]
    return not (rules.NOT_ASKED.search(asked) or (rules.CLEFT.search(asked) and not sentence.marked))


def _is_reported(sentence: Sentence, onset: _Opening) -> bool:
    return rules.REPORTING.search(sentence.text[: onset.start].rstrip()) is not None


def _matches(sentence: Sentence, onsets: list[_Opening]) -> list[QuestionMatch]:
    kept = _merged(sentence.text, onsets)
    ends = [*(onset.start for onset in kept[1:]), len(sentence.text)] if kept else []
    is_scaled = rules.SCALE.search(sentence.text) is not None
    matches = []
    for onset, end in zip(kept, ends, strict=True):
        asked = _JOINTS.sub("", sentence.text[onset.start : end].rstrip())
        is_last = end == len(sentence.text)
        cut = next((m for m in _ANSWERED.finditer(asked) if asked.count(" ", 0, m.start()) >= _MIN_BEFORE_ANSWER), None)
        if cut and not sentence.marked:
            asked, is_last = _JOINTS.sub("", asked[: cut.start()].rstrip()), False
        last = sentence.last if is_last else sentence.place_at(onset.start + len(asked) - 1)
        kind: QuestionKind = "open" if rules.is_open(onset.family, asked) and not is_scaled else "closed"
        matches.append(QuestionMatch(first_word=sentence.place_at(onset.start), last_word=last, kind=kind))
    return matches


def _merged(text: str, onsets: list[_Opening]) -> list[_Opening]:
    """The onsets with abandoned starts, second halves of a choice and the body of a framed question taken out."""
    kept: list[_Opening] = []
    for onset in onsets:
        if kept:
            between = text[kept[-1].end : onset.start].strip()
            n_words = _n_words(between)
            is_framed = kept[-1].family in ("invite", "indirect") and n_words <= _MERGED_WORDS
            is_choice = onset.family == "polar" and _OR.search(between)
            if n_words < _ABANDONED_WORDS and between.endswith(","):
                kept.pop()
            elif is_choice or (is_framed and onset.family != "invite"):
                continue
        kept.append(onset)
    return kept
