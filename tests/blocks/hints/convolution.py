"""Fields and inputs of convolutions and Inception modules that depend on each other."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image


def _untied(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"filters": rng.randint(1, 5), "kernel": (rng.randint(1, 3), rng.randint(1, 3))}


FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "tiled_conv2d": _untied,
    "locally_connected2d": _untied,
}
INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {}
