"""A small histogram of every channel, as pictures that a grid of maps can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtGui import QColor

from explorer.ui.features.maps import finite, without_zeros

Array = np.ndarray[Any, np.dtype[Any]]


def pictures(
    values: Array,
    ranges: Sequence[tuple[float, float]],
    side: int,
    bar: QColor,
    ground: QColor,
    axis: QColor,
    bins: int = 20,
) -> Array:
    """Return channels × side × side × 3 uint8: bars on a ground, the highest bar fills the height."""
    stack = np.empty((len(values), side, side, 3), dtype=np.uint8)
    stack[:] = _rgb(ground)
    stack[:, -1] = _rgb(axis)
    edges = np.round(np.linspace(0, side, bins + 1)).astype(int)
    for picture, channel, (low, high) in zip(stack, values, ranges, strict=True):
        known = finite(without_zeros(channel)[0])
        counts, _ = np.histogram(known, bins=bins, range=(low, high))
        heights = np.ceil(counts / max(1, counts.max()) * (side - 4)).astype(int)
        for left, right, height in zip(edges[:-1], edges[1:], heights, strict=True):
            picture[side - 1 - height : side - 1, left : max(left + 1, right - 1)] = _rgb(bar)
    return stack


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
