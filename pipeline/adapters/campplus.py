"""CAM++, the speaker-embedding network, and the features it reads.

The network follows Wang, Zheng, Chen, Cheng and Chen, "CAM++: A Fast and Efficient Network for Speaker Verification
Using Context-Aware Masking" (Interspeech 2023): a small residual 2-D network over the filter bank, then densely
connected time-delay layers, each scaled by a mask that is computed from the utterance's and the near context. The
names of the layers are those of the published state dict `campplus_cn_en_common.pt`.

This module imports torch: import it from inside functions only.
"""

from collections import OrderedDict
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipeline.adapters.torchaudio_compat import import_torchaudio
from pipeline.errors import WeightsError

SAMPLE_RATE = 16_000
N_BINS = 80
DIMENSION = 192
FRAME_STEP = 160
"""Samples between two feature frames: 10 ms."""
FRAME_LENGTH = 400
"""Samples under one feature frame: 25 ms."""
MIN_FRAMES = 10
"""Fewer feature frames than this are repeated up to it: statistics over less mean nothing."""

_GROWTH = 32
_BOTTLENECK = 128
_CONTEXT_FRAMES = 100
_BLOCKS = ((12, 1), (24, 2), (16, 2))
"""(layers, dilation) of the three dense blocks."""
_FEATURE_BLOCK_S = 60
"""Filter banks are computed in blocks of this many seconds: all of an hour at once would take gigabytes."""


class CamPlusPlus(nn.Module):
    """Maps mean-normalised filter banks (batch, frames, 80) to speaker embeddings (batch, 192), not of unit length."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _ResidualHead()
        layers: OrderedDict[str, nn.Module] = OrderedDict(tdnn=_TimeDelay(self.head.out_channels, _BOTTLENECK))
        channels = _BOTTLENECK
        for index, (n_layers, dilation) in enumerate(_BLOCKS, start=1):
            layers[f"block{index}"] = _DenseBlock(channels, n_layers, dilation)
            channels += n_layers * _GROWTH
            layers[f"transit{index}"] = _Transition(channels)
            channels //= 2
        layers["out_nonlinear"] = _norm_relu(channels)
        layers["stats"] = _MeanAndDeviation()
        layers["dense"] = _Projection(2 * channels)
        self.xvector = nn.Sequential(layers)

    def forward(self, features: Tensor) -> Tensor:
        """Embeddings (batch, 192) of features (batch, frames, 80), frames at least `MIN_FRAMES`."""
        embeddings: Tensor = self.xvector(self.head(features.transpose(1, 2)))
        return embeddings


class _ResidualHead(nn.Module):
    """(batch, bins, frames) to (batch, 32 * bins / 8, frames): 2-D convolutions that fold frequency, never time."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(_Residual(channels, halve=True), _Residual(channels, halve=False))
        self.layer2 = nn.Sequential(_Residual(channels, halve=True), _Residual(channels, halve=False))
        self.conv2 = nn.Conv2d(channels, channels, 3, stride=(2, 1), padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.out_channels = channels * N_BINS // 8

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x.unsqueeze(1))))
        x = self.layer2(self.layer1(x))
        return F.relu(self.bn2(self.conv2(x))).flatten(1, 2)


class _Residual(nn.Module):
    """Two 3 by 3 convolutions beside a shortcut; `halve` halves the frequency axis."""

    def __init__(self, channels: int, *, halve: bool) -> None:
        super().__init__()
        stride = (2, 1) if halve else (1, 1)
        self.conv1 = nn.Conv2d(channels, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if halve:
            self.shortcut.extend(
                [nn.Conv2d(channels, channels, 1, stride=stride, bias=False), nn.BatchNorm2d(channels)]
            )

    def forward(self, x: Tensor) -> Tensor:
        inner = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(inner + self.shortcut(x))


class _TimeDelay(nn.Module):
    """The entry of the 1-D part: five frames of context, every second frame kept."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(in_channels, out_channels, 5, stride=2, padding=2, bias=False)
        self.nonlinear = _norm_relu(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.nonlinear(self.linear(x))
        return out


class _DenseBlock(nn.Module):
    """Layers that each read all channels so far and append `_GROWTH` new ones."""

    def __init__(self, channels: int, n_layers: int, dilation: int) -> None:
        super().__init__()
        for index in range(n_layers):
            self.add_module(f"tdnnd{index + 1}", _DenseLayer(channels + index * _GROWTH, dilation))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.children():
            x = torch.cat((x, layer(x)), dim=1)
        return x


class _DenseLayer(nn.Module):
    def __init__(self, in_channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _norm_relu(in_channels)
        self.linear1 = nn.Conv1d(in_channels, _BOTTLENECK, 1, bias=False)
        self.nonlinear2 = _norm_relu(_BOTTLENECK)
        self.cam_layer = _ContextAwareMask(dilation)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))
        return out


class _ContextAwareMask(nn.Module):
    """A time-delay layer whose output is scaled by a mask from the mean of the utterance plus that of the segment."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(_BOTTLENECK, _GROWTH, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(_BOTTLENECK, _BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(_BOTTLENECK // 2, _GROWTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        # One mask per segment of 100 frames, computed before it is spread over them: 100 times less work than after.
        segments = F.avg_pool1d(x, _CONTEXT_FRAMES, _CONTEXT_FRAMES, ceil_mode=True)
        context = x.mean(dim=-1, keepdim=True) + segments
        mask = torch.sigmoid(self.linear2(F.relu(self.linear1(context))))
        spread = mask.repeat_interleave(_CONTEXT_FRAMES, dim=-1)[..., : x.shape[-1]]
        out: Tensor = self.linear_local(x) * spread
        return out


class _Transition(nn.Module):
    """Halves the channels between two dense blocks."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.nonlinear = _norm_relu(channels)
        self.linear = nn.Conv1d(channels, channels // 2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.linear(self.nonlinear(x))
        return out


class _MeanAndDeviation(nn.Module):
    """(batch, channels, frames) to (batch, 2 * channels): the mean and the unbiased standard deviation over time."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((x.mean(dim=-1), x.std(dim=-1)), dim=-1)


class _Projection(nn.Module):
    """The embedding itself: a linear map, then a normalisation without learnt scale."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(in_channels, DIMENSION, 1, bias=False)
        self.nonlinear = nn.Sequential(OrderedDict(batchnorm=nn.BatchNorm1d(DIMENSION, affine=False)))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.nonlinear(self.linear(x.unsqueeze(-1)).squeeze(-1))
        return out


def _norm_relu(channels: int) -> nn.Sequential:
    return nn.Sequential(OrderedDict(batchnorm=nn.BatchNorm1d(channels), relu=nn.ReLU()))


def load_campplus(path: Path) -> CamPlusPlus:
    """The network in evaluation mode with the weights of a plain state dict.

    Raises:
        WeightsError: the file is absent, or not a state dict of this network.
    """
    model = CamPlusPlus()
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # whatever reading a file of unknown content may raise
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise WeightsError(
            f"{path} does not hold CAM++ weights: {reason}", hint="filmroom models pull campplus"
        ) from error
    # The 2-D part takes half the time and runs about twice as fast in this layout on a CPU.
    model.head.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model.eval()


def features_of(samples: Tensor) -> Tensor:
    """Kaldi log filter banks (frames, 80) of mono samples (samples,) in [-1, 1] at 16 kHz, without normalisation.

    Frame i covers samples [160 i, 160 i + 400); samples after the last whole frame are left out, so fewer than 400
    samples give no frame. Settings are those the weights were trained with: Povey window, no dither.
    """
    kaldi = import_torchaudio().compliance.kaldi
    n_frames = max(0, (len(samples) - FRAME_LENGTH) // FRAME_STEP + 1)
    block = _FEATURE_BLOCK_S * SAMPLE_RATE // FRAME_STEP
    parts = [torch.empty(0, N_BINS)]
    for first in range(0, n_frames, block):
        last = min(first + block, n_frames)
        piece = samples[first * FRAME_STEP : (last - 1) * FRAME_STEP + FRAME_LENGTH]
        parts.append(kaldi.fbank(piece[None], num_mel_bins=N_BINS, sample_frequency=float(SAMPLE_RATE), dither=0.0))
    return torch.cat(parts)


def embed(model: CamPlusPlus, features: Tensor) -> Tensor:
    """The embedding (192,) of one speaker's feature frames (frames, 80), at least one, from which their mean is taken.

    Frames need not be contiguous: pass those in which the speaker is active.
    """
    if len(features) < MIN_FRAMES:
        features = features.repeat(-(-MIN_FRAMES // len(features)), 1)
    with torch.inference_mode():
        embedding: Tensor = model((features - features.mean(dim=0)).unsqueeze(0))[0]
    return embedding
