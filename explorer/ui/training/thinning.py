"""Many points as few, without losing what stands out."""

from __future__ import annotations

import numpy as np

from explorer.session.run_log import Array


def thin(x: Array, y: Array, most: int) -> tuple[Array, Array]:
    """Return at most about `most` points: smallest and largest of each stretch, in order."""
    count = len(x)
    if count <= most:
        return x, y
    buckets = max(1, most // 2)
    size = -(-count // buckets)
    whole = count // size * size
    blocks = y[:whole].reshape(-1, size)
    places = np.arange(len(blocks)) * size
    filled = np.where(np.isfinite(blocks), blocks, np.inf)
    low = filled.argmin(axis=1)
    high = np.where(np.isfinite(blocks), blocks, -np.inf).argmax(axis=1)
    chosen = np.sort(np.stack([low, high], axis=1), axis=1) + places[:, None]
    index = np.concatenate([chosen.ravel(), np.arange(whole, count)[-1:]])
    return x[index], y[index]
