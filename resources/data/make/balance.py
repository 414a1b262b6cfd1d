"""Order examples so that the end of the file is a class-balanced held-out part."""

from __future__ import annotations

import numpy as np


def balanced_tail(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """A shuffled order (N,) whose last `per_class` × classes entries hold every class equally often."""
    shuffle = np.random.default_rng(seed)
    order = shuffle.permutation(len(labels))
    tail = np.concatenate([order[labels[order] == c][-per_class:] for c in np.unique(labels)])
    head = order[~np.isin(order, tail)]
    return np.concatenate([head, shuffle.permutation(tail)])
