"""Owns what is taken out of spoken or imported words before a language model reads them: whoever wrote them, no part of
them can look like a line of the prompt, a message's end or a model's own marks.

Words that people really say come through as they are, as far as verification compares them.
"""

import re
import unicodedata

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that show nothing; the format characters have a Unicode category of their own."""

_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0000, 0xE0FFF))
"""Variation selectors and tags, inclusive: invisible, and enough of them spell any text."""

_MARK = re.compile(r"([<\[])(?=[^\s\d]|0x)")
_SPEAKER = re.compile(r"\b(rep|manager|customer|other|unknown|system|assistant|user|human|developer)\b\s*[:：]", re.I)


def one_line(text: str) -> str:
    """The text on one line, without anything invisible, with double quotes single; idempotent.

    What opens a special token or a tag ("<|im_end|>", "[INST]", "</s>") is parted from its name, a name of a speaker
    loses its colon ("Rep: yes" is "Rep, yes"). Lone surrogates become U+FFFD.
    """
    shown = " ".join("".join(map(_shown, text)).split()).replace('"', "'")
    return _SPEAKER.sub(r"\1,", " ".join(_MARK.sub(r"\1 ", shown).split()))


def _shown(char: str) -> str:
    code, category = ord(char), unicodedata.category(char)
    if category == "Cf" or char in _FILLERS or any(low <= code <= high for low, high in _SELECTORS):
        return ""
    if category == "Cs":
        return "\ufffd"
    return " " if category in ("Cc", "Zl", "Zp") else char
