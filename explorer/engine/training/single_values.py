"""Which batch norms of a live model see one value per channel of a sample."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.engine.probes import quiet


def single_value_norms(module: nn.Module, sample: Tensor) -> list[str]:
    """Addresses of batch norms that a batch of one sample leaves nothing to normalise.

    Args:
        module: the model; norms of it that are not in training mode work as in use.
        sample: one input, (1, …), on its device.

    """
    found: list[str] = []

    def look(name: str, _module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if inputs[0].numel() == inputs[0].shape[1]:
            found.append(name)

    norms = [(n, part) for n, part in module.named_modules() if isinstance(part, _BatchNorm)]
    handles = [part.register_forward_pre_hook(partial(look, n)) for n, part in norms if part.training]
    if not handles:
        return []
    try:
        with quiet(module), torch.no_grad():
            module(sample)
    finally:
        for handle in handles:
            handle.remove()
    return list(dict.fromkeys(found))
