"""Fields of the plumbing that depend on the input or on each other."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import prod
from typing import Any

from explorer.graph.tensor import Tensor


def _reshape(rng: random.Random, x: Tensor) -> dict[str, Any]:
    sizes = list(x.shape) + [1] * rng.randint(0, max(0, 4 - len(x.shape)))
    rng.shuffle(sizes)
    if len(sizes) > 1 and rng.random() < 0.5:
        sizes = [sizes[0] * sizes[1], *sizes[2:]]
    return {"shape": tuple(sizes)} if prod(sizes) == x.size else {}


def _permute(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"order": tuple(rng.sample(range(len(x.shape)), len(x.shape)))}


def _pad(rng: random.Random, x: Tensor) -> dict[str, Any]:
    if rng.random() < 0.3:
        letters = "".join(rng.sample(x.axes, rng.randint(1, len(x.axes))))
        return {"axes": letters, "margin": tuple(rng.randint(0, 3) for _ in range(2 * len(letters)))}
    pairs = rng.randint(1, max(1, len(x.axes) - 1))
    return {"axes": "", "margin": tuple(rng.randint(0, 3) for _ in range(2 * pairs))}


def _split(rng: random.Random, x: Tensor) -> dict[str, Any]:
    size = x.shape[x.channels]
    first = rng.randint(1, max(1, size - 1))
    return {"axis": "auto", "sizes": rng.choice((0, (first, max(1, size - first))))}


FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "reshape": _reshape,
    "permute": _permute,
    "pad": _pad,
    "split": _split,
    "resize": lambda rng, x, like=None: {
        "scale": rng.choice((0.5, 1.5, 2.0, 1.3)),
        "size": rng.choice((0, 0, 3, (4, 5))),
    },
}
