"""Sentences as vectors, by all-MiniLM-L6-v2 from a local folder: never from the network.

The network is written out here (six BERT layers, mean pooling): reading it through sentence-transformers imports
transformers and torchaudio, which takes longer than the sentences of a call, for numbers that are the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import WeightsError

if TYPE_CHECKING:
    import torch

Vectors = npt.NDArray[np.float32]
"""Shape (sentences, dimensions), each row of length 1, so that a dot product is a cosine."""

_MAX_TOKENS = 256
_LAYERS = 6
_HEADS = 12
_NORM_EPS = 1e-12
_BATCH = 32


class Embedder(Protocol):
    """Turns sentences into vectors."""

    @property
    def identity(self) -> str:
        """Model and digest of its weights: part of the work key."""
        ...

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """A vector of length 1 for each sentence; shape (0, dimensions) for none."""
        ...


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 (Apache-2.0): 384 dimensions, the first 256 tokens of each sentence.

    `name` is the model with the digest of its weights, as `weights.label` tells it.
    """

    def __init__(self, folder: Path, *, name: str = "minilm", threads: int = 1) -> None:
        self.identity = name
        self._weights = folder / "model.safetensors"
        self._tokenizer = folder / "tokenizer.json"
        self._threads = threads
        for path in (self._weights, self._tokenizer):
            if not path.is_file():
                raise WeightsError(f"{path.name} is not in {folder}", hint="run `filmroom models pull minilm`")

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """A vector of length 1 for each sentence; a sentence's vector does not depend on the others."""
        import torch

        found = np.zeros((len(sentences), 384), np.float32)
        order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
        with torch.inference_mode(), _threads(self._threads):
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                found[rows] = self._batch([sentences[i] for i in rows]).numpy()
        return found

    def _batch(self, sentences: list[str]) -> "torch.Tensor":
        import torch

        encoded = self._encoder.encode_batch(sentences)
        ids = torch.tensor([e.ids for e in encoded])
        mask = torch.tensor([e.attention_mask for e in encoded], dtype=torch.bool)
        hidden = _bert(self._parameters, ids, mask)
        kept = mask.unsqueeze(-1)
        mean = (hidden * kept).sum(1) / kept.sum(1)
        return torch.nn.functional.normalize(mean, dim=1)

    @cached_property
    def _parameters(self) -> Mapping[str, "torch.Tensor"]:
        from safetensors.torch import load_file

        return load_file(self._weights)

    @cached_property
    def _encoder(self) -> Any:
        from tokenizers import Tokenizer

        encoder = Tokenizer.from_file(str(self._tokenizer))
        encoder.enable_truncation(max_length=_MAX_TOKENS)
        encoder.enable_padding()
        return encoder


def _bert(weights: Mapping[str, "torch.Tensor"], ids: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    """The last hidden states, shape (sentences, tokens, 384), of post-norm encoder layers (Devlin et al. 2019)."""
    import torch
    from torch.nn.functional import gelu, layer_norm, linear, scaled_dot_product_attention

    def dense(x: torch.Tensor, name: str) -> torch.Tensor:
        return linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        return layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"], _NORM_EPS)

    def heads(x: torch.Tensor) -> torch.Tensor:
        return x.reshape(*x.shape[:-1], _HEADS, -1).transpose(1, 2)

    words, places, kinds = (weights[f"embeddings.{n}_embeddings.weight"] for n in ("word", "position", "token_type"))
    hidden = norm(words[ids] + places[: ids.shape[1]] + kinds[0], "embeddings.LayerNorm")
    for i in range(_LAYERS):
        layer = f"encoder.layer.{i}"
        query, key, value = (heads(dense(hidden, f"{layer}.attention.self.{n}")) for n in ("query", "key", "value"))
        seen = scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None, :])
        seen = dense(seen.transpose(1, 2).flatten(2), f"{layer}.attention.output.dense")
        hidden = norm(hidden + seen, f"{layer}.attention.output.LayerNorm")
        wide = gelu(dense(hidden, f"{layer}.intermediate.dense"))
        hidden = norm(hidden + dense(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    return hidden


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
