"""A night whose reader asks a language model at some address; run as a program, it can be killed from outside."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from pipeline.adapters.llm_drafter import LlmDrafter
from pipeline.adapters.llm_reader import LlmReader
from pipeline.config import Config, LanguageModel
from pipeline.domain.rubric import LoadedRubric
from pipeline.engines.chat import make_chat
from pipeline.ports import ChatModel
from pipeline.prompts import shipped_prompt
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.workspace import Workspace
from tests.fault_server import MODEL
from tests.scripted import ScriptedEngine

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
PARALLEL = 3


def llm_night(
    url: str,
    workspace: Path,
    *,
    rubric: LoadedRubric | None = None,
    replay: bool = False,
    budget: float | None = None,
    chat: ChatModel | None = None,
    model: str = MODEL,
    drafts: bool = False,
) -> Night:
    """Scripted ears, and the real reader (and, for `drafts`, the real drafter) over the real chat adapter."""
    prices = {model: {"input": 1.0, "output": 2.0}}
    llm = LanguageModel.model_validate({"model": model, "url": url, "parallel": PARALLEL, "prices": prices})
    config = Config(reader="llm", llm=llm)
    space = Workspace(workspace)
    chat = chat or make_chat(config, exchanges=KeptExchanges(space.objects), budget_usd=budget, replay=replay)
    engine = ScriptedEngine()
    frame, question = shipped_prompt("read"), shipped_prompt("read-capability")
    engine.reader = LlmReader(chat, frame=frame, question=question, settings=llm)  # type: ignore[assignment]
    engine.drafter = LlmDrafter(chat, shipped_prompt("rephrase")) if drafts else None
    return Night(space, config, engine, rubric or find_rubric("discovery"), now=lambda: NOW)


if __name__ == "__main__":
    address, to, recordings = sys.argv[1:]
    outcomes = review_calls(llm_night(address, Path(to)), discover([Path(recordings)]))
    sys.stdout.write(f"{[outcome.status for outcome in outcomes]}\n")
