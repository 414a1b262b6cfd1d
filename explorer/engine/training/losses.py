"""Losses and optimisers of the tables as torch knows them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.protocol.records import TrainSettings
from explorer.training.losses import LOSSES
from explorer.training.optimisers import OPTIMISERS
from explorer.training.table import UnknownName, loaded

LossFunction = Callable[[Tensor, Tensor], Tensor]


class SettingProblem(ValueError):
    """A training setting that does not fit; the text is a sentence."""


def mean_squared(output: Tensor, target: Tensor) -> Tensor:
    """Mean squared error; class numbers become one-hot rows as wide as the output."""
    if target.dtype == torch.int64:
        return F.mse_loss(output, F.one_hot(target, output.shape[1]).to(output.dtype))
    return F.mse_loss(output, target.reshape(output.shape))


def loss_called(name: str) -> LossFunction:
    """The function of a loss; raises `SettingProblem` for an unknown name."""
    try:
        found: LossFunction = loaded(LOSSES.find(name).target)
    except UnknownName as problem:
        raise SettingProblem(str(problem)) from None
    return found


def make_optimiser(
    settings: TrainSettings, parameters: Iterable[torch.nn.Parameter]
) -> torch.optim.Optimizer:
    """Build the optimiser; raises `SettingProblem` for an unknown name or nothing to train."""
    trained = [p for p in parameters if p.requires_grad]
    if not trained:
        raise SettingProblem("There is nothing to train: the design has no weights, or all are frozen.")
    try:
        row = OPTIMISERS.find(settings.optimiser)
    except UnknownName as problem:
        raise SettingProblem(str(problem)) from None
    more: dict[str, Any] = {argument: getattr(settings, name) for name, argument in row.settings}
    kind = loaded(row.target)
    if all(p.is_cuda for p in trained) and "fused" in inspect.signature(kind).parameters:
        more["fused"] = True  # one kernel for all tensors: small networks wait for launches, not for sums
    made: torch.optim.Optimizer = kind(trained, lr=settings.rate, **more)
    return made
