"""Times, graphs, masks and means that fit together."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image, sequence, tokens, vector


def _same(rng: random.Random) -> tuple[Tensor, Tensor]:
    x = rng.choice((vector(rng.randint(1, 6)), sequence(3, rng.randint(1, 5)), image(2, 3, 4)))
    return x, x


def _number(rng: random.Random) -> tuple[Tensor]:
    return (rng.choice((vector(1), Tensor((1,), ("D",), "int"))),)


def _missing(rng: random.Random) -> tuple[Tensor, Tensor, Tensor]:
    kept = rng.randint(1, 4)
    places = Tensor((kept + rng.randint(0, 4),), ("T",), "bool")
    return sequence(kept, rng.randint(1, 6)), tokens(kept), places


def _graph(rng: random.Random) -> tuple[Tensor, Tensor]:
    nodes = rng.randint(1, 6)
    return sequence(nodes, rng.randint(1, 6)), sequence(nodes, nodes)


def _unpooled(rng: random.Random) -> tuple[Tensor, Tensor, Tensor]:
    rows, columns = rng.randint(1, 3), rng.randint(1, 4)
    maps = image(rng.randint(1, 4), rows, columns), image(1, 2 * rows, 2 * columns)
    signal = Tensor((2, columns), ("C", "T")), Tensor((2, 2 * columns), ("C", "T"))
    small, large = rng.choice((maps, signal))
    return small, Tensor(small.shape, small.axes, "int"), large


def _tokens(rng: random.Random) -> tuple[Tensor]:
    return (sequence(rng.randint(1, 7), rng.randint(1, 6)),)


def _field(rng: random.Random) -> tuple[Tensor]:
    return (rng.choice((image(2, 6, 7), image(3, 5, 8), Tensor((3, 9), ("C", "T")), image(1, 2, 2))),)


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {
    "reparametrise": _same,
    "time_waves": _number,
    "time_embedding": _number,
    "fill_masked": _missing,
    "graph_convolution": _graph,
    "graph_attention": _graph,
    "max_unpool": _unpooled,
    "random_mask": _tokens,
    "mixture_of_experts": _tokens,
    "selective_scan": _tokens,
    "mamba_block": _tokens,
    "spectral_conv": _field,
    "fourier_layer": _field,
}


def _experts(rng: random.Random, x: Tensor) -> dict[str, Any]:
    experts = rng.randint(1, 5)
    return {
        "experts": experts,
        "used": rng.randint(1, experts),
        "room": rng.choice((None, 0.5, 1.0, 2.0)),
        "hidden": rng.choice((None, rng.randint(1, 6))),
    }


FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "mixture_of_experts": _experts,
    "time_waves": lambda rng, x: {"width": rng.randint(2, 9)},
    "deformable_conv2d": lambda rng, x: {"kernel": rng.choice((1, 2, 3)), "filters": rng.randint(1, 5)},
    "vector_quantizer": lambda rng, x: {"codes": rng.randint(1, 9)},
    "mamba_block": lambda rng, x: {"state": rng.randint(1, 5), "expand_by": rng.randint(1, 3)},
}
