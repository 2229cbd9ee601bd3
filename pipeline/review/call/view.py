"""Owns all that the page of a call shows but player, draft and speakers, as far as the viewer may see it."""

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.rep_first import Stance
from pipeline.domain.result import CallResult
from pipeline.domain.review import ReviewState
from pipeline.domain.rubric import Parties
from pipeline.export.mentions import TrackerRow
from pipeline.export.scorecard import Card
from pipeline.export.sheet import Fact, Origin, Rejection
from pipeline.review.call.comments import CommentsView, comments_view
from pipeline.review.call.measures import MeasuresView, measures_view
from pipeline.review.call.shown import Shown
from pipeline.review.call.transcript import TurnView
from pipeline.review.cycle.first.observations import STANCES, ObservationView, observations_said
from pipeline.review.drafts.view import standing_words
from pipeline.review.guards import Entry
from pipeline.review.seals import Seal

NOT_APPROVED = "The scorecard and the feedback open to you once your manager has approved the feedback."


def why_closed(shown: Shown) -> str:
    """Why the viewer does not see the judgement of the call; empty where they do."""
    if shown.judged:
        return ""
    return shown.seal.why if shown.seal else NOT_APPROVED


class Judgement(Value):
    """What the software says of the rep: the scorecard, and the claims that were refused."""

    cards: tuple[Card, ...]
    rejections: tuple[Rejection, ...]
    rubric: str


class Part(Value):
    """A part of the page: where it is, its title, how many things it holds where that matters, and its key."""

    id: str
    title: str
    n: int | None
    key: str


class CallView(Value):
    """A call as its page shows it.

    `record` is the number of the reading that is shown, `latest` that of the last one, `reviewed` that of the reading
    whose draft is under review where it is another. `judgement` is absent where the viewer may not see it; `sealed`
    then says why, and `seal` is there where that is because the rep goes first. `said` is what the rep said of
    observations, by their ids; `answers` is the rep's id where the viewer is the rep and may say so.
    """

    call: str
    title: str
    record: int
    latest: int
    reviewed: int | None
    read_at: AwareDatetime
    state: ReviewState
    parties: Parties
    simulated: bool
    timed: bool
    language: str
    duration: float
    facts: tuple[Fact, ...]
    judgement: Judgement | None
    sealed: str
    seal: Seal | None = None
    said: dict[str, ObservationView] = Field(default_factory=dict)
    answers: str = ""
    trackers: tuple[TrackerRow, ...]
    measures: MeasuresView
    turns: tuple[TurnView, ...]
    comments: CommentsView
    origins: tuple[Origin, ...]

    @property
    def stances(self) -> dict[Stance, str]:
        """What can be said of an observation, in words."""
        return STANCES

    @property
    def standing(self) -> tuple[str, str]:
        """Where the review of the call stands, in words, and the tone in which to say it."""
        if self.seal is not None:
            return self.seal.badge, "info"
        return ("Not approved yet", "") if self.sealed and self.state != "approved" else standing_words(self.state)

    @property
    def summary(self) -> tuple[Fact, ...]:
        """The facts that tell one call from another; the page has all of them further down."""
        return tuple(fact for fact in self.facts if fact.label in ("Rep", "Stage", "Deal", "Date", "Duration"))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the page that the viewer has, in order."""
        found: list[tuple[str, str, int | None]] = []
        letter = "Feedback" if self.state == "approved" else "Draft"
        found += [("draft", letter, None), ("scorecard", "Scorecard", None)] if self.judgement else []
        found += [("measures", "Measures", None)]
        found += [("mentions", "Mentions", len(self.trackers))] if self.trackers else []
        found += [("comments", "Comments", self.comments.n), ("who", "Who is who", None), ("about", "About", None)]
        return tuple(Part(id=i, title=title, n=n, key=str(place)) for place, (i, title, n) in enumerate(found, start=1))

    @property
    def readings(self) -> range:
        """The numbers of all readings of the call."""
        return range(1, self.latest + 1)

    @property
    def noted(self) -> dict[str, tuple[str, ...]]:
        """The ids of the comments on each turn that has any."""
        found: dict[str, tuple[str, ...]] = {}
        for thread in self.comments.threads:
            if thread.turn_id:
                found[thread.turn_id] = (*found.get(thread.turn_id, ()), thread.id)
        return found


def call_view(entry: Entry, shown: Shown, names: dict[str, str] | None = None) -> CallView:
    """The page's values for this viewer; `names` by speaker's label are those that a person gave."""
    made, turns = entry.room.sheets.get(shown.record, shown.result, names or {}, judged=shown.judged)
    starts = sorted((turn.start, turn.id) for turn in turns if turn.start is not None)
    return CallView(
        call=entry.call,
        title=made.title,
        record=shown.number,
        latest=shown.latest,
        reviewed=shown.reviewed,
        read_at=shown.record.at,
        state=shown.review.state if shown.review and not shown.seal else "waiting",
        parties=made.parties,
        simulated=made.simulated,
        timed=made.timed,
        language=made.language,
        duration=max(shown.result.recording.duration, *(turn.end or 0.0 for turn in turns), 0.0),
        facts=made.facts,
        judgement=Judgement(cards=made.cards, rejections=made.rejections, rubric=made.rubric) if shown.judged else None,
        sealed=why_closed(shown),
        seal=shown.seal,
        said=observations_said(entry.room, entry.call, shown.number) if shown.judged else {},
        answers=entry.viewer.user.id if shown.judged and entry.sight == "own" else "",
        trackers=made.trackers,
        measures=measures_view(entry, shown.result, made.measures),
        turns=turns,
        comments=comments_view(entry, starts, timed=made.timed),
        origins=made.origins,
    )


def starts_of(result: CallResult) -> list[tuple[float, str]]:
    """When each turn starts, with its id, in order of time."""
    return sorted((turn.span.start, turn.id) for turn in result.conversation.turns if turn.span is not None)
