"""What suits the wrappers."""

from __future__ import annotations

import random
from typing import Any

from explorer.graph.tensor import Tensor, image, sequence

FILM = ("T", "C", "H", "W")


def _over_time(rng: random.Random) -> tuple[Tensor]:
    film = Tensor((rng.randint(1, 4), rng.randint(1, 4), rng.randint(4, 7), 6), FILM)
    return (rng.choice((film, sequence(rng.randint(1, 6), rng.randint(1, 9)))),)


def _weighted(rng: random.Random) -> tuple[Tensor]:
    return (rng.choice((image(rng.randint(1, 6), 7, 6), sequence(4, 6), Tensor((4, 9), ("C", "T")))),)


INPUTS = {
    "time_distributed": _over_time,
    "fold_time": _over_time,
    "bidirectional": lambda rng: (sequence(rng.randint(1, 6), rng.randint(1, 9)),),
    "weight_norm": _weighted,
    "weight_standardization": _weighted,
    "spectral_norm": _weighted,
}


def _layer(rng: random.Random, x: Tensor) -> dict[str, Any]:
    filters = rng.randint(1, 5)
    return {
        "inner": rng.choice(
            (
                f"linear(features={filters})",
                f"conv1d(filters={filters}, bias={rng.random() < 0.5})",
                f"conv2d(filters={filters}, stride={rng.randint(1, 2)}, padding=1)",
                f"conv_transpose2d(filters={filters}, kernel={rng.randint(1, 3)})",
                f"grouped_conv2d(filters={2 * filters}, groups={rng.randint(1, 2)})",
                "depthwise_conv2d",
            )
        )
    }


FIELDS = {
    "weight_norm": _layer,
    "weight_standardization": _layer,
    "spectral_norm": _layer,
    "unfold_time": lambda rng, x: {"steps": 1},  # any other number needs a batch that it divides
}
