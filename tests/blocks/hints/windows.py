"""Maps of tokens and the windows that divide them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor

WINDOW = (2, 3)


def _grid(rng: random.Random) -> tuple[Tensor]:
    size = WINDOW[0] * rng.randint(1, 3), WINDOW[1] * rng.randint(1, 3)
    return (Tensor((*size, rng.choice((4, 6, 8))), ("H", "W", "D")),)


def _windows(rng: random.Random) -> tuple[Tensor]:
    return (Tensor((rng.choice((1, 2, 4)), 6, rng.choice((4, 6, 8))), ("W", "T", "D")),)


def _attend(rng: random.Random) -> tuple[Tensor, ...]:
    (x,) = _windows(rng)
    return x, x, x, Tensor((rng.choice((1, 2)), 6, 6), ("C", "H", "W"))


def _size(x: Tensor) -> tuple[int, int]:
    return {1: (2, 3), 2: (4, 3), 4: (4, 6)}[x.shape[0]]


def _shift(rng: random.Random) -> tuple[int, int]:
    return rng.choice(((0, 0), (1, 1), (1, 0), (0, 2)))


def _attended(rng: random.Random, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> dict[str, Any]:
    return {"heads": bias.shape[0], "size": _size(q), "window": WINDOW, "shift": _shift(rng)}


def _shifted(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"heads": rng.choice((1, 2)), "window": WINDOW, "shift": _shift(rng)}


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {
    "window_partition": _grid,
    "window_merge": _windows,
    "cyclic_shift": _grid,
    "window_attend": _attend,
    "shifted_window_attention": _grid,
    "swin_block": _grid,
    "patch_neighbours": _grid,
    "patch_merging": _grid,
}
FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "window_partition": lambda rng, x: {"window": rng.choice((WINDOW, (1, 1), (2, 1), (1, 3)))},
    "window_merge": lambda rng, x: {"size": _size(x), "window": WINDOW},
    "cyclic_shift": lambda rng, x: {"shift": (rng.randint(-3, 3), rng.randint(-3, 3))},
    "window_attend": _attended,
    "shifted_window_attention": _shifted,
    "swin_block": _shifted,
}
