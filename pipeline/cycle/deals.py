"""Owns what the calls of one deal say together: the gaps of a closing call beside the deal's discovery calls.

Two facts are put side by side: what was not found in the closing call, and whether what stands beside it was found in
discovery. That one led to the other is nobody's to say here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import AwareDatetime

from pipeline.cycle.deal_links import DealLinks
from pipeline.domain.assessment import VerdictState
from pipeline.domain.base import Value
from pipeline.domain.cycle.past_calls import Level, PastCall
from pipeline.domain.people import same_name
from pipeline.domain.rubric import Behaviour, Polarity, Rubric

Rubrics = Mapping[tuple[str, int], Rubric]
"""Rubrics by id and version."""


class DealCall(Value):
    """A call of a deal, and the rep who took it, where one is named."""

    past: PastCall
    rep: str | None = None


class Gap(Value):
    """A behaviour that was looked for in a call and not found, or one that works against its goal and was.

    `level` is that of its capability; `improvement`: the draft proposes to change this one.
    """

    capability: str
    capability_name: str
    behaviour: str
    text: str
    polarity: Polarity
    level: Level | None
    improvement: bool = False


class Earlier(Value):
    """How a behaviour came out in an earlier call; `gap`: it was a gap there, too."""

    call: str
    at: AwareDatetime
    rep: str | None
    behaviour: str
    text: str
    polarity: Polarity
    state: VerdictState
    gap: bool


class GapBeside(Value):
    """A gap of the closing call, with what stands beside it in the discovery calls, oldest call first.

    `standing`: it was a gap in every one of those ("also"), in none of them ("not_there"), in some ("partly"), or
    nothing was judged that stands beside it ("nothing").
    """

    gap: Gap
    earlier: tuple[Earlier, ...]

    @property
    def standing(self) -> Literal["also", "not_there", "partly", "nothing"]:
        """Whether it was a gap in discovery, of what was judged there."""
        judged = [e.gap for e in self.earlier if e.state in ("shown", "not_shown")]
        if not judged:
            return "nothing"
        return "also" if all(judged) else "partly" if any(judged) else "not_there"


class EarlierGaps(Value):
    """The gaps of one discovery call that stand beside no gap of the closing call."""

    call: str
    gaps: tuple[Gap, ...]


class DealGaps(Value):
    """The gaps of a closing call beside the discovery calls of its deal; `earlier` are those calls, oldest first."""

    closing: str
    deal: str
    earlier: tuple[str, ...]
    gaps: tuple[GapBeside, ...]
    rest: tuple[EarlierGaps, ...]


def deal_key(deal: str | None) -> str:
    """A deal's name as it is compared: without case and outer or doubled white space; empty for no deal."""
    return same_name(deal or "")


def in_order(calls: Iterable[DealCall]) -> tuple[DealCall, ...]:
    """The calls by time, those of one moment by id."""
    return tuple(sorted(calls, key=_place))


def is_closing(past: PastCall) -> bool:
    """Whether the call is one whose gaps are looked at beside discovery: with a customer, at closing, of a deal."""
    return past.live and past.stage == "closing" and deal_key(past.deal) != ""


def discoveries_before(closing: PastCall, calls: Iterable[DealCall]) -> tuple[DealCall, ...]:
    """The discovery calls of the same deal that were before this call, whoever took them, oldest first.

    Of two calls of one moment the one with the smaller id counts as the earlier. Practice does not count.
    """
    key = deal_key(closing.deal)
    return tuple(
        call
        for call in in_order(calls)
        if key
        and call.past.live
        and call.past.stage == "discovery"
        and deal_key(call.past.deal) == key
        and _place(call) < (closing.at, closing.call)
    )


def gaps_of(call: PastCall, rubric: Rubric) -> tuple[Gap, ...]:
    """The gaps of a call in the rubric's order: of capabilities below their highest level, and its improvement.

    A behaviour that had no opportunity, or was left unread, is no gap.
    """
    found: list[Gap] = []
    for capability in rubric.capabilities:
        level = call.levels.get(capability.id)
        at_its_best = level is not None and level.level == level.of
        for behaviour in capability.behaviours:
            proposed = behaviour.id == call.improvement
            if is_gap(behaviour, call.verdicts.get(behaviour.id)) and (proposed or not at_its_best):
                found.append(
                    Gap(
                        capability=capability.id,
                        capability_name=capability.name,
                        behaviour=behaviour.id,
                        text=behaviour.text,
                        polarity=behaviour.polarity,
                        level=level,
                        improvement=proposed,
                    )
                )
    return tuple(found)


def is_gap(behaviour: Behaviour, state: VerdictState | None) -> bool:
    """Whether the verdict leaves something to change: not shown, or shown where it works against the goal."""
    return state == ("not_shown" if behaviour.polarity is Polarity.EFFECTIVE else "shown")


def deal_gaps(closing: PastCall, calls: Sequence[DealCall], rubrics: Rubrics, links: DealLinks) -> DealGaps | None:
    """The gaps of a closing call beside the discovery calls of its deal among `calls`; None for any other call.

    A call whose rubric is not among `rubrics` has no gaps that could be told. The improvement comes first, then gaps
    that were gaps in discovery too, then the others, each in the rubric's order.
    """
    if not is_closing(closing):
        return None
    before = discoveries_before(closing, calls)
    rubric = rubrics.get((closing.rubric, closing.rubric_version))
    beside = [
        GapBeside(gap=gap, earlier=tuple(_beside(gap, closing, before, rubrics, links)))
        for gap in (gaps_of(closing, rubric) if rubric else ())
    ]
    taken = {(e.call, e.behaviour) for found in beside for e in found.earlier}
    return DealGaps(
        closing=closing.call,
        deal=closing.deal or "",
        earlier=tuple(call.past.call for call in before),
        gaps=tuple(sorted(beside, key=lambda b: (not b.gap.improvement, b.standing not in ("also", "partly")))),
        rest=tuple(_rest(call.past, rubrics, taken) for call in before),
    )


def _beside(
    gap: Gap, closing: PastCall, before: Sequence[DealCall], rubrics: Rubrics, links: DealLinks
) -> Iterable[Earlier]:
    for call in before:
        past = call.past
        rubric = rubrics.get((past.rubric, past.rubric_version))
        known = {b.id: b for b in rubric.behaviours} if rubric else {}
        for name in links.of(gap.behaviour, closing=closing.rubric, earlier=past.rubric):
            behaviour, state = known.get(name), past.verdicts.get(name)
            if behaviour is not None and state is not None:
                yield Earlier(
                    call=past.call,
                    at=past.at,
                    rep=call.rep,
                    behaviour=name,
                    text=behaviour.text,
                    polarity=behaviour.polarity,
                    state=state,
                    gap=is_gap(behaviour, state),
                )


def _rest(past: PastCall, rubrics: Rubrics, taken: set[tuple[str, str]]) -> EarlierGaps:
    rubric = rubrics.get((past.rubric, past.rubric_version))
    found = gaps_of(past, rubric) if rubric else ()
    return EarlierGaps(call=past.call, gaps=tuple(g for g in found if (past.call, g.behaviour) not in taken))


def _place(call: DealCall) -> tuple[AwareDatetime, str]:
    return call.past.at, call.past.call
