"""Owns the recorded one-to-ones of a manager as they and those above them see them: measures, and six things to see.

The manager is the one who is coached here: what was found is theirs to see once it was approved, as with any call.
"""

from dataclasses import replace

from pydantic import AwareDatetime

from pipeline.cycle.coached import Answer, SaidInTalk, Sign, SignName, Talk, signs
from pipeline.cycle.coached_talks import coached_talks
from pipeline.domain.base import Value
from pipeline.domain.people import UserId
from pipeline.domain.phrasing import clock
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted
from pipeline.review.call.seeing import sees_judgement_of
from pipeline.review.guards import Entry

MOST_QUOTES = 4
"""So many quotes of one sign are shown; the page of the talk has all."""
TITLES: dict[SignName, str] = {
    "rep_first": "The rep’s view first",
    "asks": "Asks against tells",
    "more": "“Tell me more”",
    "positive_first": "Positive first",
    "one_focus": "One thing to change",
    "dated": "Next step with a date",
}
_TOLD: dict[tuple[SignName, Answer], str] = {
    ("rep_first", "yes"): "The rep’s own view was asked for, and no verdict came before it",
    ("rep_first", "no"): "A verdict of the manager’s was found in the first part",
    ("rep_first", "not_found"): "No question for the rep’s own view was found",
    ("more", "not_found"): "No question to say more was found",
    ("positive_first", "yes"): "A moment that worked was named before anything to change",
    ("positive_first", "no"): "Something to change was said first",
    ("positive_first", "not_found"): "No moment that worked was found",
    ("one_focus", "yes"): "One thing to change was settled on, and no further point was found",
    ("one_focus", "no"): "Further points to change were found",
    ("one_focus", "not_found"): "No sentence that settles on one thing was found",
    ("dated", "yes"): "A day to look at it again was named",
    ("dated", "not_found"): "No day to look at it again was found in the last part",
}


class QuoteView(Value):
    """Words of the manager, with the place in the talk that has them."""

    text: str
    clock: str
    address: str


class SignView(Value):
    """One thing to see: what it is about, what was found, and its quotes; `n_more` are further quotes."""

    name: SignName
    title: str
    answer: Answer
    told: str
    quotes: tuple[QuoteView, ...]
    n_more: int


class TalkView(Value):
    """A recorded one-to-one. `share` is the manager's, in words; where `closed` says why, `signs` is empty."""

    call: str
    address: str
    at: AwareDatetime
    rep: str | None
    rehearsal: bool
    share_ratio: float | None
    share: str
    questions: str
    closed: str
    signs: tuple[SignView, ...]


class CoachedView(Value):
    """The recorded one-to-ones of a manager, the latest first."""

    person: UserId
    name: str
    manages: bool
    talks: tuple[TalkView, ...]


def coached_view(entry: Entry) -> CoachedView:
    """The recorded one-to-ones of the person of the path."""
    person = entry.whose
    return CoachedView(
        person=person.id,
        name=visible(person.name),
        manages=person.manages,
        talks=tuple(_talk(entry, talk) for talk in coached_talks(entry.room.index.rows, person.names)),
    )


def _talk(entry: Entry, talk: Talk) -> TalkView:
    of_call = replace(entry, call=talk.call)
    is_open = sees_judgement_of(of_call, entry.room.workspace.calls.last_number(talk.call))
    return TalkView(
        call=talk.call,
        address=f"/calls/{talk.call}",
        at=talk.at,
        rep=visible(talk.rep) if talk.rep else None,
        rehearsal=talk.simulated,
        share_ratio=talk.share,
        share=_share(talk),
        questions=_questions(talk),
        closed="" if is_open else _closed(entry),
        signs=tuple(_sign(talk, sign) for sign in signs(talk)) if is_open else (),
    )


def _closed(entry: Entry) -> str:
    if entry.sight == "own":
        return "What was found opens to you once whoever you report to has approved the feedback."
    return "What was found is closed until the manager has gone first."


def _share(talk: Talk) -> str:
    if talk.share is None:
        return "The share of the talk is not known"
    told = f"Manager spoke {talk.share * 100:.0f}% of the talking time"
    if talk.share_low is not None and talk.share_high is not None:
        told += f" ({talk.share_low * 100:.0f} to {talk.share_high * 100:.0f})"
    return told


def _questions(talk: Talk) -> str:
    if talk.n_questions is None:
        return ""
    told = counted(talk.n_questions, "question")
    return told if talk.n_open is None else f"{told}, {talk.n_open} of them open"


def _sign(talk: Talk, sign: Sign) -> SignView:
    return SignView(
        name=sign.name,
        title=TITLES[sign.name],
        answer=sign.answer,
        told=_told(sign),
        quotes=tuple(_quote(talk, said) for said in sign.said[:MOST_QUOTES]),
        n_more=max(0, len(sign.said) - MOST_QUOTES),
    )


def _told(sign: Sign) -> str:
    if sign.answer == "unread":
        return "Not judged in this talk"
    if sign.name == "asks":
        return f"Asked {_times(sign.n or 0)}, told what to do {_times(sign.against or 0)}"
    if sign.name == "more" and sign.n:
        return f"Asked the rep to say more {_times(sign.n)}"
    return _TOLD[sign.name, sign.answer]


def _times(n: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(n, f"{n} times")


def _quote(talk: Talk, said: SaidInTalk) -> QuoteView:
    return QuoteView(
        text=visible(said.text),
        clock="" if said.start is None else clock(said.start),
        address=f"/calls/{talk.call}#{said.turn_id}",
    )
