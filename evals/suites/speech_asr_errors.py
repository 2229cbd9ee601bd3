"""Owns measuring what another recogniser and diarizer made of real calls: how bad it gets, and what that does.

None of it is ours, so nothing here is guarded; it says what scorers and measures see on real errors.
"""

from collections.abc import Iterable, Sequence

from evals.diarization import talk_shares
from evals.labelled import LabelledCall
from evals.measures import Measure
from evals.suites.speech_counts import Count, Kind, counts_of, measures_of
from pipeline.domain.speech import Conversation

_GROUP = "others_recogniser"
_RATIO = Kind(
    about="how far a speaker's share of all words is from the share of all seconds that people measured, in points",
    of="calls",
    better="neither",
    unit="points",
    baseline_is="half of the talk each",
)


def asr_error_measures(calls: Iterable[LabelledCall]) -> tuple[Measure, ...]:
    """WER, cpWER and the errors of the talk ratio by words: as people wrote them, and as the machines did.

    tcpWER and DER need times of what was heard, which these collections do not have.
    """
    counts: list[Count] = []
    by_people: list[Count] = []
    by_machine: list[Count] = []
    for call in calls:
        if call.heard is None or call.conversation is None:
            continue
        words_only = call.reference.model_copy(update={"segments": None})
        counts += counts_of(call.model_copy(update={"reference": words_only}), call.heard)
        shares = sorted(talk_shares(call.reference.segments or ()).values())
        if len(shares) == 2:
            by_people.append(_ratio(call.id, shares, call.conversation))
            by_machine.append(_ratio(call.id, shares, call.heard))
    return (
        *measures_of(_GROUP, counts, told=_unguarded),
        *_renamed("by_words_of_people", by_people),
        *_renamed("by_words_of_machine", by_machine),
    )


def _unguarded(_: str, kind: Kind) -> Kind:
    return kind.model_copy(update={"better": "neither", "about": f"{kind.about} (another's recogniser, not ours)"})


def _renamed(name: str, counts: Sequence[Count]) -> tuple[Measure, ...]:
    told = f"{_RATIO.about}; {name.replace('_', ' ')}"
    found = measures_of(_GROUP, counts, told=lambda *_: _RATIO.model_copy(update={"about": told}))
    return tuple(m.model_copy(update={"name": f"speech.{_GROUP}.talk_ratio_{name}"}) for m in found)


def _ratio(name: str, shares: Sequence[float], talk: Conversation) -> Count:
    """Shares in order of size, since nobody told which label of the words is which of the seconds."""
    n_words: dict[str, int] = {}
    for turn in talk.turns:
        n_words[turn.speaker] = n_words.get(turn.speaker, 0) + len(turn.words)
    largest = max(n_words.values(), default=0) / max(1, sum(n_words.values()))
    gap, half = 100 * abs(largest - shares[-1]), 100 * abs(0.5 - shares[-1])
    return Count(kind="talk_ratio_error_points", unit=name, parts=(gap, 1), n=1, baseline=(half, 1))
