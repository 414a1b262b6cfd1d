"""The core of attention, with its weights observable, and the class token."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ScaledDotProduct(nn.Module):
    """softmax(scale · QKᵀ) V for one or several heads that lie side by side in D.

    While `probe` is set, the weights are computed explicitly, handed to it as `weights` (N, heads, Tq, Tk),
    and used; otherwise the fused kernel runs and they never exist.

    Args:
        heads: parts of D that attend on their own.
        causal: a query sees only keys up to its own place.
        scale: factor before the softmax; None is 1/√(D/heads).

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(self, heads: int = 1, causal: bool = False, scale: float | None = None) -> None:
        super().__init__()
        self.heads, self.causal, self.scale = heads, causal, scale

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Take query (N, Tq, D), key (N, Tk, D), value (N, Tk, Dv) to (N, Tq, Dv)."""
        q, k, v = (self.split(x) for x in (query, key, value))
        if self.probe is None:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal, scale=self.scale)
        else:
            weights = self.weights(q, k)
            self.probe({"weights": weights})
            y = weights @ v  # (N, heads, Tq, Dv/heads)
        return y.transpose(1, 2).flatten(-2)

    def split(self, x: Tensor) -> Tensor:
        """Take x (N, T, D) to (N, heads, T, D/heads)."""
        return x.reshape(*x.shape[:2], self.heads, x.shape[2] // self.heads).transpose(1, 2)

    def weights(self, q: Tensor, k: Tensor) -> Tensor:
        """Take q (N, heads, Tq, d), k (N, heads, Tk, d) to weights (N, heads, Tq, Tk)."""
        scale = 1 / math.sqrt(q.shape[-1]) if self.scale is None else self.scale
        scores = q @ k.transpose(-2, -1) * scale
        if self.causal:
            later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
            scores = scores.masked_fill(later, -math.inf)
        return scores.softmax(-1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"heads={self.heads}, causal={self.causal}, scale={self.scale}"


class ClassToken(nn.Module):
    """Puts one learned token in front of a sequence."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, width) * 0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, T, D) to (N, 1 + T, D)."""
        return torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1)
