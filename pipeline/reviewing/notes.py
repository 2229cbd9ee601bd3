"""Owns what is told beside words that a person wrote: quotations nobody spoke, wording that is more than a recording
can show. It is told and never in the way: a quotation may be an example to say."""

import re
from collections.abc import Iterator
from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.neutrality import lint
from pipeline.domain.normal import NormalTurn, normal_turn, normal_words
from pipeline.domain.review import FeedbackPart, part_text
from pipeline.domain.speech import Conversation
from pipeline.reviewing.standing import Standing

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]")
_LEFT_OUT = re.compile(r"…|\.{3,}|\[[^\[\]]*\]")


class Note(Value):
    """not_spoken: these words stand in quotation marks and not in the transcript; wording: they may sound like a
    judgement, and `why`."""

    part: FeedbackPart
    kind: Literal["not_spoken", "wording"]
    words: str
    why: str = ""


def notes(standing: Standing, conversation: Conversation) -> tuple[Note, ...]:
    """What there is to tell of the parts that a person wrote, in order; what the draft had itself is not told."""
    if not standing.edited:
        return ()
    turns = [normal_turn(turn) for turn in conversation.turns]
    return tuple(
        note for part in standing.edited for note in (*_spoken(standing, part, turns), *_wording(standing, part))
    )


def unspoken(text: str, conversation: Conversation) -> tuple[str, ...]:
    """The quotations of a text that do not stand word for word in one turn, in order.

    Case and punctuation are levelled out; what "..." or square brackets leave out is left out.
    """
    return tuple(_unspoken(text, [normal_turn(turn) for turn in conversation.turns]))


def _unspoken(text: str, turns: list[NormalTurn]) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        quoted = next(group for group in match.groups() if group is not None)
        pieces = [words for piece in _LEFT_OUT.split(quoted) if (words := normal_words(piece))]
        if pieces and not any(all(turn.runs_of(words) for words in pieces) for turn in turns):
            yield quoted.strip()


def _spoken(standing: Standing, part: FeedbackPart, turns: list[NormalTurn]) -> Iterator[Note]:
    own = part_text(standing.own, part)
    for words in dict.fromkeys(_unspoken(part_text(standing.feedback, part), turns)):
        if words not in own:
            yield Note(part=part, kind="not_spoken", words=words)


def _wording(standing: Standing, part: FeedbackPart) -> Iterator[Note]:
    if part == "follow_up":
        return
    own = part_text(standing.own, part)
    form: Literal["step", "prose"] = "step" if part in ("activity", "practice") else "prose"
    for finding in lint(part_text(standing.feedback, part), form=form):
        if finding.rule != "quotation" and finding.sentence not in own:
            yield Note(part=part, kind="wording", words=finding.words, why=finding.reason)
