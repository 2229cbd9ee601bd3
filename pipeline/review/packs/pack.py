"""Owns what is in a review pack, whatever its format: the words of a feedback, and the moments they rest on.

Nothing else of the call is in it: not its transcript, not its scores, not the sound of anything but these moments.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from pipeline.domain.base import Value
from pipeline.domain.phrasing import clock
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.review import FeedbackPart
from pipeline.domain.span import Span
from pipeline.export.draft_sheet import WHO
from pipeline.export.sheet import Fact, sheet
from pipeline.export.timeline import Timeline
from pipeline.export.untrusted import paragraphs, visible
from pipeline.export.wording import ROLES, moment_of
from pipeline.reviewing.cited import Cited, cited
from pipeline.reviewing.standing import Standing

TOLD: tuple[FeedbackPart, ...] = ("strength", "facts", "improvement")
"""The parts that are told in sentences, in order."""
CLIP_BEFORE_S, CLIP_AFTER_S = 0.3, 0.5
"""A clip begins a little before its words and ends a little after: a cut within a sound is hard to follow."""
_LEFT_OUT = ("Consent", "Words")


class Clip(Value):
    """A moment that the feedback rests on: the transcript's own words, who spoke them and when.

    `struck` says who found that it does not stand, and when; empty for all others.
    """

    ref: str
    part: FeedbackPart
    text: str
    role: Role
    speaker: str
    span: Span | None
    struck: str = ""

    @property
    def clock(self) -> str:
        """When the words start, mm:ss; empty in a transcript without times."""
        return "" if self.span is None else clock(self.span.start)


class PackStep(Value):
    """One step of the activity."""

    text: str
    who: str
    by: date | None


class Pack(Value):
    """A feedback ready to be set in some format. Texts are `visible` already; escaping is left to each format.

    `status` says by whom and when it was approved, or that it is a draft; `approved` tells which.
    """

    call: str
    title: str
    status: str
    approved: bool
    simulated: bool
    facts: tuple[Fact, ...]
    timeline: Timeline | None
    strength: tuple[str, ...]
    figures: tuple[str, ...]
    improvement: tuple[str, ...]
    questions: tuple[str, ...]
    steps: tuple[PackStep, ...]
    practice: tuple[str, ...]
    follow_up: date | None
    clips: tuple[Clip, ...]

    def told(self, part: FeedbackPart) -> tuple[str, ...]:
        """The paragraphs of one of the parts `TOLD`."""
        return {"strength": self.strength, "facts": self.figures, "improvement": self.improvement}.get(part, ())

    def unquoted(self, part: FeedbackPart) -> tuple[Clip, ...]:
        """Those of a part's moments whose words do not stand in its texts already, and those that are struck out."""
        told = self.told(part)
        return tuple(c for c in self.clips_of(part) if c.struck or not any(c.text in text for text in told))

    def clips_of(self, part: FeedbackPart) -> tuple[Clip, ...]:
        """The moments that one part rests on."""
        return tuple(clip for clip in self.clips if clip.part == part)


def make_pack(
    result: CallResult, standing: Standing, *, approver: str, struck: Mapping[str, str] = MappingProxyType({})
) -> Pack:
    """The pack of a feedback as it stands; `result` is that of the record under review. `struck` tells of observations
    that no longer stand, by their ids."""
    page, words = sheet(result), standing.feedback
    named = result.rubric.parties.named
    approved = standing.state == "approved" and standing.review is not None
    status = "Draft: nobody has approved it, so it is not to be sent"
    if approved and standing.review is not None:
        status = f"Approved by {visible(approver)}, {moment_of(standing.review.at)}"
    return Pack(
        call=result.recording.call,
        title=page.title,
        status=status,
        approved=approved,
        simulated=page.simulated,
        facts=tuple(fact for fact in page.facts if fact.label not in _LEFT_OUT),
        timeline=page.timeline,
        strength=paragraphs(words.strength),
        figures=paragraphs(words.facts),
        improvement=paragraphs(words.improvement),
        questions=tuple(visible(question) for question in words.questions),
        steps=tuple(PackStep(text=visible(s.text), who=named(WHO[s.who]), by=s.by) for s in words.activity),
        practice=paragraphs(words.practice),
        follow_up=words.follow_up,
        clips=tuple(_clip(each, result, struck.get(each.ref, "")) for each in cited(standing, result)),
    )


def _clip(moment: Cited, result: CallResult, struck: str) -> Clip:
    return Clip(
        ref=visible(moment.ref),
        part=moment.part,
        text=visible(moment.text),
        role=moment.role,
        speaker=result.rubric.parties.named(ROLES[moment.role]),
        span=moment.span,
        struck=visible(struck),
    )
