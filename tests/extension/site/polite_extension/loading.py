"""A data set: what makes it."""

import numpy as np

from explorer.engine.data.dataset import Dataset


def corners(seed: int = 0) -> Dataset:
    """Points of which those near the origin are one class."""
    points = np.random.default_rng(seed).uniform(-1, 1, (200, 2)).astype(np.float32)
    far = (np.abs(points).sum(1) > 0.8).astype(np.int64)
    return Dataset("corners", "Corners", points, far, ("near", "far"), ("D",), 40, "none", "made here")
