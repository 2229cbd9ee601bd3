"""Owns what is known of the recordings to measure on: which there are, what people would say of them, their references.

The recordings are others' and no part of the project; only the demo call is our own.
"""

import json
import shutil
import wave
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evals.labelled import Reference
from pipeline.domain.span import Span
from pipeline.domain.speech import SpeakerSegment

CHECKOUT = Path(__file__).resolve().parent.parent
DEMO = "demo/discovery-call.opus"
TWO_FILES, STEREO, MONO = "car-repair-call/call.json", "car-repair-stereo/call.wav", "car-repair-mono/call.wav"
SIDECARS: Mapping[str, dict[str, dict[str, str]]] = {
    TWO_FILES: {"sides": {"rep": "agent.wav", "customer": "caller.wav"}},
    "car-repair-stereo/call.json": {"channels": {"0": "rep", "1": "customer"}},
    "fake-stereo/call.json": {"channels": {"0": "rep", "1": "customer"}},
    "true-stereo-10s/stereo_customer_first.json": {"channels": {"0": "rep", "1": "customer"}},
}
"""What people would say of the recordings. fake-stereo's is wrong: both its channels are the same mix. And whatever the
file's name says, channel 0 of true-stereo-10s equals agent.wav."""


def lay_out(audio: Path, folder: Path) -> None:
    """Copies all recordings into a folder, adds their sidecars, and the phone call as stereo and as mono sum."""
    for path in sorted(audio.rglob("*")):
        if path.suffix in {".wav", ".mp3"}:
            target = folder / path.relative_to(audio)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    rate, rep = read_wave(audio / "car-repair-call" / "agent.wav")
    _, customer = read_wave(audio / "car-repair-call" / "caller.wav")
    _write_wave(folder / STEREO, np.stack([rep, customer], axis=1), rate)
    _write_wave(folder / MONO, (rep + customer)[:, None] / 2, rate)
    for name, stated in SIDECARS.items():
        (folder / name).write_text(json.dumps(stated))


def lay_out_demo(folder: Path) -> None:
    """Copies our own demo call and its sidecar into a folder, under the name `DEMO`."""
    (folder / DEMO).parent.mkdir(parents=True, exist_ok=True)
    for path in (CHECKOUT / "demo" / "calls").iterdir():
        shutil.copyfile(path, (folder / DEMO).parent / path.name)


def read_wave(path: Path) -> tuple[int, npt.NDArray[np.float64]]:
    """The sampling rate and the samples, in [-1, 1], of a file of 16 bit with one channel."""
    with wave.open(str(path)) as file:
        return file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32768


def _write_wave(path: Path, samples: npt.NDArray[np.float64], rate: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32768).astype("<i2").tobytes())


def demo_reference() -> Reference:
    """The words and the phrases with their times of the demo call, as it was voiced."""
    turns = json.loads((CHECKOUT / "demo" / "discovery-call.reference.json").read_text("utf-8"))["turns"]
    said = {role: " ".join(t["text"] for t in turns if t["role"] == role) for role in ("rep", "customer")}
    segments = tuple(
        SpeakerSegment(span=Span(start=phrase["start"], end=phrase["end"]), speaker=turn["role"])
        for turn in turns
        for phrase in turn["phrases"]
    )
    return Reference(by_speaker=said, segments=segments)
