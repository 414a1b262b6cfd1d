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
    return (Tensor((rng.choice((1, 2, 4)), 6, 2 * rng.randint(1, 12)), ("W", "T", "D")),)


def _pair(rng: random.Random) -> tuple[Tensor, Tensor]:
    (x,) = _windows(rng)
    return x, x


def _scores(rng: random.Random) -> tuple[Tensor]:
    return (Tensor((rng.choice((4, 8)) * rng.randint(1, 5), 6, 6), ("C", "H", "W")),)


def _mix(rng: random.Random) -> tuple[Tensor, Tensor]:
    (value,) = _windows(rng)
    return Tensor((value.shape[0] * rng.choice((1, 2)), 6, 6), ("C", "H", "W")), value


def _size(x: Tensor) -> tuple[int, int]:
    return {1: (2, 3), 2: (4, 3), 4: (4, 6)}[x.shape[0]]


def _shift(rng: random.Random) -> tuple[int, int]:
    return rng.choice(((0, 0), (1, 1), (1, 0), (0, 2)))


def _masked(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"size": rng.choice(((2, 3), (4, 3), (4, 6), (2, 12))), "window": WINDOW, "shift": _shift(rng)}


def _shifted(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"heads": rng.choice((1, 2)), "window": WINDOW, "shift": _shift(rng)}


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {
    "window_partition": _grid,
    "window_merge": _windows,
    "cyclic_shift": _grid,
    "window_scores": _pair,
    "relative_position_bias": _scores,
    "shift_softmax": _scores,
    "window_mix": _mix,
    "shifted_window_attention": _grid,
    "swin_block": _grid,
    "patch_neighbours": _grid,
    "patch_merging": _grid,
}
FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "window_partition": lambda rng, x: {"window": rng.choice((WINDOW, (1, 1), (2, 1), (1, 3)))},
    "window_merge": lambda rng, x: {"size": _size(x), "window": WINDOW},
    "cyclic_shift": lambda rng, x: {"shift": (rng.randint(-3, 3), rng.randint(-3, 3))},
    "window_scores": lambda rng, *x: {"heads": rng.choice((1, 2))},
    "relative_position_bias": lambda rng, x: {
        "window": rng.choice(((2, 3), (3, 2), (1, 6))),
        "heads": rng.choice((1, 2, 4)),
    },
    "shift_softmax": _masked,
    "shifted_window_attention": _shifted,
    "swin_block": _shifted,
}
