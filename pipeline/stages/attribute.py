"""Words to speakers to turns: who said what, with `unknown` where nobody can be named."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.domain.recording import CallId, CallMetadata, Role
from pipeline.domain.role_names import role_of_name
from pipeline.domain.script import Script, Utterance
from pipeline.domain.span import Span
from pipeline.domain.speech import (
    Conversation,
    Diarization,
    Speaker,
    SpeakerSegment,
    Transcript,
    Turn,
    Word,
    channel_label,
)
from pipeline.text.backchannels import is_backchannel

UNKNOWN = "unknown"
_NEAR_S = 0.5
"""A word this far from any speech is given to nobody; on its own channel it is taken for invented."""
_PAUSE_S = 0.8
"""A pause of one channel that ends a run of words, so that the other side's words can fall between."""
_BACKCHANNEL_S = 1.5
_EDGE_WORDS = 2
_SENTENCE_END = (".", "?", "!")


@dataclass(frozen=True)
class _Run:
    """Words in a row by one speaker."""

    speaker: str
    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        return min(w.span.start for w in self.words if w.span)

    @property
    def end(self) -> float:
        return max(w.span.end for w in self.words if w.span)

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)


def attribute(
    transcript: Transcript, diarization: Diarization, *, call: CallId, channels: Sequence[Role] = ()
) -> Conversation:
    """Turns in order of time, their speakers still without roles unless a channel is one side.

    Words of a channel belong to that channel's speaker, called ch0, ch1, ...; otherwise a word belongs to the speaker
    of the exclusive diarization who shares most of its time, or the nearest within 0.5 s, else to `unknown`. A short
    backchannel inside somebody's speech is a turn of its own, and does not end the turn around it.
    """
    if channels:
        runs = _channel_runs(transcript.words, diarization.segments)
        speakers = tuple(
            Speaker(label=channel_label(i), role=role, confidence=1.0, source="channel")
            if role != UNKNOWN
            else Speaker(label=channel_label(i), role=role, confidence=0.0, source="unknown")
            for i, role in enumerate(channels)
        )
    else:
        runs = _mixed_runs(transcript.words, diarization)
        labels = dict.fromkeys([*diarization.speakers, *(run.speaker for run in runs)])
        speakers = tuple(Speaker(label=label, role="unknown", confidence=0.0, source="unknown") for label in labels)
    roles = {s.label: s.role for s in speakers}
    return Conversation(
        call=call,
        turns=_turns(runs, roles),
        speakers=speakers,
        speech=diarization.segments,
        duration=transcript.duration,
        language=transcript.language,
    )


def attribute_script(script: Script, *, call: CallId, metadata: CallMetadata) -> Conversation:
    """Turns of a finished transcript, its speakers under the names they have there, with the roles that these tell.

    In order of time, backchannels apart as in `attribute`, where the transcript says of every utterance when it begins
    and ends; else in order of the text. Utterances of nobody known are not joined: any two may be of two people.
    """
    speakers = tuple(_named(script, label, metadata) for label in dict.fromkeys(u.speaker for u in script.utterances))
    roles = {s.label: s.role for s in speakers}
    spoken = [u for u in script.utterances if u.words]
    segments = [SpeakerSegment(speaker=u.speaker, span=u.span) for u in script.utterances if u.span is not None]
    if script.timed:
        runs = sorted((_Run(u.speaker, u.words) for u in spoken), key=lambda r: (r.start, r.end))
        turns = _turns(runs, roles, apart=(UNKNOWN,))
    else:
        turns, segments = _turns_in_order(spoken, roles), []
    return Conversation(
        call=call,
        turns=turns,
        speakers=speakers,
        speech=tuple(sorted(segments, key=lambda s: (s.span.start, s.span.end))),
        duration=script.duration,
        timed=script.timed,
        estimated=script.estimated,
        language=script.language,
    )


def _named(script: Script, label: str, metadata: CallMetadata) -> Speaker:
    side = next((u.role for u in script.utterances if u.speaker == label and u.role is not None), None)
    if side is not None and side != UNKNOWN:
        return Speaker(label=label, role=side, confidence=1.0, source="metadata")
    told = role_of_name(label, metadata)
    if told is None or told[0] == UNKNOWN:
        return Speaker(label=label, role="unknown", confidence=0.0, source="unknown")
    return Speaker(label=label, role=told[0], confidence=1.0, source=told[1])


def _turns_in_order(spoken: Sequence[Utterance], roles: dict[str, Role]) -> tuple[Turn, ...]:
    runs: list[_Run] = []
    for utterance in spoken:
        if runs and runs[-1].speaker == utterance.speaker != UNKNOWN:
            runs[-1] = _Run(utterance.speaker, runs[-1].words + utterance.words)
        else:
            runs.append(_Run(utterance.speaker, utterance.words))
    return tuple(
        Turn(
            id=f"t{number:04d}",
            speaker=run.speaker,
            role=roles[run.speaker],
            words=run.words,
            backchannel=is_backchannel(run.text) and _is_between(runs, number - 1),
        )
        for number, run in enumerate(runs, start=1)
    )


def _is_between(runs: Sequence[_Run], i: int) -> bool:
    """Whether the words before and after are one speaker's, and those before them ask nothing."""
    if not 0 < i < len(runs) - 1:
        return False
    before, after = runs[i - 1], runs[i + 1]
    return before.speaker == after.speaker != runs[i].speaker and not before.text.endswith("?")


def _channel_runs(words: Sequence[Word], segments: Sequence[SpeakerSegment]) -> list[_Run]:
    runs: list[_Run] = []
    for channel in sorted({w.channel or 0 for w in words}):
        label = channel_label(channel)
        spans = [s.span for s in segments if s.speaker == label]
        heard = [_doubt_silence(w, spans) for w in words if (w.channel or 0) == channel]
        current: list[Word] = []
        for word in heard:
            if current and _gap(current[-1], word) > _PAUSE_S:
                runs.append(_Run(label, tuple(current)))
                current = []
            current.append(word)
        if current:
            runs.append(_Run(label, tuple(current)))
    return sorted(runs, key=lambda r: (r.start, r.end))


def _doubt_silence(word: Word, spans: Sequence[Span]) -> Word:
    """The word, flagged when it lies away from all speech of its channel."""
    if word.unreliable or word.span is None:
        return word
    wide = Span(start=max(0.0, word.span.start - _NEAR_S), end=word.span.end + _NEAR_S)
    if any(wide.overlap(span) > 0 for span in spans):
        return word
    return word.model_copy(update={"unreliable": "silence"})


def _gap(left: Word, right: Word) -> float:
    return right.span.start - left.span.end if left.span and right.span else 0.0


def _mixed_runs(words: Sequence[Word], diarization: Diarization) -> list[_Run]:
    exclusive = sorted(diarization.exclusive, key=lambda s: s.span.start)
    ends = [s.span.end for s in exclusive]
    labels = [_speaker_of(word, exclusive, ends) for word in words]
    labels = _whole_sentences(words, labels)
    spans = [s.span for s in exclusive]
    heard = [
        _doubt_silence(word, spans[max(0, (i := _first_near(word, ends)) - 1) : i + 3]) if label == UNKNOWN else word
        for word, label in zip(words, labels, strict=True)
    ]
    pairs = zip(labels, heard, strict=True)
    return [_Run(label, tuple(w for _, w in group)) for label, group in groupby(pairs, key=lambda pair: pair[0])]


def _first_near(word: Word, ends: Sequence[float]) -> int:
    return bisect_left(ends, word.span.start - _NEAR_S) if word.span else 0


def _speaker_of(word: Word, exclusive: Sequence[SpeakerSegment], ends: Sequence[float]) -> str:
    """The speaker who shares most time with the word, else the nearest within 0.5 s, else unknown."""
    if word.span is None:
        return UNKNOWN
    shared: Counter[str] = Counter()
    nearest, distance = UNKNOWN, _NEAR_S
    for segment in exclusive[_first_near(word, ends) :]:
        if segment.span.start > word.span.end + _NEAR_S:
            break
        shared[segment.speaker] += round(1000 * segment.span.overlap(word.span))
        apart = max(segment.span.start - word.span.end, word.span.start - segment.span.end)
        if apart < distance:
            nearest, distance = segment.speaker, apart
    best = shared.most_common(1)
    return best[0][0] if best and best[0][1] > 0 else nearest


def _whole_sentences(words: Sequence[Word], labels: Sequence[str]) -> list[str]:
    """Labels in which one or two words at a sentence's edge follow the rest of the sentence.

    Recognised word times are off by a tenth of a second or two, so that the first or last word of a sentence often
    falls on the other side of a change of speaker.
    """
    fixed = list(labels)
    start = 0
    for i, word in enumerate(words):
        if not (word.text.endswith(_SENTENCE_END) or i == len(words) - 1):
            continue
        _settle_edges(fixed, start, i + 1)
        start = i + 1
    return fixed


def _settle_edges(labels: list[str], start: int, stop: int) -> None:
    """Only words that continue the other speaker's run move: a backchannel on its own is where it was heard."""
    runs = [(label, len(list(group))) for label, group in groupby(labels[start:stop])]
    if len(runs) < 2:
        return
    label, n = max(runs, key=lambda run: run[1])
    (first, n_first), (last, n_last) = runs[0], runs[-1]
    if n <= _EDGE_WORDS:
        return
    if n_first <= _EDGE_WORDS and runs[1][0] == label and start > 0 and labels[start - 1] == first:
        labels[start : start + n_first] = [label] * n_first
    if n_last <= _EDGE_WORDS and runs[-2][0] == label and stop < len(labels) and labels[stop] == last:
        labels[stop - n_last : stop] = [label] * n_last


def _turns(runs: Sequence[_Run], roles: dict[str, Role], *, apart: Sequence[str] = ()) -> tuple[Turn, ...]:
    """Runs of one speaker joined into turns; backchannels stand beside the turn they fall into.

    Runs with a label of `apart` are not joined.
    """
    groups: list[tuple[_Run, bool]] = []
    floor: int | None = None
    for i, run in enumerate(runs):
        aside = _is_aside(runs, i)
        same = floor is not None and groups[floor][0].speaker == run.speaker and run.speaker not in apart
        if same and not aside and floor is not None:
            groups[floor] = (_Run(run.speaker, groups[floor][0].words + run.words), False)
            continue
        groups.append((run, aside))
        if not aside:
            floor = len(groups) - 1
    groups.sort(key=lambda g: (g[0].start, g[0].end))
    return tuple(
        Turn(
            id=f"t{number:04d}",
            speaker=run.speaker,
            role=roles.get(run.speaker, "unknown"),
            words=run.words,
            backchannel=aside,
        )
        for number, (run, aside) in enumerate(groups, start=1)
    )


def _is_aside(runs: Sequence[_Run], i: int) -> bool:
    """Whether run i is a backchannel, or doubtful words, inside another speaker's turn that goes on after it."""
    run = runs[i]
    before = next((r for r in reversed(runs[:i]) if r.speaker != run.speaker), None)
    after = next((r for r in runs[i + 1 :] if r.speaker != run.speaker), None)
    if before is None or after is None or before.speaker != after.speaker:
        return False
    if all(word.unreliable for word in run.words):
        return True
    answers = before.text.endswith("?") and before.end <= run.start + _NEAR_S
    return is_backchannel(run.text) and run.end - run.start <= _BACKCHANNEL_S and not answers
