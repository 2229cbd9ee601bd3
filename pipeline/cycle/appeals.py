"""Owns what a rep says of an observation, what a coach finds on listening again, and how often either happens."""

from collections.abc import Mapping

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.rep_first import AppealDecided, ObservationAnswered, Stance
from pipeline.errors import UsageError

ObservationKey = tuple[str, int, str]
"""An observation of all calls: the call, the number of its record, the observation's id there."""


class Decision(Value):
    """What a coach found on listening again, who and when; `upheld`: the rep is right."""

    upheld: bool
    text: str
    by: str
    at: AwareDatetime


class ObservationAnswer(Value):
    """The latest that a rep said of an observation, and what was found where that was an appeal."""

    call: str
    record: int
    observation: str
    behaviour: str
    stance: Stance
    text: str
    at: AwareDatetime
    decision: Decision | None = None

    @property
    def key(self) -> ObservationKey:
        """The observation that it is about."""
        return self.call, self.record, self.observation

    @property
    def appealed(self) -> bool:
        """Whether the rep says that it was not so."""
        return self.stance != "agree"

    @property
    def is_open(self) -> bool:
        """Whether a coach is to listen again."""
        return self.appealed and self.decision is None

    @property
    def struck(self) -> bool:
        """Whether the observation no longer stands."""
        return self.decision is not None and self.decision.upheld


class AppealLabel(Value):
    """What a person who listened again says of one observation: whether those words show the behaviour."""

    call: str
    record: int
    observation: str
    behaviour: str
    rater: str
    shows: bool


class AppealRates(Value):
    """How often reps say that it was not so, and how often they are right; the counts are those of the rates.

    `shown` observations stood in feedback that reps could read; `appealed` of these were appealed, `decided` of those
    were listened to again, and `upheld` of those no longer stand.
    """

    shown: int = Field(ge=0)
    appealed: int = Field(ge=0)
    decided: int = Field(ge=0)
    upheld: int = Field(ge=0)

    @property
    def appeal_rate(self) -> float | None:
        """Appeals per observation shown, 0 to 1; None where none was shown."""
        return self.appealed / self.shown if self.shown else None

    @property
    def uphold_rate(self) -> float | None:
        """Upheld appeals per appeal decided, 0 to 1; None where none was decided."""
        return self.upheld / self.decided if self.decided else None

    def __add__(self, other: "AppealRates") -> "AppealRates":
        """The rates of both together: counts add up, rates do not."""
        return AppealRates(
            shown=self.shown + other.shown,
            appealed=self.appealed + other.appealed,
            decided=self.decided + other.decided,
            upheld=self.upheld + other.upheld,
        )


def observation_answers(history: History) -> tuple[ObservationAnswer, ...]:
    """The latest answer of the rep to each observation, in the order in which these were first answered."""
    found: dict[ObservationKey, ObservationAnswer] = {}
    for event in history:
        what = event.what
        if isinstance(what, ObservationAnswered):
            found[what.call, what.record, what.observation] = ObservationAnswer(
                **what.model_dump(exclude={"kind"}), at=event.at
            )
        elif isinstance(what, AppealDecided):
            key = what.call, what.record, what.observation
            if key in found:
                decision = Decision(upheld=what.upheld, text=what.text, by=event.author, at=event.at)
                found[key] = found[key].model_copy(update={"decision": decision})
    return tuple(found.values())


def appeals(history: History) -> tuple[ObservationAnswer, ...]:
    """The answers that say it was not so, decided or not."""
    return tuple(answer for answer in observation_answers(history) if answer.appealed)


def open_appeals(history: History) -> tuple[ObservationAnswer, ...]:
    """The appeals that a coach has still to listen to, oldest first."""
    return tuple(sorted((a for a in appeals(history) if a.is_open), key=lambda a: a.at))


def struck(history: History, call: str) -> tuple[ObservationAnswer, ...]:
    """The observations of a call that no longer stand, each with who found that and when."""
    return tuple(answer for answer in observation_answers(history) if answer.struck and answer.call == call)


def appeal_labels(history: History) -> tuple[AppealLabel, ...]:
    """A label for each appeal that a coach decided: upheld, the words do not show the behaviour; else they do."""
    return tuple(
        AppealLabel(
            call=a.call,
            record=a.record,
            observation=a.observation,
            behaviour=a.behaviour,
            rater=a.decision.by,
            shows=not a.decision.upheld,
        )
        for a in appeals(history)
        if a.decision is not None
    )


def appeal_rates(history: History, shown: Mapping[tuple[str, int], int]) -> AppealRates:
    """The rates of one rep. `shown` counts the observations of each reading whose feedback was given to the rep, by
    call and number of its record; appeals of other readings are in none of the counts."""
    found = [appeal for appeal in appeals(history) if (appeal.call, appeal.record) in shown]
    return AppealRates(
        shown=sum(shown.values()),
        appealed=len(found),
        decided=sum(a.decision is not None for a in found),
        upheld=sum(a.struck for a in found),
    )


def answer_observation(history: History, wish: ObservationAnswered) -> ObservationAnswered | None:
    """The rep's answer as it goes on record; None where it says what the one before said.

    Raises: UsageError for an appeal without a word why, and once a coach has listened again.
    """
    before = _of(history, (wish.call, wish.record, wish.observation))
    if before is not None and before.decision is not None:
        raise UsageError("this moment was listened to again already", hint="talk about it at your next one-to-one")
    if wish.stance != "agree" and not wish.text.strip():
        raise UsageError("your answer does not say how it was", hint="write in a sentence what happened instead")
    if before is not None and (before.stance, before.text) == (wish.stance, wish.text):
        return None
    return wish


def decide_appeal(history: History, wish: AppealDecided) -> AppealDecided:
    """The decision as it goes on record. Raises: UsageError where nothing is open, or without a word why."""
    before = _of(history, (wish.call, wish.record, wish.observation))
    if before is None or not before.appealed:
        raise UsageError("the rep has not said that this was otherwise", hint="open the self-review page again")
    if before.decision is not None:
        raise UsageError("somebody listened again and decided this already", hint="see what they wrote on the page")
    if not wish.text.strip():
        raise UsageError("the decision does not say what you heard", hint="write in a sentence what the recording has")
    return wish


def _of(history: History, key: ObservationKey) -> ObservationAnswer | None:
    return next((answer for answer in observation_answers(history) if answer.key == key), None)
