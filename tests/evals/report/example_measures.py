"""Invented measures of every kind, as many as a real run has; no number in them was measured."""

import random
from typing import Any

from evals.measures import Measure, Unit

BASE = "every line with a ?"


def even(name: str, *, top: float = 8, units: int = 5, **fields: Any) -> Measure:
    """A ratio of units that are all alike, `top` of 10: its value, and both its bounds, are a tenth of `top`."""
    made = tuple(Unit(id=f"call-{n}", parts=(top, 10)) for n in range(units))
    told = {"about": f"what {name} is", "n": 10 * units, "of": "lines", **fields}
    return Measure(name=name, units=made, **told)


def varied(name: str, about: str, rate: float, *, units: int = 12, **fields: Any) -> Measure:
    """A ratio of units that scatter around the rate, the same ones each time."""
    drawn = random.Random(name)
    parts = [(float(min(40, max(0, round(40 * drawn.gauss(rate, 0.06 + rate / 20))))), 40.0) for _ in range(units)]
    told = {"n": 40 * units, "of": "lines", **fields}
    return Measure(
        name=name, about=about, units=tuple(Unit(id=f"talk-{n:02d}", parts=p) for n, p in enumerate(parts)), **told
    )


def auc(name: str, about: str, *, apart: float, units: int = 67, **fields: Any) -> Measure:
    """Scores of units, those labelled 1 higher by `apart` standard deviations."""
    drawn = random.Random(name)
    made = tuple(
        Unit(id=f"talk-{n:02d}", parts=(float(n % 2), round(0.5 + 0.15 * (drawn.gauss(0, 1) + apart * (n % 2)), 3)))
        for n in range(units)
    )
    return Measure(name=name, about=about, statistic="auc", units=made, n=units, of="talks", **fields)


def kappa(name: str, about: str, *, agree: int, **fields: Any) -> Measure:
    """Tables of 2 by 2, a little different in each unit."""
    drawn = random.Random(name)
    made = tuple(
        Unit(id=f"talk-{n:02d}", parts=(float(agree + drawn.randint(-3, 3)), 3.0, 4.0, float(agree))) for n in range(20)
    )
    n = round(sum(sum(unit.parts) for unit in made))
    return Measure(name=name, about=about, statistic="kappa", units=made, n=n, of="verdicts", **fields)


def seconds(name: str, about: str, *, middle: float, statistic: str = "median", **fields: Any) -> Measure:
    """Times that scatter around the middle."""
    drawn = random.Random(name)
    made = tuple(Unit(id=f"call-{n}", parts=(round(abs(drawn.gauss(middle, middle / 4)), 3),)) for n in range(16))
    return Measure(
        name=name, about=about, statistic=statistic, units=made, n=16, of="calls", unit="s", better="less", **fields
    )


def speech(shift: float = 0.0) -> tuple[Measure, ...]:
    less: dict[str, Any] = {"better": "less", "of": "words"}
    return (
        varied(
            "speech.phone.wer",
            "word error rate, all words in order, after the Whisper normaliser",
            0.18 + shift,
            units=6,
            target=0.25,
            baseline=0.31,
            baseline_is="the smallest recogniser",
            **less,
        ),
        varied("speech.phone.cpwer", "word error rate with the words of each speaker", 0.22, units=6, **less),
        varied(
            "speech.phone.der",
            "diarization error rate, no collar, overlaps scored",
            0.06,
            units=4,
            target=0.08,
            baseline=0.48,
            baseline_is="everything by one speaker",
            better="less",
            of="seconds",
        ),
        varied(
            "speech.meetings.der",
            "diarization error rate, no collar, overlaps scored",
            0.44,
            units=3,
            target=0.3,
            better="less",
            of="seconds",
        ),
        varied(
            "speech.meetings.der_confusion",
            "of that, speech given to the wrong speaker",
            0.11,
            units=3,
            better="less",
            of="seconds",
        ),
        varied(
            "speech.consultations.talk_ratio_error",
            "distance of the rep's talk ratio from the truth",
            0.1,
            units=57,
            better="less",
            unit="points",
            target=1.0,
            baseline=6.2,
            baseline_is="words without times",
            of="calls",
        ),
        varied(
            "speech.consultations.interval_coverage",
            "share of talk-ratio intervals that hold the truth",
            0.89,
            units=57,
            better="neither",
            target=0.9,
            of="calls",
        ),
        seconds("speech.consultations.onset_s", "how far a turn's start is off", middle=0.31, target=0.5),
        seconds(
            "speech.consultations.onset_p90_s",
            "how far a turn's start is off, the worst tenth",
            middle=0.8,
            statistic="p90",
        ),
        varied(
            "speech.silence.invented_words",
            "words heard where nobody speaks, in an hour",
            0.02,
            units=5,
            better="less",
            unit="words",
            of="hours",
        ),
        Measure(
            name="speech.silence.wer", about="word error rate of nothing", units=(), n=0, of="words", better="less"
        ),
        varied(
            "speech.consultations.role_accuracy",
            "calls in which the rep was told from the customer",
            0.95,
            units=57,
            target=0.95,
            baseline=0.5,
            baseline_is="whoever speaks first",
            of="calls",
        ),
    )


def questions(shift: float = 0.0) -> tuple[Measure, ...]:
    return tuple(
        made
        for data, people in (("phone", None), ("counselling", 0.96))
        for made in (
            varied(
                f"questions.{data}.f1.as_written",
                "questions found, with marks as written",
                0.92,
                units=24,
                target=0.92,
                baseline=0.67,
                baseline_is=BASE,
                people=people,
            ),
            varied(
                f"questions.{data}.f1.no_marks",
                "questions found, lower case and without marks",
                0.80 - shift,
                units=24,
                target=0.82,
                baseline=0.0,
                baseline_is=BASE,
            ),
            varied(
                f"questions.{data}.f1.open",
                "open questions among those that ask",
                0.71,
                units=24,
                baseline=0.66,
                baseline_is="always the commoner kind",
                people=0.83,
            ),
            varied(f"questions.{data}.precision", "of what is called a question, how much is", 0.93, units=24),
            varied(
                f"questions.{data}.recall.declarative",
                "statements asked as questions that are found",
                0.55,
                units=4,
                target=0.6,
                baseline=0.8,
                baseline_is=BASE,
                n=15,
            ),
        )
    )


def behaviours() -> tuple[Measure, ...]:
    return (
        auc(
            "behaviours.counselling.auc.similarity",
            "high-quality talks score above low-quality ones",
            apart=0.8,
            target=0.85,
            baseline=0.5,
            baseline_is="a coin",
        ),
        auc(
            "behaviours.counselling.auc.turnwise",
            "high-quality talks score above low-quality ones",
            apart=1.7,
            target=0.85,
            baseline=0.69,
            baseline_is="the similarity reader",
        ),
        kappa(
            "behaviours.counselling.kappa.reflection",
            "agreement with one annotator on reflections",
            agree=12,
            people=0.71,
        ),
        kappa(
            "behaviours.counselling.kappa.open_question",
            "agreement with one annotator on open questions",
            agree=25,
            people=0.74,
            target=0.6,
        ),
        kappa("behaviours.counselling.kappa.advice", "agreement with one annotator on advice", agree=5, people=0.62),
        varied(
            "behaviours.counselling.over_credit",
            "levels given above the annotator's, on the mean",
            0.3,
            units=20,
            better="neither",
            unit="levels",
            of="ratings",
        ),
        varied(
            "behaviours.pitch.f1.ask", "asks found", 0.64, units=30, baseline=0.41, baseline_is="the similarity reader"
        ),
        varied(
            "behaviours.pitch.f1.inquiry",
            "inquiries found",
            0.42,
            units=30,
            baseline=0.47,
            baseline_is="the similarity reader",
        ),
        varied(
            "behaviours.pitch.f1.objection",
            "objections handled, found",
            0.12,
            units=30,
            baseline=0.35,
            baseline_is="always shown",
        ),
        varied(
            "behaviours.repeated.flips",
            "verdicts that differ between two readings of one call",
            0.07,
            units=7,
            better="less",
            of="verdicts",
            target=0.1,
        ),
    )


def drafts() -> tuple[Measure, ...]:
    return (
        even(
            "drafts.own.one_improvement",
            about="drafts with exactly one improvement",
            top=10,
            units=12,
            of="drafts",
            target=1.0,
        ),
        even(
            "drafts.own.positive_first",
            about="drafts that begin with something positive",
            top=10,
            units=12,
            of="drafts",
            target=1.0,
        ),
        varied(
            "drafts.own.tied_to_evidence",
            "sentences that rest on a quote or a measure",
            0.97,
            units=12,
            of="sentences",
            target=0.99,
        ),
        varied(
            "drafts.own.already_done",
            "improvements that the rep already did in the call",
            0.18,
            units=12,
            better="less",
            of="drafts",
            baseline=0.82,
            baseline_is="a naive chatbot, as published",
        ),
        varied(
            "drafts.linter.precision",
            "flagged sentences that are not neutral",
            0.91,
            units=40,
            of="sentences",
            target=0.9,
        ),
        varied(
            "drafts.linter.recall",
            "sentences that are not neutral and are flagged",
            0.78,
            units=40,
            of="sentences",
            target=0.9,
        ),
    )
