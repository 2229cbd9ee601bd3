"""Nights in which words are masked: before they are kept, or before a language model elsewhere is asked."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.adapters.llm_reader import LlmReader
from pipeline.config import Config, LanguageModel
from pipeline.domain.assessment import Reading, Verification
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.engines.chat import make_chat
from pipeline.engines.redaction import RedactingReader, redactor
from pipeline.export.files import render
from pipeline.ports import Progress, silent
from pipeline.prompts import shipped_prompt
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.stages.redact import Redactor
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace
from tests.fault_server import MODEL, FaultServer, answer
from tests.redacting import rules_redactor
from tests.scripted import ScriptedEngine, ScriptedReader

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
CANARIES = (
    "four one five five five five",
    "0134",
    "jane.roe",
    "okafor",
    "4111",
    "sycamore",
    "078-05-1120",
    "seven eight nine two",
)
CALL = """\
Rep: Thanks for taking the call, Jane. What made you look at this now?
Customer: We pay two hundred thousand dollars for forty five seats. My number is four one five five five five 0134.
Rep: Great. And your email, and where do we ship?
Customer: It is jane.roe@example.com or okafor at example dot com. We are at 42 Sycamore Lane.
Rep: And the card for the trial?
Customer: 4111 1111 1111 1111. My social is 078-05-1120 and the account number is seven eight nine two one.
Rep: How do you measure what the seats bring in today?
"""


class SeeingReader(ScriptedReader):
    """Remembers the words that it was given."""

    seen: str = ""

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """As `ScriptedReader`."""
        self.seen = "\n".join(turn.text for turn in conversation.turns)
        return super().read(conversation, rubric, openings, progress=progress)


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "calls" / "call.txt"
    path.parent.mkdir()
    path.write_text(CALL)
    return path


def _night(space: Path, engine: ScriptedEngine, masks: Redactor | None = None) -> Night:
    config = Config(consent="assumed")
    return Night(Workspace(space), config, engine, find_rubric("discovery"), now=lambda: NOW, stated_redactor=masks)


def _left(data: bytes) -> list[str]:
    return [canary for canary in CANARIES if re.search(re.escape(canary.encode()), data, re.IGNORECASE)]


def _reviewed(night: Night, call: Path) -> str:
    (outcome,) = review_calls(night, discover([call]))
    assert outcome.status == "done", outcome.reason
    return outcome.call or ""


def _everything_kept(space: Path) -> bytes:
    """All bytes of the workspace; its index is made anew without compression, so that nothing hides in it."""
    workspace = Workspace(space)
    with Index(workspace.index_path) as index:
        index.rows("PRAGMA force_compression='uncompressed'")
        workspace.refresh_index(index)
    return b"\n".join(path.read_bytes() for path in sorted(space.rglob("*")) if path.is_file())


def _no_canary_in_any_artefact(call: Path, space: Path, masks: Redactor, caplog: pytest.LogCaptureFixture) -> None:
    with FaultServer(answer('{"found": []}')) as server:
        llm = LanguageModel(model=MODEL, url=server.url)
        night = _night(space, ScriptedEngine(), masks)
        chat = make_chat(Config(reader="llm", llm=llm), exchanges=KeptExchanges(night.workspace.objects))
        frame, question = shipped_prompt("read"), shipped_prompt("read-capability")
        night.engine.reader = LlmReader(chat, frame=frame, question=question, settings=llm)  # type: ignore[misc]
        name = _reviewed(night, call)
        asked = "\n".join(str(seen.body) for seen in server.seen)
    result = night.workspace.result(night.workspace.record(name))
    exports = "\n".join(render(result, form) for form in ("md", "html", "json"))
    assert "forty five seats" in asked
    assert "forty five seats" in exports
    assert _left(asked.encode()) == []
    assert _left(exports.encode()) == []
    assert _left(_everything_kept(space)) == []
    assert _left(caplog.text.encode()) == []


def test_the_canaries_are_found_where_nothing_is_masked(call: Path, tmp_path: Path) -> None:
    _reviewed(_night(tmp_path / "w", ScriptedEngine()), call)
    assert set(_left(_everything_kept(tmp_path / "w"))) == set(CANARIES)


def test_stored_masks_leave_no_canary_in_any_artefact(
    call: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _no_canary_in_any_artefact(call, tmp_path / "w", rules_redactor(), caplog)


@pytest.mark.slow
def test_nor_do_those_of_the_real_redactor(call: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    _no_canary_in_any_artefact(call, tmp_path / "w", redactor(Config()), caplog)


def test_masked_and_unmasked_words_have_keys_of_their_own(call: Path, tmp_path: Path) -> None:
    plain = _night(tmp_path / "w", ScriptedEngine())
    before = plain.workspace.record(_reviewed(plain, call)).results
    masked = _night(tmp_path / "w", ScriptedEngine(), rules_redactor())
    after = masked.workspace.record(_reviewed(masked, call)).results
    assert before["import"] != after["import"]
    assert before["observe"] != after["observe"]
    assert before["ingest"] == after["ingest"]


def test_a_reader_elsewhere_sees_masks_and_what_is_kept_stays_as_it_was_said(call: Path, tmp_path: Path) -> None:
    engine, seeing = ScriptedEngine(), SeeingReader()
    engine.reader = RedactingReader(seeing, rules_redactor())  # type: ignore[assignment]
    night = _night(tmp_path / "w", engine)
    record = night.workspace.record(_reviewed(night, call))
    assert _left(seeing.seen.encode()) == []
    assert "[phone]" in seeing.seen
    result = night.workspace.result(record)
    assert "okafor" in " ".join(turn.text for turn in result.conversation.turns)
    found = night.workspace.objects.get("verify", record.results["verify"], Verification)[0]
    assert found.observations
    turns = {turn.id: turn for turn in result.conversation.turns}
    assert all(o.quote.last_word < len(turns[o.quote.turn_id].words) for o in found.observations)
    assert _left(result.draft.text.encode()) == []


def test_a_reading_of_masked_words_is_another_than_one_of_the_words(call: Path, tmp_path: Path) -> None:
    engine = ScriptedEngine()
    night = _night(tmp_path / "w", engine)
    before = night.workspace.record(_reviewed(night, call)).results
    engine.reader = RedactingReader(engine.reader, rules_redactor())  # type: ignore[assignment]
    after = night.workspace.record(_reviewed(night, call)).results
    assert [stage for stage in before if before[stage] != after[stage]] == ["observe", "verify", "score", "draft"]
    assert replace(night, engine=engine).redactor is None
