"""Layers whose weights are computed from other weights each time they are used."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def filters_axis(layer: nn.Module) -> int:
    """The axis of `weight` that counts filters; transposed convolutions have it second."""
    transposed = isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d)
    return 1 if transposed else 0


class WeightNorm(nn.Module):
    """A layer with w = g·v/‖v‖, one g for each filter."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = nn.utils.parametrizations.weight_norm(layer, dim=filters_axis(layer))

    def forward(self, x: Tensor) -> Tensor:
        """Take x to what the layer makes of it."""
        y: Tensor = self.layer(x)
        return y


class Standardised(nn.Module):
    """Each filter minus its mean, divided by its standard deviation plus eps (outside the root)."""

    def __init__(self, axis: int, eps: float) -> None:
        super().__init__()
        self.axis, self.eps = axis, eps

    def forward(self, w: Tensor) -> Tensor:
        """Take weights to weights of the same shape."""
        others = tuple(axis for axis in range(w.dim()) if axis != self.axis)
        centred = w - w.mean(others, keepdim=True)
        variance = centred.square().mean(others, keepdim=True)
        # the slope of a root at 0 is infinite: equal weights, or a single one, stay at 0 with gradient 0
        spread = torch.where(variance > 0, variance, 1.0).sqrt() * (variance > 0)
        standardised: Tensor = centred / (spread + self.eps)
        return standardised


class WeightStandardization(nn.Module):
    """A layer whose filters have mean 0 and standard deviation 1."""

    def __init__(self, layer: nn.Module, eps: float = 1e-5) -> None:
        super().__init__()
        self.layer = layer
        nn.utils.parametrize.register_parametrization(layer, "weight", Standardised(filters_axis(layer), eps))

    def forward(self, x: Tensor) -> Tensor:
        """Take x to what the layer makes of it."""
        y: Tensor = self.layer(x)
        return y


class SpectralNorm(nn.Module):
    """A layer whose weights are divided by their largest singular value, found by power iteration."""

    def __init__(self, layer: nn.Module, iterations: int = 1) -> None:
        super().__init__()
        self.layer = nn.utils.parametrizations.spectral_norm(layer, n_power_iterations=iterations)

    def forward(self, x: Tensor) -> Tensor:
        """Take x to what the layer makes of it."""
        y: Tensor = self.layer(x)
        return y
