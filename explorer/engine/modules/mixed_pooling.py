"""Pools that draw or learn how much of the largest and of the mean value they take."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def patches(x: Tensor, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
    """Cut x (N, C, …) into windows: (N, C, …, k) with the places of each window last."""
    for axis, (size, step) in enumerate(zip(kernel, stride, strict=True)):
        x = x.unfold(axis + 2, size, step)
    return x.flatten(-len(kernel))


class MixedPool(nn.Module):
    """λ · max + (1 − λ) · mean of each window.

    Args:
        kernel, stride: one number for each sliding axis. share: chance of the maximum, and λ in use.
        draw: what gets a λ of its own in training: `layer`, `region`, `feature`; `learned` is a weight.

    """

    def __init__(
        self, kernel: tuple[int, ...], stride: tuple[int, ...], share: float = 0.5, draw: str = "layer"
    ) -> None:
        super().__init__()
        self.kernel, self.stride, self.share, self.draw = kernel, stride, share, draw
        self.weight = nn.Parameter(torch.tensor(share)) if draw == "learned" else None

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, shorter …)."""
        places = patches(x, self.kernel, self.stride)
        largest, mean = places.amax(-1), places.mean(-1)
        part = self.part(largest)
        return part * largest + (1 - part) * mean

    def part(self, y: Tensor) -> Tensor:
        """λ for y (N, C, …), as large as what it is drawn for."""
        if self.weight is not None:
            return self.weight.clamp(0, 1)
        if not self.training:
            return y.new_tensor(self.share)
        shape = {"layer": [1] * y.dim(), "feature": [1, y.shape[1]] + [1] * (y.dim() - 2)}
        chances = torch.full(shape.get(self.draw, list(y.shape)), self.share, device=y.device)
        return torch.bernoulli(chances).to(y.dtype)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kernel}, stride={self.stride}, share={self.share}, draw={self.draw!r}"


class StochasticPool(nn.Module):
    """Takes one value of each window, drawn in proportion to the values; in use their expectation."""

    def __init__(self, kernel: tuple[int, ...], stride: tuple[int, ...]) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, shorter …); values below 0 count as 0, an empty window gives 0."""
        places = F.relu(patches(x, self.kernel, self.stride))  # (N, C, …, k)
        total = places.sum(-1, keepdim=True)
        if not self.training:
            return (places.square().sum(-1, keepdim=True) / total.clamp_min(1e-12)).squeeze(-1)
        sums = places.detach().float().cumsum(-1)
        drawn = torch.rand_like(sums[..., :1]) * sums[..., -1:]
        chosen = (sums <= drawn).sum(-1, keepdim=True).clamp_max(places.shape[-1] - 1)
        return places.gather(-1, chosen).squeeze(-1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kernel}, stride={self.stride}"
