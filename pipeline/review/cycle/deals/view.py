"""Owns what a viewer sees of a deal: its calls in order, and a closing call's gaps beside those of discovery.

What was found in a call is told only of calls whose judgement the viewer may see; a rep's own, once it was approved.
"""

from dataclasses import replace
from urllib.parse import urlencode

from pydantic import AwareDatetime

from pipeline.cycle.deal_calls import calls_of_deal
from pipeline.cycle.deal_links import shipped_links
from pipeline.cycle.deals import DealCall, DealGaps, Earlier, Gap, deal_gaps, discoveries_before, is_closing
from pipeline.domain.base import Value
from pipeline.domain.people import same_name
from pipeline.domain.rubric import Polarity, Rubric
from pipeline.export.untrusted import visible
from pipeline.review.call.seeing import sees_judgement_of
from pipeline.review.guards import Entry

STAGES = {"prospecting": "Prospecting", "discovery": "Discovery", "demo": "Demo", "closing": "Closing"}


class DealCallView(Value):
    """A call of a deal. `open`: the viewer may see what was found in it; `improvement` is absent otherwise."""

    call: str
    address: str
    at: AwareDatetime
    stage: str | None
    rehearsal: bool
    rep: str | None
    customer: str | None
    open: bool
    improvement: str | None = None


class EarlierView(Value):
    """What became of a behaviour in a discovery call, in words; `also`: it was a gap there, too."""

    call: str
    text: str
    told: str
    also: bool


class GapView(Value):
    """A gap of the closing call, and what stands beside it."""

    behaviour: str
    text: str
    told: str
    capability: str
    level: str
    improvement: bool
    earlier: tuple[EarlierView, ...]


class RestView(Value):
    """Gaps of a discovery call that stand beside none of the closing call."""

    call: str
    texts: tuple[str, ...]


class DealGapsView(Value):
    """The gaps of a closing call with what stands beside them in `earlier`, the discovery calls that are open.

    `beside` are the gaps with something beside them, `alone` the others.
    """

    call: str
    deal: str
    address: str
    earlier: tuple[DealCallView, ...]
    closed: tuple[DealCallView, ...]
    beside: tuple[GapView, ...]
    alone: tuple[GapView, ...]
    rest: tuple[RestView, ...]


class DealView(Value):
    """A deal's calls that the viewer sees, oldest first; `gaps` are of one closing call, where one was asked for."""

    deal: str
    calls: tuple[DealCallView, ...]
    gaps: DealGapsView | None = None


def deal_view(entry: Entry, deal: str) -> DealView:
    """The calls of a deal that the viewer sees, by time, those of one moment by id."""
    found = calls_of_deal(entry.room.index.rows, deal, entry.scope.condition())
    named = found[-1].past.deal if found else deal
    return DealView(deal=visible(named or ""), calls=tuple(_call(entry, call) for call in found))


def deal_of_call(entry: Entry) -> DealView:
    """The deal of the call of the path, with its gaps where it is a closing call; no calls where none is named."""
    found = _of_call(entry)
    view = DealView(deal=visible(found[0]), calls=tuple(_call(entry, call) for call in found[1]))
    return view.model_copy(update={"gaps": gaps_of_call(entry)})


def gaps_of_call(entry: Entry) -> DealGapsView | None:
    """The gaps of the call of the path beside the deal's discovery calls.

    None for a call that is no closing call of a deal, and where the viewer may not see what was found in it.
    """
    rows = entry.room.index.rows(
        "SELECT 1 FROM calls WHERE call = ? AND stage = 'closing' AND deal IS NOT NULL", [entry.call]
    )
    if not rows or not _open(entry, entry.call):
        return None
    _, calls = _of_call(entry)
    closing = next((call.past for call in calls if call.past.call == entry.call), None)
    if closing is None or not is_closing(closing):
        return None
    before = discoveries_before(closing, calls)
    views = [_call(entry, call) for call in before]
    shown = [call for call, view in zip(before, views, strict=True) if view.open]
    rubrics = _rubrics(entry, [closing.call, *(call.past.call for call in shown)])
    found = deal_gaps(closing, shown, rubrics, shipped_links())
    return None if found is None else _gaps_view(found, tuple(views))


def address_of(deal: str) -> str:
    """The page of a deal."""
    return f"/deals?{urlencode({'deal': deal})}"


def _of_call(entry: Entry) -> tuple[str, tuple[DealCall, ...]]:
    named = entry.room.index.rows("SELECT deal FROM calls WHERE call = ?", [entry.call])
    deal = str(named[0][0]) if named and named[0][0] is not None else ""
    return deal, calls_of_deal(entry.room.index.rows, deal, entry.scope.condition())


def _open(entry: Entry, call: str) -> bool:
    """Whether the viewer may see what was found in this call's latest reading."""
    people = entry.room.index.people_of(call)
    other = replace(entry, call=call, sight=entry.scope.sight(*people) if people else None, person=None)
    return other.sight is not None and sees_judgement_of(other, entry.room.workspace.calls.last_number(call))


def _call(entry: Entry, call: DealCall) -> DealCallView:
    past = call.past
    is_open = _open(entry, past.call)
    text = entry.room.rubric_texts.behaviour
    return DealCallView(
        call=past.call,
        address=f"/calls/{past.call}",
        at=past.at,
        stage=STAGES.get(past.stage or ""),
        rehearsal=past.simulated,
        rep=visible(call.rep) if call.rep else None,
        customer=visible(past.customer) if past.customer else None,
        open=is_open,
        improvement=visible(text(past.rubric, past.rubric_version, past.improvement))
        if is_open and past.improvement
        else None,
    )


def _rubrics(entry: Entry, calls: list[str]) -> dict[tuple[str, int], Rubric]:
    found = (entry.room.workspace.rubric_of(entry.room.record(call)[1]).rubric for call in calls)
    return {(rubric.id, rubric.version): rubric for rubric in found}


def _gaps_view(found: DealGaps, calls: tuple[DealCallView, ...]) -> DealGapsView:
    gaps = [(each, _gap(each.gap, each.earlier, found.earlier)) for each in found.gaps]
    return DealGapsView(
        call=found.closing,
        deal=visible(found.deal),
        address=address_of(found.deal),
        earlier=tuple(call for call in calls if call.open),
        closed=tuple(call for call in calls if not call.open),
        beside=tuple(view for each, view in gaps if each.standing != "nothing"),
        alone=tuple(view for each, view in gaps if each.standing == "nothing"),
        rest=tuple(
            RestView(call=rest.call, texts=tuple(visible(gap.text) for gap in rest.gaps))
            for rest in found.rest
            if rest.gaps
        ),
    )


def _gap(gap: Gap, earlier: tuple[Earlier, ...], calls: tuple[str, ...]) -> GapView:
    level = gap.level
    return GapView(
        behaviour=gap.behaviour,
        text=visible(gap.text),
        told="Not found here" if gap.polarity is Polarity.EFFECTIVE else "Found here",
        capability=visible(gap.capability_name),
        level=f"level {level.level} of {level.of}" if level and level.level is not None else "",
        improvement=gap.improvement,
        earlier=tuple(_earlier(each, gap, several=len(calls) > 1) for each in earlier),
    )


def _earlier(each: Earlier, gap: Gap, *, several: bool) -> EarlierView:
    place = f"the discovery call of {each.at:%-d %B}" if several else "the discovery call"
    if each.state == "shown":
        told = f"was found in {place}{' too' if each.gap else ''}"
    elif each.state == "not_shown":
        told = f"was not found in {place}{' either' if each.gap and gap.polarity is Polarity.EFFECTIVE else ''}"
    elif each.state == "no_opportunity":
        told = f"had no occasion in {place}"
    else:
        told = f"was not judged in {place}"
    same = same_name(each.text) == same_name(gap.text)
    return EarlierView(call=each.call, text="" if same else visible(each.text), told=told, also=each.gap)
