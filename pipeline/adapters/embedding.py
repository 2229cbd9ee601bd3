"""Sentences as vectors, by all-MiniLM-L6-v2 and sentence-transformers from a local folder: never from the network."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.adapters.torchaudio_compat import import_torchaudio
from pipeline.errors import WeightsError
from pipeline.text.resemblance import Vectors

_DIMENSIONS = 384
_BATCH = 32
_FILES = ("model.safetensors", "tokenizer.json", "modules.json")


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 (Apache-2.0): 384 dimensions, the first 256 tokens of each sentence.

    `name` is the model with the digest of its weights, as `weights.label` tells it. Loaded when first used.
    """

    def __init__(self, folder: Path, *, name: str = "minilm", threads: int = 1) -> None:
        self.identity = name
        self._folder = folder
        self._threads = threads
        for file in _FILES:
            if not (folder / file).is_file():
                raise WeightsError(f"{file} is not in {folder}", hint="run `filmroom models pull minilm`")

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """A vector of length 1 for each sentence; a sentence's vector does not depend on the others."""
        if not sentences:
            return np.zeros((0, _DIMENSIONS), np.float32)
        with _threads(self._threads):
            found: Vectors = self._model.encode(
                list(sentences), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return found

    @cached_property
    def _model(self) -> Any:
        import_torchaudio()  # transformers imports it, though no sound is involved
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)


@contextmanager
def _threads(wanted: int) -> Iterator[None]:
    """torch's threads are one setting for the whole process: set for the time of the work, and put back."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(wanted)
    try:
        yield
    finally:
        torch.set_num_threads(before)
