"""Depth drawn anew for every sample."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """While training, sets whole samples to zero with probability `p` and divides the others by 1 − p."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        if not self.training or self.p == 0:
            return x
        kept = torch.rand([x.shape[0]] + [1] * (x.dim() - 1), device=x.device) >= self.p
        return x * (kept / (1 - self.p)).to(x.dtype)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"p={self.p:g}"
