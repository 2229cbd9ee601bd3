"""Owns what is counted of one heard call against what people say of it, and how counts of calls become measures."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field

from evals.diarization import diarization_errors, jaccard_errors, talk_share_gap, talk_shares
from evals.labelled import LabelledCall, Reference
from evals.measures import Better, Measure, Unit, statistic_of
from evals.speech import SIDES, role_seconds, start_errors
from evals.statistics import Statistic
from evals.words import MOST_SPEAKERS, Utterance, WordErrors, speaker_word_errors, timed_word_errors, word_errors
from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, SpeakerSegment, Word

BLOCK_S = 10.0
"""Times of words in one breath are alike, so their units are stretches of this length."""
_PAUSE_S = 0.5
_ONE = "one"


class Kind(Value):
    """What a count is of: how its measure is told, and which way is better."""

    about: str
    of: str
    better: Better = "less"
    statistic: Statistic = "ratio"
    unit: Literal["share", "points", "s", "words"] = "share"
    baseline_is: str | None = None


KINDS: Mapping[str, Kind] = {
    "wer": Kind(about="word errors, all speakers' words in order", of="words"),
    "cpwer": Kind(about="word errors speaker by speaker: one given to the wrong speaker counts twice", of="words"),
    "tcpwer": Kind(about="word errors speaker by speaker, times within 5 s", of="words"),
    "der": Kind(
        about="seconds of speech that were missed, made up or given to the wrong speaker; no collar, overlaps scored",
        of="seconds",
        baseline_is="one speaker from beginning to end",
    ),
    "der_missed": Kind(about="seconds of speech given to nobody", of="seconds", better="neither"),
    "der_false_alarm": Kind(about="seconds of nobody's speech given to somebody", of="seconds", better="neither"),
    "der_confusion": Kind(about="seconds of speech given to the wrong speaker", of="seconds"),
    "jer": Kind(about="Jaccard error, every speaker counting alike", of="speakers"),
    "speaker_count": Kind(about="calls in which as many speakers are heard as speak", of="calls", better="more"),
    "talk_ratio_error_points": Kind(
        about="how far a speaker's share of talk is from the truth, labels aside, in points",
        of="calls",
        unit="points",
        baseline_is="half of the talk each",
    ),
    "role_accuracy": Kind(
        about="seconds of rep and customer that were given the right role", of="seconds", better="more"
    ),
    "start_error_s": Kind(
        about="how far the start of a word is from the truth, in seconds, whichever way",
        of="words",
        statistic="median",
        unit="s",
    ),
}


class Count(Value):
    """What one unit brings to the measure of a kind, and what the baseline would bring."""

    kind: str
    unit: str
    parts: tuple[float, ...]
    n: int = Field(ge=0)
    baseline: tuple[float, ...] | None = None


def counts_of(call: LabelledCall, talk: Conversation) -> tuple[Count, ...]:
    """Everything that people's word on a call allows to count of what was heard of it."""
    spoken, reference = spoken_words(talk), call.reference
    found = [*_words(call.id, talk, spoken, reference)]
    if reference.timed_words:
        found += _starts(call.id, reference.timed_words, spoken)
    if reference.segments:
        found += _speakers(call.id, talk, reference, reference.segments)
        found += _roles(call.id, talk, reference.segments, call.roles)
    voices = call.voices or len({segment.speaker for segment in reference.segments or ()})
    if voices:
        heard = {segment.speaker for segment in talk.speech} or {turn.speaker for turn in talk.turns}
        found.append(Count(kind="speaker_count", unit=call.id, parts=(float(len(heard) == voices), 1), n=1))
    return tuple(found)


def spoken_words(conversation: Conversation) -> tuple[Word, ...]:
    """All words in order of time, doubtful ones included: what WER is counted from."""
    words = [word for turn in conversation.turns for word in turn.words]
    return tuple(sorted(words, key=lambda word: word.span.start if word.span else 0.0))


def utterances(conversation: Conversation) -> tuple[Utterance, ...]:
    """The words of each turn between pauses of half a second, as lines of an STM file; those without times go."""
    found: list[Utterance] = []
    for turn in conversation.turns:
        run: list[Word] = []
        for word in turn.words:
            if word.span is not None:
                if run and word.span.start - _end(run) > _PAUSE_S:
                    found.append(_utterance(turn.speaker, run))
                    run = []
                run.append(word)
        if run:
            found.append(_utterance(turn.speaker, run))
    return tuple(found)


def joined(said: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """What one speaker says without a pause of half a second as one utterance, so that single words read as text."""
    found: list[Utterance] = []
    for speaker, start, end, words in sorted(said, key=lambda utterance: utterance[1]):
        if found and found[-1][0] == speaker and start - found[-1][2] <= _PAUSE_S:
            _, began, ended, before = found[-1]
            found[-1] = (speaker, began, max(end, ended), f"{before} {words}")
        else:
            found.append((speaker, start, end, words))
    return tuple(found)


def _utterance(speaker: str, run: Sequence[Word]) -> Utterance:
    start = min(word.span.start for word in run if word.span)
    return speaker, start, _end(run), " ".join(word.text for word in run)


def _end(run: Iterable[Word]) -> float:
    return max(word.span.end for word in run if word.span)


def _words(name: str, talk: Conversation, spoken: Sequence[Word], reference: Reference) -> Iterator[Count]:
    all_words = reference.words
    if all_words is None and reference.timed_words:
        in_order = sorted(reference.timed_words, key=lambda utterance: utterance[1])
        all_words = " ".join(words for _, _, _, words in in_order)
    if all_words is not None:
        yield _of_words("wer", name, word_errors(all_words, " ".join(word.text for word in spoken)))
    few = max(len(talk.speakers), len(reference.by_speaker or ())) <= MOST_SPEAKERS
    if reference.by_speaker is not None and few:
        heard: dict[str, list[str]] = {}
        for turn in talk.turns:
            heard.setdefault(turn.speaker, []).append(turn.text)
        by_speaker = {label: " ".join(texts) for label, texts in heard.items()}
        yield _of_words("cpwer", name, speaker_word_errors(reference.by_speaker, by_speaker))
    if reference.timed_words and reference.by_speaker is not None and few:
        yield _of_words("tcpwer", name, timed_word_errors(joined(reference.timed_words), utterances(talk)))


def _of_words(kind: str, name: str, errors: WordErrors) -> Count:
    return Count(kind=kind, unit=name, parts=(errors.errors, errors.n_reference), n=errors.n_reference)


def _starts(name: str, said: Sequence[Utterance], spoken: Sequence[Word]) -> Iterator[Count]:
    """The median of each stretch of ten seconds."""
    blocks: dict[int, list[float]] = {}
    for start, late in start_errors(said, spoken):
        blocks.setdefault(int(start / BLOCK_S), []).append(abs(late))
    for block, errors in sorted(blocks.items()):
        middle = statistic_of("median", [Unit(id=str(n), parts=(error,)) for n, error in enumerate(errors)])
        if middle is not None:
            unit = f"{name} at {block * BLOCK_S:.0f} s"
            yield Count(kind="start_error_s", unit=unit, parts=(middle,), n=len(errors))


def _speakers(name: str, talk: Conversation, reference: Reference, said: Sequence[SpeakerSegment]) -> Iterator[Count]:
    duration = reference.duration or talk.duration
    everything = (SpeakerSegment(span=Span(start=0, end=duration), speaker=_ONE),)
    errors = diarization_errors(said, talk.speech, duration=duration)
    one = diarization_errors(said, everything, duration=duration)
    whole, n = errors.reference, round(errors.reference)
    yield Count(kind="der", unit=name, parts=(errors.errors, whole), n=n, baseline=(one.errors, whole))
    for kind, seconds in (
        ("der_missed", errors.missed),
        ("der_false_alarm", errors.false_alarm),
        ("der_confusion", errors.confusion),
    ):
        yield Count(kind=kind, unit=name, parts=(seconds, whole), n=n)
    jaccard = jaccard_errors(said, talk.speech, duration=duration)
    yield Count(kind="jer", unit=name, parts=(jaccard.errors, len(jaccard.speakers)), n=len(jaccard.speakers))
    shares = talk_shares(said)
    if len(shares) == 2:
        gap = 100 * talk_share_gap(said, talk.speech, duration=duration)
        half = 100 * abs(0.5 - max(shares.values()))
        yield Count(kind="talk_ratio_error_points", unit=name, parts=(gap, 1), n=1, baseline=(half, 1))


def _roles(name: str, talk: Conversation, said: Sequence[SpeakerSegment], roles: Mapping[str, Role]) -> Iterator[Count]:
    if set(SIDES) <= set(roles.values()):
        true = [segment.model_copy(update={"speaker": roles.get(segment.speaker, "unknown")}) for segment in said]
        heard = [segment.model_copy(update={"speaker": talk.role_of(segment.speaker)}) for segment in talk.speech]
        errors = role_seconds(true, heard)
        yield Count(kind="role_accuracy", unit=name, parts=(errors.right, errors.all), n=round(errors.all))


def measures_of(
    group: str, counts: Iterable[Count], *, told: Callable[[str, Kind], Kind] = lambda _, kind: kind
) -> tuple[Measure, ...]:
    """A measure of each kind that was counted, named speech.<group>.<kind>; `told` may tell a kind in other words."""
    by_kind: dict[str, list[Count]] = {}
    for count in counts:
        by_kind.setdefault(count.kind, []).append(count)
    return tuple(
        _measure(f"speech.{group}.{kind}", told(kind, KINDS[kind]), by_kind[kind]) for kind in KINDS if kind in by_kind
    )


def _measure(name: str, kind: Kind, counts: Sequence[Count]) -> Measure:
    plain = [Unit(id=count.unit, parts=count.baseline) for count in counts if count.baseline is not None]
    baseline = statistic_of(kind.statistic, plain) if len(plain) == len(counts) else None
    return Measure(
        name=name,
        about=kind.about,
        statistic=kind.statistic,
        better=kind.better,
        units=tuple(Unit(id=count.unit, parts=count.parts) for count in counts),
        n=sum(count.n for count in counts),
        of=kind.of,
        baseline=baseline,
        baseline_is=kind.baseline_is if baseline is not None else None,
        unit=kind.unit,
    )
