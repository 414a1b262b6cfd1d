"""Tensors as the small images that panels hold."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from explorer.engine import reduce


def first_map(values: torch.Tensor) -> np.ndarray:
    """One sample (1, …) as one image (h, w): the first channel, the middle frame, T×D as it is."""
    one = values[0].float()
    if one.dim() == 4:
        one = one[:, one.shape[1] // 2]
    if one.dim() == 3:
        one = one[0]
    return reduce.to_numpy(one if one.dim() == 2 else one.reshape(1, -1))


def picture_of(values: torch.Tensor, axes: tuple[str, ...]) -> np.ndarray:
    """One sample (1, …) as colours where it has three channels, else as `first_map`."""
    if values.dim() == 4 and values.shape[1] == 3 and axes[:1] == ("C",):
        return reduce.to_numpy(values[0])
    return first_map(values)


def heat(values: torch.Tensor, rows: int, columns: int) -> np.ndarray:
    """A matrix as an image of at most so many rows and columns; what is larger is averaged."""
    made = values.float()
    height, width = min(made.shape[0], rows), min(made.shape[1], columns)
    if (height, width) != tuple(made.shape):
        made = F.adaptive_avg_pool2d(made[None, None], (height, width))[0, 0]
    return reduce.to_numpy(made)


def wall(values: torch.Tensor, most: int = 6) -> np.ndarray:
    """The liveliest of several maps (C, h, w) as one image, side by side with a gap of nan."""
    spread = values.float().flatten(1).std(1, correction=0)
    chosen = values.float()[spread.argsort(descending=True, stable=True)[:most].sort().values]
    columns = 3 if len(chosen) > 4 else min(2, len(chosen))
    rows = -(-len(chosen) // columns)
    height, width = chosen.shape[1:]
    gap = max(1, round(width / 24))
    made = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan, np.float32)
    for number, one in enumerate(chosen):
        top, left = number // columns * (height + gap), number % columns * (width + gap)
        made[top : top + height, left : left + width] = _even(reduce.to_numpy(one))
    return made


def _even(one: np.ndarray) -> np.ndarray:
    """Every map fills the same range, as on the canvas."""
    receptive_field = float(np.abs(one).max())
    return one / receptive_field if receptive_field > 0 else one
