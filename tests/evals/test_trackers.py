"""Scoring of trackers: the labelled sentences, how counts are made of them, and the floors we hold."""

from pathlib import Path

import pytest

from evals.questions import Detection
from evals.trackers import (
    TRACKERS,
    Found,
    LabelledSentence,
    Split,
    TrackerScores,
    find_in,
    load_labels,
    score_trackers,
    shipped_embedder,
    table,
    wrong,
)
from pipeline.adapters import weights
from pipeline.domain.assessment import Quote
from pipeline.domain.tracker import Mention, SpokenDay
from pipeline.errors import InputError
from pipeline.trackers import find_trackers

SHIPPED = [loaded.tracker for loaded in find_trackers()]


def labelled(text: str, **labels: object) -> LabelledSentence:
    return LabelledSentence.model_validate({"split": "fresh", "role": "rep", "text": text} | labels)


def mention(tracker: str, **fields: object) -> Mention:
    quote = Quote(turn_id="t0001", first_word=0, last_word=0)
    return Mention.model_validate({"tracker": tracker, "quote": quote, "role": "rep"} | fields)


def test_there_are_enough_sentences_of_every_kind_in_every_lot() -> None:
    labels = load_labels()
    assert len(labels.sentences) >= 150
    lots: tuple[Split, ...] = ("tuning", "held_out", "fresh")
    for lot in lots:
        sentences = labels.of(lot)
        for name in TRACKERS:
            assert {"said", "denied"} <= {s.label(name) for s in sentences}
        assert sum(not any(s.label(name) for name in TRACKERS) for s in sentences) >= len(sentences) / 6


def test_no_sentence_stands_in_two_lots() -> None:
    texts = [s.text for s in load_labels().sentences]
    assert len(set(texts)) == len(texts)


def test_an_owner_and_a_day_are_labelled_for_next_steps_only() -> None:
    for sentence in load_labels().sentences:
        assert (sentence.owner is not None) == (sentence.next_step is not None)
        assert sentence.day is None or sentence.date is not None


def test_labels_that_nobody_knows_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "labels.yaml"
    path.write_text(
        "called_on: 2026-03-04\nnames: []\nsentences:\n  - {split: tuning, role: rep, text: Hi, price: yes}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"sentences\.0\.price"):
        load_labels(path)
    with pytest.raises(InputError, match="cannot be read"):
        load_labels(tmp_path / "gone.yaml")


def test_mentions_denials_owners_and_days_are_counted() -> None:
    found = [
        Found(labelled("a", price="said"), (mention("price"),)),
        Found(labelled("b", price="denied"), (mention("price"),)),  # found, its denial missed
        Found(labelled("c", price="denied"), (mention("price", negated=True),)),
        Found(labelled("d", price="said"), ()),  # missed
        Found(labelled("e"), (mention("price"),)),  # a false alarm
        Found(
            labelled("f", next_step="said", owner="rep", date="on Friday", day="2026-03-06"),
            (mention("next_step", owner="both", date=SpokenDay.model_validate({"words": "on friday"})),),
        ),
    ]
    scores = score_trackers("fresh", found)
    price = next(score for score in scores.scores if score.tracker == "price")
    assert price.mentions == Detection(n=6, hits=3, false_alarms=1, misses=1)
    assert price.denials == Detection(n=3, hits=1, misses=1)
    # The next step adds a mention that is neither labelled nor found as denied.
    assert scores.denials == Detection(n=4, hits=1, misses=1)
    assert (scores.owners.right, scores.dates.right, scores.days.right, scores.days.n) == (0, 1, 0, 1)


def test_a_sentence_that_denies_one_thing_and_says_another_counts_as_said() -> None:
    both = (mention("price"), mention("price", negated=True))
    scores = score_trackers("fresh", [Found(labelled("a", price="said"), both)])
    assert scores.denials == Detection(n=1)


def test_what_is_read_otherwise_is_listed() -> None:
    found = [
        Found(labelled("Cheap?", price="said"), ()),
        Found(labelled("I will.", next_step="said", owner="rep"), (mention("next_step", owner="both"),)),
        Found(labelled("Fine.", price="said"), (mention("price"),)),
    ]
    assert wrong(found) == [
        "price: said read as none: Cheap?",
        "next_step: ('rep', None, 'None') read as ('both', None, 'None'): I will.",
    ]


def test_phrases_alone_keep_what_was_reached() -> None:
    # Floors a little below what was measured: lots that their author knew, and `fresh`, which came after the phrases.
    labels = load_labels()
    lots: dict[Split, float] = {"tuning": 0.75, "held_out": 0.80, "fresh": 0.35}
    for lot, floor in lots.items():
        scores = score_trackers(lot, find_in(labels, lot, SHIPPED))
        assert all((score.mentions.f1 or 0.0) >= floor for score in scores.scores)
        assert (scores.denials.precision or 0.0) >= 0.9


@pytest.mark.slow
def test_likeness_adds_mentions_on_sentences_that_nobody_tuned_on() -> None:
    if not weights.is_present("minilm", weights.default_cache()):
        pytest.skip("minilm is not in the cache (filmroom models pull minilm)")
    labels = load_labels()
    alone = score_trackers("fresh", find_in(labels, "fresh", SHIPPED))
    both = score_trackers("fresh", find_in(labels, "fresh", SHIPPED, embedder=shipped_embedder()))
    for before, after in zip(alone.scores, both.scores, strict=True):
        assert (after.mentions.recall or 0.0) >= (before.mentions.recall or 0.0)
        assert (after.mentions.f1 or 0.0) >= 0.4
        assert (after.mentions.precision or 0.0) >= 0.6
    assert _mean_f1(both) > _mean_f1(alone)
    assert "fresh" in table([both])


def _mean_f1(scores: TrackerScores) -> float:
    return sum(score.mentions.f1 or 0.0 for score in scores.scores) / len(scores.scores)
