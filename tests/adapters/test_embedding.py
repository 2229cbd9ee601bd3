"""Sentences as vectors, on the real weights."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters.embedding import MiniLmEmbedder
from pipeline.errors import WeightsError
from tests.adapters.reading import minilm


def test_weights_that_are_not_there_say_which_command_brings_them(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        MiniLmEmbedder(tmp_path)
    assert "filmroom models pull minilm" in caught.value.hint


@pytest.mark.slow
def test_minilm_puts_paraphrases_nearer_than_strangers_whatever_else_is_in_the_batch() -> None:
    embedder = minilm()
    cost, money, bananas = embedder.embed(["What does it cost you?", "How much money is that?", "I like bananas."])
    assert np.linalg.norm(cost) == pytest.approx(1, abs=1e-5)
    assert cost @ money > cost @ bananas + 0.2
    alone = embedder.embed(["What does it cost you?"])[0]
    long = embedder.embed(["What does it cost you?", "word " * 400])[0]
    assert np.allclose(alone, long, atol=1e-5)


@pytest.mark.slow
def test_minilm_computes_what_its_authors_library_computes() -> None:
    # Made with sentence-transformers 6.2.0 (normalize_embeddings=True) on the same weights.
    (vector,) = minilm().embed(["How do you do that today?"])
    assert vector[:4].tolist() == pytest.approx([0.037431, 0.074229, 0.054473, 0.053956], abs=1e-5)


@pytest.mark.slow
def test_no_sentences_have_no_vectors() -> None:
    assert minilm().embed([]).shape == (0, 384)
