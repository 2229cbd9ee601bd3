"""Owns what becomes of text from transcripts and metadata before a person sees it: anybody may have written it.

Escaping is each format's own matter; this removes what no format needs and what could mislead an eye or a terminal.
"""

import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u00ad\u200b\u2060\ufeff")


def visible(text: str) -> str:
    """The text on one line without control characters, direction overrides and invisible marks.

    Letters of every script stay, and so do the joiners that some scripts need. Lone surrogates become U+FFFD.
    """
    if text.isprintable():  # quick, for most: nothing of the below is printable
        return " ".join(text.split())
    return " ".join("".join(_shown(c) for c in text).split())


def _shown(char: str) -> str:
    if char in _BIDI or char in _INVISIBLE or 0xE0000 <= ord(char) <= 0xE007F:
        return ""
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    return " " if category in ("Cc", "Zl", "Zp") else char


def paragraphs(text: str) -> tuple[str, ...]:
    """The text's paragraphs, parted by blank lines in the source, each visible on one line; empty ones are left out."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return tuple(shown for block in blocks if (shown := visible(" ".join(block))))
