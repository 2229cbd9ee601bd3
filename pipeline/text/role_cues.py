"""What people say by which a rep, or a customer, gives themselves away."""

import re
from dataclasses import dataclass

_NO_NAMES = (
    "a|about|all|also|at|back|better|busy|comfortable|coming|done|familiar|fine|glad|going|good|great|happy|here|home|in|"
    "just|looking|mostly|new|not|of|ok|okay|on|only|out|pretty|quite|really|right|so|still|stuck|sure|talking|the|there|"
    "too|up|very|working|wrong"
)
"""Words after "I'm" or "it's" that name nobody: "I'm happy with our vendor" is no rep's introduction."""

REP_CUES: tuple[tuple[str, float], ...] = (
    (
        r"\bthanks? (you )?(so much )?for (calling|taking (the|my) (call|time)|making (the )?time|joining|your time)\b",
        2.0,
    ),
    (r"\bhow (can|may) i (help|assist)\b", 3.0),
    (
        rf"\b(this is|my name is|i'm|it's|i am) (?!({_NO_NAMES})\b)\w+( \w+)?,? (calling )?(from|with|at|over at) "
        r"(?!(it|that|this|them|me|my|all|home|work|least|first)\b)\w+",
        2.5,
    ),
    (r"\bthis is \w+ (speaking|from|with)\b", 1.5),
    (r"\bi(?: am|'m| was) calling (from|because we|on behalf)\b", 1.0),
    (r"\b(is now|is this) (still )?a good time\b", 2.0),
    (r"\b(our|the) (platform|product|solution|software|team can|demo|pricing|implementation)\b", 1.0),
    (r"\b(let me|i'll|i can|i could|can i) (show|walk|send|share|put|pull|look|check|transfer|set)\b", 1.0),
    (r"\bi(?:'ll| will| can|'d be happy to) (help|assist) you\b", 2.0),
    (r"\bwould it (make sense|help|be useful)\b", 1.0),
    (r"\b(walk me through|tell me (a bit |a little )?(more )?about|help me understand)\b", 1.5),
    (r"\bis there anything else\b", 2.0),
    (r"\b(can|could) (i|you) (please )?(have|get|provide|verify|confirm|spell|check)\b", 1.0),
    (r"\bwe (help|work with) (companies|teams|people|customers|businesses)\b", 2.0),
    (r"\bwhat brings you (in|here)\b", 2.0),
)
CUSTOMER_CUES: tuple[tuple[str, float], ...] = (
    (r"\bi(?:'m| am) calling (to|about|in|because i)\b", 2.0),
    (
        r"\b(i|we) (need|want|wanted) (some |a little )?"
        r"(help|to (check|know|make|buy|book|cancel|return|ask|report))\b",
        1.5,
    ),
    (r"\bmy (account|policy|order|claim|bill|car|appointment|application|insurance) ?(number|is|was|has)?\b", 1.0),
    (r"\bi (bought|ordered|purchased|filed|submitted|filled out|got a)\b", 1.5),
    (r"\b(we|we're|we are) (currently |still )?(use|using|have been using|looking (for|at|into))\b", 1.0),
    (r"\b(our|my) (boss|budget|current (vendor|provider|system|tool)|it (team|department))\b", 1.0),
    (r"\bhow much (is|does|would|will) (it|this|that)\b", 1.0),
    (r"\b(yes|no),? (please|that's right|that is right|it is|thank you)\b", 0.5),
)


@dataclass(frozen=True)
class RoleEvidence:
    """How much a speaker's words speak for a rep (positive) or a customer (negative), and the words that do."""

    value: float
    cues: tuple[str, ...]


def role_evidence(text: str) -> RoleEvidence:
    """The sum of all cues found in a speaker's words, each counted once."""
    plain = text.lower().replace("\u2019", "'")
    value = 0.0
    cues: list[str] = []
    for sign, table in ((1.0, REP_CUES), (-1.0, CUSTOMER_CUES)):
        for pattern, weight in table:
            found = re.search(pattern, plain)
            if found:
                value += sign * weight
                cues.append(found.group(0))
    return RoleEvidence(value=value, cues=tuple(cues))
