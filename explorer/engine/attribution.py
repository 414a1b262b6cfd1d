"""Which input values does the answer depend on? One function for each method, all through captum."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import nn

from explorer.engine.probes import quiet

BATCH = 16
"""Steps on the path of integrated gradients that are computed at once."""


class Importance(NamedTuple):
    """Values of the input's shape (Grad-CAM: 1×h×w), and for integrated gradients how far the sum is off."""

    values: torch.Tensor
    delta: float | None = None


class AttributionProblem(ValueError):
    """A method that cannot be used here; the text is a sentence."""


class FirstOutput(nn.Module):
    """A model that gives its first answer only: scores are attributed, not what stands beside them."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Take x (N, …) to the first output."""
        y: torch.Tensor | tuple[torch.Tensor, ...] = self.model(x)
        return y if isinstance(y, torch.Tensor) else y[0]


def find(method: str) -> Method:
    """The row of a method; raises `AttributionProblem` where there is none of this name."""
    try:
        return METHODS[method]
    except KeyError:
        raise AttributionProblem(f"There is no method “{method}”; there is {', '.join(METHODS)}.") from None


def attribute(
    method: str, module: nn.Module, sample: torch.Tensor, target: int | None, address: str, steps: int
) -> Importance:
    """Attribute the score of class `target` (None for a single output) to the input.

    Args:
        method: one of `METHODS`.
        module: the live model; left in the mode in which it was.
        sample: batch of one, (1, …).
        target: class index. address: layer for Grad-CAM. steps: for integrated gradients.

    Raises:
        AttributionProblem: no such method, or the layer has no maps.

    """
    run = find(method).run
    # cuDNN refuses to differentiate recurrent layers in eval mode
    with quiet(module), torch.backends.cudnn.flags(enabled=False):
        try:
            return run(FirstOutput(module), sample.detach().clone(), target, address, steps)
        finally:
            module.zero_grad(set_to_none=True)


def _saliency(
    module: nn.Module, sample: torch.Tensor, target: int | None, _address: str, _steps: int
) -> Importance:
    from captum.attr import Saliency

    return Importance(
        Saliency(module).attribute(sample.requires_grad_(), target=target, abs=False).detach()[0]
    )


def _integrated(
    module: nn.Module, sample: torch.Tensor, target: int | None, _address: str, steps: int
) -> Importance:
    from captum.attr import IntegratedGradients

    values, delta = IntegratedGradients(module).attribute(
        sample, target=target, n_steps=steps, internal_batch_size=BATCH, return_convergence_delta=True
    )
    return Importance(values.detach()[0].float(), float(delta.abs().max()))


def _grad_cam(
    module: nn.Module, sample: torch.Tensor, target: int | None, address: str, _steps: int
) -> Importance:
    from captum.attr import LayerGradCam

    try:
        layer = module.get_submodule(f"model.{address}")
    except AttributeError:
        raise AttributionProblem(f"There is no layer at “{address}” for Grad-CAM.") from None
    values: Any = LayerGradCam(module, layer).attribute(
        sample.requires_grad_(), target=target, relu_attributions=True
    )
    if values.dim() != 4:
        raise AttributionProblem(f"Grad-CAM needs a layer that gives maps C × H × W; {address} does not.")
    return Importance(values.detach()[0])


class Method(NamedTuple):
    """What runs, and how many forward passes it makes for a number of steps."""

    run: Callable[[nn.Module, torch.Tensor, int | None, str, int], Importance]
    passes: Callable[[int], int]


METHODS = {
    "saliency": Method(_saliency, lambda _steps: 1),
    # the steps in batches, and both ends of the path to see how far the sum is off
    "integrated_gradients": Method(_integrated, lambda steps: math.ceil(steps / BATCH) + 2),
    "grad_cam": Method(_grad_cam, lambda _steps: 1),
}
