"""Owns a person's progress as a value, for its page and the API: each capability over time, and what is said of it."""

from pydantic import AwareDatetime

from pipeline.cycle.focus import FocusState
from pipeline.cycle.progress import Course, Stretch, Verdict, progress
from pipeline.domain.base import Value
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted
from pipeline.review.cycle.progress.counted import Counted

VERDICTS: dict[Verdict, str] = {
    "improved": "Improved",
    "fell": "Fell",
    "no_change": "No change beyond noise",
    "too_few": "Too few calls yet",
}
"""What a verdict says in a word or two."""
_ALIKE = 0.05
"""Averages less apart than this are told as level."""


class FocusPeriod(Value):
    """When a behaviour of the capability was the focus; `ended_at` is None while it is."""

    behaviour: str
    began_at: AwareDatetime
    ended_at: AwareDatetime | None


class CallMark(Value):
    """A call of a rubric, in the order in which charts have them."""

    call: str
    at: AwareDatetime
    customer: str
    practice: bool


class CapabilityProgress(Value):
    """One capability: `verdict` and `told` are of the latest rubric version, `course` has the levels of each."""

    capability: str
    name: str
    verdict: Verdict
    verdict_words: str
    told: str
    course: Course
    focus: tuple[FocusPeriod, ...] = ()


class RubricProgress(Value):
    """The capabilities of one rubric in its order, with all calls that were read against it, oldest first."""

    rubric: str
    title: str
    version: int
    calls: tuple[CallMark, ...]
    capabilities: tuple[CapabilityProgress, ...]

    @property
    def n_live(self) -> int:
        """How many of the calls were with customers."""
        return sum(not call.practice for call in self.calls)


class ProgressView(Value):
    """A person's progress as the viewer may see it; `n_left_out` live calls are not in it yet.

    To the rep those are calls whose feedback is not approved, to a coach those that the rep picked and has not
    commented on.
    """

    person: str
    own: bool
    n_left_out: int
    rubrics: tuple[RubricProgress, ...]


def progress_view(of: Counted) -> ProgressView:
    """The progress of the person of the path."""
    courses = progress(of.calls)
    calls = [call for call in of.calls if call.live or call.simulated]
    latest = {call.rubric: call.at for call in calls}
    return ProgressView(
        person=of.entry.whose.id,
        own=of.entry.sight == "own",
        n_left_out=of.n_left_out,
        rubrics=tuple(
            _rubric(of, rubric, [c for c in courses if c.rubric == rubric], [c for c in calls if c.rubric == rubric])
            for rubric in sorted({course.rubric for course in courses}, key=lambda r: latest[r], reverse=True)
        ),
    )


def _rubric(of: Counted, rubric: str, courses: list[Course], calls: list[PastCall]) -> RubricProgress:
    in_order = sorted(courses, key=lambda course: of.place(rubric, course.capability))
    return RubricProgress(
        rubric=rubric,
        title=of.rubric_title(rubric),
        version=calls[-1].rubric_version,
        calls=tuple(_mark(call) for call in calls),
        capabilities=tuple(_capability(of, course) for course in in_order),
    )


def _mark(call: PastCall) -> CallMark:
    return CallMark(
        call=call.call, at=call.at, customer=visible(call.customer or "a customer"), practice=call.simulated
    )


def _capability(of: Counted, course: Course) -> CapabilityProgress:
    stretch = course.latest
    return CapabilityProgress(
        capability=course.capability,
        name=of.capability_name(course.rubric, course.capability),
        verdict=stretch.verdict,
        verdict_words=VERDICTS[stretch.verdict],
        told=told(stretch),
        course=course,
        focus=tuple(_period(state) for state in of.known.focuses if _is_of(state, course)),
    )


def told(stretch: Stretch) -> str:
    """The verdict in sentences, with the figures that it rests on."""
    standing = stretch.standing
    if standing is None:
        n = len(stretch.points)
        return (
            f"{counted(n, 'call')} scored so far under version {stretch.version}. "
            f"{counted(stretch.needed, 'more call')} before a change can be told from noise."
        )
    difference = standing.difference
    way = "above" if difference >= 0 else "below"
    apart = "level with" if abs(difference) < _ALIKE else f"{abs(difference):.1f} {way}"
    seen = (
        f"The latest {standing.n_recent} calls average {standing.recent:.1f}, {apart} the "
        f"{standing.baseline:.1f} of the first {standing.n_baseline}."
    )
    bar = f"The smallest change that is not noise is {standing.smallest:.1f} levels"
    if stretch.verdict in ("improved", "fell"):
        return f"{seen} {bar}: this is more."
    if abs(difference) < standing.smallest:
        return f"{seen} {bar}: not reached."
    return f"{seen} {bar}. Only {standing.agreeing} of the {standing.n_recent} lie {way}, so single calls make it up."


def _is_of(state: FocusState, course: Course) -> bool:
    return (state.opened.rubric, state.opened.capability) == (course.rubric, course.capability)


def _period(state: FocusState) -> FocusPeriod:
    ended = state.closed.at if state.closed else None
    return FocusPeriod(behaviour=visible(state.title), began_at=state.at, ended_at=ended)
