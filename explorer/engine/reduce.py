"""Making tensors small before they leave the device: tiles, chosen channels, histograms."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.graph.tensor import Tensor as Kind

BINS = 40


def to_numpy(tensor: Tensor) -> np.ndarray:
    """Detach, move to the CPU, as float32."""
    return tensor.detach().float().cpu().numpy()


def as_maps(values: Tensor, axes: tuple[str, ...]) -> Tensor:
    """One sample as a stack of pictures (k, h, w), or as bar codes (1, n) for vectors.

    C×H×W stay, of H×W×D there is a map for each feature; films show their middle frame; T×D and C×T become
    one picture; anything else a line.
    """
    if len(axes) == values.dim():
        values = values.permute(Kind(tuple(values.shape), axes).channels_first)
    if values.dim() == 4:
        return values[:, values.shape[1] // 2]
    if values.dim() == 3:
        return values
    if values.dim() == 2:
        return values[None]
    return values.reshape(1, -1)


def tile(values: Tensor, axes: tuple[str, ...], most: int, size: int) -> tuple[Tensor, int]:
    """The `most` strongest maps, shrunk by averaging to at most `size` (vectors: to 128 bars)."""
    maps = as_maps(values.float(), axes)
    total = maps.shape[0]
    if maps.dim() == 2:
        if maps.shape[1] > 128:
            maps = F.adaptive_avg_pool1d(maps[None], 128)[0]
        return maps, int(values.numel())
    chosen = maps[:most]
    height, width = chosen.shape[1:]
    if max(height, width) > size:
        scale = size / max(height, width)
        chosen = F.adaptive_avg_pool2d(
            chosen[None], (max(1, round(height * scale)), max(1, round(width * scale)))
        )[0]
    return chosen, total


def limits(values: Tensor) -> tuple[float, float]:
    """Smallest and largest finite value; (nan, nan) when there is none."""
    if values.numel() == 0:
        return float("nan"), float("nan")
    low, high = (float(end) for end in torch.aminmax(values.float()))
    if math.isfinite(low) and math.isfinite(high):  # the usual case, without picking values out
        return low, high
    finite = values[torch.isfinite(values)]
    if finite.numel() == 0:
        return float("nan"), float("nan")
    low, high = (float(end) for end in torch.aminmax(finite.float()))
    return low, high


def histogram(values: Tensor) -> tuple[np.ndarray, float, float]:
    """Counts in `BINS` equal bins over the finite values, and the range."""
    low, high = limits(values)
    if not np.isfinite(low):
        return np.zeros(BINS, dtype=np.int64), low, high
    wider = 0.0 if high > low else 0.5
    # what is beyond, and what is no number, is left out
    counts = torch.histc(values.float().cpu(), BINS, low - wider, high + wider)
    return counts.numpy().astype(np.int64), low, high
