"""Losses and optimisers by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.protocol.records import TrainSettings


class SettingProblem(ValueError):
    """A training setting that does not fit; the text is a sentence."""


def mean_squared(output: Tensor, target: Tensor) -> Tensor:
    """Mean squared error; class numbers become one-hot rows as wide as the output."""
    if target.dtype == torch.int64:
        return F.mse_loss(output, F.one_hot(target, output.shape[1]).to(output.dtype))
    return F.mse_loss(output, target.reshape(output.shape))


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross_entropy": F.cross_entropy,
    "mse": mean_squared,
}
OPTIMISERS = ("sgd", "adam", "adamw")


def make_optimiser(
    settings: TrainSettings, parameters: Iterable[torch.nn.Parameter]
) -> torch.optim.Optimizer:
    """Build the optimiser; raises `SettingProblem` for an unknown name or nothing to train."""
    trained = [p for p in parameters if p.requires_grad]
    if not trained:
        raise SettingProblem("There is nothing to train: the design has no weights, or all are frozen.")
    if settings.optimiser == "sgd":
        return torch.optim.SGD(
            trained, settings.rate, momentum=settings.momentum, weight_decay=settings.decay
        )
    if settings.optimiser == "adam":
        return torch.optim.Adam(trained, settings.rate, weight_decay=settings.decay)
    if settings.optimiser == "adamw":
        return torch.optim.AdamW(trained, settings.rate, weight_decay=settings.decay)
    raise SettingProblem(f"There is no optimiser “{settings.optimiser}”; there is {', '.join(OPTIMISERS)}.")
