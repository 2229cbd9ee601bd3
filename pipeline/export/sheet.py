"""Owns what every page of a call shows, whatever its format: facts, draft, scorecard, measures, transcript, origin.

Texts are `visible` already; escaping is left to each format.
"""

import re
from collections import Counter

from pipeline.domain.base import Value
from pipeline.domain.phrasing import clock
from pipeline.domain.recording import Stage
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Parties
from pipeline.domain.span import Span
from pipeline.export.draft_sheet import DraftSheet, draft_sheet
from pipeline.export.mentions import TrackerRow, stage_told, tracker_rows
from pipeline.export.moments import Moment, looked_up
from pipeline.export.scorecard import Card, cards
from pipeline.export.timeline import Timeline, timeline
from pipeline.export.transcript import TurnRow, turn_rows
from pipeline.export.untrusted import visible
from pipeline.export.wording import IN_BRACKETS, MEASURES, MODES, REJECTIONS, interval_amount, moment_of, quantity


class Fact(Value):
    """One line of the header."""

    label: str
    text: str


class MeasureRow(Value):
    """A measure in plain words; `value` is None where it is unavailable, and `unavailable` then says why.

    `interval` is its 90% interval ("52 to 64%"), `trust` on what that depends or why there is none; both may be empty.
    """

    name: str
    title: str
    definition: str
    value: str | None
    unit: str
    interval: str
    trust: str
    unavailable: str
    where: Span | None


class Rejection(Value):
    """A claim that verification refused. `claimed` is what a reader said and must never be shown as a quote."""

    reason: str
    behaviour: str
    claimed: str
    turn_id: str


class Origin(Value):
    """One line of provenance."""

    stage: str
    text: str


class Sheet(Value):
    """One call, ready to be set on a page."""

    call: str
    title: str
    parties: Parties
    simulated: bool
    timed: bool
    language: str
    facts: tuple[Fact, ...]
    draft: DraftSheet
    timeline: Timeline | None
    marks: tuple[Moment, ...]
    cards: tuple[Card, ...]
    trackers: tuple[TrackerRow, ...]
    measures: tuple[MeasureRow, ...]
    turns: tuple[TurnRow, ...]
    rejections: tuple[Rejection, ...]
    rejected: tuple[tuple[str, int], ...]
    rubric: str
    origins: tuple[Origin, ...]


def sheet(result: CallResult) -> Sheet:
    """The sheet of one call."""
    moments = looked_up(result)
    meta = result.recording.metadata
    return Sheet(
        call=result.recording.call,
        title=_title(result),
        parties=result.rubric.parties,
        simulated=meta.mode.value == "simulated",
        timed=result.conversation.timed,
        language=_language(result.conversation.language),
        facts=_facts(result),
        draft=draft_sheet(result, moments),
        timeline=timeline(result),
        marks=tuple(m for m in (*moments.observations.values(), *moments.missed) if m.span is not None),
        cards=cards(result, moments),
        trackers=tracker_rows(result),
        measures=_measures(result),
        turns=turn_rows(result, moments),
        rejections=_rejections(result),
        rejected=tuple(Counter(REJECTIONS[r.reason] for r in result.rejected).most_common()),
        rubric=f"{visible(result.rubric.title)} ({result.rubric.id}, version {result.rubric.version})",
        origins=_origins(result),
    )


def _title(result: CallResult) -> str:
    meta = result.recording.metadata
    if result.rubric.stage is Stage.COACHING:
        rep = visible(meta.rep or "")
        return f"One-to-one with {rep}" if rep else "One-to-one"
    return visible(meta.customer or "") or "Sales call"


def _facts(result: CallResult) -> tuple[Fact, ...]:
    meta = result.recording.metadata
    duration = result.conversation.duration
    started = None if meta.started_at is None else moment_of(meta.started_at)
    given = (
        ("Rep", meta.rep),
        ("Manager", meta.manager),
        ("Team", meta.team),
        ("Deal", meta.deal),
        ("Stage", stage_told(result)),
        ("Date", started),
        ("Duration", clock(duration) if duration else None),
        ("Kind", MODES[meta.mode] + ("" if meta.direction is None else f", {meta.direction}")),
        ("Consent", meta.consent.value),
        ("Words", _words(result)),
    )
    # The customer is the page's title and the call's id stands beside it.
    return tuple(Fact(label=label, text=shown) for label, text in given if (shown := visible(text or "")))


def _words(result: CallResult) -> str | None:
    """Where the words are from, unless they were heard in the recording; how far their times go."""
    if result.recording.kind != "transcript":
        return None
    if not any(turn.span for turn in result.conversation.turns):
        return "a finished transcript, without times"
    return "a finished transcript" + (", times of single words estimated" if result.conversation.estimated else "")


def _language(language: str | None) -> str:
    return language if language is not None and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language) else ""


def _measures(result: CallResult) -> tuple[MeasureRow, ...]:
    rows, named = [], result.rubric.parties.named
    for measure in result.metrics.measures:
        title, definition = map(named, MEASURES[measure.name])
        value, unit = (None, "") if measure.value is None else quantity(measure.value, measure.unit)
        interval = interval_amount(measure)
        rows.append(
            MeasureRow(
                name=measure.name,
                title=title,
                definition=f"{definition} {IN_BRACKETS}" if interval else definition,
                value=value,
                unit=unit,
                interval=interval,
                trust=visible(named(measure.trust or "")),
                unavailable=visible(named(measure.unavailable or "") or ("" if value else "no reason was recorded")),
                where=measure.where,
            )
        )
    return tuple(rows)


def _rejections(result: CallResult) -> tuple[Rejection, ...]:
    def name(behaviour_id: str) -> str:
        behaviour = result.rubric.behaviour(behaviour_id)
        return visible(behaviour_id if behaviour is None else behaviour.text)

    return tuple(
        Rejection(
            reason=REJECTIONS[r.reason],
            behaviour=name(r.claim.behaviour),
            claimed=visible(r.claim.quote),
            turn_id=visible(r.claim.turn_id),
        )
        for r in result.rejected
    )


def _origins(result: CallResult) -> tuple[Origin, ...]:
    files = ", ".join(f"{visible(f.path.name)} (sha256 {f.sha256[:12]})" for f in result.recording.files)
    origins = [Origin(stage="recording", text=files)]
    for made in result.provenance:
        parts = [f"filmroom {made.code_version}"]
        parts += [] if made.model is None else [made.model]
        parts += [f"{n} {s[:12]}" for n, s in (("prompt", made.prompt_sha256), ("rubric", made.rubric_sha256)) if s]
        parts += (
            [f"{made.input_tokens} + {made.output_tokens} tokens"] if made.input_tokens + made.output_tokens else []
        )
        parts += [f"{made.cost_usd:.4f} USD"] if made.cost_usd else []
        parts.append(f"{made.seconds:.1f} s")
        origins.append(Origin(stage=visible(made.stage), text=visible(", ".join(parts))))
    return tuple(origins)
