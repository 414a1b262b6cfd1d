"""Digits for runs of seconds: 8×8 pictures, and MNIST read row by row as a sequence."""

from __future__ import annotations

import numpy as np

from explorer import resources
from explorer.engine.data import mnist
from explorer.engine.data.dataset import Dataset


def digits8() -> Dataset:
    """Return the UCI digits.

    Returns:
        Inputs (1797, 1, 8, 8), 0 = paper to 1 = ink; ten classes, 174 to 183 of each.

    """
    with np.load(resources.path("data", "digits8.npz")) as stored:
        images, labels = stored["images"], stored["labels"]
    return Dataset(
        id="digits8",
        title="Digits of 8×8 pixels",
        inputs=images[:, None].astype(np.float32) / np.float32(16),
        targets=labels.astype(np.int64),
        classes=mnist.DIGITS,
        axes=("C", "H", "W"),
        held_out=360,
        licence="CC BY 4.0",
        source="Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI repository",
    )


def digits_rows() -> Dataset:
    """Return MNIST as sequences: the rows of a picture from top to bottom are 28 steps of 28 values.

    Returns:
        Inputs (5000, 28, 28) with axes time and feature, 0..1.

    """
    images, labels = mnist.arrays()
    return Dataset(
        id="digits_rows",
        title="MNIST, row by row",
        inputs=images,
        targets=labels,
        classes=mnist.DIGITS,
        axes=("T", "D"),
        held_out=mnist.HELD_OUT,
        licence=mnist.LICENCE,
        source=mnist.SOURCE,
    )
