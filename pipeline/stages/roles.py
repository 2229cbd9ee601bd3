"""Which speaker is the rep: told by people or channels, else inferred with a confidence and its reasons."""

import math
from collections.abc import Sequence

from pipeline.domain.correction import RoleCorrection, corrected
from pipeline.domain.recording import CallMetadata, Role, Stage
from pipeline.domain.span import total
from pipeline.domain.speech import Conversation, Speaker
from pipeline.text.questions import find_questions
from pipeline.text.role_cues import RoleEvidence, role_evidence

_NAME_CUE = 4.0
_QUESTION_WEIGHT = 2.0
_OPENER_CUE = 0.75
_OPENING_WORDS = 5
"""With fewer words a first turn only answers the phone, as the called one does. Opening alone decides nothing."""
_MIN_CONFIDENCE = 0.6
"""Below, both roles are near a coin toss: the speakers stay `unknown`, and measures of sides say so."""
_BYSTANDER_SHARE = 0.05


def assign_roles(
    conversation: Conversation, *, metadata: CallMetadata, corrections: Sequence[RoleCorrection] = ()
) -> Conversation:
    """The conversation with a role for each speaker, its confidence and where it comes from.

    People's corrections come first, then channels. What remains is inferred where exactly one rep can be picked: who
    opens the call, greets and names a company, who offers help, who asks and who is asked. Who has under 5% of the
    talk is `other`. In a one-to-one (stage coaching) only names and questions tell: the manager asks more, and has the
    role rep.
    """
    speakers = list(conversation.speakers)
    if any(s.source == "unknown" for s in speakers):
        speakers = _inferred(conversation, speakers, metadata)
    told = corrected(conversation.model_copy(update={"speakers": tuple(speakers)}), corrections)
    roles = {s.label: s.role for s in told}
    turns = tuple(turn.model_copy(update={"role": roles[turn.speaker]}) for turn in conversation.turns)
    return conversation.model_copy(update={"speakers": told, "turns": turns})


def _inferred(conversation: Conversation, speakers: list[Speaker], metadata: CallMetadata) -> list[Speaker]:
    told = {s.label for s in speakers if s.source != "unknown" and s.role != "unknown"}
    talk = {s.label: _talk(conversation, s.label) for s in speakers}
    everyone = sum(talk.values())
    open_labels = [
        s.label
        for s in speakers
        if s.label not in told and s.label != "unknown" and talk[s.label] >= _BYSTANDER_SHARE * everyone
    ]
    if told:
        return [s if s.label in told else _rest(s, speakers, open_labels) for s in speakers]
    if len(open_labels) < 2:
        return [_unknown(s, "only one voice was heard") for s in speakers]
    evidence = {label: _evidence(conversation, label, metadata) for label in open_labels}
    ranked = sorted(open_labels, key=lambda label: -evidence[label].value)
    rep, runner_up = ranked[0], ranked[1]
    confidence = 1 / (1 + math.exp(-(evidence[rep].value - evidence[runner_up].value) / 2))
    if confidence < _MIN_CONFIDENCE:
        return [_unknown(s, "nothing that was said tells rep from customer") for s in speakers]
    return [_placed(s, rep, open_labels, confidence, evidence) for s in speakers]


def _rest(speaker: Speaker, speakers: list[Speaker], open_labels: list[str]) -> Speaker:
    """A speaker beside those whose role is given: the other side, where there is only one other side it can be."""
    given = {s.role for s in speakers if s.source != "unknown"}
    if speaker.label not in open_labels:
        return _unknown(speaker, "says too little to be placed")
    if "rep" in given:
        role: Role = "customer"
    elif "customer" in given and len(open_labels) == 1:
        role = "rep"
    else:
        return _unknown(speaker, "the roles given leave this one open")
    return speaker.model_copy(
        update={"role": role, "confidence": 0.9, "source": "inferred", "reason": "the other side is given"}
    )


def _placed(
    speaker: Speaker, rep: str, open_labels: list[str], confidence: float, evidence: dict[str, RoleEvidence]
) -> Speaker:
    if speaker.label not in open_labels:
        role: Role = "unknown" if speaker.label == "unknown" else "other"
        return speaker.model_copy(
            update={"role": role, "confidence": 0.5, "source": "inferred", "reason": "says little"}
        )
    cues = "; ".join(evidence[speaker.label].cues) or "no cue of their own"
    return speaker.model_copy(
        update={
            "role": "rep" if speaker.label == rep else "customer",
            "confidence": round(confidence, 2),
            "source": "inferred",
            "reason": cues,
        }
    )


def _unknown(speaker: Speaker, reason: str) -> Speaker:
    return speaker.model_copy(update={"role": "unknown", "confidence": 0.0, "source": "unknown", "reason": reason})


def _talk(conversation: Conversation, label: str) -> float:
    timed = total(s.span for s in conversation.speech if s.speaker == label)
    return timed or sum(len(t.words) for t in conversation.turns if t.speaker == label) / 3


def _evidence(conversation: Conversation, label: str, metadata: CallMetadata) -> RoleEvidence:
    turns = [t for t in conversation.turns if t.speaker == label]
    text = " ".join(t.text for t in turns)
    one_to_one = metadata.stage is Stage.COACHING  # there nobody sells, and the manager has the role rep
    found = RoleEvidence(value=0.0, cues=()) if one_to_one else role_evidence(text)
    value, cues = found.value, list(found.cues)
    names = (metadata.manager, metadata.rep) if one_to_one else (metadata.rep, metadata.customer)
    for name, sign in zip(names, (1.0, -1.0), strict=True):
        if name and _introduces_as(text, name):
            value += sign * _NAME_CUE
            cues.append(f"says their name is {name.split()[0]}")
    asked = sum(len(find_questions(t.text)) for t in turns)
    all_asked = sum(len(find_questions(t.text)) for t in conversation.turns)
    if all_asked:
        value += _QUESTION_WEIGHT * asked / all_asked
        cues.append(f"asks {asked} of {all_asked} questions")
    if not one_to_one and _opens(conversation, label):
        value += _OPENER_CUE
        cues.append("opens the call")
    return RoleEvidence(value=value, cues=tuple(cues))


def _opens(conversation: Conversation, label: str) -> bool:
    """Whether this speaker's is the first turn of the call that says something."""
    opening = next((turn for turn in conversation.turns if len(turn.words) >= _OPENING_WORDS), None)
    return opening is not None and opening.speaker == label


def _introduces_as(text: str, name: str) -> bool:
    first = name.split(maxsplit=1)[0].lower()
    plain = text.lower().replace(",", "").replace(".", "").replace("\u2019", "'")
    return any(f"{opening} {first}" in plain for opening in ("this is", "i'm", "my name is", "i am", "it's", "here is"))
