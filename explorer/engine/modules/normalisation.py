"""Normalisation that torch has no module for."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels, at every place on its own."""

    def __init__(self, channels: int, eps: float = 1e-5, affine: bool = True) -> None:
        super().__init__()
        self.channels, self.eps = channels, eps
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine else None

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, …)."""
        last = x.movedim(1, -1)  # (N, …, C)
        return F.layer_norm(last, (self.channels,), self.weight, self.bias, self.eps).movedim(-1, 1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.channels}, eps={self.eps}, affine={self.weight is not None}"


class LocalResponseWithin(nn.Module):
    """Divides each value by a power of the squares around it in the same map.

    Args:
        size: side of the square neighbourhood.
        alpha: factor of the sum of squares (not of their mean). beta: the power. k: what is added.

    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, C, H, W)."""
        before, after = self.size // 2, (self.size - 1) // 2
        squares = F.pad(x * x, (before, after, before, after))
        sums = F.avg_pool2d(squares, self.size, stride=1) * self.size**2  # (N, C, H, W)
        return x / (self.k + self.alpha * sums) ** self.beta

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class Standardize(nn.Module):
    """(x − mean) / std with fixed numbers for each channel."""

    mean: Tensor
    std: Tensor

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("std", torch.tensor(std), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, …)."""
        sides = (-1,) + (1,) * (x.dim() - 2)
        return (x - self.mean.view(sides)) / self.std.view(sides)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"mean={self.mean.tolist()}, std={self.std.tolist()}"
