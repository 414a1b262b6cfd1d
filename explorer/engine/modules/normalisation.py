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


class ChannelRms(nn.Module):
    """Divides the channels at every place by the root of the mean of their squares."""

    def __init__(self, channels: int, eps: float = 1e-6, affine: bool = True) -> None:
        super().__init__()
        self.channels, self.eps = channels, eps
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, …)."""
        last = x.movedim(1, -1)  # (N, …, C)
        return F.rms_norm(last, (self.channels,), self.weight, self.eps).movedim(-1, 1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.channels}, eps={self.eps}, affine={self.weight is not None}"


class ResponseNorm(nn.Module):
    """Weighs every channel by its length over all places, against the mean length of all channels.

    y = x + γ x ‖x_c‖ / mean ‖x‖ + β; γ and β start at 0, so that at first y = x.

    Args:
        channels: C. dim: where they stand, counted with the batch axis.

    """

    def __init__(self, channels: int, dim: int = 1, eps: float = 1e-6) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps
        self.weight = nn.Parameter(torch.zeros(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …, C, …) to the same shape."""
        last = x.movedim(self.dim, -1)  # (N, places …, C)
        squares = last.square().flatten(1, -2).sum(1)  # (N, C)
        lengths = squares.clamp(min=1e-30).sqrt()  # the slope of a root has no value at 0
        share = lengths / (lengths.mean(-1, keepdim=True) + self.eps)
        share = share.reshape([share.shape[0]] + [1] * (x.dim() - 2) + [share.shape[1]])
        return (last + self.weight * (last * share) + self.bias).movedim(-1, self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.weight.shape[0]}, dim={self.dim}, eps={self.eps}"


class LayerScale(nn.Module):
    """A learned factor for each channel, the same at every place.

    Args:
        channels: C. start: first value of all factors.
        dim: where the channels stand, counted from the end, −1 or less.

    """

    def __init__(self, channels: int, start: float = 1e-5, dim: int = -1) -> None:
        super().__init__()
        self.start, self.dim = start, dim
        self.gamma = nn.Parameter(torch.full((channels,), start))

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …, C, …) to the same shape."""
        return x * self.gamma.reshape([-1] + [1] * (-1 - self.dim))

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        more = "" if self.dim == -1 else f", dim={self.dim}"
        return f"{self.gamma.shape[0]}, start={self.start:g}{more}"


class AdaptiveNorm(nn.Module):
    """Layer normalisation whose shift and scale are a linear layer of swish(condition), which starts at 0.

    Args:
        channels: of x. condition: width of the condition.
        dim: where the channels stand, 1 (maps) or −1 (tokens).

    """

    made = 2

    def __init__(self, channels: int, condition: int, dim: int = -1, eps: float = 1e-6) -> None:
        super().__init__()
        self.channels, self.dim, self.eps = channels, dim, eps
        self.modulation = nn.Linear(condition, self.made * channels)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """Take x (N, T, D) or (N, C, …), condition (N, K) to the shape of x."""
        shift, scale = self.modulation(F.silu(condition)).chunk(2, -1)  # (N, C) each
        return self.modulated(x, shift, scale)

    def modulated(self, x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
        """Take x (N, …) and two tensors (N, C) to the shape of x."""
        y = F.layer_norm(x.movedim(self.dim, -1), (self.channels,), None, None, self.eps)  # (N, …, C)
        sides = [shift.shape[0]] + [1] * (x.dim() - 2) + [shift.shape[1]]
        shift, scale = shift.reshape(sides), scale.reshape(sides)
        return (y * (1 + scale) + shift).movedim(-1, self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.channels}, dim={self.dim}, eps={self.eps}"


class GatedAdaptiveNorm(AdaptiveNorm):
    """Adaptive normalisation that gives a gate for the branch after it too: 0 at first."""

    made = 3

    def forward(self, x: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Take x (N, T, D) or (N, C, …), condition (N, K) to y like x and the gate (N, D) or (N, C, 1, …)."""
        shift, scale, gate = self.modulation(F.silu(condition)).chunk(3, -1)  # (N, C) each
        if self.dim == 1:
            gate = gate.reshape(list(gate.shape) + [1] * (x.dim() - 2))
        return self.modulated(x, shift, scale), gate
