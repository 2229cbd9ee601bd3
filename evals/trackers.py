"""Owns how right trackers are: labelled sentences, and counts for mentions, denials, owners and days of next steps.

A *sentence* is the unit of counting: a tracker is mentioned in it or not. Denials are counted where a mention is both
labelled and found, owners and days where a next step is. Sentences and phrases were written by one person; only the lot
`fresh` came after the last change of phrases and examples, and even that flatters.
"""

import datetime
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from ruamel.yaml import YAML

from evals.questions import Detection, f1_interval
from pipeline.adapters import weights
from pipeline.adapters.embedding import MiniLmEmbedder
from pipeline.domain.base import Value
from pipeline.domain.phrases import plain_words
from pipeline.domain.recording import Role
from pipeline.domain.speech import Conversation, Speaker, Turn, Word
from pipeline.domain.tracker import Mention, Owner, Tracker
from pipeline.errors import InputError
from pipeline.text.resemblance import Embedder
from pipeline.text.tracking import find_mentions
from pipeline.trackers import find_trackers

LABELS = Path(__file__).parent / "labels" / "trackers.yaml"
Split = Literal["tuning", "held_out", "fresh"]
Said = Literal["said", "denied"]
TRACKERS = ("competitor", "next_step", "objection", "price")


class LabelledSentence(Value):
    """A sentence with what it mentions; `owner`, `date` (its words) and `day` are those of a next step."""

    split: Split
    role: Role
    text: str = Field(min_length=1)
    price: Said | None = None
    competitor: Said | None = None
    objection: Said | None = None
    next_step: Said | None = None
    owner: Owner | None = None
    date: str | None = None
    day: datetime.date | None = None

    def label(self, tracker: str) -> Said | None:
        """What is labelled for a tracker."""
        return {
            "price": self.price, "competitor": self.competitor, "objection": self.objection, "next_step": self.next_step
        }[tracker]  # fmt: skip


class Labels(Value):
    """The labelled sentences, the day on which all of them are taken to be said, and the names of competitors."""

    called_on: datetime.date
    names: tuple[str, ...]
    sentences: tuple[LabelledSentence, ...]

    def of(self, split: Split) -> tuple[LabelledSentence, ...]:
        """The sentences of one lot."""
        return tuple(s for s in self.sentences if s.split == split)


class Share(Value):
    """How many of how many are right; shares add."""

    right: int = Field(default=0, ge=0)
    n: int = Field(default=0, ge=0)


class TrackerScore(Value):
    """Mentions of one tracker, F1's 95% interval over resampled sentences, and denials among mentions that are both
    labelled and found."""

    tracker: str
    mentions: Detection
    low: float
    high: float
    denials: Detection


class TrackerScores(Value):
    """All trackers on one lot; `denials` over all of them; whose a next step is, its words for a day, and the day."""

    split: Split
    scores: tuple[TrackerScore, ...]
    denials: Detection
    owners: Share
    dates: Share
    days: Share


def load_labels(path: Path = LABELS) -> Labels:
    """The labelled sentences. Raises: InputError when the file cannot be read or a label is not known."""
    try:
        return Labels.model_validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", hint="check the path", path=path) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {first['msg']}", hint="compare with the top of the file", path=path) from error


def with_names(trackers: Iterable[Tracker], names: Sequence[str]) -> tuple[Tracker, ...]:
    """The trackers, that of competitors with these names."""
    return tuple(t.model_copy(update={"names": tuple(names)}) if t.id == "competitor" else t for t in trackers)


@dataclass(frozen=True)
class Found:
    """A labelled sentence and what the trackers find in it, said by itself."""

    sentence: LabelledSentence
    mentions: tuple[Mention, ...]

    def of(self, tracker: str) -> tuple[Mention, ...]:
        """One tracker's mentions."""
        return tuple(m for m in self.mentions if m.tracker == tracker)


def find_in(
    labels: Labels, split: Split, trackers: Sequence[Tracker], *, embedder: Embedder | None = None
) -> tuple[Found, ...]:
    """What these trackers find in each sentence of one lot, with the labels' names filled in."""
    filled, sentences = with_names(trackers, labels.names), labels.of(split)
    talk = _as_conversation(sentences)
    found: dict[str, list[Mention]] = {turn.id: [] for turn in talk.turns}
    for located in find_mentions(talk, filled, today=labels.called_on, embedder=embedder):
        found[located.mention.quote.turn_id].append(located.mention)
    return tuple(Found(s, tuple(own)) for s, own in zip(sentences, found.values(), strict=True))


def _as_conversation(sentences: Sequence[LabelledSentence]) -> Conversation:
    turns = tuple(
        Turn(id=f"t{n:04d}", speaker=s.role, role=s.role, words=tuple(Word(text=w, span=None) for w in s.text.split()))
        for n, s in enumerate(sentences, start=1)
    )
    speakers = tuple(
        Speaker(label=role, role=role, confidence=1.0, source="person") for role in sorted({s.role for s in sentences})
    )
    return Conversation(call="labelled", turns=turns, speakers=speakers, duration=0, timed=False)


def score_trackers(split: Split, found: Sequence[Found]) -> TrackerScores:
    """The scores of what was found in one lot."""
    scores = tuple(_score(name, found) for name in TRACKERS)
    steps = [(f.sentence, f.of("next_step")) for f in found if f.sentence.next_step and f.of("next_step")]
    return TrackerScores(
        split=split,
        scores=scores,
        denials=sum((score.denials for score in scores), Detection()),
        owners=_share(s.owner in {m.owner for m in own} for s, own in steps),
        dates=_share(_same_words(s.date, own) for s, own in steps),
        days=_share(s.day in _days(own) for s, own in steps if s.date),
    )


def _score(name: str, found: Sequence[Found]) -> TrackerScore:
    mentions, denials = [], Detection()
    for f in found:
        label, own = f.sentence.label(name), f.of(name)
        mentions.append(_counted(label is not None, bool(own)))
        if label is not None and own:
            # A sentence that denies one thing and says another counts as said.
            denials += _counted(label == "denied", all(m.negated for m in own))
    low, high = f1_interval(mentions)
    return TrackerScore(tracker=name, mentions=sum(mentions, Detection()), low=low, high=high, denials=denials)


def _counted(labelled: bool, found: bool) -> Detection:
    return Detection(
        n=1, hits=int(labelled and found), false_alarms=int(found and not labelled), misses=int(labelled and not found)
    )


def _share(right: Iterable[bool]) -> Share:
    rows = list(right)
    return Share(right=sum(rows), n=len(rows))


def _same_words(labelled: str | None, found: Sequence[Mention]) -> bool:
    said = {plain_words(m.date.words) for m in found if m.date is not None}
    return (labelled is None and not said) or (labelled is not None and plain_words(labelled) in said)


def _days(found: Sequence[Mention]) -> set[datetime.date | None]:
    return {m.date.day if m.date is not None else None for m in found}


def wrong(found: Sequence[Found]) -> list[str]:
    """A line for each sentence that is read otherwise than it is labelled, for whoever writes phrases."""
    lines = []
    for f in found:
        for name in TRACKERS:
            own, label = f.of(name), f.sentence.label(name)
            read = None if not own else "denied" if all(m.negated for m in own) else "said"
            if read != label:
                lines.append(f"{name}: {label or 'none'} read as {read or 'none'}: {f.sentence.text}")
            elif name == "next_step" and own:
                told = (f.sentence.owner, f.sentence.date, str(f.sentence.day))
                if (own[0].owner, *_told(own[0])) != told:
                    lines.append(f"{name}: {told} read as {(own[0].owner, *_told(own[0]))}: {f.sentence.text}")
    return lines


def _told(mention: Mention) -> tuple[str | None, str]:
    return (mention.date.words, str(mention.date.day)) if mention.date else (None, "None")


def table(scores: Sequence[TrackerScores]) -> str:
    """The scores as lines of text for people."""
    rows = ["lot       tracker     precision  recall  F1     95%             mentions  sentences"]
    for lot in scores:
        for score in lot.scores:
            found = score.mentions
            rows.append(
                f"{lot.split:<9} {score.tracker:<11} {_shown(found.precision):<10} {_shown(found.recall):<7} "
                f"{_shown(found.f1):<6} {score.low:.3f} to {score.high:.3f}  {found.hits + found.misses:<9} {found.n}"
            )
        denied = lot.denials
        rows.append(
            f"{lot.split:<9} denials: precision {_shown(denied.precision)}, recall {_shown(denied.recall)}, "
            f"{denied.hits + denied.misses} of {denied.n} mentions found; owner {lot.owners.right} of {lot.owners.n}, "
            f"words for the day {lot.dates.right} of {lot.dates.n}, day {lot.days.right} of {lot.days.n}"
        )
    return "\n".join(rows)


def _shown(rate: float | None) -> str:
    return "none" if rate is None else f"{rate:.3f}"


def main(arguments: Sequence[str]) -> None:
    """Print the scores of the shipped trackers, with --phrases without examples; --wrong lists what to work on."""
    labels, trackers = load_labels(), [loaded.tracker for loaded in find_trackers()]
    embedder = None if "--phrases" in arguments else shipped_embedder()
    lots: tuple[Split, ...] = ("tuning", "held_out", "fresh")
    found = {lot: find_in(labels, lot, trackers, embedder=embedder) for lot in lots}
    sys.stdout.write(table([score_trackers(lot, found[lot]) for lot in lots]) + "\n")
    if "--wrong" in arguments:
        sys.stdout.write("\n".join(wrong(found["tuning"])) + "\n")


def shipped_embedder() -> Embedder:
    """The embedder of the similarity reader. Raises: WeightsError when its model is not in the cache."""
    return MiniLmEmbedder(weights.require("minilm", weights.default_cache()), name=weights.label("minilm"))


if __name__ == "__main__":
    main(sys.argv[1:])
