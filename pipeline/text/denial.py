"""Owns whether a sentence denies what a phrase in it mentions: "no budget problem", "price is not the issue".

Words of negation reach forward to the end of their clause, over a few words; backwards only where something is said to
be no problem. A question that begins with a negation ("isn't that expensive?", "why don't we meet?") denies nothing.
"""

import re
from collections.abc import Sequence

from pipeline.domain.normal import WordRun
from pipeline.domain.phrases import PhraseMatch
from pipeline.text.sentences import Sentence


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


REACH = 6
"""Words that may stand between a negation and what it denies."""

NEGATIONS = _set("not no never none nobody nothing neither nor without hardly")
_SUBJECTS = _set("i you we they he she it that this there the our my your")
_AUXILIARIES = _set("is are was were do does did will would can could should have has had might must shall am")
_NO_DENIALS = frozenset(
    {
        ("not", "only"), ("not", "just"), ("no", "doubt"), ("no", "wonder"), ("no", "matter"), ("not", "forget"),
        ("not", "hesitate"), ("not", "until"), ("not", "mind"), ("no", "worries"),
    }
)  # fmt: skip
_STOPS = _set("know understand remember sure if whether what why how when which who until unless only")
"""Between a negation and a phrase these end its reach: who does not know the price does not deny it."""
_PEOPLE = _set("i we you they he she")
_CARRYING = _set("think believe expect guess feel say mean that want need")
"""Verbs through which a negation reaches on: "I don't think we'll meet"."""
_NO_PROBLEM = re.compile(
    r"^( [\w']+){0,3} (is|are|was|were|will|would|should|do|does|did|has|have)( [\w']+)? (not|never|no|hardly)"
    r"( [\w']+){0,4} (issues?|problems?|concerns?|questions?|matter|topic|point|obstacles?|blockers?|worry|worries|"
    r"reason)\b"
)


def is_denied(sentence: Sentence, match: PhraseMatch) -> bool:
    """Whether the sentence says of a phrase in it that it is not so.

    Words of negation that belong to the phrase itself ("not interested") are part of what it mentions.
    """
    clause = sentence.clause_of(match.run)
    words = sentence.words
    within = any(words[at] in NEGATIONS for at in match.free)
    before = (at for at in range(clause.first, match.run.first) if words[at] in NEGATIONS)
    return (
        within or any(_reaches(words, at, match.run, clause) for at in before) or _no_problem(words, match.run, clause)
    )


def _reaches(words: Sequence[str], at: int, run: WordRun, clause: WordRun) -> bool:
    between = words[at + 1 : run.first]
    if len(between) > REACH or _STOPS.intersection(between) or words[at : at + 2] in _NO_DENIALS:
        return False
    if any(words[i] in _PEOPLE and words[i - 1] not in _CARRYING for i in range(at + 1, run.first + 1)):
        return False  # somebody else's sentence by now: "if that doesn't help I'll call"
    follows = words[at + 1] if at + 1 < len(words) else ""
    if words[at] == "no" and at == clause.first and follows in _SUBJECTS:
        return False  # an answer, after which the sentence says something of its own
    return not _asks(words, at, clause)


def _asks(words: Sequence[str], at: int, clause: WordRun) -> bool:
    """Whether the negation stands in a question turned round: an auxiliary first, then not, then who it is about."""
    if words[at] != "not" or at + 1 >= len(words) or words[at + 1] not in _SUBJECTS:
        return False
    opens = at - 1 == clause.first or (at >= 2 and words[at - 2] in ("why", "so", "well", "and", "but"))
    return opens and words[at - 1] in _AUXILIARIES


def _no_problem(words: Sequence[str], run: WordRun, clause: WordRun) -> bool:
    rest = "".join(f" {word}" for word in words[run.last + 1 : clause.last + 1])
    return _NO_PROBLEM.match(rest) is not None
