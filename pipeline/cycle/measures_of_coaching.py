"""Owns what each figure of the second level is: its name, what is counted, out of what, and what it does not say.

The page, the API and the guide all print these definitions; nothing is counted that has none.
"""

from typing import Literal

from pipeline.domain.base import Value

MeasureOfCoaching = Literal[
    "one_to_ones", "approvals", "without_coaching", "minutes_listened", "edited", "overrode", "positive_first",
    "one_improvement", "one_focus", "follow_ups_kept", "asks_written", "asks_spoken", "appeals", "appeals_upheld",
]  # fmt: skip

Form = Literal["share", "rate", "minutes"]
"""share: the numerator is part of the denominator; rate: so many of one in each of the other; minutes: only counted."""

FEWEST = 3
"""A share of fewer than this is given by its counts alone: one case more or less would change it too much."""

DAYS_A_MONTH = 365.25 / 12


class Definition(Value):
    """What one figure is. `silent_on` is what it does not say, so that nobody reads more into it."""

    name: MeasureOfCoaching
    title: str
    form: Form
    numerator: str
    denominator: str
    silent_on: str


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="one_to_ones",
        title="One-to-ones",
        form="rate",
        numerator="One-to-ones that this manager planned and that were marked as held in the period.",
        denominator="Reps who report to the manager now, times the months of the period (30.4 days each).",
        silent_on="How they went, and talks that nobody planned here.",
    ),
    Definition(
        name="approvals",
        title="Feedback sent",
        form="rate",
        numerator=(
            "Calls with customers whose feedback this manager approved in the period; one approved twice counts once."
        ),
        denominator="Weeks of the period (days divided by 7).",
        silent_on="How many drafts waited, and whether a rep read the feedback.",
    ),
    Definition(
        name="without_coaching",
        title="Reps without coaching",
        form="share",
        numerator="Reps for whom the period has neither an approved feedback nor a held one-to-one, whoever gave it.",
        denominator="Reps who report to the manager now.",
        silent_on="Leave, illness, reps who are new, reps who took no calls.",
    ),
    Definition(
        name="minutes_listened",
        title="Minutes listened",
        form="minutes",
        numerator="Minutes of calls that the manager played here in the period; each instant of a call once a week.",
        denominator="None.",
        silent_on="Listening outside the room, and how closely somebody listened.",
    ),
    Definition(
        name="edited",
        title="Drafts edited",
        form="share",
        numerator="Of these, the ones in which a person had changed at least one part by then.",
        denominator="Calls with customers whose feedback this manager approved in the period.",
        silent_on="Whether the edit made it better: a good draft needs none.",
    ),
    Definition(
        name="overrode",
        title="Sent without hearing all",
        form="share",
        numerator="Of these, the ones approved with a written reason for not having heard every cited moment.",
        denominator="Calls with customers whose feedback this manager approved in the period.",
        silent_on="Whether the reason was good; each is in the review's history.",
    ),
    Definition(
        name="positive_first",
        title="Positive first",
        form="share",
        numerator="Of these, the ones whose first part, what worked, has words; it is always read first.",
        denominator="Calls with customers whose feedback this manager approved in the period.",
        silent_on="Whether the praise is true or specific, and what was said aloud.",
    ),
    Definition(
        name="one_improvement",
        title="One thing to change",
        form="share",
        numerator="Of these, the ones whose part on the one thing to change is one paragraph.",
        denominator="Calls with customers whose feedback this manager approved in the period.",
        silent_on="Two things in one paragraph, and one thing told in two.",
    ),
    Definition(
        name="one_focus",
        title="One focus at a time",
        form="share",
        numerator="Reps with at most one open focus on the last day of the period.",
        denominator="Reps who report to the manager now.",
        silent_on="Whether there is a focus at all; two can be right, and the second has its reason.",
    ),
    Definition(
        name="follow_ups_kept",
        title="Follow-ups kept",
        form="share",
        numerator="Of these, the ones where somebody looked again by the day, or at most 2 working days later.",
        denominator="Days to look again, of focuses and one-to-ones of these reps, whose last day was in the period.",
        silent_on="What was found, and days that were moved before they came.",
    ),
    Definition(
        name="asks_written",
        title="Asks, in feedback",
        form="share",
        numerator="Sentences that ask something, in the improvement and the questions of these feedbacks.",
        denominator="Sentences there that ask, or that say what the rep should do; others are in neither.",
        silent_on="Whether a question is open or fair. Words decide, by rules that miss some sentences.",
    ),
    Definition(
        name="asks_spoken",
        title="Asks, in one-to-ones",
        form="share",
        numerator="Sentences in which the manager asks something, in one-to-ones recorded in the period.",
        denominator="Sentences of the manager there that ask, or that say what to do; others are in neither.",
        silent_on="One-to-ones that nobody recorded. Words decide, by rules that miss some sentences.",
    ),
    Definition(
        name="appeals",
        title="Appeals",
        form="rate",
        numerator="Moments that these reps answered in the period with “not like that” or “did not happen”.",
        denominator="Calls of these reps whose feedback was approved in the period, by whomever.",
        silent_on="Who was right. Few appeals can mean good observations, or reps who do not dare.",
    ),
    Definition(
        name="appeals_upheld",
        title="Appeals upheld",
        form="share",
        numerator="Of these, the ones in which the rep was found to be right.",
        denominator="Appeals of these reps that a coach listened to again and decided in the period.",
        silent_on="Who was at fault: the observations are the software's, not the manager's.",
    ),
)
"""In the order in which they are shown."""


class Figure(Value):
    """One figure of one manager: `count` of `of`, by the definition of this name.

    `value` is `count / of`; None where `of` is 0, and for a share where it is less than `FEWEST`. Minutes have no `of`,
    and their value is the count.
    """

    name: MeasureOfCoaching
    count: float
    of: float | None
    value: float | None

    @property
    def too_few(self) -> bool:
        """Whether there are counts, but too few to make a share of."""
        return self.value is None and bool(self.of)


def figure(name: MeasureOfCoaching, count: float, of: float | None) -> Figure:
    """The figure of these counts."""
    form = next(d.form for d in DEFINITIONS if d.name == name)
    if form == "minutes":
        return Figure(name=name, count=count, of=None, value=count)
    enough = bool(of) and (form == "rate" or (of or 0) >= FEWEST)
    return Figure(name=name, count=count, of=of, value=count / of if enough and of else None)
