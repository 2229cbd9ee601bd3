"""Measures of a call from its turns and speech segments: arithmetic only, and `unavailable` where it would mislead.

Talk time is the union of a side's speech segments, so overlapping speech counts for both sides and silence for neither.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import median

from pipeline.domain.metrics import CallMetrics, Measure, MetricName, Question, Unit
from pipeline.domain.recording import Role
from pipeline.domain.span import Span, shared, total
from pipeline.domain.speech import Conversation, Turn, Word
from pipeline.domain.talk_interval import Times, talk_interval
from pipeline.text.questions import find_questions
from pipeline.text.topics import speaks_of_next_step, speaks_of_price

_NO_TIMES = "the transcript has no times"
_NOT_ALL_TIMES = "the transcript does not say of every turn when it begins and ends"
_HOUR = 3600.0
_MIN_RATE_S = 30.0
"""Rates an hour from less than half a minute of sound say nothing."""
_INTERRUPTION_AFTER_S = 1.0
_INTERRUPTION_OVERLAP_S = 0.3
_INTERRUPTION_HOLDS_S = 0.5
_SENTENCE_END = (".", "?", "!")


def measure(conversation: Conversation, *, times: Times | None = None) -> CallMetrics:
    """Every measure of the call, each with a value or the reason why there is none, and the questions counted.

    `times` is how it is known who speaks when; without it no measure has an interval.
    """
    questions = tuple(_questions(conversation))
    sides = _Sides(conversation, times)
    measures = (*_talk(sides), *_timelines(sides), *_question_measures(sides, questions), *_topics(sides))
    filler = Measure(
        name="filler_words",
        value=None,
        unit="count",
        unavailable="the recogniser leaves out most fillers, so a count would be too low",
    )
    return CallMetrics(measures=(*measures, filler), questions=questions)


class _Sides:
    """The two sides of a call as times; `trouble` says why nothing of a side can be measured."""

    def __init__(self, conversation: Conversation, times: Times | None) -> None:
        self.conversation = conversation
        self.times = times
        self.duration = conversation.duration
        self.turns = [t for t in conversation.turns if t.span is not None]
        self.floor_turns = [t for t in self.turns if not t.backchannel and any(w.unreliable is None for w in t.words)]
        roles = {s.label: s.role for s in conversation.speakers}
        by_role: dict[Role, list[Span]] = {}
        for segment in conversation.speech:
            by_role.setdefault(roles.get(segment.speaker, "unknown"), []).append(segment.span)
        self.rep = by_role.get("rep", [])
        self.customer = by_role.get("customer", [])
        self.everyone = [s.span for s in conversation.speech]

    def trouble(self, *needed: Role) -> str | None:
        if not self.conversation.timed:
            return _NOT_ALL_TIMES if self.turns else _NO_TIMES
        if not self.everyone:
            return "nobody speaks in the recording"
        known = {s.role for s in self.conversation.speakers}
        for role in needed:
            if role not in known:
                return f"no speaker is known to be the {role} (set it with: filmroom roles)"
            if not (self.rep if role == "rep" else self.customer):
                return f"the {role} is not heard"
        return None


def _either(name: MetricName, unit: Unit, *, trouble: str | None, value: Callable[[], float | str]) -> Measure:
    """The measure, or none with its trouble; `value` may answer with a trouble of its own."""
    found = value() if trouble is None else trouble
    if isinstance(found, str):
        return Measure(name=name, value=None, unit=unit, unavailable=found)
    return Measure(name=name, value=round(found, 3), unit=unit)


def _talk(sides: _Sides) -> Iterable[Measure]:
    rep, customer = total(sides.rep), total(sides.customer)
    yield _talk_ratio(sides, rep, customer)
    yield _either("rep_talk_s", "s", trouble=sides.trouble("rep"), value=lambda: rep)
    yield _either("customer_talk_s", "s", trouble=sides.trouble("customer"), value=lambda: customer)
    yield _either("overlap_s", "s", trouble=sides.trouble(), value=lambda: _overlap(sides.conversation))
    yield _either("silence_s", "s", trouble=sides.trouble(), value=lambda: sides.duration - total(sides.everyone))
    yield _either(
        "rep_words_per_minute",
        "words/min",
        trouble=sides.trouble("rep"),
        value=lambda: 60 * _n_words(sides.turns, "rep") / rep if rep >= _MIN_RATE_S / 3 else "the rep says too little",
    )


def _talk_ratio(sides: _Sides, rep: float, customer: float) -> Measure:
    """The rep's share of both sides' seconds, with its interval, or with the reason why it has none."""
    trouble = sides.trouble("rep", "customer")
    found = _either("rep_talk_ratio", "ratio", trouble=trouble, value=lambda: rep / (rep + customer))
    if found.value is None:
        return found
    speakers = {s.label: s for s in sides.conversation.speakers if s.role in ("rep", "customer")}
    heard = [speakers[label] for label in {s.speaker for s in sides.conversation.speech} if label in speakers]
    bounds = talk_interval(found.value, times=sides.times, speech_s=rep + customer, n_voices=len(heard))
    if isinstance(bounds, str):
        return found.model_copy(update={"trust": bounds})
    guessed = min((s.confidence for s in heard if s.source == "inferred"), default=None)
    condition = None if guessed is None else f"if it is right who is the rep (confidence {guessed:.2f})"
    return Measure(**{**dict(found), "low": bounds.low, "high": bounds.high, "trust": condition})


def _overlap(conversation: Conversation) -> float:
    """Seconds in which two or more speakers speak."""
    labels = sorted({s.speaker for s in conversation.speech})
    speech = [[s.span for s in conversation.speech if s.speaker == label] for label in labels]
    return total(span for i, a in enumerate(speech) for b in speech[i + 1 :] for span in shared(a, b))


def _n_words(turns: Sequence[Turn], role: Role) -> int:
    return sum(word.unreliable is None for turn in turns if turn.role == role for word in turn.words)


def _timelines(sides: _Sides) -> Iterable[Measure]:
    for name, role in (("longest_rep_monologue_s", "rep"), ("longest_customer_story_s", "customer")):
        yield _longest(sides, name, role)  # type: ignore[arg-type]
    changes = sum(a.speaker != b.speaker for a, b in pairwise(sides.floor_turns))
    yield _either(
        "turns_per_hour",
        "1/h",
        trouble=sides.trouble(),
        value=lambda: changes * _HOUR / sides.duration if sides.duration >= _MIN_RATE_S else "the call is too short",
    )
    both = sides.trouble("rep", "customer")
    yield _either("patience_s", "s", trouble=both, value=lambda: _patience(sides.floor_turns))
    yield _either("interruptions_by_rep", "count", trouble=both, value=lambda: float(_interruptions(sides)))


def _longest(sides: _Sides, name: MetricName, role: Role) -> Measure:
    """The longest time one side holds the floor, first word to last; backchannels of others do not end it."""
    trouble = sides.trouble(role)
    spans = [t.span for t in sides.floor_turns if t.role == role and t.span is not None]
    if trouble or not spans:
        return Measure(name=name, value=None, unit="s", unavailable=trouble or f"no words of the {role} are sure")
    longest = max(spans, key=lambda s: s.duration)
    return Measure(name=name, value=longest.duration, unit="s", where=longest)


def _patience(turns: Sequence[Turn]) -> float | str:
    """Median silence from a customer's last word to the rep's first; 0 where the rep starts before the end."""
    waits = [
        max(0.0, right.span.start - left.span.end)
        for left, right in pairwise(turns)
        if left.role == "customer" and right.role == "rep" and left.span and right.span
    ]
    return median(waits) if waits else "the rep does not speak after the customer"


def _interruptions(sides: _Sides) -> int:
    """How often the rep starts 1 s or more into the customer's speech, over 0.3 s of it, and holds the floor after it.

    Backchannels hold no floor: rep speech that covers no word of a floor turn of the rep does not count.
    """
    floors = [t.span for t in sides.floor_turns if t.role == "rep" and t.span]
    return sum(
        any(_cuts_in(mine, theirs) for theirs in sides.customer) and any(mine.overlap(floor) > 0 for floor in floors)
        for mine in sides.rep
    )


def _cuts_in(mine: Span, theirs: Span) -> bool:
    return (
        mine.start >= theirs.start + _INTERRUPTION_AFTER_S
        and mine.overlap(theirs) >= _INTERRUPTION_OVERLAP_S
        and mine.end >= theirs.end + _INTERRUPTION_HOLDS_S
    )


def _questions(conversation: Conversation) -> Iterable[Question]:
    previous = ""
    for turn in conversation.turns:
        if turn.backchannel:
            continue
        for match in find_questions(turn.text, previous=previous):
            words = turn.words[match.first_word : match.last_word + 1]
            if any(word.unreliable is None for word in words):
                yield Question(
                    turn_id=turn.id,
                    role=turn.role,
                    kind=match.kind,
                    first_word=match.first_word,
                    last_word=match.last_word,
                    text=" ".join(word.text for word in words),
                )
        previous = turn.text


def _question_measures(sides: _Sides, questions: Sequence[Question]) -> Iterable[Measure]:
    def count(role: Role, *, kinds: Sequence[str] = ("open", "closed", "declarative")) -> float:
        return float(sum(q.role == role and q.kind in kinds for q in questions))

    known = {s.role for s in sides.conversation.speakers}
    absent = {role: None if role in known else f"no speaker is known to be the {role}" for role in ("rep", "customer")}
    yield _either("rep_questions", "count", trouble=absent["rep"], value=lambda: count("rep"))
    yield _either("customer_questions", "count", trouble=absent["customer"], value=lambda: count("customer"))
    yield _either("rep_open_questions", "count", trouble=absent["rep"], value=lambda: count("rep", kinds=("open",)))
    yield _either(
        "rep_questions_per_hour",
        "1/h",
        trouble=sides.trouble("rep"),
        value=lambda: (
            count("rep") * _HOUR / sides.duration if sides.duration >= _MIN_RATE_S else "the call is too short"
        ),
    )
    yield _first_question(sides, questions)


def _first_question(sides: _Sides, questions: Sequence[Question]) -> Measure:
    name: MetricName = "first_rep_question_s"
    trouble = sides.trouble("rep")
    if trouble is None:
        asked = next((q for q in questions if q.role == "rep"), None)
        turn = sides.conversation.turn(asked.turn_id) if asked else None
        where = turn.words[asked.first_word].span if turn and asked else None
        if where is not None:
            return Measure(name=name, value=where.start, unit="s", where=where)
        trouble = "the rep asks no question" if asked is None else "the question has no time"
    return Measure(name=name, value=None, unit="s", unavailable=trouble)


def _topics(sides: _Sides) -> Iterable[Measure]:
    topics: tuple[tuple[MetricName, Callable[[str], bool]], ...] = (
        ("price_talk_s", speaks_of_price),
        ("next_step_talk_s", speaks_of_next_step),
    )
    sentences = [s for turn in sides.turns for s in _sentences(turn)]
    for name, speaks_of in topics:
        spans = [span for text, span in sentences if speaks_of(text)]
        yield _either(name, "s", trouble=sides.trouble(), value=lambda spans=spans: total(spans))  # type: ignore[misc]


def _sentences(turn: Turn) -> Iterable[tuple[str, Span]]:
    """Each sentence of a turn that holds no doubtful word, with the time it takes."""
    sentence: list[Word] = []
    for i, word in enumerate(turn.words):
        sentence.append(word)
        if word.text.endswith(_SENTENCE_END) or i == len(turn.words) - 1:
            spans = [w.span for w in sentence if w.span]
            if spans and all(w.unreliable is None for w in sentence):
                yield " ".join(w.text for w in sentence), Span(start=spans[0].start, end=max(s.end for s in spans))
            sentence = []
