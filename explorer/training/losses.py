"""Losses: what training makes small."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.training.table import Table


@dataclass(frozen=True)
class Loss:
    """A loss: id, name in menus, and the function (answers, targets) → scalar tensor that works it out."""

    id: str
    title: str
    target: str


LOSSES: Table[Loss] = Table(
    "loss",
    Loss("cross_entropy", "cross-entropy", "torch.nn.functional:cross_entropy"),
    Loss("mse", "squared error", "explorer.engine.training.losses:mean_squared"),
)
