"""Owns telling a backchannel from a turn by its words: "mm-hm", "yeah, right", which hand the floor straight back.

A transcriber's notes ("[laughs]", "<noise>") are not read."""

import re

_MAX_WORDS = 5
_TOKENS = re.compile(
    r"(?:(?:m+-?h+m+|mhm+|mmhmm|mm|hm+|uh-?huh|uhuh|uhum|ah|aha|oh|huh|um|uh"
    r"|yeah|yep|yup|yes|yea|ya|okay|ok|okey|k|right|sure|alright|all right|exactly|absolutely|definitely|totally"
    r"|certainly|correct|true|indeed|of course|great|good|cool|nice|perfect|wow|wonderful|awesome|fantastic|excellent"
    r"|lovely|interesting|really|gotcha|got it|got you|i see|i know|i get it|i understand|i hear you|i agree|understood"
    r"|fair enough|fair|makes sense|(?:that|it) makes sense"
    r"|that's (?:right|true|great|good|fair|cool|nice|fine|it)|for sure"
    r"|no problem|very good|sounds good|you bet|my goodness|gosh|boy|man|go ahead|no kidding|oh no|well) )+"
)
_NOTE = re.compile(r"\[[^\]]*\]|<[^>]*>")
_NOT_IN_A_WORD = re.compile(r"[^a-z'\- ]+")


def is_backchannel(text: str) -> bool:
    """Whether a turn's words only acknowledge: up to five words, each a token of listening ("uh-huh, sure").

    Text alone decides, so that a bare "yes" to a question is one too; who asked for it is the caller's to know.
    False for a text without words.
    """
    bare = _NOT_IN_A_WORD.sub(" ", _NOTE.sub(" ", text.lower().replace("’", "'")))
    words = [word.strip("-'") for word in bare.split()]
    words = [word for word in words if word]
    return 0 < len(words) <= _MAX_WORDS and _TOKENS.fullmatch(" ".join(words) + " ") is not None
