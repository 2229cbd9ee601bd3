"""Tells a speaker's label at the beginning of a line, as in "Ann: Hello", from other words before a colon."""

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.domain.role_names import is_role_word

_LABEL = re.compile(r"\s*(?:-\s+|>>+\s*)?(?P<name>[^\W_][^:：\n]{0,59}?)\s*[:：](?:\s+|$)")
_PARTICLES = frozenset({"al", "bin", "da", "de", "del", "der", "di", "du", "el", "la", "le", "of", "the", "van", "von"})
_MOST_WORDS = 5


def label_of(line: str) -> tuple[str, str] | None:
    """Name and text of a line that begins with a speaker's name and a colon; None for any other line.

    A name has at most five words, each beginning with a capital (or a letter of a script without capitals) or a digit,
    unless it is a role's: "Rep", "customer", "Speaker 2", "Ann de Vries (Heron Lane)".
    """
    found = _LABEL.match(line)
    if found is None or not is_name(found["name"]):
        return None
    return found["name"], line[found.end() :].strip()


def is_name(text: str) -> bool:
    """Whether this may be the name of a person or a role, rather than the beginning of a sentence."""
    if is_role_word(text):
        return True
    words = text.replace("(", " ").replace(")", " ").split()
    if not 1 <= len(words) <= _MOST_WORDS or any(mark in text for mark in '?!;,"“”'):
        return False
    return words[0][0].isalnum() and all(w.casefold() in _PARTICLES or not w[0].islower() for w in words)


def names_in(lines: Sequence[str]) -> frozenset[str]:
    """The names that label lines of cues: those of roles, those used twice or more, all where every line has one."""
    found = [label for line in lines if (label := label_of(line)) is not None]
    counts = Counter(name for name, _ in found)
    if len(found) == len(lines):
        return frozenset(counts)
    return frozenset(name for name, n in counts.items() if n > 1 or is_role_word(name))
