"""Layers for nodes whose neighbours are given by a matrix."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def looped(adjacency: Tensor) -> Tensor:
    """Take a matrix (N, V, V) to the same with ones on its diagonal: every node is its own neighbour."""
    own = torch.eye(adjacency.shape[1], device=adjacency.device, dtype=adjacency.dtype)
    return adjacency * (1 - own) + own


class GraphConvolution(nn.Module):
    """Sums what neighbours have, weighed by the edges, and mixes it by one matrix for all nodes.

    Args:
        width: D. features: out. norm: symmetric (D^−½ A D^−½), mean (D^−1 A) or none (A).
        loops: every node is its own neighbour. bias: a number added to each output.

    """

    def __init__(
        self, width: int, features: int, norm: str = "symmetric", loops: bool = True, bias: bool = True
    ) -> None:
        super().__init__()
        self.norm, self.loops = norm, loops
        self.linear = nn.Linear(width, features, bias=False)
        self.bias = nn.Parameter(torch.zeros(features)) if bias else None

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        """Take x (N, V, D) and a matrix (N, V, V), edge from column to row, to (N, V, features)."""
        edges = looped(adjacency) if self.loops else adjacency
        if self.norm != "none":
            degrees = edges.sum(2).clamp(min=1e-12)  # (N, V)
            if self.norm == "mean":
                edges = edges / degrees.unsqueeze(2)
            else:
                root = torch.where(edges.sum(2) > 0, degrees.rsqrt(), 0.0)
                edges = edges * root.unsqueeze(2) * root.unsqueeze(1)
        y: Tensor = edges @ self.linear(x)
        return y if self.bias is None else y + self.bias

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"norm={self.norm!r}, loops={self.loops}"


class GraphAttention(nn.Module):
    """Mixes what neighbours have by weights that depend on both nodes.

    While `probe` is set, it is handed the weights (`weights`, (N, heads, V, V)).

    Args:
        width: D. features: of one head. heads: side by side in the output.
        slope: of the leaky ReLU on the scores. loops: every node is its own neighbour.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(
        self, width: int, features: int, heads: int = 1, slope: float = 0.2, loops: bool = True
    ) -> None:
        super().__init__()
        self.heads, self.slope, self.loops = heads, slope, loops
        self.linear = nn.Linear(width, heads * features, bias=False)
        bound = math.sqrt(6 / (2 * features + 1))
        self.source = nn.Parameter(torch.empty(heads, features).uniform_(-bound, bound))
        self.target = nn.Parameter(torch.empty(heads, features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(heads * features))

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        """Take x (N, V, D) and a matrix (N, V, V), an edge where it is not 0, to (N, V, heads · features).

        A node without neighbours looks at all alike.
        """
        parts = self.linear(x).reshape(x.shape[0], x.shape[1], self.heads, -1)
        h: Tensor = parts.transpose(1, 2)  # (N, heads, V, features)
        target = (h * self.target.unsqueeze(1)).sum(-1).unsqueeze(3)  # (N, heads, V, 1)
        source = (h * self.source.unsqueeze(1)).sum(-1).unsqueeze(2)  # (N, heads, 1, V)
        scores = F.leaky_relu(target + source, self.slope)
        edges = looped(adjacency) if self.loops else adjacency
        low = -6e4 if scores.dtype == torch.float16 else -1e30  # −∞ would leave NaN without neighbours
        scores = scores.masked_fill((edges == 0).unsqueeze(1), low)
        weights = scores.softmax(-1)
        if self.probe is not None:
            self.probe({"weights": weights})
        return (weights @ h).transpose(1, 2).flatten(2) + self.bias

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"heads={self.heads}, slope={self.slope}, loops={self.loops}"
