"""Limits on what may be asked of a generator, so that a typing error does not fill the memory."""

from __future__ import annotations

import numpy as np

from explorer.engine.data.dataset import DatasetProblem

#: One in so many generated examples is held out for validation.
HELD_OUT_ONE_IN = 5
MOST_PER_CLASS = 20_000


def held_out_per_class(per_class: int, most: int = MOST_PER_CLASS) -> int:
    """Return how many of the examples of each class are held out.

    Args:
        per_class: How many examples of each class are generated.
        most: How many may be.

    Raises:
        DatasetProblem: If there are too few examples to hold one out, or more than fit in memory with ease.

    """
    require_within("per_class", per_class, HELD_OUT_ONE_IN, most)
    return per_class // HELD_OUT_ONE_IN


def require_within(name: str, value: float, low: float, high: float) -> None:
    """Check an option of a generator.

    Raises:
        DatasetProblem: If it lies outside; NaN does too.

    """
    if not low <= value <= high:
        raise DatasetProblem(f"{name} is {value:,}; it must lie between {low:,} and {high:,}.")


def random_of(seed: int) -> np.random.Generator:
    """Return the random numbers of a seed.

    Raises:
        DatasetProblem: If the seed is negative or does not fit in 32 bits.

    """
    require_within("seed", seed, 0, 2**32 - 1)
    return np.random.default_rng(seed)
