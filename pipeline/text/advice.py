"""Owns telling asking from telling: which sentences of a coach ask something, and which say what somebody should do.

A sentence that reports what was said or found does neither. The questions are those of `find_questions`; what stands in
quotation marks is somebody else's and counts for nothing.
"""

import re

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.text.question_text import sentences
from pipeline.text.questions import find_questions


class AskTell(Value):
    """How many sentences ask, and how many tell somebody what to do; others are in neither."""

    asks: int = Field(default=0, ge=0)
    tells: int = Field(default=0, ge=0)

    def __add__(self, other: "AskTell") -> "AskTell":
        return AskTell(asks=self.asks + other.asks, tells=self.tells + other.tells)


_OPENING = r"^(?:(?:and|so|but|okay|ok|well|now|then|also|first|instead|please|just|next time|,) )*"
_TO_DO = (
    "ask|avoid|begin|bring|call|check|close|count|cut|focus|give|hold|keep|leave|listen|mention|note|open|pause|play"
    "|practise|practice|prepare|put|remember|repeat|say|show|slow|start|stop|summarise|summarize|tell|try|use|wait"
    "|work|write"
)
_TELLING = re.compile(
    rf"{_OPENING}(?:(?:always|never|do not|don't) )?(?:{_TO_DO}|do (?:it|this|that))(?= (?!me(?!\S)|us(?!\S)))"
    rf"|{_OPENING}(?:don't|never|make sure|be sure)(?!\S)"
    r"|(?:^| )you(?: (?:really|just|also|still|always|all))* (?:should|shouldn't|must|mustn't|ought|need to|have to"
    r"|had better|better|could have|want to|may want to|might want to|can't just|cannot just)(?!\S)"
    r"|(?:^| )you'd better(?!\S)"
    r"|(?:^| )(?:if i were you|in your place|my advice|my suggestion|what you (?:need|have) to do|what i'd do)(?!\S)"
    r"|(?:^| )(?:i|i'd|i would)(?: (?:would|really|strongly|just))* (?:suggest|recommend|advise"
    r"|like you to|want you to)(?!\S)"
)


def asks_and_tells(text: str) -> AskTell:
    """How many sentences of the text ask and how many tell; one that does both asks."""
    asked = {match.first_word for match in find_questions(text)}
    found = AskTell()
    for sentence in sentences(text):
        if any(sentence.first <= word <= sentence.last for word in asked):
            found += AskTell(asks=1)
        elif _TELLING.search(sentence.text):
            found += AskTell(tells=1)
    return found
