"""Losses: what training makes small."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.training.table import Table


@dataclass(frozen=True)
class Loss:
    """A loss.

    Attributes:
        id: as on the command line. title: in menus.
        target: the function (answers, targets) → scalar tensor that works it out.
        reads: what it takes answers for: `logits` when it puts a softmax on them itself, else `values`.

    """

    id: str
    title: str
    target: str
    reads: str = "values"


LOSSES: Table[Loss] = Table(
    "loss",
    Loss("cross_entropy", "cross-entropy", "torch.nn.functional:cross_entropy", "logits"),
    Loss("mse", "squared error", "explorer.engine.training.losses:mean_squared"),
)
