"""Limits on what may be asked of a generator, so that a typing error does not fill the memory."""

from __future__ import annotations

from explorer.engine.data.dataset import DatasetProblem

#: One in so many generated examples is held out for validation.
HELD_OUT_ONE_IN = 5
MOST_PER_CLASS = 20_000


def held_out_per_class(per_class: int) -> int:
    """Return how many of the examples of each class are held out.

    Raises:
        DatasetProblem: If there are too few examples to hold one out, or more than fit in memory with ease.
    """
    require_within("per_class", per_class, HELD_OUT_ONE_IN, MOST_PER_CLASS)
    return per_class // HELD_OUT_ONE_IN


def require_within(name: str, value: float, low: float, high: float) -> None:
    """Check an option of a generator.

    Raises:
        DatasetProblem: If it lies outside; NaN does too.
    """
    if not low <= value <= high:
        raise DatasetProblem(f"{name} is {value:g}; it must lie between {low:g} and {high:g}.")
