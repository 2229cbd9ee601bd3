"""The contract for other programs, checked on what `filmroom show --json` printed."""

from typing import Any, get_args

from pipeline.domain.metrics import MetricName


def check_contract(shown: dict[str, Any]) -> None:
    """All that ARCHITECTURE's contract for other programs promises of `show --json`."""
    assert set(shown) >= {
        "call", "recording", "turns", "metrics", "observations", "questions", "rejected", "verdicts", "scores", "draft",
        "provenance",
    }  # fmt: skip
    turns = {str(turn["id"]): turn for turn in listed(shown, "turns")}
    assert all(set(turn) >= {"id", "role", "speaker", "start", "end", "text"} for turn in turns.values())
    metrics = shown["metrics"]
    assert isinstance(metrics, dict)
    assert set(metrics) >= {
        "rep_talk_ratio", "rep_talk_s", "customer_talk_s", "overlap_s", "silence_s", "longest_rep_monologue_s",
        "longest_customer_story_s", "turns_per_hour", "rep_questions", "customer_questions", "rep_open_questions",
        "rep_questions_per_hour", "patience_s", "interruptions_by_rep", "rep_words_per_minute",
    }  # fmt: skip
    assert set(metrics) <= set(get_args(MetricName))
    ids = set()
    for seen in listed(shown, "observations"):
        assert set(seen) >= {
            "id", "capability", "behaviour", "kind", "role", "turn_id", "start", "end", "quote",
        }  # fmt: skip
        assert seen["quote"] in turns[seen["turn_id"]]["text"]
        ids.add(seen["id"])
    for question in listed(shown, "questions"):
        assert set(question) >= {"turn_id", "role", "kind", "text"}
        assert question["kind"] in {"open", "closed", "declarative"}
        assert question["text"] in turns[question["turn_id"]]["text"]
    assert all(set(row) == {"reason", "count"} for row in listed(shown, "rejected"))
    for score in listed(shown, "scores"):
        assert set(score) >= {"capability", "level", "unscored", "observation_ids"}
        assert (score["level"] is None) != (score["unscored"] is None)
        assert set(score["observation_ids"]) <= ids
    draft = shown["draft"]
    assert isinstance(draft, dict)
    assert set(draft) >= {"strength", "improvement", "questions", "activity", "text"}


def listed(shown: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = shown[name]
    assert isinstance(rows, list)
    return rows
