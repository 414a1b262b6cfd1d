"""Figures on samples that are held out: what a run reports after every epoch, and `Evaluate` at any time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from explorer.engine.training.heads import Heads
from explorer.engine.training.losses import LossFunction
from explorer.training.metrics import Metric

BATCH = 512
"""Samples at once; a batch only has to fit, it changes no figure."""


@torch.no_grad()
def figures(
    module: nn.Module,
    heads: Heads,
    loss: LossFunction,
    metrics: Sequence[Metric],
    samples: tuple[Tensor, Tensor],
    index: Tensor,
    *,
    batch: int = BATCH,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[float, dict[str, float]]:
    """Mean loss and metrics of the main answer over some samples.

    Args:
        module: in eval mode, on one device. heads: of it.
        loss: of answers and targets. metrics: what else is measured.
        samples: inputs and targets of a data set, on any device.
        index: numbers of those that count. batch: how many at once.
        progress: called with the number of samples done before each batch; it may raise.

    """
    inputs, targets = samples
    device = next((tensor.device for tensor in module.state_dict().values()), inputs.device)
    total, count, sums = 0.0, len(index), dict.fromkeys((metric.id for metric in metrics), 0.0)
    for start in range(0, count, batch):
        progress(start)
        chosen = index[start : start + batch]
        wanted = targets[chosen].to(device)
        with heads.silent():
            output = heads.main(module(inputs[chosen].to(device)))
        total += float(loss(output, wanted)) * len(chosen)
        for metric in metrics:
            sums[metric.id] += float(metric.values(output, wanted).sum())
    return total / max(1, count), {name: value / max(1, count) for name, value in sums.items()}
