"""pyannote.audio's own speaker diarization, put together without a hub and made bearable on a CPU.

What differs from `pyannote.audio.pipelines.SpeakerDiarization`: no PLDA is fetched, embeddings come from CAM++, filter
banks are computed once per recording instead of once per chunk and local speaker, silent local speakers are
skipped, the network reads only a speaker's active frames, and no frame holds more speakers than were found.

This module imports pyannote.audio: import it from inside functions only, after `import_torchaudio()`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio import Model
from pyannote.audio.core.plda import PLDA
from pyannote.audio.pipelines import SpeakerDiarization
from pyannote.audio.pipelines.clustering import AgglomerativeClustering
from pyannote.core import SlidingWindowFeature

from pipeline.adapters.campplus import DIMENSION, FRAME_LENGTH, FRAME_STEP, SAMPLE_RATE, CamPlusPlus, embed, features_of
from pipeline.adapters.pyannote import DiarizationSettings
from pipeline.errors import WeightsError

_PULL_HINT = "filmroom models pull segmentation-3.0"
_SEGMENTATION_BATCH = 8
_MIN_CLEAN_S = 0.5
"""Seconds without overlap that a local speaker needs for the overlapped frames to be left out of the embedding."""


class OfflineDiarization(SpeakerDiarization):
    """pyannote's pipeline on segmentation-3.0 and CAM++, ready to be called on an in-memory waveform at 16 kHz."""

    def __init__(self, segmentation: Path, embedding: CamPlusPlus, settings: DiarizationSettings) -> None:
        super().__init__(
            segmentation=_segmentation_model(segmentation),
            segmentation_step=settings.step_ratio,
            segmentation_batch_size=_SEGMENTATION_BATCH,
            embedding=_CamPlusPlusModel(embedding),
            embedding_exclude_overlap=True,
            plda=_NoPlda(),
            clustering="AgglomerativeClustering",
        )
        self.clustering = _Clustering(settings.min_active_ratio)
        self._campplus = embedding
        clustering = {
            "method": "centroid",
            "threshold": settings.threshold,
            "min_cluster_size": settings.min_cluster_size,
        }
        self.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": clustering})

    def get_embeddings(
        self,
        file: Mapping[str, Any],
        binary_segmentations: SlidingWindowFeature,
        exclude_overlap: bool = False,
        hook: Callable[..., None] | None = None,
    ) -> NDArray[np.float32]:
        """(chunks, local speakers, 192); NaN where a local speaker is silent throughout the chunk."""
        features = features_of(file["waveform"][0])
        activity = np.nan_to_num(binary_segmentations.data) > 0.5
        window = binary_segmentations.sliding_window
        n_chunks, _, n_speakers = activity.shape
        embeddings = np.full((n_chunks, n_speakers, DIMENSION), np.nan, dtype=np.float32)
        for chunk in range(n_chunks):
            first = round(window[chunk].start * SAMPLE_RATE / FRAME_STEP)
            active = _at_feature_rate(activity[chunk], window.duration)
            active = active[: max(0, len(features) - first)]
            for speaker in range(n_speakers):
                frames = _frames_of(active, speaker, exclude_overlap=exclude_overlap)
                if len(frames):
                    embeddings[chunk, speaker] = embed(self._campplus, features[first + frames]).numpy()
            if hook is not None:
                hook("embeddings", None, total=n_chunks, completed=chunk + 1)
        return embeddings

    def reconstruct(
        self, segmentations: SlidingWindowFeature, hard_clusters: NDArray[np.int8], count: SlidingWindowFeature
    ) -> SlidingWindowFeature:
        """As pyannote's, but where two talk at once and only one speaker was found, there is one and no phantom."""
        count.data = np.minimum(count.data, max(1, int(hard_clusters.max()) + 1))
        return super().reconstruct(segmentations, hard_clusters, count)


class _CamPlusPlusModel(Model):
    """CAM++ in the shape in which pyannote holds a model; `OfflineDiarization` calls the network itself."""

    def __init__(self, network: CamPlusPlus) -> None:
        super().__init__(sample_rate=SAMPLE_RATE, num_channels=1)
        self.network = network

    @property
    def dimension(self) -> int:
        return DIMENSION


class _Clustering(AgglomerativeClustering):
    def __init__(self, min_active_ratio: float) -> None:
        super().__init__(metric="cosine")
        self._min_active_ratio = min_active_ratio

    def filter_embeddings(
        self,
        embeddings: NDArray[np.float32],
        segmentations: SlidingWindowFeature | None = None,
        min_active_ratio: float | None = None,
    ) -> Any:
        """As pyannote's, with our ratio where the caller names none, as pyannote itself never does."""
        ratio = self._min_active_ratio if min_active_ratio is None else min_active_ratio
        return super().filter_embeddings(embeddings, segmentations, ratio)


class _NoPlda(PLDA):
    """Stands where pyannote would fetch a PLDA from the hub; agglomerative clustering has no use for one."""

    def __init__(self) -> None:
        """Load nothing."""


def _segmentation_model(path: Path) -> Model:
    try:
        model = Model.from_pretrained(path)
    except Exception as error:  # whatever unpickling a file of unknown content may raise
        raise WeightsError(f"{path} does not hold segmentation-3.0: {error}", hint=_PULL_HINT) from error
    if model is None:
        raise WeightsError(f"{path} does not hold segmentation-3.0", hint=_PULL_HINT)
    return model


def _at_feature_rate(activity: NDArray[np.bool_], duration: float) -> NDArray[np.bool_]:
    """Activity (segmentation frames, speakers) over `duration` seconds, read at the centre of each feature frame."""
    n_features = int((duration * SAMPLE_RATE - FRAME_LENGTH) // FRAME_STEP) + 1
    centres = (np.arange(n_features) * FRAME_STEP + FRAME_LENGTH / 2) / SAMPLE_RATE
    at_centres: NDArray[np.bool_] = activity[(centres / duration * len(activity)).astype(int)]
    return at_centres


def _frames_of(active: NDArray[np.bool_], speaker: int, *, exclude_overlap: bool) -> torch.Tensor:
    """Indices of the frames to embed a local speaker from: those without overlap where there are enough of them."""
    mine = active[:, speaker]
    alone = mine & (active.sum(axis=1) == 1)
    enough = alone.sum() * FRAME_STEP >= _MIN_CLEAN_S * SAMPLE_RATE
    return torch.from_numpy(np.flatnonzero(alone if exclude_overlap and enough else mine))
