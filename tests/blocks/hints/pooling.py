"""Fields and inputs of pools that depend on each other, or would be large at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image

LABELS = ("H", "W")


def _regions(rng: random.Random) -> tuple[Tensor | None, ...]:
    x = image(rng.randint(1, 4), rng.randint(1, 7), rng.randint(1, 7))
    return x, rng.choice((None, Tensor(x.shape[1:], LABELS, "int")))


def _edges(rng: random.Random) -> tuple[Tensor | None, ...]:
    x = image(rng.randint(1, 4), rng.randint(1, 9), rng.randint(1, 9))
    return x, rng.choice((None, image(1, *x.shape[1:])))


def _maps(rng: random.Random) -> tuple[Tensor, ...]:
    return (image(rng.randint(1, 4), rng.randint(3, 9), rng.randint(3, 9)),)


def _odd(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"windows": tuple(rng.choice((1, 3, 5, 9)) for _ in range(rng.randint(1, 4)))}


def _components(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {
        "filters": (rng.randint(1, 4), rng.randint(1, 4)),
        "kernel": rng.choice((3, 5)),
        "blocks": rng.randint(1, 3),
    }


FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "per_pixel_pyramid_pool": _odd,
    "pcanet": _components,
    "compact_bilinear_pool": lambda rng, x: {"width": rng.randint(1, 40)},
    "mop_pool": lambda rng, x: {"words": rng.randint(1, 5)},
    "spectral_pool": lambda rng, x: {"size": tuple(rng.randint(1, n) for n in x.shape[1:])},
}
INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {
    "superpixel_pool": _regions,
    "edge_aware_pyramid_pool": _edges,
} | dict.fromkeys(("pcanet", "compact_bilinear_pool", "mop_pool", "spectral_pool", "genetic_pool"), _maps)
