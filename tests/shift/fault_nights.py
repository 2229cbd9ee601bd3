"""Nights to which something happens, each run as the command runs it, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np

from pipeline.adapters.chat import LangchainChat
from pipeline.adapters.chat_pace import Clock
from pipeline.adapters.kept_chat import KeptChat
from pipeline.adapters.llm_reader import LlmReader
from pipeline.adapters.metering import Meter
from pipeline.callwork import Facts, Night
from pipeline.config import Config
from pipeline.domain.recording import Recording
from pipeline.domain.speech import Transcript
from pipeline.domain.work import CallOutcome
from pipeline.ports import ChatModel, Engine, Progress, Samples, silent
from pipeline.prompts import shipped_prompt
from pipeline.run import review_calls
from pipeline.shift.ports import Listed, Stop, Unboarded
from pipeline.shift.spec import NightSpec
from pipeline.stages.ingest import discover
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.workspace import Workspace
from tests.conftest import CHECKOUT
from tests.fault_server import MODEL, FaultServer, answer, error
from tests.scripted import SCRIPT, ScriptedEngine, ScriptedTranscriber
from tests.shift.paid_night import ENGINES, EngineName
from tests.shift.ray_nights import objects
from tests.shift.scripted_nights import ScriptedAudio, scripted_engine, scripted_night, small

PATIENCE_S = 240.0
MARCH_3 = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def fault_config(engine: EngineName, address: str, **shift: float) -> Config:
    """One worker of each station of this engine; `address` is the cluster's."""
    return Config.model_validate(
        {**small(**shift).model_dump(exclude_unset=True), "engine": engine, "ray": {"address": address}}
    )


def with_scripted_models(night: Night) -> NightSpec:
    """What workers are told of the night: its models are scripted there too."""
    return replace(NightSpec.of(night), engine=scripted_engine)


class SetBack(NightSpec):
    """A night whose workers have a clock that was set back to the 3rd of March 2026."""

    def open(self, *, chat: ChatModel | None = None, facts: Facts | None = None) -> Night:
        """See `NightSpec`."""
        return replace(super().open(chat=chat, facts=facts), now=lambda: MARCH_3)


def set_back(night: Night) -> NightSpec:
    """As `with_scripted_models`, and the clock was set back."""
    return replace(SetBack.of(night), engine=scripted_engine)


class NumberedAudio(ScriptedAudio):
    """One value for each file, the number at the end of its name in thousandths; notes each reading beside it."""

    def read(self, recording: Recording, *, sample_rate: int) -> Samples:
        """See `Audio`."""
        path = recording.files[0].path
        with path.with_suffix(".heard").open("a", encoding="ascii") as file:
            file.write("x")
        return np.full((1, sample_rate), int(path.stem.rpartition("-")[2]) / 1000, np.float32)


class NumberedTranscriber(ScriptedTranscriber):
    """Hears the file's number in each call, so that a language model is asked something else of each."""

    def transcribe(self, samples: Samples, *, language: str | None, progress: Progress = silent) -> Transcript:
        """See `Transcriber`."""
        number = round(1000 * float(samples.max()))
        self.script = (*SCRIPT[:-1], ("S2", 29.0, 34.0, f"I would guess {number} thousand dollars."))
        return super().transcribe(samples, language=language, progress=progress)


def asking_engine(config: Config, chat: ChatModel | None) -> Engine:
    """Scripted ears, and the real reader over the chat that is given."""
    engine = ScriptedEngine()
    engine.audio, engine.transcriber = NumberedAudio(), NumberedTranscriber()
    if chat is not None:
        frame, question = shipped_prompt("read"), shipped_prompt("read-capability")
        engine.reader = LlmReader(chat, frame=frame, question=question, settings=config.llm)  # type: ignore[assignment]
    return engine


def asking_night(root: Path, engine: EngineName, address: str, *, url: str) -> NightSpec:
    """A night whose reader asks the endpoint at this URL."""
    config = fault_config(engine, address).model_dump(exclude_unset=True)
    told = Config.model_validate({**config, "reader": "llm", "llm": {"model": MODEL, "url": url, "parallel": 2}})
    return NightSpec(root, told, scripted_night(root).rubric, engine=asking_engine)


@dataclass(frozen=True)
class Ran:
    """How a run ended: its exit code, what it said became of each call, by name, and what it said to the operator."""

    code: int
    told: dict[str, str]
    err: str

    def of(self, status: str) -> set[str]:
        """The calls of this status."""
        return {name for name, said in self.told.items() if said == status}


@dataclass(frozen=True)
class Place:
    """Where nights of one engine take place: the recordings, the workspace, and what is told to their processes."""

    calls: Path
    root: Path
    engine: EngineName
    address: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def started(self, *more: str) -> "subprocess.Popen[str]":
        """A run that goes on, leader of a process group of its own."""
        at = [self.engine, str(self.root), str(self.calls), f"--address={self.address}", *more]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.shift.fault_night", *at],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            env={**os.environ, **self.environment},
            start_new_session=True,
        )

    def ran(self, *more: str) -> Ran:
        """A run that ended. `--bound`: without privileges; `--set-back`: by a clock that was set back."""
        return ended(self.started(*more))

    def set_aside(self) -> list[str]:
        """Names of calls in quarantine."""
        return [record.path.stem for record in Workspace(self.root).quarantined()]

    def is_as_undisturbed(self) -> bool:
        """Whether every object is there, and no other, that a plain loop over the calls makes."""
        loop = self.root.with_name("loop")
        list(review_calls(scripted_night(loop).open(), discover([self.calls])))
        return objects(self.root) == objects(loop)


def ended(run: "subprocess.Popen[str]", said: Sequence[str] = ()) -> Ran:
    """How the run ended, which has said these lines already."""
    out, err = run.communicate(timeout=PATIENCE_S)
    lines = [json.loads(line) for line in (*said, *out.splitlines())]
    return Ran(run.returncode, {Path(line["path"]).stem: line["status"] for line in lines}, err)


def locked(folder: Path) -> Path:
    """The folder, which may be read and no more by whoever is bound by permissions."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o555)
    return folder


class Endpoint:
    """A language model's endpoint that is down, and nights at `place` that ask it, by a clock that needs no waiting."""

    def __init__(self, place: Place) -> None:
        self._place, self._server, self._at = place, FaultServer(error(503, "down")), 0.0

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def is_back(self) -> None:
        """An hour has passed, and it answers from now on."""
        self._at += 3600.0
        self._server.script = (answer('{"found": []}'),)

    def night(self) -> Iterator[CallOutcome]:
        """What becomes of each call, one after another."""
        spec = self._spec(self._place.root)
        source, chat = Listed(discover([self._place.calls])), self._chat(spec)
        return ENGINES[self._place.engine](spec, source, board=Unboarded(), stop=Stop(), chat=chat)

    def is_as_undisturbed(self) -> bool:
        """Whether every object is there, and no other, that a plain loop makes that is answered at once."""
        spec = self._spec(self._place.root.with_name("loop"))
        list(review_calls(spec.open(chat=self._chat(spec)), discover([self._place.calls])))
        return objects(self._place.root).keys() == objects(spec.root).keys()

    def _spec(self, root: Path) -> NightSpec:
        return asking_night(root, self._place.engine, self._place.address, url=self._server.url)

    def _chat(self, spec: NightSpec) -> ChatModel:
        meter, clock = Meter(None, None, model=MODEL), Clock(seconds=lambda: self._at, sleep=self._sleep)
        chat = LangchainChat(spec.config.llm, meter=meter, clock=clock)
        return KeptChat(chat, KeptExchanges(Workspace(spec.root).objects))

    def _sleep(self, seconds: float) -> None:
        self._at += seconds

    @property
    def n_asked(self) -> int:
        """Requests so far."""
        return self._server.n_requests

    @property
    def n_decoded(self) -> int:
        """How often a recording was decoded: once for its words and once for its voices."""
        return sum(path.stat().st_size for path in self._place.calls.glob("*.heard"))

    @property
    def paid_twice(self) -> int:
        """Tokens that were paid for answers beyond one to each request."""
        return self._server.tokens_paid - 110 * len(list(Workspace(self._place.root).objects.keys("exchange")))
