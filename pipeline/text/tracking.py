"""Owns finding mentions: the sentences of a call in which a tracker's phrases stand, denied or not.

Phrases decide, and where none stands, the likeness to a tracker's examples. A sentence is one mention of a tracker
however many of its phrases stand there, or two where one clause denies and another does not ("the price is fine but the
fee is not").
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.domain.normal import WordRun
from pipeline.domain.phrases import Phrase, PhraseMatch, SlotName, Slots, parse_phrase, plain_words
from pipeline.domain.recording import Role
from pipeline.domain.speech import Conversation
from pipeline.domain.tracker import Mention, Owner, SpokenDay, Tracker
from pipeline.text.denial import NEGATIONS, is_denied
from pipeline.text.owners import actor_of, first_actor, owner_of
from pipeline.text.resemblance import Embedder, resemblance
from pipeline.text.sentences import Sentence, sentences_of
from pipeline.text.spoken_dates import DayWords, find_days


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


MIN_RESEMBLANCE = 0.45
"""Of 0.35, 0.40, ... 0.60 the one with few false alarms and most of the gain, on lots `held_out` and (now) `tuning` of
evals/labels/trackers.yaml with the then tuning sentences as examples."""

MIN_WORDS = 3
"""Words a sentence needs to be compared with examples."""

_CURRENCIES = _set("dollar dollars euro euros pound pounds bucks quid francs grand usd eur gbp")
_AMOUNTS = _set(
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty seventy "
    "eighty ninety hundred thousand million"
)


@dataclass(frozen=True, slots=True)
class Located:
    """A mention with the sentence that it stands in, so that its time can be told."""

    mention: Mention
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class _Found:
    match: PhraseMatch
    denied: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """A sentence with the slots that its words can fill, names aside."""

    sentence: Sentence
    days: tuple[DayWords, ...]
    money: tuple[WordRun, ...]


def find_mentions(
    conversation: Conversation,
    trackers: Sequence[Tracker],
    *,
    today: datetime.date | None,
    embedder: Embedder | None = None,
) -> tuple[Located, ...]:
    """Every mention of every tracker, in order of time, then of trackers.

    `today` is the day of the call, without which no day that was said is settled. With `embedder`, sentences without a
    phrase are compared with the trackers' examples. Backchannels and words that may be invented are not read.
    """
    read = [
        _Read(sentence, find_days(sentence.words, today=today), tuple(_money(sentence.words)))
        for turn in conversation.turns
        for sentence in sentences_of(turn)
    ]
    by_phrases = {
        t.id: [tuple(_mentions(r, t)) if t.reads(r.sentence.turn.role) else () for r in read] for t in trackers
    }
    alike = {} if embedder is None else _alike(read, trackers, by_phrases, embedder=embedder)
    return tuple(
        Located(mention, r.sentence)
        for i, r in enumerate(read)
        for tracker in trackers
        for mention in by_phrases[tracker.id][i] or alike.get((tracker.id, i), ())
    )


def _alike(
    read: Sequence[_Read],
    trackers: Sequence[Tracker],
    by_phrases: Mapping[str, Sequence[Sequence[Mention]]],
    *,
    embedder: Embedder,
) -> dict[tuple[str, int], tuple[Mention]]:
    """For a tracker and a sentence without its phrases, the mention by likeness, where it is like enough."""
    long_enough = [i for i, r in enumerate(read) if len(r.sentence.words) >= MIN_WORDS]
    told = embedder.embed([read[i].sentence.text for i in long_enough])
    found = {}
    for tracker in trackers:
        said, denied, counter = (
            embedder.embed(list(texts))
            for texts in (tracker.examples, tracker.denied_examples, tracker.counterexamples)
        )
        likeness, denying = resemblance(told, said, counter), resemblance(told, denied, counter)
        for row, i in enumerate(long_enough):
            r = read[i]
            if by_phrases[tracker.id][i] or not tracker.reads(r.sentence.turn.role) or _is_barred(r, tracker):
                continue
            if max(likeness[row], denying[row]) >= MIN_RESEMBLANCE:
                negated = bool(denying[row] > likeness[row]) and not NEGATIONS.isdisjoint(r.sentence.words)
                found[tracker.id, i] = (_mention_alike(r, tracker, negated=negated),)
    return found


def _mention_alike(read: _Read, tracker: Tracker, *, negated: bool) -> Mention:
    whole = WordRun(0, len(read.sentence.words) - 1)
    mention = _mention(read, tracker, [PhraseMatch(whole)], within=whole, denied=negated)
    first = first_actor(read.sentence.words)
    owner = owner_of([] if first is None else [first], mention.role) if tracker.commitment else None
    return mention.model_copy(update={"by": "similarity", "owner": owner})


def _is_barred(read: _Read, tracker: Tracker) -> bool:
    return any(True for _ in _standing(tracker.without, read.sentence.words, _slots(read, tracker)))


def _mentions(read: _Read, tracker: Tracker) -> Iterator[Mention]:
    sentence = read.sentence
    found = [_Found(match, denied or is_denied(sentence, match)) for match, denied in _matches(read, tracker)]
    whole = WordRun(0, len(sentence.words) - 1)
    apart = len({f.denied for f in found}) > 1
    for denied in dict.fromkeys(f.denied for f in found):
        matches = [f.match for f in found if f.denied is denied]
        part = _clauses(sentence, matches) if apart else whole
        yield _mention(read, tracker, matches, within=part, denied=denied)


def _clauses(sentence: Sentence, matches: Sequence[PhraseMatch]) -> WordRun:
    runs = [sentence.clause_of(match.run) for match in matches]
    return WordRun(min(run.first for run in runs), max(run.last for run in runs))


def _mention(
    read: _Read, tracker: Tracker, matches: Sequence[PhraseMatch], *, within: WordRun, denied: bool
) -> Mention:
    role = read.sentence.turn.role
    around = WordRun(min(m.run.first for m in matches), max(m.run.last for m in matches))
    return Mention(
        tracker=tracker.id,
        quote=read.sentence.quote(within, around),
        role=role,
        negated=denied,
        date=_spoken_day(read, around, within) if tracker.commitment else None,
        owner=_owner(read.sentence, matches, role) if tracker.commitment else None,
    )


def _owner(sentence: Sentence, matches: Sequence[PhraseMatch], role: Role) -> Owner:
    named = (actor_of(sentence.words, match.run, sentence.clause_of(match.run)) for match in matches)
    return owner_of((actor for actor in named if actor is not None), role)


def _spoken_day(read: _Read, around: WordRun, within: WordRun) -> SpokenDay | None:
    """The day that stands in the phrases, else the first behind them, else the last before; within these words."""
    days = [day for day in read.days if day.run.overlaps(within)]
    in_it = [day for day in days if day.run.overlaps(around)]
    behind = [day for day in days if day.run.first > around.last]
    chosen = next(iter(in_it or behind or days[-1:]), None)
    if chosen is None:
        return None
    sentence = read.sentence
    first, last = sentence.places[chosen.run.first], sentence.places[chosen.run.last]
    said = " ".join(word.text for word in sentence.turn.words[first : last + 1])
    return SpokenDay(words=said.strip(".,;:?!"), day=chosen.day)


def _matches(read: _Read, tracker: Tracker) -> list[tuple[PhraseMatch, bool]]:
    """The phrases that stand, none overlapping, each with whether it is a denial in itself; denials before others."""
    words = read.sentence.words
    slots = _slots(read, tracker)
    barred = [match.run for match in _standing(tracker.without, words, slots)]
    kept: list[tuple[PhraseMatch, bool]] = []
    for phrases, denied in ((tracker.denials, True), (tracker.phrases, False)):
        for match in sorted(_standing(phrases, words, slots), key=lambda m: (m.run.first - m.run.last, m.run.first)):
            taken = (*barred, *(other.run for other, _ in kept))
            if not any(match.run.overlaps(run) for run in taken):
                kept.append((match, denied))
    return sorted(kept, key=lambda pair: pair[0].run.first)


def _standing(phrases: tuple[str, ...], words: Sequence[str], slots: Slots) -> Iterator[PhraseMatch]:
    by_first, anywhere = _indexed(phrases)
    for at, word in enumerate(words):
        for phrase in (*by_first.get(word, ()), *anywhere):
            match = phrase.match_at(words, at, slots)
            if match is not None:
                yield match


@lru_cache(maxsize=256)
def _indexed(phrases: tuple[str, ...]) -> tuple[dict[str, list[Phrase]], tuple[Phrase, ...]]:
    """The phrases by the words they can start with, and those that can start with anything."""
    by_first: dict[str, list[Phrase]] = {}
    anywhere: list[Phrase] = []
    for phrase in map(parse_phrase, phrases):
        if phrase.firsts is None:
            anywhere.append(phrase)
        for word in phrase.firsts or ():
            by_first.setdefault(word, []).append(phrase)
    return by_first, tuple(anywhere)


def _slots(read: _Read, tracker: Tracker) -> Slots:
    names = tuple(_named(read.sentence.words, tracker.names))
    slots: dict[SlotName, Sequence[WordRun]] = {
        "when": tuple(day.run for day in read.days), "money": read.money, "name": names
    }  # fmt: skip
    return slots


def _named(words: Sequence[str], names: Sequence[str]) -> Iterator[WordRun]:
    for name in map(plain_words, names):
        yield from (WordRun(i, i + len(name) - 1) for i in range(len(words)) if tuple(words[i : i + len(name)]) == name)


def _money(words: Sequence[str]) -> Iterator[WordRun]:
    """Amounts of money: "$40", "ninety euros", "forty thousand dollars"."""
    for at, word in enumerate(words):
        if word[0] in "$€£" and any(c.isdigit() for c in word):
            yield WordRun(at, at)
        elif word in _CURRENCIES and at and _is_amount(words[at - 1]):
            first = at - 1
            while first and (_is_amount(words[first - 1]) or words[first - 1] == "and"):
                first -= 1
            yield WordRun(first, at)


def _is_amount(word: str) -> bool:
    return word in _AMOUNTS or word[0].isdigit()
