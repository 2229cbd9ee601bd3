"""How much of planted personal data the redaction masks, by kind and way of saying, in transcripts and in sound.

    python -m benchmarks.redaction [--seed 7] [--each 5] [--sound] [--ways]

With `--sound` every item is voiced by espeak-ng, as on a telephone line, and heard by the recogniser of the settings.
"""

import argparse
import itertools
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path

import numpy as np
import soxr

from benchmarks.known_recordings import read_wave
from benchmarks.planted import Planted, planted
from pipeline.config import Config
from pipeline.domain.speech import Transcript
from pipeline.engines.redaction import redactor
from pipeline.ports import Samples
from pipeline.stages.redact import Redactor, spotted
from pipeline.text.number_runs import runs

_LEFT_DIGITS = 4
_VOICES = ("en-us", "en-gb", "en-us+f3", "en-gb+m3")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=5, help="items of each way")
    parser.add_argument("--sound", action="store_true", help="voice the items and hear them")
    parser.add_argument("--ways", action="store_true", help="a row for each way, and what was left")
    given = parser.parse_args()
    items, masks = planted(given.seed, each=given.each), redactor(Config())
    check = _heard(masks) if given.sound else lambda item: left_of(item, masks)
    told = [(item, check(item)) for item in items]
    print("| kind | items | wholly masked | 95% interval |\n| --- | --- | --- | --- |")
    rows: dict[str, list[bool]] = defaultdict(list)
    for item, left in told:
        for name in (item.kind, f"{item.kind}: {item.way}" if given.ways else "", "all"):
            rows[name].append(not left)
    for name, found in rows.items():
        if name:
            low, high = wilson(sum(found), len(found))
            print(f"| {name} | {len(found)} | {sum(found) / len(found):.3f} | {low:.2f} to {high:.2f} |")
    if given.ways:
        for item, left in told:
            if left:
                print(item.kind, item.way, "LEFT:", left, "OF:", " / ".join(text for _, text in item.turns))


def left_of(item: Planted, masks: Redactor) -> str:
    """The words of the item that are left unmasked in its transcript; empty when it is wholly masked."""
    spoken, wanted = item.words()
    marks = spotted(spoken, masks.spotter)
    flat = [word for _, words in spoken for word in words]
    return " ".join(flat[i] for i in sorted(wanted - set(marks)))


def wilson(k: int, n: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson, 1927)."""
    z = 1.96
    middle, half = (k + z * z / 2) / (n + z * z), z * sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
    return max(0.0, middle - half), min(1.0, middle + half)


def _heard(masks: Redactor) -> Callable[[Planted], str]:
    """What is left of an item after it was voiced, heard and masked."""
    from pipeline.engines.local import LocalEngine

    transcriber, folder = LocalEngine(Config()).transcriber, Path(tempfile.mkdtemp())
    voices = itertools.cycle(_VOICES)

    def check(item: Planted) -> str:
        sound = voiced([words for _, words in item.words()[0]], folder / "item.wav", next(voices))
        return left_in(masks.transcript(transcriber.transcribe(sound, language="en")), item)

    return check


def voiced(turns: Sequence[Sequence[str]], path: Path, voice: str) -> Samples:
    """The turns as espeak-ng says them, with half a second between, in the band of a telephone, at 16 kHz."""
    parts = []
    for words in turns:
        text = " ".join(words)
        subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), text], check=True)
        rate, samples = read_wave(path)
        narrow = soxr.resample(samples, rate, 8_000)
        parts += [soxr.resample(narrow, 8_000, 16_000), np.zeros(8_000)]
    sound = np.concatenate(parts)
    noise = np.random.default_rng(0).normal(0, 0.002, len(sound))
    return (sound / max(1.0, float(np.abs(sound).max())) + noise).astype(np.float32)


def left_in(transcript: Transcript, item: Planted) -> str:
    """What tells of the secret in the masked words: as many of its digits on end, or one of its words; else empty."""
    words = [word.text for word in transcript.words]
    digits = "".join(c for c in item.secret if c.isdigit())
    least = min(_LEFT_DIGITS, len(digits))
    for run in runs(words):
        for at in range(len(run.digits) - least + 1):
            if digits and run.digits[at : at + least] in digits:
                return run.digits
    plain = " ".join(words).lower()
    return " ".join(w for w in item.secret.lower().split() if w.isalpha() and re.search(rf"\b{w}\b", plain))


if __name__ == "__main__":
    main()
