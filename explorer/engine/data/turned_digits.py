"""MNIST with every digit turned by an angle of its own."""

from __future__ import annotations

import numpy as np

from explorer.engine.data import mnist
from explorer.engine.data.dataset import Array, Dataset
from explorer.engine.data.options import random_of, require_within

DEGREES = 60.0


def digits_turned(degrees: float = DEGREES, seed: int = 0) -> Dataset:
    """Return the digits of MNIST, turned about their middle.

    Args:
        degrees: Turned by at most so much, either way.
        seed: Of the angles.

    Returns:
        Inputs (5000, 1, 28, 28), 0 = paper to 1 = ink; ten classes, 500 of each.

    Raises:
        DatasetProblem: If an option lies out of range.

    """
    require_within("degrees", degrees, 0, 180)
    images, labels = mnist.arrays()
    return Dataset(
        id="digits_turned",
        title="MNIST, turned",
        inputs=turned(images, angles(degrees, seed))[:, None],
        targets=labels,
        classes=mnist.DIGITS,
        axes=("C", "H", "W"),
        held_out=mnist.HELD_OUT,
        licence=mnist.LICENCE,
        source=mnist.SOURCE,
    )


def angles(degrees: float, seed: int) -> Array:
    """By how much each digit is turned: (5000,), in degrees."""
    return random_of(seed).uniform(-degrees, degrees, 5000)


def turned(images: Array, by: Array) -> Array:
    """Turn pictures (N, H, W) anticlockwise by `by` (N,) degrees, bilinearly; black outside."""
    count, height, width = images.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    y, x = y - (height - 1) / 2, x - (width - 1) / 2
    cos, sin = (f(np.deg2rad(by))[:, None, None].astype(np.float32) for f in (np.cos, np.sin))
    # one pixel of black all round takes what lies outside
    across = np.clip(x * cos - y * sin + (width - 1) / 2 + 1, 0, width + 0.999)
    down = np.clip(x * sin + y * cos + (height - 1) / 2 + 1, 0, height + 0.999)
    left, top = across.astype(np.int32), down.astype(np.int32)
    right_share, low_share = across - left, down - top
    bordered = np.pad(images, ((0, 0), (1, 1), (1, 1))).ravel()
    first = np.arange(count, dtype=np.int32)[:, None, None] * ((height + 2) * (width + 2))
    place = first + top * (width + 2) + left
    upper = bordered.take(place) * (1 - right_share) + bordered.take(place + 1) * right_share
    place += width + 2
    lower = bordered.take(place) * (1 - right_share) + bordered.take(place + 1) * right_share
    found = upper * (1 - low_share) + lower * low_share
    return np.asarray(np.clip(found, 0, 1), np.float32)
