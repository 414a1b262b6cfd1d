"""Optimisers: how weights follow the gradient."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.training.table import Table


@dataclass(frozen=True)
class Optimiser:
    """An optimiser: id, name in menus, torch's class, and which settings of a run it takes beside the rate.

    `settings` maps names of `TrainSettings` to names of the class's arguments.
    """

    id: str
    title: str
    target: str
    settings: tuple[tuple[str, str], ...] = (("decay", "weight_decay"),)


OPTIMISERS: Table[Optimiser] = Table(
    "optimiser",
    Optimiser("sgd", "SGD", "torch.optim:SGD", (("momentum", "momentum"), ("decay", "weight_decay"))),
    Optimiser("adam", "Adam", "torch.optim:Adam"),
    Optimiser("adamw", "AdamW", "torch.optim:AdamW"),
)
