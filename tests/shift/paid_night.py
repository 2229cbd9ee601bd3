"""A night of transcripts whose real reader asks a language model at some address, on either engine; can be killed."""

import sys
from pathlib import Path
from typing import Literal

from pipeline.config import Config
from pipeline.engines.chat import make_chat
from pipeline.errors import BudgetError
from pipeline.rubrics import find_rubric
from pipeline.shift import local, on_ray
from pipeline.shift.ports import Listed, ShiftEngine, Stop, Unboarded
from pipeline.shift.ray_cluster import OWN
from pipeline.shift.spec import NightSpec
from pipeline.stages.ingest import discover
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.workspace import Workspace
from tests.fault_server import MODEL

EngineName = Literal["local", "ray"]
ENGINES: dict[str, ShiftEngine] = {"local": local.carry_out, "ray": on_ray.carry_out}
PARALLEL = 3
READERS = 2
LINES = (
    ("Rep", "Hi, this is Ann from Heron Lane about order {n}. Is now a good time to talk?"),
    ("Customer", "Sure, go ahead please."),
    ("Rep", "How do you plan week {n} today?"),
    ("Customer", "We use one large spreadsheet and it takes me {n} hours every Sunday night."),
    ("Rep", "What does that cost you in a month?"),
    ("Customer", "I would guess {n} thousand dollars."),
)


def transcripts(folder: Path, n_calls: int) -> Path:
    """The folder, with so many transcripts, no two alike; such files are found by their own names only."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(1, n_calls + 1):
        text = "".join(f"{who}: {said.format(n=n)}\n" for who, said in LINES)
        (folder / f"call-{n:02d}.txt").write_text(text, encoding="utf-8")
    return folder


def paid_night(
    engine: EngineName, url: str, workspace: Path, folder: Path, *, budget: float | None = None
) -> list[str]:
    """What became of each call. Raises: BudgetError."""
    prices = {MODEL: {"input": 1.0, "output": 2.0}}
    llm = {"model": MODEL, "url": url, "parallel": PARALLEL, "prices": prices}
    shift = {"listening": 1, "voices": 1, "reading": READERS}
    settings = {"consent": "assumed", "reader": "llm", "llm": llm, "shift": shift, "ray": {"address": OWN}}
    config = Config.model_validate(settings)
    spec = NightSpec(workspace, config, find_rubric("discovery"))
    chat = make_chat(config, exchanges=KeptExchanges(Workspace(workspace).objects), budget_usd=budget)
    source, stop = Listed(discover(sorted(folder.glob("*.txt")))), Stop()
    return [o.status for o in ENGINES[engine](spec, source, board=Unboarded(), stop=stop, chat=chat)]


if __name__ == "__main__":
    name, address, to, calls, *rest = sys.argv[1:]
    try:
        told = " ".join(paid_night(name, address, Path(to), Path(calls), budget=float(rest[0]) if rest else None))  # type: ignore[arg-type]
    except BudgetError:
        told = "budget"
    sys.stdout.write(told + "\n")
