"""Sentences that speak of price, or of a next step, by the words they use."""

import re

_PRICE = re.compile(
    r"\b(pric(e|es|ed|ing)|costs?|budget|expensive|cheap(er)?|discount|afford|per (seat|user|month|year)|invoice|quote|"
    r"dollars?|euros?|pounds?|fees?|subscription)\b|[$€£]\s?\d",
    re.IGNORECASE,
)
_NEXT_STEP = re.compile(
    r"\b(next steps?|follow[- ]up|get back to you|calendar|invit(e|ation)|(let's|shall we|should we|can we|could we) "
    r"(schedule|book|meet|talk again|set up|put)|(send|email) (you|me|over|it)|"
    r"(meet|talk|speak|call) (again )?(on|next) \w+|(pencil|book|schedule)( \w+){0,3} (in|for))\b",
    re.IGNORECASE,
)


def speaks_of_price(sentence: str) -> bool:
    """Whether a sentence names a price, a cost or a budget."""
    return _PRICE.search(sentence) is not None


def speaks_of_next_step(sentence: str) -> bool:
    """Whether a sentence names or proposes something to happen after the call."""
    return _NEXT_STEP.search(sentence) is not None
