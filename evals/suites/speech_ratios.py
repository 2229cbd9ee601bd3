"""Owns measuring the talk ratio: how far it is from the truth, and how often its interval holds the truth."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from evals.diarization import matched_speakers, talk_seconds
from evals.measures import Measure, Unit
from evals.speech import SIDES
from evals.suites import Point, Points, Skipped
from evals.suites.speech_calls import Heard
from evals.talk_ratio import CalibrationPoint, timed_turns, words_alone
from pipeline.domain.talk_interval import COVERAGE
from pipeline.errors import FilmroomError

_POINTS = 1.0
"""How near a ratio from timed turns is to be to the sums of the files themselves."""


def ratio_measures(
    data: Path | None, heard: Iterable[Heard]
) -> tuple[tuple[Measure, ...], tuple[Points, ...], tuple[Skipped, ...]]:
    """Errors and coverage of talk ratios from transcripts with times and of recordings, and errors of words alone."""
    timed, words, skipped = _of_transcripts(data)
    recorded = tuple(found for one in heard if (found := recorded_point(one)) is not None)
    measures = (
        *_errors("consultations", timed, how="from the times of a transcript's turns"),
        *_errors("words_alone", words, how="if words stood for seconds"),
        *_coverage("consultations", timed, of="transcripts with times"),
        *_coverage("recordings", recorded, of="recordings of two voices"),
    )
    plots = []
    if recorded or timed:
        plots.append(_plot("Talk ratio of recordings, and of transcripts with times", (*recorded, *timed)))
    if words:
        plots.append(_plot("Talk ratio if words stood for seconds", words))
    return measures, tuple(plots), skipped


_Found = tuple[tuple[CalibrationPoint, ...], tuple[CalibrationPoint, ...], tuple[Skipped, ...]]


def _of_transcripts(data: Path | None) -> _Found:
    """From turns with times, from words alone, and why not where a collection is damaged."""
    if data is None:
        return (), (), ()
    try:
        return timed_turns(data), words_alone(data), ()
    except (FilmroomError, ValueError, LookupError) as error:
        return (), (), (Skipped(what="talk ratios of transcripts", reason=str(error)),)


def recorded_point(one: Heard) -> CalibrationPoint | None:
    """The ratio that a run gave a recording of two, and its true one; None where either is not known.

    Where people did not say who is the rep, the voice of whoever was told to be.
    """
    reference = one.call.reference
    if one.result is None or not reference.segments:
        return None
    talk, ratio = one.result.conversation, one.result.metrics.get("rep_talk_ratio")
    seconds = talk_seconds(reference.segments)
    if len(seconds) != 2 or ratio.value is None:
        return None
    reps = [label for label in seconds if one.call.roles.get(label) == "rep"]
    if not reps:
        matched = matched_speakers(reference.segments, talk.speech, duration=reference.duration or talk.duration)
        reps = [said for own, said in matched.items() if talk.role_of(own) == "rep"]
    if not reps:
        return None
    heard = talk_seconds(s for s in talk.speech if talk.role_of(s.speaker) in SIDES)
    return CalibrationPoint(
        call=one.call.id,
        kind="channels" if one.result.recording.sides else "voices",
        truth=seconds[reps[0]] / (sum(seconds.values()) or 1.0),
        estimate=ratio.value,
        low=ratio.low,
        high=ratio.high,
        speech_s=sum(heard.values()),
        without=ratio.trust if ratio.low is None else None,
        group=one.call.id,
    )


def _errors(group: str, points: Sequence[CalibrationPoint], *, how: str) -> Iterable[Measure]:
    """From words alone it describes a transcript without times, of which the pipeline gives no ratio at all."""
    known = [(point, error) for point in points if (error := point.error) is not None]
    ours = all(point.kind != "words" for point in points)
    if known:
        yield Measure(
            name=f"speech.{group}.talk_ratio_error_points",
            about=f"how far the rep's share of talk is from the truth, in points, {how}",
            better="less" if ours else "neither",
            units=tuple(Unit(id=point.call, parts=(100 * abs(error), 1)) for point, error in known),
            n=len(known),
            of="calls",
            baseline=sum(100 * abs(0.5 - point.truth) for point, _ in known) / len(known),
            baseline_is="half of the talk each",
            target=_POINTS if ours else None,
            unit="points",
        )


def _coverage(group: str, points: Sequence[CalibrationPoint], *, of: str) -> Iterable[Measure]:
    known = [(point, covered) for point in points if (covered := point.covered) is not None]
    if known:
        yield Measure(
            name=f"speech.{group}.talk_ratio_coverage",
            about=f"{of} whose talk ratio's interval holds the truth",
            units=tuple(Unit(id=point.call, parts=(float(covered), 1)) for point, covered in known),
            n=len(known),
            of="calls",
            target=COVERAGE,
        )


def _plot(title: str, points: Sequence[CalibrationPoint]) -> Points:
    dots = tuple(
        Point(id=point.call, x=point.truth, y=point.estimate, low=point.low, high=point.high, group=point.kind)
        for point in points
        if point.estimate is not None
    )
    return Points(title=title, x="true share of the rep", y="measured", dots=dots, diagonal=True)
