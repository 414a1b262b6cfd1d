"""Predictions and targets of one shape, and classes as whole numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image, sequence, tokens, vector


def _any(rng: random.Random) -> Tensor:
    return rng.choice(
        (vector(rng.randint(1, 6)), sequence(rng.randint(1, 5), rng.randint(1, 6)), image(3, 4, 5))
    )


def _same(rng: random.Random) -> tuple[Tensor, Tensor]:
    x = _any(rng)
    return x, x


def _classes(rng: random.Random) -> tuple[Tensor, Tensor]:
    x = _any(rng)
    if rng.random() < 0.3:
        return x, x
    at = x.channels
    places = x.shape[:at] + x.shape[at + 1 :]
    axes = x.axes[:at] + x.axes[at + 1 :]
    return x, Tensor(places, axes, "int") if places else tokens(1)


def _maps(rng: random.Random) -> tuple[Tensor, Tensor]:
    x = image(rng.randint(1, 4), rng.randint(1, 5), rng.randint(1, 5))
    return x, rng.choice((x, Tensor(x.shape[1:], ("H", "W"), "int")))


def _vectors(count: int) -> Callable[[random.Random], tuple[Tensor, ...]]:
    return lambda rng: (vector(rng.randint(1, 9)),) * count


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {
    "cross_entropy": _classes,
    "focal_loss": _classes,
    "binary_cross_entropy": _same,
    "distillation_loss": _same,
    "difference_loss": _same,
    "normal_divergence": _same,
    "dice_loss": _maps,
    "contrastive_loss": _vectors(2),
    "triplet_loss": _vectors(3),
    "ctc_loss": lambda rng: (sequence(rng.randint(1, 8), rng.randint(2, 5)), tokens(rng.randint(1, 4))),
}
