"""Fields and inputs of composites that would be large, or hardly ever fit, at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image

MAPS = (image(2, 6, 6), image(3, 9, 7), image(4, 6, 6), image(8, 5, 5), image(12, 8, 4), image(8, 8, 8))


def _map(rng: random.Random) -> tuple[Tensor]:
    return (rng.choice(MAPS),)


def _pyramidal(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {
        "alpha": rng.choice((0, 3, 20, 48)),
        "units": rng.randint(1, 12),
        "width": rng.choice((None, None, rng.randint(1, 12))),
    }


def _resnext(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"cardinality": rng.randint(1, 4), "width": rng.randint(1, 4)}


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = dict.fromkeys(
    ("wide_residual", "pyramidal_residual", "resnext", "reversible"), _map
)
FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "wide_residual": lambda rng, x: {"filters": rng.randint(1, 6), "k": rng.randint(1, 3)},
    "pyramidal_residual": _pyramidal,
    "resnext": _resnext,
    "reversible": lambda rng, x: {"layers": rng.randint(1, 3), "kernel": rng.choice((1, 3, 5))},
}
