"""The network equals an independent implementation of the paper; its features equal Kaldi's frame arithmetic."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from pipeline.adapters.campplus import (
    DIMENSION,
    N_BINS,
    CamPlusPlus,
    _ContextAwareMask,
    embed,
    features_of,
    load_campplus,
)
from pipeline.adapters.weights import default_cache, pull
from pipeline.errors import WeightsError

# Embedding of `made_up_features` by the network with `made_up_weights`, as computed by the independent implementation
# of the registry package speakerlab 0.0.6 (CAMPPlus(80, 192) in speakerlab/models/campplus): its first eight values
# and its length.
MADE_UP_START = [0.25017, 0.0058, 0.0877, 0.17386, -0.00999, 0.08212, -0.11311, -0.52727]
MADE_UP_LENGTH = 1.8995

# Embedding of `hum()` by speakerlab 0.0.6 (its FBank with mean_nor, its CAMPPlus) with campplus_cn_en_common.pt: every
# sixteenth value and the length.
HUM_VALUES = [-0.7506, 0.0529, 0.8947, 0.687, -0.9722, 1.119, 0.1867, 1.7471, -0.3883, -0.3651, -0.7195, -1.0594]
HUM_LENGTH = 12.2885


def made_up_weights() -> dict[str, Tensor]:
    """A state dict of the right shapes, the same on every machine: NumPy keeps its generators' streams."""
    random = np.random.default_rng(7)
    state = {}
    for name, value in sorted(CamPlusPlus().state_dict().items()):
        noise = random.standard_normal(tuple(value.shape))
        if name.endswith("num_batches_tracked"):
            state[name] = value
        elif value.ndim > 1:
            state[name] = torch.from_numpy(noise / np.sqrt(noise[0].size)).float()
        elif name.endswith(("running_var", "batchnorm.weight", "bn1.weight", "bn2.weight", "shortcut.1.weight")):
            state[name] = torch.from_numpy(1 + 0.1 * np.abs(noise)).float()
        else:
            state[name] = torch.from_numpy(0.1 * noise).float()
    return state


@cache
def made_up_network() -> CamPlusPlus:
    model = CamPlusPlus()
    model.load_state_dict(made_up_weights())
    return model.eval()


def made_up_features() -> Tensor:
    """(1, 250, 80): more than one segment of the mask, and the last one not whole."""
    return torch.from_numpy(np.random.default_rng(8).standard_normal((1, 250, N_BINS))).float()


def hum(duration: float = 2.0) -> Tensor:
    """A voice-like tone of 120 Hz with 29 overtones, vibrato and a rhythm of 4 Hz."""
    time = np.arange(int(duration * 16_000)) / 16_000
    phase = 2 * np.pi * 120 * time + 5 * np.sin(2 * np.pi * 3 * time)
    tone = sum(np.sin(k * phase) / k for k in range(1, 30))
    return torch.from_numpy(0.1 * tone * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).float()


def test_the_network_computes_what_an_independent_implementation_computes() -> None:
    with torch.inference_mode():
        embedding = made_up_network()(made_up_features())[0]
    assert embedding[:8].tolist() == pytest.approx(MADE_UP_START, abs=1e-4)
    assert float(embedding.norm()) == pytest.approx(MADE_UP_LENGTH, abs=1e-3)


@pytest.mark.slow
def test_a_voice_has_the_embedding_that_the_authors_code_gives_it() -> None:
    try:
        folder = pull("campplus", cache=default_cache())
    except WeightsError as error:
        pytest.skip(f"no weights: {error}")
    embedding = embed(load_campplus(folder / "campplus_cn_en_common.pt"), features_of(hum()))
    assert embedding[::16].tolist() == pytest.approx(HUM_VALUES, abs=1e-3)
    assert float(embedding.norm()) == pytest.approx(HUM_LENGTH, abs=1e-2)


def test_embeddings_have_192_dimensions_for_any_batch() -> None:
    with torch.inference_mode():
        assert made_up_network()(torch.zeros(3, 40, N_BINS)).shape == (3, DIMENSION)


@settings(max_examples=20, deadline=None)
@given(n_frames=st.integers(1, 320))
def test_the_mask_of_a_frame_is_that_of_its_segment_of_a_hundred(n_frames: int) -> None:
    # The paper's formulas with the context spread over all frames first, as they are written there.
    torch.manual_seed(n_frames)
    layer = _ContextAwareMask(dilation=2).eval()
    x = torch.randn(1, 128, n_frames)
    segments = [x[..., first : first + 100] for first in range(0, n_frames, 100)]
    means = torch.cat([s.mean(-1, keepdim=True).expand_as(s) for s in segments], dim=-1)
    context = x.mean(-1, keepdim=True) + means
    expected = layer.linear_local(x) * torch.sigmoid(layer.linear2(F.relu(layer.linear1(context))))
    torch.testing.assert_close(layer(x), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("n_samples", "n_frames"),
    # Frames of 400 samples every 160: (n - 400) // 160 + 1.
    [(0, 0), (399, 0), (400, 1), (559, 1), (560, 2), (16_000, 98)],
)
def test_only_whole_frames_count(n_samples: int, n_frames: int) -> None:
    assert features_of(torch.zeros(n_samples)).shape == (n_frames, N_BINS)


def test_features_do_not_depend_on_the_blocks_they_are_computed_in() -> None:
    # A block is 60 s; frame 6000 is the first of the second and covers samples 960,000 to 960,400.
    samples = torch.from_numpy(np.random.default_rng(1).standard_normal(61 * 16_000)).float() * 0.1
    features = features_of(samples)
    torch.testing.assert_close(features[5_990:6_010], features_of(samples[5_990 * 160 :])[:20])


@settings(max_examples=10, deadline=None)
@given(gain=st.floats(0.01, 10))
def test_an_embedding_does_not_depend_on_loudness(gain: float) -> None:
    # A gain adds one constant to every log filter bank, and the mean over time is taken off again. The noise keeps
    # every band above the least energy that Kaldi can tell from none.
    model = made_up_network()
    samples = hum(0.5) + torch.from_numpy(np.random.default_rng(2).standard_normal(8_000)).float() * 0.01
    quiet, loud = embed(model, features_of(samples)), embed(model, features_of(samples * gain))
    assert float(F.cosine_similarity(quiet, loud, dim=0)) > 0.999


def test_an_embedding_of_one_frame_is_still_one() -> None:
    embedding = embed(made_up_network(), made_up_features()[0, :1])
    assert embedding.shape == (DIMENSION,)
    assert bool(torch.isfinite(embedding).all())


def test_weights_are_loaded_from_a_plain_state_dict(tmp_path: Path) -> None:
    torch.save(made_up_weights(), tmp_path / "w.pt")
    model = load_campplus(tmp_path / "w.pt")
    assert not model.training
    with torch.inference_mode():
        torch.testing.assert_close(model(made_up_features()), made_up_network()(made_up_features()), atol=1e-4, rtol=0)


def test_an_absent_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        load_campplus(tmp_path / "absent.pt")
    assert caught.value.hint == "filmroom models pull campplus"


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04broken"])
def test_a_file_that_holds_no_state_dict_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "w.pt").write_bytes(content)
    with pytest.raises(WeightsError, match="does not hold CAM"):
        load_campplus(tmp_path / "w.pt")


def test_the_state_dict_of_another_network_is_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(2)}, tmp_path / "w.pt")
    with pytest.raises(WeightsError, match="does not hold CAM"):
        load_campplus(tmp_path / "w.pt")


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    torch.save({"head": Path("an object that only unpickling could make")}, tmp_path / "w.pt")
    with pytest.raises(WeightsError, match="does not hold CAM"):
        load_campplus(tmp_path / "w.pt")
