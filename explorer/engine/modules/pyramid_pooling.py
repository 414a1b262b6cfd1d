"""A pyramid of means that does not mix what lies on two sides of an edge."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class EdgeAwarePyramidPool(nn.Module):
    """Weighted means in grids of several sizes, brought back to the size of the map.

    Args:
        levels: cells along each side. strength: how much less a value on an edge counts.

    """

    def __init__(self, levels: tuple[int, ...], strength: float = 4.0) -> None:
        super().__init__()
        self.levels, self.strength = levels, strength

    def forward(self, x: Tensor, edges: Tensor | None = None) -> Tensor:
        """Take x (N, C, H, W) and edges (N, 1, H, W), from 0 to 1, to (N, C·levels, H, W)."""
        values = x.to(torch.promote_types(x.dtype, torch.float32))
        steep = self.own_edges(values) if edges is None else edges.to(values.dtype).clamp(0, 1)
        weights = torch.exp(-self.strength * steep)  # (N, 1, H, W)
        made = []
        for level in self.levels:
            total = F.adaptive_avg_pool2d(values * weights, level)
            mean = total / F.adaptive_avg_pool2d(weights, level)
            made.append(F.interpolate(mean, size=x.shape[2:], mode="bilinear", align_corners=False))
        return torch.cat(made, 1).to(x.dtype)

    def own_edges(self, x: Tensor) -> Tensor:
        """How steeply the mean of all channels changes, from 0 to 1: (N, 1, H, W)."""
        mean = F.pad(x.mean(1, keepdim=True), (1, 1, 1, 1), mode="replicate")
        across = (mean[..., 1:-1, 2:] - mean[..., 1:-1, :-2]) / 2
        down = (mean[..., 2:, 1:-1] - mean[..., :-2, 1:-1]) / 2
        steep = (across.square() + down.square() + 1e-12).sqrt()
        return steep / steep.amax((2, 3), keepdim=True).clamp_min(1e-5)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"levels={self.levels}, strength={self.strength}"
