"""Owns the plain words for what the domain names by identifier: measures, verdicts, reasons, times and quantities."""

from datetime import date, datetime
from typing import Literal

from pipeline.domain.assessment import RejectionReason
from pipeline.domain.metrics import Measure, MetricName
from pipeline.domain.recording import Mode, Role
from pipeline.domain.rubric import MeasureRule

MEASURES: dict[MetricName, tuple[str, str]] = {
    "rep_talk_ratio": ("Rep's share of the talk", "Rep's speaking time out of both sides' speaking time."),
    "rep_talk_s": ("Rep's speaking time", "All the time in which the rep speaks."),
    "customer_talk_s": ("Customer's speaking time", "All the time in which the customer's side speaks."),
    "overlap_s": ("Both at once", "Time in which both sides speak at the same moment."),
    "silence_s": ("Silence", "Time in which nobody speaks."),
    "longest_rep_monologue_s": (
        "Rep's longest monologue",
        "The longest the rep speaks before the customer takes over.",
    ),
    "longest_customer_story_s": (
        "Customer's longest story",
        "The longest the customer speaks before the rep takes over.",
    ),
    "turns_per_hour": ("Changes of speaker", "How often the floor passes from one side to the other, in an hour."),
    "rep_questions": ("Rep's questions", "Questions the rep asks."),
    "customer_questions": ("Customer's questions", "Questions the customer asks."),
    "rep_open_questions": ("Rep's open questions", "Questions that cannot be answered with yes, no or one fact."),
    "rep_questions_per_hour": ("Rep's questions in an hour", "The rep's questions, as if the call had lasted an hour."),
    "patience_s": ("Patience", "The usual silence after the customer stops and before the rep starts."),
    "interruptions_by_rep": (
        "Interruptions by the rep",
        "Times the rep starts while the customer is speaking and goes on.",
    ),
    "rep_words_per_minute": ("Rep's pace", "The rep's words in each minute of the rep's speaking time."),
    "first_rep_question_s": ("First question", "When the rep asks the first question, from the start of the call."),
    "price_talk_s": ("Talk about price", "Time spent in turns that speak of price."),
    "next_step_talk_s": ("Talk about next steps", "Time spent in turns that speak of what happens next."),
    "filler_words": ("Filler words", "The rep's words such as \u201cum\u201d that only fill a pause."),
}

REJECTIONS: dict[RejectionReason, str] = {
    "not_found": "the words do not stand in that turn",
    "ambiguous": "the words stand in that turn more than once",
    "wrong_speaker": "somebody else said the words",
    "out_of_place": "the behaviour cannot show at that place",
    "unknown_behaviour": "the rubric has no such behaviour",
    "too_short": "too few words to show anything",
    "unreliable_words": "the recogniser was too unsure of the words",
}

ROLES: dict[Role, str] = {"rep": "Rep", "customer": "Customer", "other": "Other", "unknown": "Unknown speaker"}
"""As on a sales call; `Parties.named` of the rubric makes a one-to-one's names of them, here and in `MEASURES`."""

MODES: dict[Mode, str] = {
    Mode.LIVE: "Live call",
    Mode.RECORDED: "Recorded call",
    Mode.SIMULATED: "Rehearsal, not a customer call",
}

IN_BRACKETS = "In brackets: where it truly lies in nine of ten calls."

Unit = Literal["ratio", "s", "1/h", "count", "words/min"]
_UNITS: dict[str, Unit] = {
    "rep_talk_ratio": "ratio",
    "turns_per_hour": "1/h",
    "rep_questions_per_hour": "1/h",
    "rep_words_per_minute": "words/min",
}


def quantity(value: float, unit: Unit) -> tuple[str, str]:
    """The number and its unit as a person reads them; the unit is empty for a count."""
    if unit == "ratio":
        return f"{value * 100:.0f}", "%"
    if unit == "s":
        # Rounded before it is compared, so that 59.96 s does not read "60.0 s" beside a "1:00 min".
        return (f"{value:.1f}", "s") if round(value, 1) < 60 else (_minutes(value), "min")
    if unit == "1/h":
        return f"{value:.0f}", "an hour"
    if unit == "words/min":
        return f"{value:.0f}", "words a minute"
    return f"{value:g}", ""


def amount(value: float, unit: Unit) -> str:
    """The same in one string, as a draft writes it: "61%", "1:12 min", "7"."""
    return " ".join(quantity(value, unit)).strip().replace(" %", "%")


def measure_amount(measure: Measure) -> str | None:
    """A measure's value with its unit; None where it is unavailable."""
    return None if measure.value is None else amount(measure.value, measure.unit)


def interval_amount(measure: Measure) -> str:
    """The measure's 90% interval: "52 to 64%"; empty where it has none."""
    if measure.low is None or measure.high is None:
        return ""
    return f"{quantity(measure.low, measure.unit)[0]} to {amount(measure.high, measure.unit)}"


def unit_of(name: MetricName) -> Unit:
    """The unit that a measure of this name has."""
    return _UNITS.get(name, "s" if name.endswith("_s") else "count")


def sought(rule: MeasureRule) -> str:
    """What a measure rule looks for: "35% to 60%", "at most 90.0 s"."""
    low = None if rule.low is None else amount(rule.low, unit_of(rule.name))
    high = None if rule.high is None else amount(rule.high, unit_of(rule.name))
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"


def day(when: date) -> str:
    """The date without a leading zero: "4 March 2026"."""
    return f"{when.day} {when:%B %Y}"


def weekday(when: date) -> str:
    """The date with its day of the week: "Monday, 30 November 2026"."""
    return f"{when:%A}, {day(when)}"


def moment_of(when: datetime) -> str:
    """Day and time where the call took place, with the offset from UTC: "4 March 2026, 10:00 UTC+01:00"."""
    offset = f"{when:%z}"
    return f"{day(when)}, {when:%H:%M} UTC" + ("" if offset == "+0000" else f"{offset[:3]}:{offset[3:5]}")


def counted(n: int, singular: str, plural: str | None = None) -> str:
    """The number with its noun: "1 turn", "3 turns"."""
    return f"{n} {singular if n == 1 else plural or singular + 's'}"


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
