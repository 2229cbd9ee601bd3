"""Owns what the speech suite hears: recordings with what people say of them, put through the pipeline's own spine."""

import json
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.labelled import LabelledCall, Reference
from evals.reels import SAMPLE_RATE
from evals.suites import Setting
from pipeline.config import Config
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.recording import CallMetadata, Recording, Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, SpeakerSegment
from pipeline.ports import Samples
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import Candidate, CandidateFile
from pipeline.stages.ingest.metadata import Stated

DEMO = Path(__file__).resolve().parents[2] / "demo"
NOTHING_SAID = "nothing_said"
"""The collection of sounds made here, in which nobody speaks."""
_SOUND_S = 20.0
_SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class Hearing:
    """What the spine made of a recording, as far as this suite looks at it."""

    recording: Recording
    conversation: Conversation
    metrics: CallMetrics


@dataclass(frozen=True)
class Heard:
    """A recording and what became of it: a result, or the reason why it was set aside."""

    call: LabelledCall
    result: Hearing | None
    refused: str | None = None


def group_of(call: LabelledCall) -> str:
    """What a recording is counted with: calls that are alike in what is hard about them, and in who labelled them.

    synthetic: our own demo call, and others' read from a script, of which people state the words and nothing else;
    meetings: of which people state who speaks when and nothing else; vendor_words: by another recogniser; a user's own
    and what was made here under the name of their collection.
    """
    reference = call.reference
    if call.collection != "recordings":
        return call.collection
    if reference.machine_made:
        return "vendor_words"
    if reference.words and not (reference.by_speaker or reference.timed_words or reference.segments):
        return _SYNTHETIC
    if reference.segments and not (reference.words or reference.by_speaker or call.roles):
        return "meetings"
    return call.collection


def hear(calls: Sequence[LabelledCall], setting: Setting) -> Iterator[Heard]:
    """What became of each recording, in order; what the scratch folder has of it already is not done again.

    Consent that nobody denies is assumed. Raises: WeightsError when a model is missing.
    """
    from pipeline.engines.local import require_models

    config = config_of(setting)
    require_models(config)
    night = _night(setting.scratch / "heard", config)
    for number, call in enumerate(calls):
        setting.advance("recordings heard", number, len(calls))
        outcome = next(review_calls(night, [candidate_of(call)]))
        if outcome.call is None or outcome.status == "quarantined":
            yield Heard(call, None, outcome.reason or outcome.status)
        else:
            found = night.workspace.result(night.workspace.record(outcome.call))
            yield Heard(call, Hearing(found.recording, found.conversation, found.metrics))
    setting.advance("recordings heard", len(calls), len(calls))


def config_of(setting: Setting) -> Config:
    """How recordings are heard: as the command does it, with the reader that costs least."""
    threads = max(1, setting.threads // 2)
    return Config(consent="assumed", reader="similarity", threads=threads, models=setting.models)


def _night(workspace: Path, config: Config) -> Night:
    from pipeline.commands.nights import open_night

    return open_night(workspace, config).night


def candidate_of(call: LabelledCall) -> Candidate:
    """The call as the pipeline finds it, with what people state of it."""
    roles: dict[str, Role] = {Path(name).name: role for role, name in (call.metadata.sides or {}).items()}
    files = tuple(CandidateFile(path, roles.get(path.name)) for path in call.files)
    return Candidate(call.files[0], files, Stated(call.metadata, None, {}))


def demo_call(folder: Path = DEMO) -> LabelledCall | None:
    """Our own demo call with its words and phrases as it was voiced; None where its sound is not there.

    Raises: ValueError or KeyError where its reference is damaged, which is a fault of ours.
    """
    sound, reference = folder / "calls" / "discovery-call.opus", folder / "discovery-call.reference.json"
    if not (sound.is_file() and reference.is_file()):
        return None
    turns = json.loads(reference.read_text("utf-8"))["turns"]
    phrases = tuple((turn["role"], p["start"], p["end"], p["text"]) for turn in turns for p in turn["phrases"])
    stated = json.loads(sound.with_suffix(".json").read_text("utf-8"))
    return LabelledCall(
        id="demo-discovery-call",
        collection=_SYNTHETIC,
        files=(sound,),
        metadata=CallMetadata(channels=stated.get("channels")),
        language="en",
        voices=2,
        roles={"rep": "rep", "customer": "customer"},
        reference=Reference(
            words=" ".join(text for _, _, _, text in sorted(phrases, key=lambda phrase: phrase[1])),
            by_speaker={
                role: " ".join(turn["text"] for turn in turns if turn["role"] == role) for role in ("rep", "customer")
            },
            timed_words=phrases,
            segments=tuple(
                SpeakerSegment(span=Span(start=start, end=end), speaker=role) for role, start, end, _ in phrases
            ),
        ),
    )


def empty_calls(folder: Path) -> tuple[LabelledCall, ...]:
    """Recordings of 20 s in which nobody speaks, written into the folder: silence, noise, a ringing tone, a hum."""
    folder.mkdir(parents=True, exist_ok=True)
    times = np.arange(round(_SOUND_S * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.random.default_rng(0).standard_normal(len(times))
    ringing = (np.sin(2 * np.pi * 440 * times) + np.sin(2 * np.pi * 480 * times)) / 2 * ((times % 6) < 2)
    sounds = {
        "silence": np.zeros_like(times),
        "noise": 0.01 * noise,
        "ringing": 0.1 * ringing,
        "hum": 0.02 * np.sin(2 * np.pi * 50 * times) + 0.001 * noise,
    }
    calls = []
    for name, samples in sounds.items():
        path = folder / f"{name}.wav"
        write_wave(path, samples.astype(np.float32))
        calls.append(
            LabelledCall(id=f"{NOTHING_SAID}-{name}".replace("_", "-"), collection=NOTHING_SAID, files=(path,))
        )
    return tuple(calls)


def write_wave(path: Path, samples: Samples) -> None:
    """Writes (samples,) at 16 kHz, in [-1, 1], as a file of 16 bit with one channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
