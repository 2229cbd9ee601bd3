"""The spine on finished transcripts: from text to a draft, with nothing heard."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.adapters.similarity import SimilarityReader
from pipeline.config import Config
from pipeline.correct import correct_roles
from pipeline.domain.recording import CallMetadata, Role, SourceFile
from pipeline.domain.result import CallResult
from pipeline.domain.work import STAGES_OF_TRANSCRIPT, CallOutcome
from pipeline.estimate import estimate
from pipeline.export.contract import call_fields
from pipeline.export.files import render
from pipeline.export.listing import show_list
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.attribute import attribute_script
from pipeline.stages.ingest import discover, read_script
from pipeline.stages.measure import measure
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace
from pipeline.trackers import find_trackers
from tests.adapters.reading import WordCounter
from tests.scripted import ScriptedEngine

SIDES: tuple[Role, Role] = ("rep", "customer")
NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
TEXT = """Rep: Hi, this is Ann from Heron Lane. Is now a good time to talk?
Customer: Sure, go ahead please.
Rep: How do you plan the week today?
Customer: We use one large spreadsheet and it takes me four hours every Sunday night.
Rep: What does that cost you in a month?
Customer: I would guess three thousand dollars.
"""
VTT = """WEBVTT

00:00.000 --> 00:05.000
<v Ann Smith>Hi, this is Ann from Heron Lane. Is now a good time to talk?</v>

00:05.000 --> 00:08.000
<v Ben>Sure, go ahead please.</v>

00:08.000 --> 00:12.000
<v Ann Smith>How do you plan the week today?</v>

00:12.000 --> 00:25.000
<v Ben>We use one large spreadsheet and it takes me four hours every Sunday night.</v>
"""


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def night(tmp_path: Path, engine: ScriptedEngine) -> Night:
    config = Config(consent="assumed")
    return Night(Workspace(tmp_path / "w"), config, engine, find_rubric("discovery"), now=lambda: NOW)


def write(folder: Path, name: str, content: str | bytes, metadata: str = "") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if metadata:
        path.with_suffix(".json").write_text(metadata)
    return path


def review(night: Night, *paths: Path) -> list[CallOutcome]:
    return list(review_calls(night, discover(paths)))


def reviewed(night: Night, path: Path) -> CallResult:
    (outcome,) = review(night, path)
    assert outcome.status == "done", outcome.reason
    return night.workspace.result(night.workspace.record(outcome.call or ""))


def test_a_transcript_goes_to_a_draft_with_nothing_heard(night: Night, engine: ScriptedEngine, tmp_path: Path) -> None:
    result = reviewed(night, write(tmp_path, "a.txt", TEXT))
    record = night.workspace.record(result.recording.call)
    assert set(record.results) == set(STAGES_OF_TRANSCRIPT)
    assert [p.stage for p in result.provenance] == list(STAGES_OF_TRANSCRIPT)
    assert (engine.transcriber.n_calls, engine.diarizer.n_calls) == (0, 0)
    assert [turn.role for turn in result.conversation.turns] == ["rep", "customer"] * 3
    assert result.draft.text
    assert result.observations
    turns = {turn.id: turn.text for turn in result.conversation.turns}
    assert all(o.text in turns[o.quote.turn_id] and o.span is None for o in result.observations)


def test_the_same_again_does_nothing_and_another_name_is_the_same_call(night: Night, tmp_path: Path) -> None:
    first = review(night, write(tmp_path, "a.txt", TEXT))[0]
    assert review(night, tmp_path / "a.txt")[0].status == "skipped"
    second = review(night, write(tmp_path, "b.txt", TEXT))[0]
    assert (second.call, second.status) == (first.call, "skipped")


def test_the_same_bytes_under_another_ending_are_read_as_what_the_ending_says(night: Night, tmp_path: Path) -> None:
    review(night, write(tmp_path, "a.txt", TEXT))
    (outcome,) = review(night, write(tmp_path, "b.vtt", TEXT))
    assert outcome.status == "quarantined"
    assert "b.vtt:1: does not begin with WEBVTT" in (outcome.reason or "")
    assert outcome.hint


def test_times_and_metadata_give_measures_and_roles(night: Night, tmp_path: Path) -> None:
    result = reviewed(night, write(tmp_path, "a.vtt", VTT, '{"rep": "Ann Smith", "consent": "yes"}'))
    assert [(s.label, s.role, s.source) for s in result.conversation.speakers] == [
        ("Ann Smith", "rep", "metadata"),
        ("Ben", "customer", "inferred"),
    ]
    # rep 5 + 4 s of 25 s, all of which somebody speaks
    assert result.metrics.get("rep_talk_ratio").value == 0.36
    assert result.metrics.get("customer_talk_s").value == 16.0
    fields = call_fields(result)
    assert (fields.timed, fields.estimated, fields.recording.kind) == (True, True, "transcript")


def test_without_times_the_contract_has_null_and_why(night: Night, tmp_path: Path) -> None:
    fields = call_fields(reviewed(night, write(tmp_path, "a.txt", TEXT)))
    assert fields.metrics["rep_talk_ratio"] is None
    assert fields.metrics_unavailable["rep_talk_ratio"] == "the transcript has no times"
    assert fields.metrics["rep_questions"] == 3.0
    assert {turn.start for turn in fields.turns} == {None}
    assert all(o.start is None and o.quote for o in fields.observations)


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", TEXT), ("a.vtt", VTT), ("b.txt", "[0:01] Rep: Hi?\nBen: Yes.\n")]
)
def test_pages_and_lists_of_a_transcript_say_what_it_is_and_play_nothing(
    night: Night, tmp_path: Path, name: str, content: str
) -> None:
    result = reviewed(night, write(tmp_path, name, content))
    page = render(result, "html")
    assert "the call came as a finished transcript" in page
    assert "<audio" not in page
    assert 'class="play"' not in page
    assert ('id="line"' in page) == (name == "a.vtt")  # the timeline
    assert ("Quotes show when they were said" in page) == (name == "a.vtt")
    assert result.recording.call in render(result, "md")
    assert '"kind": "transcript"' in render(result, "json")
    with Index(night.workspace.index_path) as index:
        assert night.workspace.refresh_index(index).unread == ()
        shown = Console(file=StringIO(), width=160)
        show_list(index.calls(), (), shown)
    minutes = "0.4" if name == "a.vtt" else "-"  # 25 s, or not known
    assert re.search(rf"{result.recording.call}\s+\S+( Smith)?\s+-\s+{minutes}\s", shown.file.getvalue())  # type: ignore[attr-defined]


def test_consent_is_asked_for_as_for_recordings(night: Night, tmp_path: Path) -> None:
    asking = replace(night, config=Config())
    path = write(tmp_path, "a.vtt", b"\xff\xff no text at all")
    (outcome,) = review(asking, path)
    assert (outcome.status, outcome.call) == ("quarantined", None)
    assert "nobody stated that the customer consents" in (outcome.reason or "")
    path.with_suffix(".json").write_text('{"consent": "no"}')
    assert "did not consent" in (review(night, path)[0].reason or "")


def test_a_correction_of_roles_holds_without_times(night: Night, tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", TEXT.replace("Rep:", "Cy:").replace("Customer:", "Di:"))
    record = night.workspace.record(reviewed(night, path).recording.call)
    correct_roles(night.workspace, record, ["Cy=customer", "Di=rep"], author="Mo", now=NOW)
    assert {s.label: s.role for s in reviewed(night, path).conversation.speakers} == {"Cy": "customer", "Di": "rep"}


def test_the_similarity_reader_and_trackers_work_on_words_alone(
    night: Night, engine: ScriptedEngine, tmp_path: Path
) -> None:
    engine.reader = SimilarityReader(WordCounter())  # type: ignore[assignment]  # another reader than the scripted one
    night = replace(night, trackers=find_trackers())
    result = reviewed(night, write(tmp_path, "a.txt", TEXT))
    assert result.tracking is not None
    assert {t.unavailable for t in result.tracking.trackers} == {"the transcript has no times"}
    assert result.assessment.scores


def test_an_estimate_of_a_transcript_has_no_sound_to_hear(night: Night, tmp_path: Path) -> None:
    found = estimate(night, discover([write(tmp_path, "a.txt", TEXT), write(tmp_path, "b.vtt", b"\xff\xff")]), [])
    assert (found.n_calls, found.n_to_read, found.n_to_hear, found.n_refused, found.sound_s) == (2, 1, 0, 1, 0.0)
    assert not list(night.workspace.calls.ids())


def test_markup_and_control_characters_of_a_transcript_are_shown_and_never_obeyed(night: Night, tmp_path: Path) -> None:
    text = "Rep: <script>alert(1)</script> \x1b[2J what do you plan?\nCustomer: <img src=x onerror=alert(2)>\n"
    page = render(reviewed(night, write(tmp_path, "a.txt", text)), "html")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;alert(1)" in page


# Collections of others, read where they are.


def test_the_call_analytics_sample_has_the_vendors_own_ratio_and_interruptions(night: Night, shared_data: Path) -> None:
    """The vendor states 104,349 ms and 63,790 ms of talk, a ratio of 0.621, and two interruptions by the agent."""
    result = reviewed(night, shared_data / "imports" / "vendor-call-analytics.json")
    assert result.metrics.get("rep_talk_ratio").value == pytest.approx(104_349 / (104_349 + 63_790), abs=0.01)
    assert result.metrics.get("interruptions_by_rep").value == 2.0
    assert [s.role for s in result.conversation.speakers] == ["rep", "customer"]
    assert result.conversation.duration == pytest.approx(182.89)


def test_the_words_and_speakers_sample_tells_rep_from_customer(night: Night, shared_data: Path) -> None:
    result = reviewed(night, shared_data / "audio" / "auto-loan-sale" / "vendor_words_and_speakers.json")
    assert "this is Dave speaking" in result.conversation.turns[0].text
    assert (result.conversation.turns[0].role, len(result.conversation.speakers)) == ("rep", 2)


def test_consultations_have_the_talk_ratio_of_their_textgrids(shared_data: Path) -> None:
    """Within a point of the intervals' own sums, for each of the 35."""
    off = []
    for doctor in sorted((shared_data / "labelled" / "consultations" / "transcripts").glob("*_doctor.TextGrid")):
        paths = (doctor, doctor.with_name(doctor.name.replace("_doctor", "_patient")))
        found = [re.findall(r'xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "([^"]*)"', p.read_text()) for p in paths]
        sums = [sum(float(end) - float(start) for start, end, said in side if said.strip()) for side in found]
        files = [SourceFile(path=p, sha256="0" * 64, size=1, role=r) for p, r in zip(paths, SIDES, strict=True)]
        script = read_script(files, max_duration_s=3600)
        metrics = measure(attribute_script(script, call="c0123", metadata=CallMetadata()))
        off.append(abs((metrics.get("rep_talk_ratio").value or 0.0) - sums[0] / sum(sums)))
    assert len(off) == 35
    assert max(off) < 0.01


def test_a_consultation_of_two_files_is_one_call(night: Night, shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "labelled" / "consultations" / "transcripts"
    for side in ("doctor", "patient"):
        name = f"day1_consultation01_{side}.TextGrid"
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    sides = (
        '{"sides": {"rep": "day1_consultation01_doctor.TextGrid", "customer": "day1_consultation01_patient.TextGrid"}}'
    )
    result = reviewed(night, write(tmp_path, "call.json", sides))
    assert [(s.label, s.role, s.source) for s in result.conversation.speakers] == [
        ("rep", "rep", "metadata"),
        ("customer", "customer", "metadata"),
    ]
    assert len(result.conversation.turns) > 50
    assert result.draft.text
