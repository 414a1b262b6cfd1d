"""Schedules: how the learning rate changes over a run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from explorer.training.table import Table

WARM = 0.05
"""Share of a run over which a warm-up grows."""


@dataclass(frozen=True)
class Schedule:
    """A schedule: id, name in menus, and what the rate is multiplied by at a share (0 to 1) of the run."""

    id: str
    title: str
    factor: Callable[[float], float]


def _cosine(share: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * share))


def _warm_cosine(share: float) -> float:
    if share < WARM:
        return (share + 1e-3) / (WARM + 1e-3)
    return _cosine((share - WARM) / (1 - WARM))


SCHEDULES: Table[Schedule] = Table(
    "schedule",
    Schedule("constant", "constant", lambda _share: 1.0),
    Schedule("cosine", "cosine", _cosine),
    Schedule("warm_cosine", "warm-up, then cosine", _warm_cosine),
    Schedule("steps", "÷10 at ½ and ¾", lambda share: 0.1 ** ((share >= 0.5) + (share >= 0.75))),
)
