"""Fields and inputs of convolutions and Inception modules that depend on each other."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image


def _untied(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"filters": rng.randint(1, 5), "kernel": (rng.randint(1, 3), rng.randint(1, 3))}


def _grouped(rng: random.Random, x: Tensor) -> dict[str, Any]:
    groups = rng.choice((1, 2, 4))
    return {"groups": groups, "filters": groups * rng.randint(1, 3)}


def _slim(rng: random.Random, x: Tensor) -> dict[str, Any]:
    """Published widths would only cost time."""
    return {"multiplier": rng.choice((0.01, 0.02, 0.05, 0.1))}


def _auxiliary(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"hidden": rng.randint(1, 6), "filters": rng.randint(1, 6)}


def _picture(rng: random.Random) -> tuple[Tensor, ...]:
    """Large enough for a stem."""
    return (image(rng.randint(1, 3), rng.randint(75, 90), rng.randint(75, 90)),)


def _maps(rng: random.Random) -> tuple[Tensor, ...]:
    """Large enough for a head."""
    return (image(rng.randint(1, 4), rng.randint(14, 20), rng.randint(17, 20)),)


STEMS = ("stem_v3", "stem_v4", "stem_ir_v1")
PUBLISHED = (
    *STEMS,
    "inception_v3_a",
    "inception_v3_b",
    "inception_v3_c",
    "reduction_v3_a",
    "reduction_v3_b",
    "inception_v4_a",
    "inception_v4_b",
    "inception_v4_c",
    "reduction_v4_a",
    "reduction_v4_b",
    "inception_resnet_v1_a",
    "inception_resnet_v1_b",
    "inception_resnet_v1_c",
    "inception_resnet_v2_a",
    "inception_resnet_v2_b",
    "inception_resnet_v2_c",
    "reduction_ir_a",
    "reduction_ir_b",
)

FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "tiled_conv2d": _untied,
    "locally_connected2d": _untied,
    "grouped_conv2d": _grouped,
    "shuffled_grouped_conv2d": _grouped,
    "aux_classifier": _auxiliary,
} | dict.fromkeys(PUBLISHED, _slim)
INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = dict.fromkeys(STEMS, _picture) | {
    "aux_classifier": _maps
}
