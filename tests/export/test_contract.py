"""What `filmroom show --json` promises other programs."""

import json
from collections.abc import Callable

from pipeline.domain.result import CallResult
from pipeline.domain.speech import Conversation, Turn
from pipeline.export.contract import CallFields, call_fields, to_json
from tests.export.hostile import TEXT, hostile_call

PROMISED = {
    "call", "recording", "turns", "metrics", "observations", "questions", "rejected", "verdicts", "scores", "draft",
    "provenance",
}  # fmt: skip


def test_the_promised_names_are_there(call: CallResult) -> None:
    fields = json.loads(to_json(call))
    assert set(fields) >= PROMISED
    assert set(fields["turns"][0]) >= {"id", "role", "speaker", "start", "end", "text"}
    assert set(fields["observations"][0]) >= {
        "id", "capability", "behaviour", "kind", "role", "turn_id", "start", "end", "quote",
    }  # fmt: skip
    assert set(fields["questions"][0]) == {"turn_id", "role", "kind", "text"}
    assert set(fields["rejected"][0]) == {"reason", "count"}
    assert set(fields["scores"][0]) >= {"capability", "level", "unscored", "observation_ids"}
    assert set(fields["draft"]) >= {"strength", "improvement", "questions", "activity", "text"}


def test_a_quote_stands_in_its_turn_within_the_turn_s_time(call: CallResult) -> None:
    fields = json.loads(to_json(call))
    turns = {t["id"]: t for t in fields["turns"]}
    assert len(fields["observations"]) == 5
    for observation in fields["observations"]:
        turn = turns[observation["turn_id"]]
        assert observation["quote"] in turn["text"]
        assert turn["start"] <= observation["start"] < observation["end"] <= turn["end"]
        assert observation["role"] == turn["role"]


def test_an_unavailable_measure_is_null_with_its_reason(call: CallResult) -> None:
    fields = json.loads(to_json(call))
    assert fields["metrics"]["filler_words"] is None
    assert fields["metrics_unavailable"] == {"filler_words": "the recogniser leaves out most fillers"}
    assert fields["metrics"]["rep_talk_ratio"] == 0.631
    assert {m["name"]: m["unit"] for m in fields["metrics_detail"]}["turns_per_hour"] == "1/h"


def test_refused_claims_are_counted_by_reason_most_frequent_first(call: CallResult) -> None:
    assert json.loads(to_json(call))["rejected"] == [
        {"reason": "not_found", "count": 2},
        {"reason": "wrong_speaker", "count": 1},
    ]


def test_a_score_has_a_level_or_a_reason(call: CallResult) -> None:
    scores = {s["capability"]: s for s in json.loads(to_json(call))["scores"]}
    assert (scores["opening"]["level"], scores["opening"]["unscored"]) == (2, None)
    assert scores["decision"]["level"] is None
    assert scores["decision"]["unscored"]


def test_without_times_starts_and_ends_are_null(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    fields = call_fields(call_with(conversation=untimed(call.conversation)))
    assert not fields.timed
    assert {(t.start, t.end) for t in fields.turns} == {(None, None)}


def test_the_object_reads_back_as_it_was_written(call: CallResult) -> None:
    assert CallFields.model_validate_json(to_json(call, indent=2)) == call_fields(call)


def test_texts_are_verbatim_and_yet_printable_ascii(call: CallResult) -> None:
    rtl = call.observations[0].model_copy(update={"text": "caf\u00e9 \u202e \x1b[31m \x9b"})
    printed = to_json(call.model_copy(update={"observations": (rtl,)}))
    assert printed.isascii()
    assert printed.isprintable()
    assert json.loads(printed)["observations"][0]["quote"] == rtl.text


def test_hostile_texts_come_through_unchanged() -> None:
    assert json.loads(to_json(hostile_call()))["draft"]["text"] == TEXT


def untimed(talk: Conversation) -> Conversation:
    """The same talk as a transcript without times."""
    turns = tuple(
        Turn(
            id=t.id,
            speaker=t.speaker,
            role=t.role,
            words=tuple(w.model_copy(update={"span": None}) for w in t.words),
        )
        for t in talk.turns
    )
    return talk.model_copy(update={"turns": turns, "speech": (), "timed": False, "duration": 0})
