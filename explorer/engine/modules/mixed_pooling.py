"""A pool that draws or learns how much of the largest and of the mean value it takes."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MixedPool(nn.Module):
    """λ · max + (1 − λ) · mean of each window.

    Args:
        kernel, stride: one number for each sliding axis. share: chance of the maximum, and λ in use.
        draw: what gets a λ of its own in training: `layer`, `region`, `feature`; with `learned` λ is the
            sigmoid of a weight that begins at `share`.

    """

    def __init__(
        self, kernel: tuple[int, ...], stride: tuple[int, ...], share: float = 0.5, draw: str = "layer"
    ) -> None:
        super().__init__()
        self.kernel, self.stride, self.share, self.draw = kernel, stride, share, draw
        inside = min(max(share, 1e-3), 1 - 1e-3)  # a sigmoid reaches neither 0 nor 1
        start = torch.tensor(math.log(inside / (1 - inside)))
        self.weight = nn.Parameter(start) if draw == "learned" else None

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, shorter …)."""
        axes = len(self.kernel)
        largest = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[axes - 1](x, self.kernel, self.stride)
        mean = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[axes - 1](x, self.kernel, self.stride)
        part = self.part(largest).to(x.dtype)
        return part * largest + (1 - part) * mean

    def part(self, y: Tensor) -> Tensor:
        """λ for y (N, C, …), as large as what it is drawn for."""
        if self.weight is not None:
            return self.weight.sigmoid()
        if not self.training:
            return y.new_tensor(self.share)
        shape = {"layer": [1] * y.dim(), "feature": [1, y.shape[1]] + [1] * (y.dim() - 2)}
        chances = torch.full(shape.get(self.draw, list(y.shape)), self.share, device=y.device)
        return torch.bernoulli(chances)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kernel}, stride={self.stride}, share={self.share}, draw={self.draw!r}"
