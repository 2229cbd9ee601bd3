"""Owns what help a coach is reminded of by their own mark of ability or motivation. Nothing here makes such a mark."""

from pipeline.domain.base import Value
from pipeline.domain.cycle.focus import Cause


class Help(Value):
    """The kind of help that a mark calls for, and what it can be."""

    title: str
    ideas: tuple[str, ...]


MARKS: dict[Cause, str] = {
    "ability": "Ability: they would, and do not know how yet",
    "motivation": "Motivation: they know how, and have little reason to",
    "cannot_tell": "I cannot tell",
}

_HELP: dict[Cause, Help] = {
    "ability": Help(
        title="Practice and models",
        ideas=(
            "Play a moment in which a colleague does it, then try the same moment together.",
            "Practise one sentence until it comes easily, and only then the whole exchange.",
            "Agree on the first call in which it is tried, and hear that one together.",
        ),
    ),
    "motivation": Help(
        title="Goals and incentives",
        ideas=(
            "Ask what they want to reach, and where this would bring them closer to it.",
            "Let them say what it costs to go on as now, and what it would be worth to change.",
            "Ask what stands in the way that you could take out of it.",
        ),
    ),
    "cannot_tell": Help(
        title="Find out together",
        ideas=(
            "Ask them to do it now, in practice: whoever can do it here knows how.",
            "Ask what made them choose what they said, and listen.",
        ),
    ),
}


def help_for(cause: Cause | None) -> Help | None:
    """The help that a person's mark calls for; None while nobody has marked anything."""
    return None if cause is None else _HELP[cause]
