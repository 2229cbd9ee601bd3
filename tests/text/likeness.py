"""An embedder for tests: a sentence's vector is the topics whose word it holds, so that likeness can be worked out."""

from collections.abc import Sequence

import numpy as np

from pipeline.text.resemblance import Vectors


class TopicEmbedder:
    """A dimension for each topic word; vectors have length 1, or 0 where a sentence holds none and is like nothing."""

    identity = "topics"

    def __init__(self, *topics: str) -> None:
        self._topics = topics
        self.asked: list[str] = []

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """The vectors, in order."""
        self.asked += sentences
        rows = [[float(topic in s.lower()) for topic in self._topics] for s in sentences]
        found = np.array(rows, np.float32).reshape(len(sentences), len(self._topics))
        return np.asarray(found / np.maximum(1.0, np.sqrt(found.sum(axis=1, keepdims=True))), np.float32)
