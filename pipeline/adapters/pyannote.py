"""Who spoke when, by pyannote.audio: from pinned weights without network, from a gated hub pipeline, or from a folder.

Recordings are passed in memory: from a path pyannote reads the file again for every chunk
(https://github.com/pyannote/pyannote-audio/issues/1955). Its telemetry is switched off before the first model is
made. Speaker embeddings live only as long as one call of `diarize`; none is returned, stored or logged.
"""

import contextlib
import hashlib
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from pipeline.adapters.torchaudio_compat import import_torchaudio
from pipeline.domain.base import Value
from pipeline.domain.span import Span
from pipeline.domain.speech import Diarization, SpeakerSegment
from pipeline.errors import WeightsError
from pipeline.ports import Progress, Samples, silent

SAMPLE_RATE = 16_000
SHORTEST_S = 0.1
"""A recording shorter than this has no speaker."""

_SHARES = {"segmentation": (0.0, 0.2), "embeddings": (0.2, 0.99)}


class DiarizationSettings(Value):
    """How the offline pipeline looks for speakers; the defaults were measured on phone calls (see `benchmarks/`).

    step_ratio: step of the sliding window as a share of its 10 s; pyannote's default of 0.1 takes 2.4 times as long
    for 0.3 points of DER.
    threshold: cut of the dendrogram over unit-length embeddings, Euclidean, centroid linkage. Stray embeddings of one
    voice joined it at up to 0.81, two voices joined at 0.97 at the least.
    min_cluster_size: least embeddings of a speaker; pyannote lowers it to a tenth of all in short recordings.
    min_active_ratio: share of a window in which a local speaker must talk alone to help form the clusters. With
    pyannote's 0.2, that is 2 s, a customer who only answers shortly in a 10 s recording was not found.
    """

    step_ratio: float = Field(default=0.25, gt=0, le=1)
    threshold: float = Field(default=0.85, ge=0, le=2)
    min_cluster_size: int = Field(default=12, ge=1, le=20)
    min_active_ratio: float = Field(default=0.1, ge=0, le=1)

    @property
    def identity(self) -> str:
        """Every setting with its value: part of a work key."""
        return " ".join(f"{name}={value}" for name, value in self)


DEFAULT_SETTINGS = DiarizationSettings()


class PyannoteDiarizer:
    """Tells speakers apart in one mixed channel. Make one with `offline`, `from_hub` or `from_folder`, and keep it."""

    def __init__(self, build: Callable[[], Any], *, identity: str, threads: int = 1) -> None:
        """`build` makes the pyannote pipeline when the first recording comes: importing pyannote alone takes seconds.

        `threads` is torch's number of threads while it runs: two on a busy two-core machine were 4 to 6 times slower
        than one.
        """
        self._build = build
        self._pipeline: Any = None
        self._identity = identity
        self._threads = threads

    @classmethod
    def offline(
        cls, segmentation: Path, embedding: Path, *, settings: DiarizationSettings = DEFAULT_SETTINGS, threads: int = 1
    ) -> "PyannoteDiarizer":
        """A diarizer on the weight files of segmentation-3.0 (`pytorch_model.bin`) and CAM++; nothing is fetched.

        Raises:
            WeightsError: a file is absent; later, from `diarize`: a file does not hold what it should.
        """
        for name, path in (("segmentation-3.0", segmentation), ("campplus", embedding)):
            if not path.is_file():
                raise WeightsError(f"{path} is absent", hint=f"filmroom models pull {name}")
        identity = f"offline {_digest([segmentation, embedding])} {settings.identity}"

        def build() -> Any:
            _prepare_vendor()
            from pipeline.adapters.campplus import load_campplus
            from pipeline.adapters.pyannote_offline import OfflineDiarization

            return OfflineDiarization(segmentation, load_campplus(embedding), settings)

        return cls(build, identity=identity, threads=threads)

    @classmethod
    def from_hub(cls, name: str, *, token: str | None, revision: str = "main", threads: int = 1) -> "PyannoteDiarizer":
        """A diarizer on a whole pipeline of the model hub, such as pyannote/speaker-diarization-community-1.

        Name a commit as `revision` to have results tied to it. `diarize` raises WeightsError where the hub does not
        give the pipeline out: no network, no such name, or its conditions are not accepted.
        """
        hint = f"accept the conditions of {name} on the model hub, set HF_TOKEN, and check the network"

        def build() -> Any:
            return _pretrained(name, hint=hint, token=token, revision=revision)

        return cls(build, identity=f"hub {name}@{revision}", threads=threads)

    @classmethod
    def from_folder(cls, folder: Path, *, threads: int = 1) -> "PyannoteDiarizer":
        """A diarizer on a folder with a pipeline's `config.yaml` and all that it names.

        Raises:
            WeightsError: there is no config.yaml; later, from `diarize`: it does not describe a pipeline.
        """
        if not (folder / "config.yaml").is_file():
            raise WeightsError(f"{folder} has no config.yaml", hint="name the folder of a downloaded pyannote pipeline")
        files = sorted(path for path in folder.rglob("*") if path.is_file())

        def build() -> Any:
            return _pretrained(folder, hint="download the pipeline again")

        return cls(build, identity=f"folder {_digest(files)}", threads=threads)

    @property
    def identity(self) -> str:
        """pyannote.audio's version, where the weights came from with their digest, and every setting."""
        return f"pyannote-audio {version('pyannote-audio')} {self._identity}"

    def diarize(
        self, samples: Samples, sample_rate: int, *, max_speakers: int | None = None, progress: Progress = silent
    ) -> Diarization:
        """Speaker segments of mono samples (samples,) in [-1, 1]; empty where nobody speaks.

        Speakers are S1, S2, ... in order of first appearance. Times lie within the recording. `max_speakers` is
        an upper bound: fewer are returned where fewer are heard.

        Raises:
            WeightsError: the pipeline cannot be made from its weights.
        """
        if len(samples) < SHORTEST_S * sample_rate:
            return Diarization(segments=(), exclusive=())
        if self._pipeline is None:
            self._pipeline = self._build()
        with _torch_threads(self._threads), warnings.catch_warnings():
            # Among others: fewer speakers than allowed were found, which is an answer and no reason to worry.
            warnings.simplefilter("ignore")
            output = self._pipeline(
                _waveform(samples, sample_rate), max_speakers=max_speakers, hook=_Reporter(progress)
            )
        progress(1.0)
        return _diarization(output, duration=len(samples) / sample_rate)


class _Reporter:
    """pyannote's hook, turned into one growing share."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = 0.0

    def __call__(
        self, step: str, _artifact: object, *, total: int | None = None, completed: int | None = None, **_: object
    ) -> None:
        if step not in _SHARES or not total or completed is None:
            return
        start, end = _SHARES[step]
        self._done = max(self._done, start + (end - start) * min(1.0, completed / total))
        self._progress(self._done)


def _prepare_vendor() -> None:
    """Make pyannote.audio importable and keep it from sending usage figures (durations of calls, among others)."""
    import_torchaudio()
    with warnings.catch_warnings():
        # It warns that its own decoder is absent; it never decodes for us.
        warnings.filterwarnings("ignore", message=r"\s*torchcodec is not installed")
        from pyannote.audio.telemetry import set_telemetry_metrics
    set_telemetry_metrics(False)


def _digest(paths: Iterable[Path]) -> str:
    """One short sha256 over the contents of files, in this order."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _pretrained(checkpoint: str | Path, *, hint: str, **options: str | None) -> Any:
    _prepare_vendor()
    from pyannote.audio import Pipeline

    try:
        pipeline = Pipeline.from_pretrained(checkpoint, **options)
    except Exception as error:  # pyannote, the hub's client and the network each have a tree of their own
        raise WeightsError(f"no pyannote pipeline from {checkpoint}: {error}", hint=hint) from error
    if pipeline is None:
        raise WeightsError(f"no pyannote pipeline from {checkpoint}", hint=hint)
    return pipeline


def _waveform(samples: Samples, sample_rate: int) -> dict[str, Any]:
    import torch

    waveform = torch.from_numpy(np.ascontiguousarray(samples, dtype=np.float32))[None]
    if sample_rate != SAMPLE_RATE:
        waveform = import_torchaudio().functional.resample(waveform, sample_rate, SAMPLE_RATE)
    return {"waveform": waveform, "sample_rate": SAMPLE_RATE, "uri": "recording"}


@contextlib.contextmanager
def _torch_threads(threads: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _diarization(output: Any, *, duration: float) -> Diarization:
    """pyannote's output with spans inside [0, duration] and speakers renamed by first appearance."""
    tracks = _tracks(output.speaker_diarization, duration)
    exclusive = _tracks(output.exclusive_speaker_diarization, duration)
    labels = list(dict.fromkeys(label for _, label in [*tracks, *exclusive]))
    names = {label: f"S{number}" for number, label in enumerate(labels, start=1)}
    return Diarization(segments=_segments(tracks, names), exclusive=_segments(exclusive, names))


def _segments(tracks: Iterable[tuple[Span, str]], names: dict[str, str]) -> tuple[SpeakerSegment, ...]:
    return tuple(SpeakerSegment(span=span, speaker=names[label]) for span, label in tracks)


def _tracks(annotation: Any, duration: float) -> list[tuple[Span, str]]:
    tracks = [
        (Span(start=max(0.0, segment.start), end=min(segment.end, duration)), str(label))
        for segment, _, label in annotation.itertracks(yield_label=True)
        if segment.start < duration
    ]
    return sorted(((s, label) for s, label in tracks if s.duration > 0), key=lambda item: (item[0].start, item[0].end))
