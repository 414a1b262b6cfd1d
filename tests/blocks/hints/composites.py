"""Fields and inputs of composites that would be large, or hardly ever fit, at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image, sequence, vector

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


def _grouped(rng: random.Random, x: Tensor) -> dict[str, Any]:
    groups = rng.choice((1, 2, 4))
    return {"groups": groups, "width": rng.choice((None, groups * rng.randint(1, 3)))}


def _grown(rng: random.Random, x: Tensor) -> dict[str, Any]:
    filters = rng.choice((None, x.shape[0] + 4, 4 * x.shape[0]))
    return _grouped(rng, x) | {"filters": filters}


def _second(rng: random.Random, x: Tensor) -> dict[str, Any]:
    stride = rng.randint(1, 2)
    return {"stride": stride, "filters": rng.choice((None, 2 * rng.randint(1, 8) if stride == 2 else None))}


def _odd(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"kernel": rng.choice((1, 3, 5)), "expansion": rng.choice((0.5, 1.0, 2.0, 6.0))}


def _places(rng: random.Random) -> tuple[Tensor, Tensor]:
    (maps,) = _map(rng)
    return maps, Tensor((rng.randint(1, 6), rng.randint(1, 6), 2), ("H", "W", "D"))


def _transformer(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"filters": rng.randint(1, 4), "kernel": rng.randint(1, 5), "size": rng.choice((0, 4, (3, 5)))}


def _rates(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"filters": rng.randint(1, 5), "rates": tuple(rng.randint(1, 6) for _ in range(rng.randint(1, 4)))}


def _hourglass(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {
        "p": rng.randint(0, 1),
        "t": rng.randint(1, 2),
        "r": rng.randint(1, 2),
        "depth": rng.randint(1, 3),
    }


def _learners(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {
        "learners": rng.randint(1, 3),
        "width": rng.randint(1, 4),
        "layers": rng.randint(1, 3),
        "kernel": rng.choice((1, 3, 5)),
    }


def _speech(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {
        "bank": rng.randint(1, 5),
        "filters": rng.randint(1, 4),
        "projection": rng.randint(1, 4),
        "highways": rng.randint(0, 2),
        "hidden": rng.choice((x.shape[1], rng.randint(1, 4))),
    }


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = dict.fromkeys(
    (
        "wide_residual",
        "pyramidal_residual",
        "resnext",
        "reversible",
        "mbconv",
        "shufflenet_a",
        "shufflenet_b",
        "shufflenet_c",
        "shufflenet_v2",
        "ghost",
        "ghost_bottleneck",
        "xception_block",
    ),
    _map,
) | {
    "cmpe_se": lambda rng: _map(rng) * 2,
    "cbhg": lambda rng: (sequence(rng.randint(1, 7), rng.randint(1, 6)),),
    "pixel_shuffle": lambda rng: (
        image(rng.choice((4, 8, 9, 16, 18)), rng.randint(1, 4), rng.randint(1, 4)),
    ),
    "affine_head": lambda rng: (vector(rng.randint(1, 20)),),
    "affine_grid": lambda rng: (vector(6),),
    "grid_sample": _places,
}
FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "wide_residual": lambda rng, x: {"filters": rng.randint(1, 6), "k": rng.randint(1, 3)},
    "pyramidal_residual": _pyramidal,
    "resnext": _resnext,
    "shufflenet_a": _grouped,
    "shufflenet_b": _grouped,
    "shufflenet_c": _grown,
    "shufflenet_v2": _second,
    "mbconv": _odd,
    "ghost": lambda rng, x: {"kernel": rng.choice((1, 3)), "cheap": rng.choice((1, 3, 5))},
    "ghost_bottleneck": _odd,
    "se": lambda rng, x: {"squeezed": rng.choice((None, rng.randint(1, 5)))},
    "spatial_attention": lambda rng, x: {"kernel": rng.choice((1, 3, 5, 7))},
    "cbam": lambda rng, x: {"kernel": rng.choice((1, 3, 5, 7))},
    "srgan_residual": lambda rng, x: {"kernel": rng.choice((1, 3, 5))},
    "spatial_transformer": _transformer,
    "aspp": _rates,
    "ppm": lambda rng, x: {"bins": tuple(rng.randint(1, 7) for _ in range(rng.randint(1, 4)))},
    "pixel_shuffle": lambda rng, x: {"factor": rng.randint(1, 4)},
    "affine_grid": lambda rng, x: {"size": (rng.randint(1, 9), rng.randint(1, 9))},
    "residual_attention": _hourglass,
    "channel_boost": _learners,
    "cbhg": _speech,
    "reversible": lambda rng, x: {"layers": rng.randint(1, 3), "kernel": rng.choice((1, 3, 5))},
}
