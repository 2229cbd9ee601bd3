"""PriMock57: the sides' own times beside what the pipeline imports."""

from pathlib import Path

import pytest

from evals.collections.consultations import load_consultations
from pipeline.errors import InputError
from pipeline.stages.measure import measure
from tests.evals.collections.conftest import Published
from tests.evals.collections.made import consultation


def test_talk_is_the_sum_of_all_intervals_that_hold_anything(tmp_path: Path) -> None:
    consultation(tmp_path, "day1_c01")
    (call,) = load_consultations(tmp_path)
    # Doctor 2 + 1 s; patient 2 s of words and 1 s that nobody understands.
    assert call.talk_s == {"rep": 3.0, "customer": 3.0}
    assert call.id == "consultations-day1-c01"


def test_reference_has_words_without_tags_and_times_of_both_sides(tmp_path: Path) -> None:
    consultation(tmp_path, "day1_c01")
    reference = load_consultations(tmp_path)[0].reference
    assert reference.words == "How are you? My arm hurts. I see ."
    assert reference.by_speaker == {"rep": "How are you? I see .", "customer": "My arm hurts."}
    assert reference.segments is not None
    assert [(s.speaker, s.span.start, s.span.end) for s in reference.segments] == [
        ("rep", 0, 2), ("customer", 2.5, 4.5), ("customer", 4.5, 5.5), ("rep", 5, 6),
    ]  # fmt: skip
    assert reference.duration == 8


def test_conversation_is_imported_with_the_doctor_as_rep(tmp_path: Path) -> None:
    consultation(tmp_path, "day1_c01")
    talk = load_consultations(tmp_path)[0].conversation
    assert talk is not None
    assert talk.timed
    assert [(turn.role, turn.text) for turn in talk.turns] == [
        ("rep", "How are you?"), ("customer", "My arm hurts."), ("rep", "I see ."),
    ]  # fmt: skip


def test_a_side_without_the_other_is_told(tmp_path: Path) -> None:
    consultation(tmp_path, "day1_c01")
    folder = tmp_path / "labelled" / "consultations" / "transcripts"
    (folder / "day1_c01_patient.TextGrid").unlink()
    with pytest.raises(InputError, match=r"day1_c01_patient\.TextGrid: cannot be read"):
        load_consultations(tmp_path)


def test_published_talk_times_are_what_the_pipeline_measures(published: Published) -> None:
    """Two readers of the same files that share no code agree on both sides of every seventh consultation."""
    for call in published("consultations")[::7]:
        assert call.conversation is not None
        metrics = measure(call.conversation)
        assert metrics.get("rep_talk_s").value == pytest.approx(call.talk_s["rep"], abs=0.1), call.id
        assert metrics.get("customer_talk_s").value == pytest.approx(call.talk_s["customer"], abs=0.1), call.id
