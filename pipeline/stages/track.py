"""Where a call speaks of what the trackers look for, for how long, and in which stage of the sale it stands."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.domain.recording import Stage
from pipeline.domain.span import Span, total
from pipeline.domain.speech import Conversation
from pipeline.domain.tracker import Tracked, Tracker, Tracking
from pipeline.text.call_stage import guess_stage
from pipeline.text.resemblance import Embedder
from pipeline.text.sentences import Sentence
from pipeline.text.tracking import find_mentions

_NO_TIMES = "the transcript has no times"


def track(
    conversation: Conversation,
    trackers: Sequence[Tracker],
    *,
    started_at: datetime | None,
    stated: Stage | None = None,
    embedder: Embedder | None = None,
) -> Tracking:
    """Every mention, the time of their sentences, and the call's stage.

    `started_at` settles days that were said ("tomorrow"), by the calendar of its own offset. `stated` is the stage that
    people gave, which always wins. Without `embedder` phrases decide alone. In a one-to-one (stage coaching) nobody
    sells, so that only trackers of commitments are read.
    """
    stage = guess_stage(conversation, stated=stated, embedder=embedder)
    if stage.stage is Stage.COACHING:
        trackers = [tracker for tracker in trackers if tracker.commitment]
    today = None if started_at is None else started_at.date()
    found = find_mentions(conversation, trackers, today=today, embedder=embedder)
    return Tracking(
        trackers=tuple(
            _tracked(t, [f.sentence for f in found if f.mention.tracker == t.id], timed=conversation.timed)
            for t in trackers
        ),
        mentions=tuple(f.mention for f in found),
        stage=stage,
    )


def _tracked(tracker: Tracker, sentences: Sequence[Sentence], *, timed: bool) -> Tracked:
    if not timed:
        return Tracked(tracker=tracker.id, title=tracker.title, seconds=None, unavailable=_NO_TIMES)
    spans = [span for sentence in sentences for span in _span(sentence)]
    return Tracked(tracker=tracker.id, title=tracker.title, seconds=total(spans))


def _span(sentence: Sentence) -> tuple[Span, ...]:
    """From the sentence's first word to its last; nothing where no word of it has a time."""
    words = sentence.turn.words[sentence.places[0] : sentence.places[-1] + 1]
    spans = [word.span for word in words if word.span is not None]
    return (Span(start=spans[0].start, end=max(span.end for span in spans)),) if spans else ()
